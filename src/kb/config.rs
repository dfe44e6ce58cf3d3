//! The settings of one KB: `.mx/config.yaml`.

use super::PRIVATE_DIR;
use super::PathGlob;
use super::open::{Access, Link, open_checked};
use super::private::read_private;
use super::settings::{self, Loaded};
use crate::error::Result;
use crate::markdown::yaml;
use crate::model::{EntryPath, Zone};
use crate::redact::{Redactor, compile_pattern};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

const REDACT: &str = "redact";

const KNOWN: &[&str] = &[
    "timezone",
    "session_logs",
    "session_index_cap",
    "session_file",
    "exclude",
    "recent_sessions",
    "recent_lines",
    "recent_bytes",
    "idle_hours",
    REDACT,
    "redact_payment",
    "senses",
    "default_entry",
];

/// What stands for the name of the project in the path of an entry.
pub(crate) const PROJECT: &str = "{project}";

/// The least that `recent_bytes` may be: the newest session can always be named.
const LEAST_BYTES: usize = 500;

/// Where the session in progress is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SessionFile {
    /// As `.session_log.md` in the project.
    Project,
    /// In the KB, at its final path.
    Kb,
}

/// The file `.mx/config.yaml`, as it is written. Every key may be absent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ConfigFile {
    /// IANA name of the time zone; `UTC` if absent.
    #[serde(default, deserialize_with = "read_timezone")]
    timezone: Option<String>,
    /// Directory in the KB for finished sessions and the files derived from them.
    #[serde(default, deserialize_with = "read_directory")]
    session_logs: Option<String>,
    /// Most rows in `SESSION_INDEX.md`.
    #[serde(default, deserialize_with = "read_limit")]
    session_index_cap: Option<NonZeroUsize>,
    /// Where sessions in progress are kept; if absent, those that were begun by hand in the
    /// project, those that an agent's hook began in the KB.
    session_file: Option<SessionFile>,
    /// Path patterns of what is not an entry.
    #[serde(default, deserialize_with = "settings::read_globs")]
    exclude: Vec<String>,
    /// Most sessions in `RECENT_WORK.md`.
    #[serde(default, deserialize_with = "read_limit")]
    recent_sessions: Option<NonZeroUsize>,
    /// Most lines in `RECENT_WORK.md`.
    #[serde(default, deserialize_with = "read_limit")]
    recent_lines: Option<NonZeroUsize>,
    /// Most bytes in `RECENT_WORK.md`, 500 or more.
    #[serde(default, deserialize_with = "read_bytes")]
    #[schemars(range(min = 500))]
    recent_bytes: Option<usize>,
    /// After how many hours without activity a session has ended when the next one starts.
    #[serde(default, deserialize_with = "read_limit")]
    idle_hours: Option<NonZeroUsize>,
    /// Regular expressions for what is to be hidden before it is stored, beside what is known for
    /// a secret. Of an expression with groups only the groups are hidden.
    #[serde(default, deserialize_with = "read_patterns")]
    #[schemars(with = "Vec<String>")]
    redact: Vec<Regex>,
    /// Whether numbers of payment cards and bank accounts with good check digits are hidden
    /// before anything is stored; `true` if absent.
    redact_payment: Option<bool>,
    /// Whether a question is also compared with texts by what they are about; true if absent.
    senses: Option<bool>,
    /// Entry that `session-log` writes to where no context names one; `{project}` stands for the
    /// project, as in `projects/{project}/sessions.md`.
    #[serde(default, deserialize_with = "entry_pattern")]
    default_entry: Option<String>,
}

/// The settings of a KB, complete.
#[derive(Debug, Clone)]
pub struct Config {
    /// Time zone in which times are written, and read where they carry none.
    pub zone: Zone,
    /// Directory in the KB for finished sessions, `/`-separated.
    pub session_logs: String,
    /// Most rows in `SESSION_INDEX.md`.
    pub session_index_cap: usize,
    /// Where sessions in progress are kept; `None`: in the project if they were begun by hand, in
    /// the KB if a hook did.
    pub session_file: Option<SessionFile>,
    /// What is not an entry.
    pub exclude: Vec<PathGlob>,
    /// Most sessions in `RECENT_WORK.md`.
    pub recent_sessions: usize,
    /// Most lines in `RECENT_WORK.md`.
    pub recent_lines: usize,
    /// Most bytes in `RECENT_WORK.md`.
    pub recent_bytes: usize,
    /// After how many hours without activity a session has ended when the next one starts.
    pub idle_hours: usize,
    /// Hides secrets before anything is stored.
    pub redactor: Redactor,
    /// Whether a question is also compared with texts by what they are about.
    pub senses: bool,
    /// Entry for the notes of a project where no context names one, with `{project}` for its name.
    pub default_entry: Option<String>,
}

impl Config {
    /// Reads the settings of the KB at `root`, and what is odd about them. Without a file: the
    /// defaults.
    ///
    /// # Errors
    ///
    /// With path, line and column, if the file is not understood.
    pub(super) fn load(root: &Path) -> Result<(Self, Vec<String>)> {
        let path = settings_file(root);
        match read_text(&path) {
            Ok(Some(text)) => {
                let Loaded { value, warnings } = settings::parse_settings(&path, &text, KNOWN)?;
                Ok((Self::complete(value)?, warnings))
            }
            Ok(None) => Ok((Self::without_file()?, Vec::new())),
            Err(_) if path.is_symlink() => {
                let shown = path.display();
                let warning =
                    format!("{shown} is a link, which is not followed: its settings do not count");
                Ok((Self::without_file()?, vec![warning]))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the settings of the KB at `root` for what is captured without asking: a mistake in them
    /// must not lose it. Of settings that are not understood, what hides secrets still counts.
    ///
    /// # Errors
    ///
    /// If that is not understood either: then nothing may be stored.
    pub(super) fn load_for_capture(root: &Path) -> Result<Self> {
        let error = match Self::load(root) {
            Ok((config, _)) => return Ok(config),
            Err(error) => error,
        };
        let bytes = read_private(&settings_file(root)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let file = match yaml::from_str::<RedactOnly>(&text) {
            Ok(RedactOnly { redact }) => ConfigFile {
                redact,
                ..ConfigFile::default()
            },
            Err(_) if text.contains(REDACT) => return Err(error),
            Err(_) => ConfigFile::default(),
        };
        Self::complete(file)
    }

    /// Returns the settings of a KB without a file.
    pub(super) fn without_file() -> Result<Self> {
        Self::complete(ConfigFile::default())
    }

    fn complete(file: ConfigFile) -> Result<Self> {
        let or = |limit: Option<NonZeroUsize>, default| limit.map_or(default, NonZeroUsize::get);
        let zone = file.timezone.as_deref().and_then(Zone::parse);
        let redactor = Redactor::with_patterns(file.redact);
        let redactor = if file.redact_payment == Some(false) {
            redactor.keeping_payment()
        } else {
            redactor
        };
        let exclude: Result<_> = file.exclude.iter().map(|p| PathGlob::new(p)).collect();
        Ok(Config {
            zone: zone.unwrap_or(Zone::UTC),
            session_logs: file
                .session_logs
                .unwrap_or_else(|| "session_logs".to_owned()),
            session_index_cap: or(file.session_index_cap, 200),
            session_file: file.session_file,
            exclude: exclude?,
            recent_sessions: or(file.recent_sessions, 20),
            recent_lines: or(file.recent_lines, 100),
            recent_bytes: file.recent_bytes.unwrap_or(12_000),
            idle_hours: file.idle_hours.map_or(8, NonZeroUsize::get),
            redactor,
            senses: file.senses.unwrap_or(true),
            default_entry: file.default_entry,
        })
    }
}

/// The one setting that must be understood before anything is stored.
#[derive(Deserialize)]
struct RedactOnly {
    #[serde(default, deserialize_with = "read_patterns")]
    redact: Vec<Regex>,
}

fn read_text(path: &Path) -> Result<Option<String>> {
    let open = |path: &Path| open_checked(path, Access::Read, Link::Refuse);
    settings::read_settings(path, open)
}

fn settings_file(root: &Path) -> PathBuf {
    root.join(PRIVATE_DIR).join("config.yaml")
}

fn read_limit<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NonZeroUsize>, D::Error> {
    let number = Option::<usize>::deserialize(from)?;
    let at_least_one = |number| {
        NonZeroUsize::new(number)
            .ok_or_else(|| D::Error::custom("expected a number from 1 upwards"))
    };
    number.map(at_least_one).transpose()
}

fn read_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    match Option::<usize>::deserialize(from)? {
        Some(number) if number < LEAST_BYTES => Err(D::Error::custom(format!(
            "expected a number from {LEAST_BYTES} upwards"
        ))),
        number => Ok(number),
    }
}

fn read_patterns<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Regex>, D::Error> {
    let patterns = Option::<Vec<String>>::deserialize(from)?.unwrap_or_default();
    let compile = |pattern: String| {
        compile_pattern(&pattern).map_err(|reason| {
            let shown = pattern.escape_debug();
            D::Error::custom(format!("'{shown}' is no regular expression: {reason}"))
        })
    };
    patterns.into_iter().map(compile).collect()
}

fn read_timezone<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(from)?;
    match &name {
        Some(name) if Zone::parse(name).is_none() => Err(D::Error::custom(format!(
            "unknown time zone '{}', expected an IANA name such as Europe/Berlin",
            name.escape_debug()
        ))),
        _ => Ok(name),
    }
}

fn entry_pattern<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    let filled = text.replace(PROJECT, "x");
    if filled.contains(['{', '}']) {
        let shown = text.escape_debug();
        return Err(D::Error::custom(format!(
            "'{shown}' holds braces: the only thing that is filled in is {PROJECT}"
        )));
    }
    let example = EntryPath::parse(&filled);
    match example.map_err(|error| error.message().to_owned()) {
        Ok(_) if !text.starts_with(['~', '$', '%']) => Ok(Some(text)),
        Ok(_) => Err(D::Error::custom(
            "expected a path relative to the knowledge base",
        )),
        Err(reason) => Err(D::Error::custom(format!(
            "{reason}; expected a path such as projects/{PROJECT}/sessions.md"
        ))),
    }
}

fn read_directory<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    // A directory is good if an entry may lie in it. What a shell replaces is not replaced here.
    let inside = EntryPath::parse(&format!("{text}/x.md"))
        .ok()
        .filter(|path| !path.directory().is_empty() && !text.starts_with(['~', '$', '%']));
    let inside = inside.ok_or_else(|| {
        let shown = text.escape_debug();
        D::Error::custom(format!(
            "'{shown}' is not a directory inside the knowledge base; write it relative to the root, \
             such as session_logs"
        ))
    })?;
    Ok(Some(inside.directory().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn load(text: &str) -> Result<(Config, Vec<String>)> {
        let dir = tempfile::tempdir().expect("temporary directory");
        fs::create_dir(dir.path().join(".mx")).expect("mkdir");
        fs::write(dir.path().join(".mx/config.yaml"), text).expect("write");
        Config::load(dir.path())
    }

    #[test]
    fn nothing_means_the_defaults() {
        let dir = tempfile::tempdir().expect("temporary directory");
        for loaded in [
            Config::load(dir.path()),
            load(""),
            load("# nothing\n"),
            load("timezone:\n"),
        ] {
            let (config, warnings) = loaded.expect("defaults");
            assert_eq!(config.zone, Zone::UTC);
            assert_eq!(config.session_logs, "session_logs");
            assert_eq!(
                (config.session_index_cap, config.recent_sessions),
                (200, 20)
            );
            assert_eq!((config.recent_lines, config.recent_bytes), (100, 12_000));
            assert_eq!(config.session_file, None);
            assert!(config.exclude.is_empty() && warnings.is_empty());
        }
    }

    #[test]
    fn everything_can_be_set() {
        let text = "\u{feff}timezone: Europe/Berlin\r\nsession_logs: logs/done/\r\n\
                    session_index_cap: 7\r\nsession_file: kb\r\nexclude: [drafts/*, '*.tmp.md']\r\n\
                    recent_sessions: 3\r\nrecent_lines: 9\r\nrecent_bytes: 500\r\n\
                    redact: ['EMP-\\d+', 'id=(\\w+)']\r\n\
                    default_entry: 'p/{project}.md'\r\n";
        let (config, warnings) = load(text).expect("good settings");
        assert_eq!(config.zone.name(), "Europe/Berlin");
        assert_eq!(config.session_logs, "logs/done");
        assert_eq!((config.session_index_cap, config.recent_sessions), (7, 3));
        assert_eq!(
            (config.recent_lines, config.session_file),
            (9, Some(SessionFile::Kb))
        );
        assert_eq!(config.recent_bytes, 500);
        assert_eq!(config.default_entry.as_deref(), Some("p/{project}.md"));
        assert!(config.exclude[0].matches("drafts/a.md"));
        assert_eq!(config.redactor.clean("EMP-17"), "[redacted:pattern]");
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn errors_name_file_line_and_column() {
        for (text, place, part) in [
            (
                "timezone: Berlin\n",
                ":1:11: ",
                "unknown time zone 'Berlin'",
            ),
            ("\nsession_index_cap: many\n", ":2:20: ", ""),
            ("session_index_cap: 0\n", ":1:20: ", ""),
            ("recent_bytes: 499\n", ":1:15: ", "from 500 upwards"),
            (
                "default_entry: p/{projet}.md\n",
                ":1:16: ",
                "filled in is {project}",
            ),
            ("\nredact: x\n", ":2:9: redact: ", "['EMP-\\d+']"),
            ("exclude: x\n", ":1:10: exclude: ", "[drafts/*]"),
            ("session_file: both\n", ":1:15: ", "both"),
            ("exclude: drafts\n", ":1:10: ", ""),
            ("exclude: ['[']\n", ":1:", "malformed"),
            ("redact: x\n", ":1:9: ", ""),
            (
                "redact:\n- '('\n",
                ":2:3: ",
                "'(' is no regular expression: unclosed group",
            ),
            ("session_logs: ../x\n", ":1:15: ", "not a directory inside"),
            ("session_logs: .\n", ":1:15: ", "not a directory inside"),
            ("session_logs: ~/x\n", ":1:15: ", "not a directory inside"),
            ("session_logs: /x\n", ":1:15: ", "not a directory inside"),
            (
                "session_logs: $HOME/x\n",
                ":1:15: ",
                "not a directory inside",
            ),
            ("session_logs: a/.b\n", ":1:15: ", "not a directory inside"),
            (
                "default_entry: ../x.md\n",
                ":1:16: ",
                "leaves the knowledge base",
            ),
            (
                "default_entry: projects\n",
                ":1:16: ",
                "does not end in .md",
            ),
            ("default_entry: ~/x.md\n", ":1:16: ", "relative"),
        ] {
            let error = load(text).expect_err("must be refused");
            let message = error.message();
            assert!(
                message.contains(&format!("config.yaml{place}")),
                "{message}"
            );
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn the_known_keys_are_those_of_the_schema() {
        let schema = schemars::schema_for!(ConfigFile);
        let keys = schema
            .get("properties")
            .and_then(|p| p.as_object())
            .expect("properties");
        let mut known = KNOWN.to_vec();
        known.sort_unstable();
        let mut keys: Vec<&str> = keys.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, known);
    }
}
