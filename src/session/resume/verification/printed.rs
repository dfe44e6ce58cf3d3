//! What well-known test programs, builds and linters print last.

use super::CheckKind;

/// How many lines from the end are looked at.
const LAST_LINES: usize = 25;

/// What one line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineVerdict {
    Failed,
    /// Something failed, if not necessarily this.
    Doubtful,
    Passed,
}

/// Reads what the last lines say: `FAILED (failures=1)`, `test result: ok.`, `2 failed, 3 passed`.
/// `None` for anything else.
pub fn read_printed_outcome(kind: CheckKind, output: &str) -> Option<bool> {
    let lines = output.lines().rev().take(LAST_LINES);
    let said: Vec<LineVerdict> = lines.filter_map(|line| read_verdict(kind, line)).collect();
    if said.contains(&LineVerdict::Failed) {
        Some(false)
    } else if said.contains(&LineVerdict::Doubtful) || said.is_empty() {
        None
    } else {
        Some(true)
    }
}

fn read_verdict(kind: CheckKind, line: &str) -> Option<LineVerdict> {
    let line = line.trim();
    let starts = |signs: &[&str]| signs.iter().any(|sign| line.starts_with(sign));
    let counts = CountedWords::read(line);
    let failed = [
        "FAILED",
        "FAIL\t",
        "FAIL ",
        "--- FAIL",
        "test result: FAILED",
        "error: test failed",
        "error: could not compile",
        "Failed!",
        "BUILD FAIL",
        "[ERROR] BUILD FAIL",
        "[INFO] BUILD FAIL",
    ];
    let targets = line.contains("target failed") || line.contains("targets failed");
    if line == "FAIL" || starts(&failed) || (targets && starts(&["error"])) || counts.failed {
        return Some(LineVerdict::Failed);
    }
    if line.contains("Command failed with exit code") {
        return Some(LineVerdict::Doubtful);
    }
    let passed = [
        "OK (",
        "ok  \t",
        "test result: ok",
        "Passed!",
        "BUILD SUCCESS",
        "[INFO] BUILD SUCCESS",
    ];
    let built = kind != CheckKind::Test && starts(&["Finished `", "Finished dev", "Finished rel"]);
    if line == "OK" || line == "PASS" || starts(&passed) || built || counts.passed {
        return Some(LineVerdict::Passed);
    }
    None
}

/// Numbers with words that say what was counted, before or behind them: `2 failed`, `Failures: 1`.
#[derive(Debug, Default)]
struct CountedWords {
    failed: bool,
    passed: bool,
}

impl CountedWords {
    fn read(line: &str) -> Self {
        let separators = [' ', ',', '=', '\t', '(', ')', ';', '[', ']', '|'];
        let words: Vec<&str> = line
            .split(separators)
            .filter(|word| !word.is_empty())
            .collect();
        let mut read = CountedWords::default();
        let count = |word: &str| word.parse::<u64>().ok();
        for pair in words.windows(2) {
            // `Failures: 1` is one number with its word, `1 failed` the other way round.
            let label = pair[0].strip_suffix(':').zip(count(pair[1]));
            let counted = count(pair[0]).map(|number| (pair[1].trim_end_matches('.'), number));
            for (word, number) in label.into_iter().chain(counted) {
                read.take(word, number);
            }
        }
        read
    }

    fn take(&mut self, word: &str, number: u64) {
        let (failed, passed) = match word.to_ascii_lowercase().as_str() {
            "failed" | "failing" | "failure" | "failures" | "error" | "errors" => (true, false),
            "passed" | "passing" => (false, true),
            // Of examples some may fail, which is counted, too.
            "examples" | "run" => (false, true),
            _ => (false, false),
        };
        self.failed |= failed && number > 0;
        self.passed |= passed && number > 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_from_what_programs_print_last() {
        for (output, outcome) in [
            ("F\nRan 1 test\n\nFAILED (failures=1)\n", Some(false)),
            (".\nRan 1 test\n\nOK\n", Some(true)),
            ("test result: ok. 3 passed; 0 failed; 0 ignored", Some(true)),
            ("test result: FAILED. 1 passed; 1 failed", Some(false)),
            (
                "test result: FAILED. 3 passed; 1 failed\n\n   Doc-tests x\n\nrunning 0 tests\n\n\
                 test result: ok. 0 passed; 0 failed\n\n\n\nerror: 1 target failed:\n    `--lib`\n",
                Some(false),
            ),
            ("==== 2 failed, 3 passed in 0.1s ====", Some(false)),
            ("==== 3 passed in 0.1s ====", Some(true)),
            ("1 passed, 2 errors in 0.3s", Some(false)),
            ("no tests ran in 0.01s", None),
            ("ok  \ta\t0.1s\nFAIL\tb [build failed]\nFAIL", Some(false)),
            ("ok  \ta\t0.1s", Some(true)),
            (
                "Tests:       1 failed, 4 passed, 5 total\nSnapshots:   0 total\n",
                Some(false),
            ),
            (
                "Tests: 5 passed\nfatal: 'origin' does not appear",
                Some(true),
            ),
            (
                "Tests run: 5, Failures: 1, Errors: 0\nBUILD FAILURE",
                Some(false),
            ),
            (
                "[INFO] Tests run: 5, Failures: 0, Errors: 0\n[INFO] BUILD SUCCESS",
                Some(true),
            ),
            ("Failed!  - Failed: 1, Passed: 4, Total: 5", Some(false)),
            (
                "Passed!  - Failed:     0, Passed:     5, Total: 5",
                Some(true),
            ),
            ("5 examples, 1 failure", Some(false)),
            ("5 examples, 0 failures", Some(true)),
            ("OK (5 tests, 9 assertions)", Some(true)),
            (
                "0 failed, 5 passed\nerror Command failed with exit code 1.",
                None,
            ),
            ("3 problems", None),
            (
                "    Finished `test` profile [unoptimized] target(s) in 0.1s",
                None,
            ),
            ("done", None),
            ("", None),
        ] {
            assert_eq!(
                read_printed_outcome(CheckKind::Test, output),
                outcome,
                "{output}"
            );
        }
        let built = "    Finished `dev` profile [unoptimized] target(s) in 0.1s";
        assert_eq!(read_printed_outcome(CheckKind::Build, built), Some(true));
        let lint = "\u{2716} 3 problems (3 errors, 0 warnings)";
        assert_eq!(read_printed_outcome(CheckKind::Lint, lint), Some(false));
    }
}
