//! Runs programs side by side and measures them from outside: wall time and peak memory.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Something that is timed: does it once, returns how long the part of interest took.
pub type Act<'a> = Box<dyn FnMut() -> Duration + 'a>;

/// Where programs run: a home and a working directory of their own, and a clean environment.
pub struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// Makes the place, below `TMPDIR`.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir_all(dir.path().join("home")).expect("a home");
        Place { dir }
    }

    /// Returns the path of a name in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Prepares a program. `kb` is the knowledge base that `mx` finds.
    pub fn command(&self, program: impl AsRef<OsStr>, kb: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path("home"));
        command
            .env("HOME", self.path("home"))
            .env("MEMEX_KB_ROOT", kb);
        for name in ["PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Returns the most memory that a command holds, in MB (10⁶ bytes), if the program `time` of
    /// GNU is there.
    pub fn memory(&self, command: &Command, kb: &Path) -> Option<f64> {
        self.memory_reading(command, kb, Stdio::null())
    }

    /// As [`Place::memory`], for a command that reads something.
    pub fn memory_reading(&self, command: &Command, kb: &Path, input: Stdio) -> Option<f64> {
        let report = self.path("memory");
        let mut timed = self.command(find("time")?, kb);
        timed.args(["-f", "%M", "-o"]).arg(&report);
        timed.arg(command.get_program()).args(command.get_args());
        let output = timed.stdin(input).output().ok()?;
        let kibibytes: f64 = fs::read_to_string(report).ok()?.trim().parse().ok()?;
        output.status.success().then_some(kibibytes * 1_024.0 / 1e6)
    }
}

/// Runs a command that must succeed, its output caught.
pub fn output(command: &mut Command) -> Output {
    output_reading(command, Stdio::null())
}

/// As [`output`], for a command that reads something.
pub fn output_reading(command: &mut Command, input: Stdio) -> Output {
    let output = command.stdin(input).output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {error}");
    output
}

/// Returns how long a command takes from its start to its end.
pub fn time(command: &mut Command) -> Duration {
    let begin = Instant::now();
    output(command);
    begin.elapsed()
}

/// Does all acts in turn, again and again, and returns the median of each in milliseconds. The
/// first round warms up and does not count.
pub fn medians<const N: usize>(runs: usize, acts: [Act<'_>; N]) -> [f64; N] {
    quantiles(runs, 0.5, acts)
}

/// As [`medians`], for another share of the times than the half.
pub fn quantiles<const N: usize>(runs: usize, share: f64, mut acts: [Act<'_>; N]) -> [f64; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for round in 0..=runs {
        for (act, times) in acts.iter_mut().zip(&mut times) {
            let time = act();
            if round > 0 {
                times.push(time);
            }
        }
    }
    times.map(|times| quantile(times, share))
}

fn quantile(mut times: Vec<Duration>, share: f64) -> f64 {
    times.sort_unstable();
    let place = (times.len() as f64 * share) as usize;
    let time = times.get(place).or(times.last()).copied();
    time.unwrap_or_default().as_secs_f64() * 1e3
}

/// Returns where a program is.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut candidates = env::split_paths(&path).map(|directory| directory.join(program));
    candidates.find(|file| file.is_file())
}

/// Returns the number that a variable holds.
pub fn number(name: &str, default: usize) -> usize {
    let text = env::var(name).ok();
    text.map_or(default, |text| {
        let number = text.parse().ok().filter(|number| *number > 0);
        number.unwrap_or_else(|| panic!("{name} is not a number above 0: {text}"))
    })
}

/// The answer: a Markdown table.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
}

impl Table {
    /// Adds a row: what, measured, against what, how the two compare, what is to be reached.
    pub fn row(&mut self, what: &str, measured: f64, against: (&str, f64), result: Compared) {
        let (result, wanted) = result.texts(measured, against.1);
        let against = format!("{} {}", against.0, shown(against.1));
        self.rows
            .push([what.into(), shown(measured), against, result, wanted]);
    }

    /// Adds a row with nothing to compare.
    pub fn plain(&mut self, what: &str, measured: String, wanted: &str) {
        let none = String::new();
        self.rows
            .push([what.into(), measured, none.clone(), none, wanted.into()]);
    }

    /// Prints it.
    pub fn print(&self) {
        println!("| what | measured | against | result | wanted |");
        println!("|---|--:|---|--:|--:|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

/// How two times are compared, and what is to be reached; all in milliseconds.
#[derive(Clone, Copy)]
pub enum Compared {
    /// The first over the second, at most so much.
    Ratio(f64),
    /// The second over the first, at least so much: throughput where both do the same.
    Throughput(f64),
    /// The first less the second, at most so much.
    Difference(f64),
    /// The first over the second, for information.
    Beside,
}

impl Compared {
    fn texts(self, first: f64, second: f64) -> (String, String) {
        match self {
            Compared::Ratio(most) => (format!("{:.3} ×", first / second), format!("≤ {most} ×")),
            Compared::Throughput(least) => {
                (format!("{:.2} ×", second / first), format!("≥ {least} ×"))
            }
            Compared::Difference(most) => (
                format!("{:+.1} ms", first - second),
                format!("≤ +{most} ms"),
            ),
            Compared::Beside => (format!("{:.3} ×", first / second), String::new()),
        }
    }
}

fn shown(milliseconds: f64) -> String {
    match milliseconds {
        _ if milliseconds < 100.0 => format!("{milliseconds:.1} ms"),
        _ => format!("{milliseconds:.0} ms"),
    }
}
