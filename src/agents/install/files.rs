//! Files that are ours as a whole: the skill, and plugins.
//!
//! Each carries a digest of itself, by which one that was edited is distinguished from one that
//! an older version wrote: the former is left alone.

/// What is found where a file of ours goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundFile {
    /// Nothing.
    Absent,
    /// Just what this version writes.
    Current,
    /// What another version wrote.
    Outdated,
    /// What we wrote, and was edited since.
    Edited,
    /// What another program or a person wrote.
    Foreign,
}

const SKILL_TEXT: &str = include_str!("templates/SKILL.md");

/// The folder of the skill, which is its name.
pub(super) const SKILL: &str = "log";
/// The second name that earlier versions gave it.
pub(super) const FORMER_SKILL: &str = "session-logger";

const MARK: &str = "mx-digest: ";
const DIGEST_LENGTH: usize = 16;

/// Returns the text of the skill.
pub(super) fn skill_text() -> String {
    seal_text(&SKILL_TEXT.replace("\r\n", "\n"))
}

/// Returns the text of a plugin that runs a program.
pub(super) fn plugin_text(template: &str, command: &str) -> String {
    let command = serde_json::Value::from(command).to_string();
    let text = template.replace("\r\n", "\n");
    seal_text(&text.replace("{{command}}", &command))
}

/// Returns the program that a plugin runs, whatever version wrote it.
pub(super) fn program_of_plugin(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("const PROGRAM = "))?;
    serde_json::from_str(line.trim_end_matches(';')).ok()
}

/// Returns what `text`, the text of a file, is, compared with what is written there now.
pub(super) fn compare_file(text: Option<&str>, current: &str) -> FoundFile {
    let Some(text) = text else {
        return FoundFile::Absent;
    };
    // A checkout may have changed the line endings.
    let text = text.replace("\r\n", "\n");
    match split_seal(&text) {
        _ if text == current => FoundFile::Current,
        None => FoundFile::Foreign,
        Some((before, seal, after)) => {
            if seal == seal_digest(before, after) {
                FoundFile::Outdated
            } else {
                FoundFile::Edited
            }
        }
    }
}

/// Puts the digest behind its mark.
fn seal_text(text: &str) -> String {
    let at = text.find(MARK).map_or(text.len(), |at| at + MARK.len());
    let (before, after) = text.split_at(at);
    format!("{before}{}{after}", seal_digest(before, after))
}

fn split_seal(text: &str) -> Option<(&str, &str, &str)> {
    let at = text.find(MARK)? + MARK.len();
    let seal = text.get(at..at + DIGEST_LENGTH)?;
    Some((&text[..at], seal, &text[at + DIGEST_LENGTH..]))
}

fn seal_digest(before: &str, after: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before.as_bytes());
    hasher.update(after.as_bytes());
    let hex = hasher.finalize().to_hex();
    // A letter first: YAML would take some digests for numbers.
    format!("d{}", &hex[..DIGEST_LENGTH - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLUGIN: &str = "// mx-digest: \nconst PROGRAM = {{command}};\n";

    #[test]
    fn an_edited_file_is_told_from_one_of_another_version() {
        let current = skill_text();
        let older = seal_text(&current.replace("mx search", "mx find").replacen(
            split_seal(&current).expect("sealed").1,
            "",
            1,
        ));
        let edited = current.replace("mx search", "mx find");
        assert_eq!(compare_file(None, &current), FoundFile::Absent);
        assert_eq!(compare_file(Some(&current), &current), FoundFile::Current);
        assert_eq!(
            compare_file(Some(&current.replace('\n', "\r\n")), &current),
            FoundFile::Current
        );
        assert_eq!(compare_file(Some(&older), &current), FoundFile::Outdated);
        assert_eq!(compare_file(Some(&edited), &current), FoundFile::Edited);
        assert_eq!(
            compare_file(Some("# My own\n"), &current),
            FoundFile::Foreign
        );
        assert_eq!(
            compare_file(Some("mx-digest: é"), &current),
            FoundFile::Foreign
        );
        assert_eq!(
            compare_file(
                Some(&plugin_text(PLUGIN, "/opt/mx")),
                &plugin_text(PLUGIN, "mx")
            ),
            FoundFile::Outdated
        );
    }

    #[test]
    fn the_skill_is_as_the_specification_wants_it() {
        let text = skill_text();
        let rest = text.strip_prefix("---\n").expect("front matter");
        let (front, body) = rest.split_once("\n---\n").expect("its end");
        let keys: Vec<&str> = front
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split_once(':').expect("a key").0)
            .collect();
        let wanted = [
            "name",
            "description",
            "license",
            "allowed-tools",
            "metadata",
        ];
        assert_eq!(keys, wanted);
        let value = |key: &str| {
            let mut lines = front.lines();
            lines
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                .expect(key)
        };
        assert_eq!(value("name"), SKILL);
        let description = value("description");
        // Agents put it into every request.
        assert!(description.len() <= 250, "{}", description.len());
        assert!(!description.contains(": "), "{description}");
        assert!(
            body.split_whitespace().count() <= 450,
            "{}",
            body.split_whitespace().count()
        );
        for taught in [
            "mx search",
            "mx get",
            "mx resume",
            "mx log start",
            "mx log update",
            "mx log end",
            "mx log decision",
            "mx log blocker",
            "$log",
            "/log",
        ] {
            assert!(body.contains(taught), "{taught}");
        }
    }
}
