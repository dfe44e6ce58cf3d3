//! A knowledge base that may not be written to is served all the same.

use crate::client::{Served, common::World};
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("mode");
}

/// Serves a knowledge base that the server may only read. What root may not write, there is not: so
/// the server is another user.
fn serve_closed(home_mode: u32, temp_mode: u32) -> Served {
    let world = World::with(&[("notes/auth.md", "# Auth\n\nA token bucket.\n")]);
    let is_root = fs::metadata(world.home()).expect("a home").uid() == 0;
    set_mode(world.root(), 0o755);
    for directory in [world.kb(), world.kb().join("notes")] {
        set_mode(&directory, 0o555);
    }
    set_mode(&world.home(), home_mode);
    set_mode(&world.temp(), temp_mode);
    Served::start_as(world, &[], |command| {
        if is_root {
            command.uid(65_534).gid(65_534);
        }
    })
}

/// Opens it again, so that it can be removed.
fn open_again(served: &Served) {
    for directory in [
        served.world.kb(),
        served.world.kb().join("notes"),
        served.world.home(),
        served.world.temp(),
    ] {
        set_mode(&directory, 0o777);
    }
}

fn check_reading(served: &Served) {
    let found = served.get("/api/v1/search?query=token+bucket");
    assert_eq!(found.status, 200, "{found:?}");
    assert_eq!(found.json()["results"][0]["path"], "notes/auth.md");
    for page in ["/", "/entry/notes/auth.md", "/search?q=bucket", "/health"] {
        assert_eq!(served.get(page).status, 200, "{page}");
    }
    let note = json!({"message": "lost", "entry": "notes/auth.md", "tags": [], "links": []});
    let refused = served.post("/api/v1/note", &note);
    assert_eq!(refused.status, 500, "{refused:?}");
    assert!(
        refused.text().contains("\"kind\":\"failed\""),
        "{refused:?}"
    );
    let names: Vec<_> = fs::read_dir(served.world.kb())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["notes"], "nothing was made");
}

#[test]
fn the_token_lies_elsewhere_where_the_knowledge_base_cannot_be_written() {
    let served = serve_closed(0o777, 0o777);
    let file = served.token_file.clone().expect("a file");
    assert!(!file.starts_with(served.world.kb()), "{}", file.display());
    assert_eq!(fs::metadata(&file).expect("a file").mode() & 0o777, 0o600);
    check_reading(&served);
    open_again(&served);
}

#[test]
fn the_token_is_told_where_there_is_no_place_for_it() {
    let served = serve_closed(0o555, 0o777);
    assert_eq!((served.token.len(), &served.token_file), (64, &None));
    check_reading(&served);
    open_again(&served);
}
