//! URLs that are secrets themselves: who has one can post to it.

use super::bytes::{byte_at, find_byte};
use super::finding::{FindingRank, Findings};
use super::kind::{ACCESS_CODE, WEBHOOK};
use super::look;
use super::placeholder::contains_word;

/// No path of such a URL is longer.
const LONGEST: usize = 512;

/// Ends of hosts, and what the paths begin with.
const WEBHOOKS: [(&str, &[&str]); 14] = [
    ("maker.ifttt.com", &["/trigger/"]),
    (
        "hooks.slack.com",
        &["/services/", "/workflows/", "/triggers/"],
    ),
    ("discord.com", &["/api/webhooks/"]),
    ("discordapp.com", &["/api/webhooks/"]),
    ("webhook.office.com", &["/webhookb2/"]),
    ("hooks.zapier.com", &["/hooks/catch/"]),
    ("outlook.office.com", &["/webhook/"]),
    ("hooks.slack-gov.com", &["/services/", "/workflows/"]),
    ("open.feishu.cn", &["/open-apis/bot/v2/hook/"]),
    ("open.larksuite.com", &["/open-apis/bot/v2/hook/"]),
    ("qyapi.weixin.qq.com", &["/cgi-bin/webhook/send?key="]),
    ("events.pagerduty.com", &["/integration/"]),
    ("make.com", &["/"]),
    ("hc-ping.com", &["/"]),
];

/// Hides what follows in the URL whose host stands at `start..end`.
pub(super) fn find_webhook(bytes: &[u8], start: usize, end: usize, findings: &mut Findings) {
    let host = &bytes[start..end];
    let paths = WEBHOOKS
        .iter()
        .filter(|(known, _)| host.ends_with(known.as_bytes()))
        .flat_map(|(_, paths)| *paths);
    for from in paths.filter_map(|path| behind_path(bytes, end, path)) {
        let ending = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<>)]".contains(&byte);
        let place = from..find_byte(bytes, from, LONGEST, ending);
        if look::is_no_word(&bytes[place.clone()]) {
            findings.add(place, WEBHOOK, FindingRank::Form);
        }
    }
}

/// Words in paths of URLs whose last part gives access once.
const LINKS: [&str; 8] = [
    "reset", "verify", "confirm", "invit", "activat", "magic", "unlock", "recover",
];
/// The least that such a part has.
const LEAST: usize = 16;

/// Hides the last part of a URL that begins at `start` and resets or confirms something.
pub(super) fn find_link(bytes: &[u8], start: usize, findings: &mut Findings) {
    let ending = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<>)]?#\\".contains(&byte);
    let end = find_byte(bytes, start, LONGEST, ending);
    let path = &bytes[start..end];
    let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else {
        return;
    };
    let (front, last) = path.split_at(slash + 1);
    let hex = look::is_hex(last) && last.len() >= 32;
    let random = look::is_random(last) || hex || look::is_token_like(last) && last.len() >= 20;
    if last.len() >= LEAST && random && LINKS.iter().any(|word| contains_word(front, word)) {
        findings.add(start + slash + 1..end, ACCESS_CODE, FindingRank::Place);
    }
}

/// Returns where `path` ends that begins at `at`; its slashes may be escaped, as in JSON.
fn behind_path(bytes: &[u8], at: usize, path: &str) -> Option<usize> {
    let mut at = at;
    for expected in path.bytes() {
        if expected == b'/' && byte_at(bytes, at) == b'\\' {
            at += 1;
        }
        if byte_at(bytes, at) != expected {
            return None;
        }
        at += 1;
    }
    Some(at)
}
