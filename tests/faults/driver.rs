//! Strikes a command at every call that it makes, or at some, each time in a fresh home.

use crate::injector::{Fault, Struck, injector, strike};
use crate::invariants::{Effect, Expected};
use crate::lab::{Call, Lab};
use crate::support::Random;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

/// The faults of a class of calls: the letters of the class, and what happens.
const FAULTS: [(&str, &[&str]); 4] = [
    (
        "w",
        &[
            "kill",
            "torn",
            "EIO",
            "from:EIO",
            "from:ENOSPC",
            "shortfrom:ENOSPC",
            "from:EROFS",
            "short",
            "EINTR",
        ],
    ),
    ("rs", &["EIO", "EACCES"]),
    ("l", &["ENOLCK", "ENOTSUP", "EINTR", "EIO"]),
    ("t", &["EAGAIN", "from:EAGAIN"]),
];

/// How many cases of each command are tried unless more are asked for.
const SAMPLE: usize = 10;

/// Strikes a command, in homes prepared so, and holds what comes of it to what must hold.
pub fn strike_everywhere(
    name: &str,
    prepare: impl Fn(&crate::common::World),
    call: &Call,
    effect: Effect,
) {
    let Some(program) = injector() else {
        return;
    };
    let lab = Lab::new(prepare);
    let input = lab.beside("input");
    fs::write(&input, call.input(&lab.world).unwrap_or_default()).expect("an input");
    let expected = Expected::find(&lab, call, effect);
    let all = cases(&lab, program, call, &input);
    let total = all.len();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    let mut checked = HashSet::new();
    for fault in chosen(all, SAMPLE) {
        lab.restore();
        let struck = strike(program, fault, &call.run(&lab.world).into_command(), &input);
        if !struck.is_struck() {
            continue;
        }
        *tally.entry(fault.mode).or_default() += 1;
        if let Err(why) = expected.check(&lab, call, (fault, &struck), &mut checked) {
            broken.push(describe(fault, &struck, &why));
        }
    }
    let struck: usize = tally.values().sum();
    let states = checked.len();
    eprintln!("{name}: {struck} cases of {total}, which left {states} states: {tally:?}");
    let shown = broken.iter().take(12).map(String::as_str);
    assert!(
        broken.is_empty(),
        "{name}: {} of {struck} cases are broken:\n{}",
        broken.len(),
        shown.collect::<Vec<_>>().join("\n")
    );
}

fn describe(fault: Fault<'_>, struck: &Struck, why: &str) -> String {
    let Fault { classes, mode, n } = fault;
    let code = struck.output.status.code();
    let said = String::from_utf8_lossy(&struck.output.stderr);
    format!(
        "-c {classes} -m {mode} -n {n} ({}): {why}\n    exit {code:?}: {}",
        struck.first_call(),
        said.trim().replace('\n', " / ")
    )
}

/// Returns every case: each fault at each call.
fn cases(lab: &Lab, program: &Path, call: &Call, input: &Path) -> Vec<Fault<'static>> {
    let mut cases = Vec::new();
    let asked = std::env::var("MX_TEST_FAULT_CLASSES").ok();
    let is_asked = |classes: &str| asked.as_ref().is_none_or(|asked| asked == classes);
    for (classes, modes) in FAULTS.into_iter().filter(|(classes, _)| is_asked(classes)) {
        let none = Fault {
            classes,
            mode: "none",
            n: 0,
        };
        lab.restore();
        let command = call.run(&lab.world).into_command();
        // The last line is their number.
        let count = strike(program, none, &command, input).calls.len() - 1;
        for &mode in modes {
            cases.extend((1..=count).map(|n| Fault { classes, mode, n }));
        }
    }
    cases
}

/// Returns those cases that are to be tried: `most`, or as many as `MX_TEST_FAULTS` says, or `all`.
pub fn chosen<T>(mut cases: Vec<T>, most: usize) -> Vec<T> {
    let asked = std::env::var("MX_TEST_FAULTS").unwrap_or_default();
    if asked == "all" {
        return cases;
    }
    let most = asked.parse().unwrap_or(most).min(cases.len());
    let mut random = Random::seeded(1);
    for at in 0..most {
        let other = at + random.below((cases.len() - at) as u64) as usize;
        cases.swap(at, other);
    }
    cases.truncate(most);
    cases
}
