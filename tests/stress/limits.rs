//! Full disks, limits on file sizes, and readers that go away.
#![cfg(unix)]

use crate::common::World;
use crate::support::{self, log, messages, ok, paths, run, sane, succeeded, tree};
use std::fs::{File, OpenOptions};
use std::process::{Command, Output, Stdio};

const ENTRY: &str = "projects/demo/sessions.md";

/// Runs `mx` where no file may grow beyond so many blocks of 512 bytes.
pub(crate) fn limited(world: &World, blocks: u32, arguments: &[&str]) -> Output {
    let mx = world.command(arguments).into_command();
    let mut shell = Command::new("sh");
    // Most shells count in 512 bytes, some in 1024.
    shell.args([
        "-c",
        &format!("ulimit -f {blocks} || exit 99; exec \"$0\" \"$@\""),
    ]);
    shell.arg(mx.get_program()).args(mx.get_args());
    shell.env_clear().current_dir(world.work());
    shell.envs(
        mx.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    sane(run(shell), arguments)
}

#[test]
fn a_limit_on_file_sizes_leaves_the_entry_as_it_was() {
    let world = World::new();
    let file = world.work().join("message");
    let large = "a line of some length, forty bytes long\n".repeat(5_000);
    std::fs::write(&file, &large).expect("a file");
    let file = file.to_str().expect("UTF-8");
    for kilobytes in [1, 6, 30, 100] {
        let entry = format!("projects/p{kilobytes}/sessions.md");
        let first = "x".repeat(kilobytes * 1000);
        succeeded(log(&world, &entry, &first).output(), &["session-log"]);
        let before = world.read(&entry);
        for blocks in [0, 1, 16, 100] {
            let output = limited(&world, blocks, &["session-log", "-e", &entry, "-f", file]);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(1),
                "{kilobytes} {blocks}: {stderr}"
            );
            assert!(stderr.starts_with("error: "), "{stderr}");
            assert!(stderr.contains(&entry), "{stderr}");
            assert!(
                world.read(&entry) == before,
                "{kilobytes} {blocks}: the entry has changed"
            );
        }
        succeeded(log(&world, &entry, "afterwards").output(), &["session-log"]);
        assert_eq!(
            messages(&world.read(&entry)),
            [first, "afterwards".to_owned()]
        );
    }
}

#[test]
fn a_limit_leaves_no_half_new_entry() {
    let world = World::with(&[("a.md", "# A\n")]);
    let file = world.work().join("message");
    std::fs::write(&file, "a line\n".repeat(30_000)).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let output = limited(&world, 8, &["session-log", "-e", ENTRY, "-f", file]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains(ENTRY) || stderr.contains("projects/demo"),
        "{stderr}"
    );
    let files = tree(&world.kb())
        .into_iter()
        .filter(|(path, _)| path.contains("projects"));
    let left: Vec<String> = files
        .filter(|(_, content)| !content.is_empty())
        .map(|(path, _)| path)
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_search_answers_under_a_limit() {
    for blocks in [0, 1, 16, 200, 2000] {
        let world = World::new();
        for n in 0..40 {
            world.write(
                &format!("{n}.md"),
                format!("# Note {n}\n\nlighthouse {}\n", "filler ".repeat(200)),
            );
        }
        let search = |query: &str| {
            let output = limited(&world, blocks, &["search", query, "--json"]);
            let out = succeeded(output, &["search", query, &blocks.to_string()]);
            serde_json::from_str::<serde_json::Value>(&out).expect("JSON")
        };
        // Without an index, with one that could not be made, and with one that is out of date.
        assert_eq!(search("lighthouse")["total"], 40, "{blocks}");
        assert_eq!(search("lighthouse")["total"], 40, "{blocks}");
        ok(&world, &["index"]);
        world.write("7.md", "# Changed\n\nbeacon\n");
        assert_eq!(paths(&search("beacon")), ["7.md"], "{blocks}");
        assert_eq!(search("lighthouse")["total"], 39, "{blocks}");
        assert_eq!(
            paths(&support::json(&world, &["search", "beacon"])),
            ["7.md"]
        );
        support::index_is_right(&world);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let world = World::with(&[("a.md", "# A\n\nlighthouse\n")]);
    for arguments in [
        &["search", "lighthouse"][..],
        &["search", "lighthouse", "--json"],
        &["get", "a.md"],
        &["get", "a.md", "--json"],
        &["list"],
        &["tags", "--json"],
        &["info"],
        &["index"],
        &["doctor"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
        &["search", "--help"],
        &["session-log", "-e", "b.md", "-m", "said once"],
    ] {
        let mut command = world.command(arguments).into_command();
        let full = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        command
            .stdout(full)
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let output = command
            .spawn()
            .expect("mx runs")
            .wait_with_output()
            .expect("mx ends");
        let output = sane(output, arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let clap = arguments
            .iter()
            .any(|argument| argument.starts_with("--") && *argument != "--json");
        if !clap && arguments != ["tags", "--json"] {
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
            assert!(
                stderr.contains("cannot write the answer"),
                "{arguments:?}: {stderr}"
            );
        }
        // Nowhere to say that something is wrong either.
        let mut command = world.command(arguments).into_command();
        let full = || {
            File::options()
                .write(true)
                .open("/dev/full")
                .expect("/dev/full")
        };
        let status = command
            .stdout(full())
            .stderr(full())
            .status()
            .expect("mx runs");
        assert!(
            status.code().is_some_and(|code| code < 3),
            "{arguments:?}: {status}"
        );
    }
    let said = world.read("b.md").matches("said once").count();
    assert_eq!(
        said, 2,
        "each call is logged once, though it could not say so"
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let world = World::new();
    world.write(
        "large.md",
        format!("# Large\n\n{}", "lighthouse and more\n".repeat(50_000)),
    );
    for n in 0..300 {
        world.write(&format!("{n}.md"), format!("# Note {n}\n\nlighthouse\n"));
    }
    ok(&world, &["index"]);
    for arguments in [
        &["search", "lighthouse", "-n", "300"][..],
        &["search", "lighthouse", "--content", "--json", "-n", "300"],
        &["search", "lighthouse", "--terse"],
        &["get", "large.md"],
        &["get", "large.md", "--json"],
        &["get", "large.md", "--lines", "2-40000"],
        &["list"],
        &["list", "--json"],
        &["completions", "zsh"],
        &["man"],
        &["--help"],
    ] {
        let mut command = world.command(arguments).into_command();
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let mut child = command.spawn().expect("mx runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("mx ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        let fine = stderr.is_empty() || stderr.starts_with("note: ");
        assert!(
            fine && !stderr.contains("panicked"),
            "{arguments:?}: {stderr}"
        );
    }
}
