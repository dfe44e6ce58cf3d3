//! A progress bar on a terminal, for work that takes long enough to wonder.

use crate::index::Progress as Done;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is shown.
const PROGRESS_DELAY: Duration = Duration::from_millis(500);

/// The bar, if there is one by now.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<ProgressState>,
}

#[derive(Debug)]
enum ProgressState {
    /// Nothing was reported yet.
    Silent,
    /// Work began at this time.
    Waiting(Instant),
    /// The bar is shown for work that began at this time.
    Shown(ProgressBar, Instant),
    /// The output is not watched.
    Nobody,
}

impl Progress {
    pub(super) fn new() -> Self {
        Progress {
            state: Mutex::new(ProgressState::Silent),
        }
    }

    /// Shows how far the work is.
    pub(super) fn update(&self, done: Done) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            ProgressState::Silent if std::io::stderr().is_terminal() => {
                *state = ProgressState::Waiting(Instant::now());
            }
            ProgressState::Silent => *state = ProgressState::Nobody,
            ProgressState::Waiting(since) if since.elapsed() >= PROGRESS_DELAY => {
                let since = *since;
                // Hidden until it knows something, or it would be drawn empty first.
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
                bar.set_style(progress_style());
                show_progress(&bar, done, since);
                bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                *state = ProgressState::Shown(bar, since);
            }
            ProgressState::Shown(bar, since) => show_progress(bar, done, *since),
            ProgressState::Waiting(_) | ProgressState::Nobody => {}
        }
    }

    /// Clears the bar.
    pub(super) fn finish(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let ProgressState::Shown(bar, _) = &*state {
            bar.finish_and_clear();
        }
    }
}

fn show_progress(bar: &ProgressBar, done: Done, since: Instant) {
    bar.set_length(done.total);
    bar.set_message(describe_progress(done, since.elapsed()));
    bar.set_position(done.done);
}

fn progress_style() -> ProgressStyle {
    ProgressStyle::with_template("indexing {wide_bar} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Returns how far the work is, how fast, and how long it will still take at that rate.
fn describe_progress(done: Done, elapsed: Duration) -> String {
    let (files, seconds) = (done.done as f64, elapsed.as_secs_f64().max(0.001));
    let left = match done.done {
        0 => String::new(),
        _ => {
            let left = done.total.saturating_sub(done.done) as f64 * seconds / files;
            format!(", {:.0} s left", left.ceil())
        }
    };
    let (rate, read) = (files / seconds, done.bytes as f64 / 1e6);
    format!(
        "{}/{} files, {read:.1} MB, {rate:.0} files/s{left}",
        done.done, done.total
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_follow_from_what_is_done() {
        let done = |done| Done {
            done,
            total: 400,
            bytes: 1_500_000,
        };
        let told = |done| describe_progress(done, Duration::from_secs(2));
        assert_eq!(
            told(done(100)),
            "100/400 files, 1.5 MB, 50 files/s, 6 s left"
        );
        assert_eq!(told(done(0)), "0/400 files, 1.5 MB, 0 files/s");
        assert_eq!(
            told(done(400)),
            "400/400 files, 1.5 MB, 200 files/s, 0 s left"
        );
    }
}
