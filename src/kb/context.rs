//! Where a project's work belongs in the KB: `.kbcontext`.

use super::config::PROJECT;
use super::settings::{self, FoundSettings, Loaded};
use super::{Environment, PathGlob};
use crate::error::{Error, Result};
use crate::model::{EntryPath, Tag, decompose_name, normalize_name};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Name of the file.
pub const CONTEXT_FILE: &str = ".kbcontext";

const KNOWN: &[&str] = &[
    "project",
    "primary",
    "session_entry",
    "paths",
    "default_tags",
    "kb_root",
];

/// The file `.kbcontext`, as it is written. Every key may be absent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ContextFile {
    /// Name of the project.
    project: Option<String>,
    /// Directory of the project in the KB; its session entry is `{primary}/sessions.md`.
    primary: Option<String>,
    /// The session entry, instead of the one in `primary`.
    session_entry: Option<String>,
    /// Path patterns of this project's part of the KB, which is ranked higher.
    #[serde(default, deserialize_with = "settings::read_globs")]
    paths: Vec<String>,
    /// Tags of a new session entry: a list, or one text with commas.
    #[serde(default, deserialize_with = "settings::read_words")]
    #[schemars(with = "Option<crate::markdown::OneOrMore>")]
    default_tags: Vec<String>,
    /// Root of the KB, relative to this file.
    kb_root: Option<String>,
}

/// Where a project's work belongs in the KB.
#[derive(Debug, Clone)]
pub struct Context {
    /// The file that says so.
    pub path: PathBuf,
    /// Name of the project.
    pub project: Option<String>,
    /// Directory of the project in the KB, as written.
    pub primary: Option<String>,
    /// The session entry, as written.
    pub session_entry: Option<String>,
    /// This project's part of the KB.
    pub paths: Vec<PathGlob>,
    /// Tags of a new session entry.
    pub default_tags: Vec<Tag>,
    /// Root of the KB, absolute.
    pub kb_root: Option<PathBuf>,
}

/// A context that was read, and what is odd about it.
#[derive(Debug, Clone)]
pub struct LoadedContext {
    /// The context.
    pub context: Context,
    /// What is odd, each with path and line.
    pub warnings: Vec<String>,
}

/// What was found in the current directory and above it.
#[derive(Debug, Clone)]
pub struct DiscoveredContext {
    /// The context, if there is one.
    pub found: Option<LoadedContext>,
    /// Files that were passed over, each with the reason.
    pub passed_over: Vec<String>,
}

impl Context {
    /// Finds and reads the context: the file in `VL_KB_CONTEXT`, else the nearest `.kbcontext` in
    /// the current directory or above it. One that belongs to neither the user nor root, or cannot
    /// be read, decides nothing: it is passed over, and a warning says so.
    ///
    /// # Errors
    ///
    /// If `VL_KB_CONTEXT` names no file, or the file is not understood.
    pub fn discover(env: &Environment) -> Result<DiscoveredContext> {
        let mut passed_over = Vec::new();
        if let Some(path) = &env.context {
            let missing = || {
                Error::usage(format!("no such context file: {}", path.display()))
                    .with_hint("correct or unset VL_KB_CONTEXT, which names it")
            };
            let found = Self::load_if_there(env, path)?.ok_or_else(missing)?;
            return Ok(DiscoveredContext {
                found: Some(found),
                passed_over,
            });
        }
        for dir in env.cwd.ancestors() {
            let path = dir.join(CONTEXT_FILE);
            match settings::find_settings_of_user(&path)? {
                FoundSettings::Nothing => {}
                FoundSettings::Unusable(reason) => {
                    passed_over.push(format!("{} is ignored: {reason}", path.display()));
                }
                FoundSettings::Text(text) => {
                    let loaded = settings::parse_settings(&path, &text, KNOWN)?;
                    let found = Some(Self::complete(env, &path, loaded)?);
                    return Ok(DiscoveredContext { found, passed_over });
                }
            }
        }
        Ok(DiscoveredContext {
            found: None,
            passed_over,
        })
    }

    /// Reads the context in the file at `path`.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is no such file; with path, line
    /// and column, if it is not understood.
    pub fn load(env: &Environment, path: &Path) -> Result<LoadedContext> {
        Self::load_if_there(env, path)?
            .ok_or_else(|| Error::not_found(format!("no such context file: {}", path.display())))
    }

    fn load_if_there(env: &Environment, path: &Path) -> Result<Option<LoadedContext>> {
        match settings::load_settings(path, KNOWN)? {
            Some(loaded) => Self::complete(env, path, loaded).map(Some),
            None => Ok(None),
        }
    }

    fn complete(
        env: &Environment,
        path: &Path,
        Loaded {
            value: file,
            mut warnings,
        }: Loaded<ContextFile>,
    ) -> Result<LoadedContext> {
        let paths: Result<_> = file.paths.iter().map(|p| PathGlob::new(p)).collect();
        let mut default_tags = Vec::new();
        for text in file.default_tags {
            match Tag::new(&text) {
                Some(tag) => default_tags.push(tag),
                None => warnings.push(format!(
                    "{}: '{}' in default_tags cannot be a tag and is ignored",
                    path.display(),
                    text.escape_debug()
                )),
            }
        }
        let dir = path.parent().unwrap_or(&env.cwd);
        let root = said_text(file.kb_root);
        if let Some(unknown) = root.as_deref().filter(|root| env.is_unexpanded(root)) {
            let shown = unknown.escape_debug();
            return Err(Error::failed(format!(
                "{}: kb_root '{shown}' begins with what only a shell replaces",
                path.display()
            ))
            .with_hint(
                "write ~ or $HOME for the home directory, or a path relative to this file",
            ));
        }
        let kb_root = root.map(|root| env.absolute_from(dir, Path::new(&root)));
        let context = Context {
            path: path.to_path_buf(),
            project: said_text(file.project),
            primary: said_text(file.primary),
            session_entry: said_text(file.session_entry),
            paths: paths?,
            default_tags,
            kb_root,
        };
        Ok(LoadedContext { context, warnings })
    }

    /// Returns the session entry of a project and where it comes from: `.kbcontext (session_entry)`
    /// or `.kbcontext (primary)`. `None` if the context names neither.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) if what it names cannot be an entry.
    pub fn entry(&self, project: &str) -> Result<Option<(EntryPath, &'static str)>> {
        let (text, key, source) = match (&self.session_entry, &self.primary) {
            (Some(entry), _) => (entry.clone(), "session_entry", ".kbcontext (session_entry)"),
            (None, Some(dir)) => (
                format!("{dir}/sessions.md"),
                "primary",
                ".kbcontext (primary)",
            ),
            (None, None) => return Ok(None),
        };
        let text = text.replace(PROJECT, &project_slug(project));
        let path = EntryPath::parse(&text).map_err(|error| {
            let correct = format!("correct {key} in {}", self.path.display());
            error.with_hint(correct)
        })?;
        Ok(Some((path, source)))
    }

    /// Returns the text of a new `.kbcontext` for the project.
    pub fn template(project: &str) -> String {
        let slug = project_slug(project);
        let project = quote_yaml(project);
        format!(
            "# Where this project's work belongs in the knowledge base.\n\
             project: {project}\n\
             primary: projects/{slug}      # session entry: projects/{slug}/sessions.md\n\
             paths: [projects/{slug}]      # ranked higher in searches from here\n\
             default_tags: []\n\
             # session_entry: projects/{slug}/sessions.md    # wins over primary\n\
             # kb_root: ../notes    # relative to this file\n"
        )
    }
}

fn said_text(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Longest directory name that a project gets, in bytes. Behind it come ids and endings, and the
/// whole must be a file name on every system.
const LONGEST_SLUG: usize = 100;

/// Names that no file can have on Windows, with whatever ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Returns a name as one part of an entry path that needs no quotes in YAML, and that every
/// system can have as a file name: a long one is cut, and ends with its hash.
pub(crate) fn project_slug(name: &str) -> String {
    make_slug(&normalize_name(name))
}

/// Returns whether a directory has the name that one of a project has; also as a name in the normal
/// form NFD was written before names were normalized.
pub(crate) fn is_slug_of(directory: &str, project: &str) -> bool {
    let directory = normalize_name(directory);
    directory == project_slug(project) || directory == make_slug(&decompose_name(project))
}

fn make_slug(name: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let text: String = name
        .to_lowercase()
        .chars()
        .map(|c| if kept(c) { c } else { '-' })
        .collect();
    let text = text.trim_matches(['-', '.']);
    if text.is_empty() {
        "project".to_owned()
    } else if text.len() > LONGEST_SLUG {
        cut_slug(text)
    } else if is_reserved(text) {
        // No other name has this slug, since those end without a dash.
        let (stem, ending) = text.split_at(text.find('.').unwrap_or(text.len()));
        format!("{stem}-{ending}")
    } else {
        text.to_owned()
    }
}

fn cut_slug(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let hash = &hash[..8];
    let room = LONGEST_SLUG - hash.len() - 1;
    let fits = |(at, c): &(usize, char)| at + c.len_utf8() <= room;
    let start: String = text
        .char_indices()
        .take_while(fits)
        .map(|(_, c)| c)
        .collect();
    format!("{}-{hash}", start.trim_end_matches(['-', '.']))
}

fn is_reserved(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or(text);
    let port = stem.strip_prefix("com").or(stem.strip_prefix("lpt"));
    let numbered = port.is_some_and(|rest| {
        let mut chars = rest.chars();
        chars.next().is_some_and(|c| "0123456789¹²³".contains(c)) && chars.next().is_none()
    });
    numbered || RESERVED.contains(&stem)
}

/// Returns text as a YAML string that is read back as the same text. JSON strings are YAML.
fn quote_yaml(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .contains(&text.to_lowercase().as_str());
    if plain && !word {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::kb::tests::environment;
    use std::fs;

    fn load(text: &str) -> Result<LoadedContext> {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let path = env.cwd.join(CONTEXT_FILE);
        fs::write(&path, text).expect("write");
        Context::load(&env, &path)
    }

    fn entry(text: &str) -> Option<(String, &'static str)> {
        let context = load(text).expect("good context").context;
        let entry = context.entry("My App").expect("good entry");
        entry.map(|(path, source)| (path.to_string(), source))
    }

    #[test]
    fn the_example_of_the_format_is_understood() {
        let text = "project: myapp\nprimary: projects/myapp    # comment\n\
                    session_entry: projects/myapp/sessions.md\n\
                    paths: [projects/myapp, tooling/*]\ndefault_tags: [myapp]\nkb_root: ../notes\n";
        let LoadedContext { context, warnings } = load(text).expect("good context");
        assert_eq!(context.project.as_deref(), Some("myapp"));
        assert!(context.paths[1].matches("tooling/a.md"));
        assert_eq!(context.default_tags[0].as_str(), "myapp");
        let dir = context.path.parent().expect("a directory");
        assert_eq!(
            context.kb_root,
            dir.parent().map(|above| above.join("notes"))
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_slug_is_a_file_name_on_every_system() {
        assert_eq!(project_slug("My App!"), "my-app");
        assert_eq!(project_slug("..."), "project");
        let long = project_slug(&"d".repeat(240));
        assert_eq!(long.len(), LONGEST_SLUG);
        assert_ne!(long, project_slug(&"d".repeat(241)));
        assert!(project_slug(&"ü".repeat(240)).len() <= LONGEST_SLUG);
        assert_eq!(project_slug(&"d".repeat(100)), "d".repeat(100));
        for (name, expected) in [
            ("con", "con-"),
            ("NUL", "nul-"),
            ("aux.txt", "aux-.txt"),
            ("com1", "com1-"),
            ("lpt²", "lpt²-"),
            ("v1.", "v1"),
            ("com10", "com10"),
            ("console", "console"),
            ("nul-x", "nul-x"),
        ] {
            assert_eq!(project_slug(name), expected);
        }
    }

    #[test]
    fn the_session_entry_wins_over_primary() {
        assert_eq!(entry("project: a\n"), None);
        assert_eq!(entry("primary: ''\nsession_entry:\n"), None);
        let primary = Some(("p/sessions.md".to_owned(), ".kbcontext (primary)"));
        assert_eq!(entry("primary: p\n"), primary);
        assert_eq!(entry("primary: ./p/\n"), primary);
        let pattern = Some(("p/my-app/sessions.md".to_owned(), ".kbcontext (primary)"));
        assert_eq!(entry("primary: 'p/{project}'\n"), pattern);
        let named = Some(("q/r.md".to_owned(), ".kbcontext (session_entry)"));
        assert_eq!(entry("primary: p\nsession_entry: q/r.md\n"), named);
        let bad = load("session_entry: ../r.md\n").expect("good YAML").context;
        let error = bad.entry("x").expect_err("leaves the KB");
        assert!(
            error.hints()[0].to_string().contains("session_entry"),
            "{error:?}"
        );
    }

    #[test]
    fn the_nearest_file_above_is_found() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.cwd = dir.path().join("a/b/c");
        fs::create_dir_all(&env.cwd).expect("mkdir");
        fs::create_dir(env.cwd.join(CONTEXT_FILE)).expect("mkdir");
        fs::write(dir.path().join(CONTEXT_FILE), "project: far\n").expect("write");
        fs::write(dir.path().join("a/.kbcontext"), "project: near\n").expect("write");
        let discovered = Context::discover(&env).expect("good context");
        let found = discovered.found.expect("found");
        assert_eq!(found.context.project.as_deref(), Some("near"));

        env.context = Some(dir.path().join(CONTEXT_FILE));
        let discovered = Context::discover(&env).expect("good context");
        let found = discovered.found.expect("found");
        assert_eq!(found.context.project.as_deref(), Some("far"));

        env.context = Some(dir.path().join("missing"));
        let error = Context::discover(&env).expect_err("must exist");
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.hints()[0].to_string().contains("VL_KB_CONTEXT"));
    }

    #[test]
    fn wrong_types_are_errors_and_unknown_keys_warnings() {
        for (text, place) in [
            ("project: [a]\n", ":1:10: "),
            ("project: a\ndefault_tags: {x: y}\n", ":2:15: "),
            ("paths: x\n", ":1:8: "),
            ("primary: {a: b}\n", ":1:10: "),
            ("project: 'a\n", ":2:1: "),
            ("- project\n", ":1:"),
        ] {
            let error = load(text).expect_err("must be refused");
            assert!(
                error.message().contains(&format!(".kbcontext{place}")),
                "{error}"
            );
        }
        let tags = load("default_tags: a, b\n")
            .expect("good")
            .context
            .default_tags;
        assert_eq!(tags.len(), 2);
        let warnings = load("projct: a\ndefault_tags: [a b, c]\n")
            .expect("warnings")
            .warnings;
        assert!(warnings[0].contains(":1: unknown key 'projct', did you mean 'project'?"));
        assert!(warnings[1].contains("'a b' in default_tags"));
    }

    #[test]
    fn home_is_expanded() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let path = env.cwd.join(CONTEXT_FILE);
        fs::write(&path, "kb_root: ~/notes\n").expect("write");
        let context = Context::load(&env, &path).expect("good context").context;
        let notes = env.home.as_ref().map(|home| home.join("notes"));
        assert_eq!(context.kb_root, notes);
        for (root, good) in [
            ("$HOME/notes", true),
            ("${HOME}/notes", true),
            ("$KB", false),
            ("~ann/kb", false),
        ] {
            fs::write(&path, format!("kb_root: {root}\n")).expect("write");
            let found = Context::load(&env, &path)
                .ok()
                .and_then(|loaded| loaded.context.kb_root);
            assert_eq!(found, notes.clone().filter(|_| good), "{root}");
        }
    }

    #[test]
    fn the_template_is_read_back() {
        for (project, entry) in [
            ("MyApp", "projects/myapp/sessions.md"),
            ("a: \"b\" #c", "projects/a---b---c/sessions.md"),
            ("../..", "projects/project/sessions.md"),
            ("no", "projects/no/sessions.md"),
            ("42", "projects/42/sessions.md"),
            ("日本", "projects/日本/sessions.md"),
        ] {
            let LoadedContext { context, warnings } =
                load(&Context::template(project)).expect("good template");
            assert_eq!(context.project.as_deref(), Some(project));
            let found = context.entry("x").expect("good entry").expect("an entry");
            assert_eq!(found.0.as_str(), entry);
            assert!(warnings.is_empty());
        }
    }

    #[test]
    fn the_known_keys_are_those_of_the_schema() {
        let schema = schemars::schema_for!(ContextFile);
        let keys = schema
            .get("properties")
            .and_then(|p| p.as_object())
            .expect("properties");
        assert_eq!(keys.len(), KNOWN.len());
        assert!(KNOWN.iter().all(|key| keys.contains_key(*key)));
    }
}
