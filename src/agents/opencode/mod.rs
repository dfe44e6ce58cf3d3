//! opencode.

mod export;
mod hooks;
mod installation;
mod parts;
mod results;
mod storage;
mod sub_sessions;
mod transcript;

use super::hooks::ContextForm;
use super::profile::Profile;
use std::borrow::Cow;

pub(super) static PROFILE: Profile = Profile {
    name: "opencode",
    title: "opencode",
    aliases: &[],
    programs: &["opencode"],
    caller: None,
    claim_payload: |_| None,
    has_shared_hooks: false,
    session_variable: None,
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::Field("context"),
    transcripts: Some(&transcript::FORMAT),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};

/// Returns a prompt without the quotation marks that `opencode run` puts around an argument with
/// blanks, in which it escapes others.
fn without_quotes(prompt: &str) -> Cow<'_, str> {
    let trimmed = prompt.trim();
    let inner = trimmed
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let is_one = |inner: &&str| !inner.contains('\n') && !inner.replace("\\\"", "").contains('"');
    match inner.filter(is_one) {
        Some(inner) => Cow::Owned(inner.replace("\\\"", "\"")),
        None => Cow::Borrowed(prompt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_of_quotation_marks_is_taken_off_a_line() {
        for (prompt, expected) in [
            ("\"Limit logins\"\n", "Limit logins"),
            ("Limit logins", "Limit logins"),
            ("\"say \\\"hi\\\" now\"", "say \"hi\" now"),
            ("\"a\" and \"b\"", "\"a\" and \"b\""),
            ("\"a\nb\"", "\"a\nb\""),
            ("\"", "\""),
        ] {
            assert_eq!(without_quotes(prompt), expected, "{prompt}");
        }
    }
}
