//! The pages of a small knowledge base, of an empty one, and of a hostile one.

mod many;
mod zones;

use super::{PageReply, PageRequest, answer_page};
use crate::kb::tests::environment;
use crate::ops::{Engine, Request};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// A knowledge base and who asks for its pages.
struct Site {
    engine: Engine,
    root: PathBuf,
    _directory: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let root = directory.path().join("kb");
        fs::create_dir_all(&root).expect("mkdir");
        Site {
            engine: Engine::new(&environment(directory.path()), Some(&root)).keep_index(),
            root,
            _directory: directory,
        }
    }

    fn write_file(&self, path: &str, text: &str) {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().expect("a directory")).expect("mkdir");
        fs::write(file, text).expect("write");
    }

    fn run(&self, request: Value) {
        let request: Request = serde_json::from_value(request).expect("a request");
        self.engine.run(request, &|_| {}).expect("an answer");
    }

    fn log(&self, row: Value) {
        self.run(json!({"command": "log", "action": "row", "session": null, "row": row}));
    }

    fn ask(&self, address: &str, token_ok: bool) -> PageReply {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = PageRequest {
            method: "GET",
            path: path.to_owned(),
            query: pairs.collect(),
            form: Vec::new(),
            token_ok,
            nonce: "the-nonce".to_owned(),
        };
        answer_page(&self.engine, &request)
    }

    fn send(&self, path: &str, form: &[(&str, &str)], token_ok: bool) -> PageReply {
        let pairs = form.iter();
        let request = PageRequest {
            method: "POST",
            path: path.to_owned(),
            query: Vec::new(),
            form: pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            token_ok,
            nonce: "the-nonce".to_owned(),
        };
        answer_page(&self.engine, &request)
    }

    fn page(&self, address: &str) -> String {
        let reply = self.ask(address, true);
        let body = String::from_utf8(reply.body).expect("UTF-8");
        assert_eq!(reply.status, 200, "{address}\n{body}");
        body
    }

    /// Returns the id of the session that runs.
    fn session(&self) -> String {
        let page = self.page("/");
        let (_, behind) = page.split_once("href=\"/session/").expect("a session");
        behind[..15].to_owned()
    }
}

fn worked_on() -> Site {
    let site = Site::new();
    site.run(json!({"command": "log", "action": "start", "goal": "Sign in with OAuth2", "project": "my-api"}));
    site.log(json!({"event": "Read the old code"}));
    site.log(json!({"decision": {"decision": "Token bucket", "rationale": "simpler"}}));
    site.log(json!({"file": {"path": "src/auth.rs", "action": "created", "notes": "JWT"}}));
    site.log(json!({"blocker": {"blocker": "Staging is down", "resolution": null}}));
    site.log(json!({"next": "Rotate the tokens"}));
    site.write_file("patterns/oauth2.md", "---\ntags: [auth]\n---\n\n# OAuth2 patterns\n\nSee [[limits]] and [[nowhere]].\n\n## Why\n\nTheft.\n\n## Flow\n\nRotate the *token*.\n");
    site.write_file(
        "limits.md",
        "# Limits\n\n## 2026-01-10 09:00 UTC\n\nA token bucket.\n",
    );
    site
}

#[test]
fn the_first_page_tells_what_runs_is_next_and_was_done() {
    let page = worked_on().page("/");
    for part in [
        "Sign in with OAuth2</a>",
        "1 session running · 1 step open · 1 blocker",
        "Rotate the tokens",
        "aria-label=\"Mark as done: Rotate the tokens\"",
        "aria-label=\"Mark as resolved: Staging is down\"",
        "A token bucket.",
        "/entry/limits.md?line=3#L3",
        "10 January 2026: 1 session or note",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn an_empty_knowledge_base_says_how_to_begin() {
    let site = Site::new();
    assert!(site.page("/").contains("mx install"));
    for address in ["/search", "/search?q=x", "/health"] {
        site.page(address);
    }
}

#[test]
fn a_session_has_a_page() {
    let site = worked_on();
    let page = site.page(&format!("/session/{}?project=my-api", site.session()));
    for part in [
        "<h1>Sign in with OAuth2</h1>",
        "Read the old code",
        "Token bucket",
        "simpler",
        "Staging is down",
        "src/auth.rs",
        "JWT",
        "name=\"nonce\" value=\"the-nonce\"",
        "id=\"prompt\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn what_came_of_a_session_stands_at_the_top_of_its_page() {
    let site = worked_on();
    let id = site.session();
    site.run(json!({"command": "log", "action": "end", "summary": "Logins are limited", "state": "Tests pass"}));
    let page = site.page(&format!("/session/{id}?project=my-api"));
    let (_, head) = page.split_once("<header class=\"head\">").expect("a head");
    let (head, _) = head.split_once("</header>").expect("its end");
    for part in ["Logins are limited", "Tests pass"] {
        assert!(head.contains(part), "{part}\n{head}");
    }
}

#[test]
fn a_project_has_a_page() {
    let page = worked_on().page("/project?name=MY-API");
    for part in [
        "<h1>my-api</h1>",
        "1 session",
        "src/auth.rs",
        "Rotate the tokens",
        "Token bucket",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn an_entry_is_rendered_with_contents_links_and_backlinks() {
    let site = worked_on();
    let page = site.page("/entry/patterns/oauth2.md");
    for part in [
        "<h1>OAuth2 patterns</h1>",
        "<em>token</em>",
        "href=\"/entry/limits.md\"",
        "href=\"#s-flow\"",
        "href=\"/search?tag=auth\"",
        "leads nowhere",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert_eq!(
        page.matches("OAuth2 patterns</h").count(),
        1,
        "the title is there once"
    );
    let page = site.page("/entry/limits.md");
    assert!(page.contains("Linked from"), "{page}");
    assert!(
        page.contains("/entry/patterns/oauth2.md?line=7#L7"),
        "{page}"
    );
}

#[test]
fn a_long_entry_comes_in_parts_and_a_line_chooses_one() {
    let site = Site::new();
    let section = |number: usize| format!("## Section {number}\n\n{}\n\n", "word ".repeat(2_000));
    let text: String = (0..60).map(section).collect();
    site.write_file("long.md", &format!("# Long\n\n{text}"));
    let first = site.page("/entry/long.md");
    assert!(first.contains("Part 1 of 4"), "{}", first.len());
    assert!(first.contains(">Section 0<") && !first.contains(">Section 59<"));
    // Section 59 begins on line 3 + 4 * 59.
    let last = site.page("/entry/long.md?line=239");
    assert!(last.contains("Part 4 of 4") && last.contains("id=\"L239\""));
    let inside = site.page("/entry/long.md?line=241");
    assert!(inside.contains("Part 4 of 4") && inside.contains("id=\"L241\"></span><h2"));
    assert!(last.contains(">Section 59<") && !last.contains(">Section 0<"));
    let labels = |place: &str| {
        first
            .matches(&format!("\"Parts of the entry, {place} it\""))
            .count()
    };
    assert_eq!((labels("above"), labels("below")), (1, 1));
}

#[test]
fn contents_show_headings_as_the_text_does() {
    let site = Site::new();
    let headings = "## A <script>alert(7)</script>\n\n## The <b>bold</b> `<i>` & *all*\n\n## [x][y] <img src=x>\n\n";
    let text = format!("# Odd\n\n{headings}Underlined\n<u>twice</u>\n---\n\n[y]: /z\n");
    site.write_file("odd.md", &text);
    let page = site.page("/entry/odd.md");
    for part in [
        "<a href=\"#s-a-alert-7\">A &lt;script&gt;alert(7)&lt;/script&gt;</a>",
        ">The bold &lt;i&gt; &amp; all</a>",
        "\">x </a>",
        ">Underlined\ntwice</a>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn each_line_has_a_place_at_its_section() {
    let site = worked_on();
    let address = "/entry/patterns/oauth2.md";
    for (line, place) in [
        // In front of the text, in the text below the title, in a section, at the heading of one.
        (2, "<span id=\"L2\"></span><p>See"),
        (7, "<span id=\"L7\"></span><p>See"),
        (11, "<span id=\"L11\"></span><h2 id=\"s-why\">"),
        (13, "<span id=\"L13\"></span><h2 id=\"s-flow\">"),
        (99, "<span id=\"L99\"></span><h2 id=\"s-flow\">"),
    ] {
        let page = site.page(&format!("{address}?line={line}"));
        assert!(page.contains(place), "{place}\n{page}");
        assert_eq!(page.matches("id=\"L").count(), 3, "{line}\n{page}");
    }
    site.page(&format!("{address}?line=0"));
    site.write_file("empty.md", "");
    site.page("/entry/empty.md?line=1");
}

#[test]
fn a_search_marks_what_matches_and_narrows_by_what_it_counts() {
    let site = worked_on();
    let page = site.page("/search?q=token");
    for part in [
        "<mark>Token</mark> bucket",
        "OAuth2 patterns",
        "tag=auth",
        "/entry/patterns/oauth2.md?line=13#L13",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let narrowed = site.page("/search?q=token&tag=auth");
    assert!(narrowed.contains(">1 entry<"), "{narrowed}");
    assert!(
        narrowed.contains("aria-label=\"Without #auth\""),
        "{narrowed}"
    );
    assert!(
        site.page("/search?q=token&since=nonsense")
            .contains("names no time")
    );
    assert!(site.page("/search?q=zebra").contains("Nothing found"));
}

#[test]
fn a_ticked_step_is_done_in_the_record_and_leads_back() {
    let site = worked_on();
    let refused = site.send("/next/done", &[("id", "Rotate the tokens")], false);
    assert_eq!(refused.status, 404);
    let back = "/project?name=my-api";
    let form = [("id", "Rotate the tokens"), ("back", back)];
    let reply = site.send("/next/done", &form, true);
    assert_eq!(
        (reply.status, &reply.headers),
        (303, &vec![("location", back.to_owned())])
    );
    let page = site.page(&format!("/session/{}?project=my-api", site.session()));
    assert!(!page.contains("Mark as done"), "{page}");
    let again = site.send("/next/done", &form, true);
    assert_eq!(again.status, 404, "it is not open any more");
}

#[test]
fn what_was_ticked_stays_on_its_page_and_can_be_taken_back() {
    let site = worked_on();
    let value_of = |page: &str, name: &str| {
        let (_, behind) = page
            .split_once(&format!("name=\"{name}\" value=\""))
            .expect(name);
        behind.split('"').next().expect("a value").to_owned()
    };
    for address in ["/?", "/project?name=my-api&amp;"] {
        let page = site.page(&address.replace("&amp;", ""));
        let (_, form) = page.split_once("action=\"/next/done\"").expect("a form");
        let (id, back) = (value_of(form, "id"), value_of(form, "back"));
        assert_eq!(back, format!("{address}ticked={id}"));
        let back = back.replace("&amp;", "&");
        let done = site.send("/next/done", &[("id", &id), ("back", &back)], true);
        assert_eq!(done.headers, vec![("location", back.clone())]);
        let after = site.page(&back);
        assert!(after.contains("Mark as open again: "), "{after}");
        assert!(
            !site
                .page(&address.replace("&amp;", ""))
                .contains("Mark as open again")
        );
        let undone = site.send("/next/undo", &[("id", &id), ("back", &back)], true);
        assert_eq!(undone.headers, vec![("location", back.clone())]);
        assert!(!site.page(&back).contains("Mark as open again"));
    }
    let refused = site.send("/next/undo", &[("id", "Rotate the tokens")], false);
    assert_eq!(refused.status, 404);
}

#[test]
fn how_a_blocker_was_resolved_is_not_thrown_away() {
    let site = worked_on();
    site.log(json!({"blocker": {"blocker": "Staging is down", "resolution": "It is up"}}));
    let reply = site.send("/next/undo", &[("id", "Staging is down")], true);
    assert_eq!(reply.status, 400);
    assert!(String::from_utf8_lossy(&reply.body).contains("It is up"));
}

#[test]
fn a_form_leads_nowhere_else() {
    for back in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
        "/a b",
        "",
    ] {
        let site = worked_on();
        let reply = site.send(
            "/next/done",
            &[("id", "Rotate the tokens"), ("back", back)],
            true,
        );
        assert_eq!(reply.headers, vec![("location", "/".to_owned())], "{back}");
    }
}

#[test]
fn who_may_not_write_gets_no_form() {
    let site = worked_on();
    let reply = site.ask("/", false);
    let page = String::from_utf8(reply.body).expect("UTF-8");
    assert!(page.contains("Rotate the tokens"));
    assert!(
        !page.contains("method=\"post\"") && !page.contains("the-nonce"),
        "{page}"
    );
}

#[test]
fn hostile_texts_are_texts_on_every_page() {
    let bad = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
    let site = Site::new();
    site.run(json!({"command": "log", "action": "start", "goal": bad, "project": bad}));
    site.log(json!({"event": bad}));
    site.log(json!({"decision": {"decision": bad, "rationale": bad}}));
    site.log(json!({"file": {"path": "a.rs", "action": "created", "notes": bad}}));
    site.log(json!({"blocker": {"blocker": bad, "resolution": null}}));
    site.log(json!({"next": bad}));
    let title = bad.replace('"', "\\\"");
    site.write_file(
        "bad.md",
        &format!("---\ntitle: \"{title}\"\ntags: [\"{title}\"]\nproject: \"{title}\"\n---\n\n## 2026-01-10 09:00 UTC\n\nbad {bad}\n\n[[{bad}]]\n"),
    );
    let project = bad.to_owned();
    let session = format!("/session/{}?project={project}", site.session());
    let project = format!("/project?name={project}");
    let search = format!("/search?q=bad {bad}&project={bad}");
    for address in [
        "/",
        "/entry/bad.md",
        "/health",
        "/search",
        "/search?q=bad",
        &search,
        &session,
        &project,
    ] {
        let page = site.page(address);
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{address}\n{page}"
        );
        assert!(!page.contains("alert(1)\""), "{address}\n{page}");
    }
    let nowhere = site.ask(&format!("/entry/{bad}.md"), true);
    assert_eq!(nowhere.status, 404);
    assert!(!String::from_utf8_lossy(&nowhere.body).contains("<script>"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let site = worked_on();
    site.write_file(".priv/hidden.md", "# Hidden\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(".priv/hidden.md", site.root.join("link.md")).expect("a link");
    for address in [
        "/entry/link.md",
        "/nowhere",
        "/entry/",
        "/entry/nowhere.md",
        "/entry/../secret.md",
        "/entry//etc/passwd",
        "/entry/.mx/config.yaml",
        "/session/20200101-000000",
        "/session/",
        "/project?name=nothing",
        "/project",
        "/assets/../style.css",
        "/next/done",
    ] {
        let reply = site.ask(address, true);
        assert!(
            (400..500).contains(&reply.status),
            "{address}: {}",
            reply.status
        );
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    let site = worked_on();
    let session = format!("/session/{}?project=my-api", site.session());
    for address in [
        "/",
        "/search?q=token",
        "/entry/patterns/oauth2.md",
        "/health",
        &session,
    ] {
        let page = site.page(address);
        assert!(
            !page.contains(" style=") && !page.contains("<style"),
            "{address}"
        );
        assert!(
            !page.contains(" onclick") && !page.contains(" onload"),
            "{address}"
        );
        for source in [
            "src=\"http",
            "src=\"//",
            "action=\"http",
            "rel=\"stylesheet\" href=\"http",
        ] {
            assert!(!page.contains(source), "{address}: {source}");
        }
    }
    for address in ["/assets/style.css", "/assets/script.js", "/assets/icon.svg"] {
        let file = String::from_utf8(site.ask(address, false).body).expect("UTF-8");
        assert!(
            !file.contains("url(") && !file.contains("@import"),
            "{address}"
        );
        assert!(
            !file
                .replace("http://www.w3.org/2000/svg", "")
                .contains("http"),
            "{address}"
        );
    }
}
