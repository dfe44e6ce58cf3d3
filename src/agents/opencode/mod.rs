//! opencode.

mod export;
mod hooks;
mod installation;
mod parts;
mod results;
mod storage;
mod transcript;

use super::hooks::ContextForm;
use super::profile::{Profile, TranscriptFormat};

pub(super) static PROFILE: Profile = Profile {
    name: "opencode",
    title: "opencode",
    aliases: &[],
    programs: &["opencode"],
    caller_variables: &[],
    session_variable: None,
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::Field("context"),
    transcripts: Some(TranscriptFormat {
        places: transcript::places,
        recognises: transcript::recognises,
        read: transcript::read_transcript,
    }),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};

/// Returns a prompt without the quotation marks that `opencode run` puts around its arguments.
fn without_quotes(prompt: &str) -> &str {
    let trimmed = prompt.trim();
    let inner = trimmed
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains(['"', '\n']) => inner,
        _ => prompt,
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
            ("\"a\" and \"b\"", "\"a\" and \"b\""),
            ("\"a\nb\"", "\"a\nb\""),
            ("\"", "\""),
        ] {
            assert_eq!(without_quotes(prompt), expected, "{prompt}");
        }
    }
}
