//! Sessions whose process is gone.
#![cfg(target_os = "linux")]

use super::{column, derived_files_agree, entries, session, start};
use crate::common::World;
use crate::support::{json, ok, run, sane, scale, succeeded};
use std::process::Command;
use std::thread;

/// Runs `mx` below a process that is no shell and ends with it.
fn below_a_short_life(world: &World, arguments: &[&str]) -> String {
    let mx = world.command(arguments).into_command();
    let mut find = Command::new("find");
    find.args(["/", "-maxdepth", "0", "-exec"]);
    find.arg(mx.get_program()).args(mx.get_args()).arg(";");
    find.env_clear().current_dir(world.work());
    find.envs(
        mx.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    succeeded(sane(run(find), arguments), arguments)
}

#[test]
fn the_next_start_finishes_a_session_whose_process_is_gone() {
    let world = World::new();
    std::fs::write(world.work().join("old.txt"), "old").expect("a file");
    below_a_short_life(&world, &["log", "start", "--goal", "Sell more"]);
    std::fs::write(world.work().join("new.txt"), "new").expect("a file");
    // Others may go on with it as long as none begins another.
    ok(&world, &["log", "event", "by another"]);
    let running = json(&world, &["log", "status"])["running"][0].clone();
    assert_eq!(running["abandoned"], true, "{running}");
    let started = json(&world, &["log", "start"]);
    assert_eq!(started["action"], "started", "{started}");
    let entry = "session_logs/shop/20260111-103000.md";
    assert_eq!(started["finished"], serde_json::json!([entry]));
    assert_eq!(started["session"]["id"], "20260111-103000-2");
    let text = world.read(entry);
    assert!(
        text.contains("**Interrupted:** not ended properly"),
        "{text}"
    );
    assert!(text.contains("status: ended"), "{text}");
    let finished = session(&world, "20260111-103000");
    assert_eq!(column(&finished, "progress", "text"), ["by another"]);
    assert_eq!(column(&finished, "files", "path"), ["new.txt"]);
    derived_files_agree(&world);
    let resumed = started["resume"].as_str().expect("where it stands");
    assert!(resumed.contains("did not end properly"), "{resumed}");
}

#[test]
fn a_session_whose_process_lives_goes_on() {
    let world = World::new();
    start(&world, &[]);
    assert_eq!(json(&world, &["log", "start"])["action"], "running");
    assert_eq!(
        json(&world, &["log", "status"])["running"][0]["abandoned"],
        false
    );
}

#[test]
fn of_many_starts_one_finishes_and_one_begins() {
    for round in 0..3 * scale() {
        let world = World::new();
        below_a_short_life(&world, &["log", "start"]);
        ok(&world, &["log", "event", "once"]);
        let starts: Vec<serde_json::Value> = thread::scope(|scope| {
            let starts: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| json(&world, &["log", "start"])))
                .collect();
            starts
                .into_iter()
                .map(|one| one.join().expect("succeeds"))
                .collect()
        });
        let begun = starts.iter().filter(|start| start["action"] == "started");
        assert_eq!(begun.count(), 1, "round {round}: {starts:?}");
        let finished = starts
            .iter()
            .filter(|start| start["finished"][0].is_string());
        assert_eq!(finished.count(), 1, "round {round}: {starts:?}");
        assert_eq!(entries(&world), ["session_logs/shop/20260111-103000.md"]);
        derived_files_agree(&world);
    }
}
