//! A prepared home that every case begins with, as fresh as the first.

use crate::common::{Run, World};
use std::collections::BTreeMap;
use std::fs::{self, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A world, and a copy of how it looked when it had been prepared.
pub struct Lab {
    /// The world, always at the same place.
    pub world: World,
    pristine: tempfile::TempDir,
}

/// The files of a world that belong to users, by their paths, with their content.
pub type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

impl Lab {
    /// Makes a world and prepares it.
    pub fn new(prepare: impl Fn(&World)) -> Self {
        let place = place();
        let world = World::within(&place);
        prepare(&world);
        let pristine = tempfile::tempdir_in(&place).expect("a temporary directory");
        copy(world.root(), pristine.path()).expect("a copy");
        Lab { world, pristine }
    }

    /// Makes the world what it was. A directory that stays is the same one: the index of another is no
    /// use.
    pub fn restore(&self) {
        for name in ["kb", "home", "shop", "temp"] {
            let directory = self.world.root().join(name);
            let emptied = if self.pristine.path().join(name).is_dir() {
                empty(&directory)
            } else {
                fs::remove_dir_all(&directory)
            };
            match emptied {
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                emptied => emptied.expect("removed"),
            }
        }
        copy(self.pristine.path(), self.world.root()).expect("a copy");
    }

    /// Returns a file outside of the world.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.pristine.path().with_extension(name)
    }

    /// Returns a hash of all files, their paths and contents, private ones included; but for names that
    /// are drawn at random, for what is noted of the times and numbers of other files, and for who held
    /// a lock. Of an index that is `whole` only the size of its files counts: what is in them depends on
    /// names and times.
    pub fn hash_files(&self, whole: bool) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for (path, mut bytes) in crate::support::tree(self.world.root()) {
            let (above, name) = path.rsplit_once('/').unwrap_or_default();
            let of_index = whole && above.contains("/.mx/index/");
            let is_segment = of_index && name.len() > 32 && above.ends_with("/fulltext");
            let is_random = is_left_behind(name) || above.ends_with("sessions/outdated");
            let name = match name.rsplit_once('.') {
                Some((_, end)) if is_segment => end,
                _ if is_random => "random",
                _ => name,
            };
            let passing = ["derived.json", ".seen.json", ".baseline.json", ".lock"];
            if passing.iter().any(|end| name.ends_with(end)) {
                bytes.clear();
            }
            if of_index {
                bytes = bytes.len().to_le_bytes().to_vec();
            }
            for part in [above.as_bytes(), name.as_bytes(), &bytes] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        hasher.finalize()
    }

    /// Sets back the times of what a killed or failed writer left behind, as if minutes had passed:
    /// what is younger might still belong to a process that writes, and is not removed.
    pub fn age_leftovers(&self) {
        let long_ago = SystemTime::now() - Duration::from_secs(600);
        for (path, _) in crate::support::tree(self.world.root()) {
            let (above, name) = path.rsplit_once('/').unwrap_or_default();
            if is_left_behind(name) || above.ends_with("/.mx/append") {
                let file = fs::File::open(&path).expect("a leftover");
                let times = FileTimes::new().set_modified(long_ago);
                file.set_times(times).expect("a time");
            }
        }
    }

    /// Returns what belongs to users in the world now.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        collect(self.world.root(), Path::new(""), &mut snapshot);
        snapshot
    }
}

/// Removes what is in a directory.
fn empty(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Where the disk is not what is measured.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let usable = tempfile::tempdir_in(&memory).is_ok();
    if usable { memory } else { std::env::temp_dir() }
}

/// Copies a directory with links, permissions and times.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let found = fs::symlink_metadata(&path)?;
        if found.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(&path)?, &target)?;
        } else if found.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
            let times = FileTimes::new().set_modified(found.modified()?);
            fs::File::options()
                .write(true)
                .open(&target)?
                .set_times(times)?;
        }
    }
    let times = FileTimes::new().set_modified(fs::metadata(from)?.modified()?);
    fs::File::open(to)?.set_times(times)
}

/// Collects the files, but what is private to `mx` and what a killed writer left behind.
fn collect(root: &Path, below: &Path, snapshot: &mut Snapshot) {
    for entry in fs::read_dir(root.join(below)).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = below.join(&name);
        let kind = entry.file_type().expect("a type");
        let private = below.file_name().is_some_and(|name| name == ".mx")
            && name != ".gitignore"
            && name != "config.yaml";
        let git = below.file_name().is_some_and(|name| name == ".git") && name != "info";
        // Where the list of trusted ones cannot be written, a note says what that means.
        let lists = ["trusted", "trusted.lock", "made", "made.lock"];
        let trust = below.ends_with(".memex") && lists.contains(&name.as_str());
        if private || git || trust || is_left_behind(&name) || path.starts_with("temp") {
            continue;
        }
        if kind.is_dir() {
            collect(root, &path, snapshot);
        } else if kind.is_file() {
            snapshot.insert(path, fs::read(entry.path()).expect("a file"));
        } else {
            snapshot.insert(path, b"no file".to_vec());
        }
    }
}

/// As records and settings are written: behind the beginning come so many letters and digits.
fn is_left_behind(name: &str) -> bool {
    [(".tmp", 12), (".mx-", 6)].iter().any(|(start, length)| {
        let random = name.strip_prefix(start);
        random.is_some_and(|rest| rest.len() == *length && rest.is_ascii())
    })
}

/// A command of `mx`, to be run in a world as often as is wanted.
#[derive(Clone)]
pub struct Call {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    input: Option<String>,
}

/// Returns a command. `HOME` and `SHOP` in an argument are the directories of the world.
pub fn mx(arguments: &[&str]) -> Call {
    Call {
        arguments: arguments.iter().map(|&text| text.to_owned()).collect(),
        variables: Vec::new(),
        input: None,
    }
}

/// Returns a call of a hook with an event in the generic form, of a session of this id.
pub fn hook(session: &str, event: &str, fields: &str) -> Call {
    let fields = if fields.is_empty() {
        String::new()
    } else {
        format!(",{fields}")
    };
    Call {
        input: Some(format!(
            r#"{{"event":"{event}","session":"{session}","cwd":"SHOP"{fields}}}"#
        )),
        ..mx(&["hook", "--agent", "generic"])
    }
}

impl Call {
    /// Gives it something on standard input.
    pub fn reading(self, input: &str) -> Self {
        Call {
            input: Some(input.to_owned()),
            ..self
        }
    }

    /// Sets a variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns what it gets on standard input.
    pub fn input(&self, world: &World) -> Option<String> {
        self.input.as_ref().map(|text| fill(world, text))
    }

    /// Prepares to run it.
    pub fn run<'a>(&self, world: &'a World) -> Run<'a> {
        let mut run = world.command(&[]);
        for argument in &self.arguments {
            run = run.arg(fill(world, argument));
        }
        for (name, value) in &self.variables {
            run = run.env(name, fill(world, value));
        }
        match self.input(world) {
            Some(input) => run.input(input),
            None => run,
        }
    }

    /// Runs it, which must succeed.
    pub fn ok(&self, world: &World) {
        crate::support::succeeded(self.run(world).output(), &[&self.shown()]);
    }

    /// Returns it as it is typed.
    pub fn shown(&self) -> String {
        let input = self.input.as_deref().unwrap_or_default();
        format!("mx {} {input}", self.arguments.join(" "))
    }
}

fn fill(world: &World, text: &str) -> String {
    let home = world.home().display().to_string();
    let text = text.replace("HOME", &home);
    text.replace("SHOP", &world.work().display().to_string())
}
