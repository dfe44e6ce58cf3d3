//! Knowledge bases in temporary directories, for tests.

use super::{CONTEXT_FILE, Environment, Kb, RootSource};
use crate::error::HintSpelling;
use crate::model::{Clock, EntryPath, Timestamp};
use std::fs;
use std::ops::Deref;
use std::path::Path;
use tempfile::TempDir;

/// Returns surroundings within `dir`: `home` and the current directory `cwd`, which are made, and
/// a clock that stands still at 2026-01-11T10:30:00Z.
pub(crate) fn environment(dir: &Path) -> Environment {
    let (home, cwd) = (dir.join("home"), dir.join("cwd"));
    for made in [&home, &cwd] {
        fs::create_dir_all(made).expect("mkdir");
    }
    Environment {
        cwd,
        cache: Some(home.join(".cache")),
        temp: home.join(".temp"),
        home: Some(home),
        kb_root: None,
        index_root: None,
        context: None,
        clock: Clock::Fixed(Timestamp::parse_rfc3339("2026-01-11T10:30:00Z").expect("a time")),
        session: None,
        agent: None,
        connection: None,
        variables: std::collections::BTreeMap::new(),
        log: None,
        program: None,
        search_path: None,
        spelling: HintSpelling::default(),
        is_served: false,
    }
}

/// Returns an entry path.
pub(crate) fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).expect("good path")
}

/// A KB in a temporary directory of its own.
pub(crate) struct TestKb {
    kb: Kb,
    dir: TempDir,
}

impl TestKb {
    /// Makes an empty KB.
    pub(crate) fn new() -> Self {
        let kb = Self::missing();
        fs::create_dir(kb.root()).expect("mkdir");
        kb
    }

    /// Makes a KB whose root does not exist.
    pub(crate) fn missing() -> Self {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let kb = Kb::open(&env, Some(&dir.path().join("kb"))).expect("opened");
        TestKb { kb, dir }
    }

    /// Returns the same KB, opened by another path.
    pub(crate) fn reopened(self, root: &Path) -> Self {
        let kb = Kb::open(self.kb.environment(), Some(root)).expect("opened");
        TestKb { kb, dir: self.dir }
    }

    /// Writes a file below the root, and makes its directories.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let file = self.kb.root().join(name);
        fs::create_dir_all(file.parent().expect("a directory")).expect("mkdir");
        fs::write(file, content).expect("write");
    }

    /// Returns the text of a file below the root.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.kb.root().join(name)).expect("a file")
    }

    /// Makes a FIFO below the root.
    #[cfg(unix)]
    pub(crate) fn make_fifo(&self, name: &str) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let file = self.kb.root().join(name);
        mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("mkfifo");
    }
}

impl Deref for TestKb {
    type Target = Kb;

    fn deref(&self) -> &Kb {
        &self.kb
    }
}

#[test]
fn opening_makes_nothing_and_collects_warnings() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let env = environment(dir.path());
    let kb = Kb::open(&env, None).expect("opened");
    assert!(!kb.exists() && !kb.root().exists());
    assert_eq!(kb.root_source(), RootSource::Default);

    fs::write(env.cwd.join(CONTEXT_FILE), "kb_root: kb\ncolour: 1\n").expect("write");
    fs::create_dir_all(env.cwd.join("kb/.mx")).expect("mkdir");
    let config = "timezone: Europe/Berlin\nsize: 1\n";
    fs::write(env.cwd.join("kb/.mx/config.yaml"), config).expect("write");
    let kb = Kb::open(&env, None).expect("opened");
    assert_eq!(kb.root_source(), RootSource::Context);
    assert_eq!(kb.warnings().len(), 2, "{:?}", kb.warnings());
    assert_eq!(kb.now().to_string(), "2026-01-11T11:30:00+01:00");
    assert_eq!(kb.project(), "cwd");
}

#[test]
fn broken_settings_are_errors() {
    let kb = TestKb::new();
    kb.write(".mx/config.yaml", "timezone: [\n");
    let error = Kb::open(kb.environment(), Some(kb.root())).expect_err("broken");
    assert!(error.message().contains("config.yaml:"), "{error}");
}
