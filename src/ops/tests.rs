//! The engine: kept over many requests while others write, and requests as data.

use super::handling::{Folding, Handling};
use super::{
    Engine, HookRequest, Request, Response, SearchRequest, SearchResponse, SessionLogRequest,
};
use crate::error::Kind;
use crate::kb::tests::environment;
use crate::kb::{Environment, Kb};
use schemars::schema_for;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// A place in which any number of engines work on one knowledge base.
struct Place {
    environment: Environment,
    root: PathBuf,
    _directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        Place {
            environment: environment(directory.path()),
            root: directory.path().join("kb"),
            _directory: directory,
        }
    }

    /// Returns an engine as another process would make it.
    fn engine(&self) -> Engine {
        Engine::new(&self.environment, Some(&self.root))
    }

    /// Returns an engine, and what it works on, which lives as long.
    fn engine_with_place(self) -> (Engine, Place) {
        (self.engine(), self)
    }

    fn kb(&self) -> Kb {
        Kb::open(&self.environment, Some(&self.root)).expect("a knowledge base")
    }

    fn write_file(&self, name: &str, text: &str) {
        let file = self.root.join(name);
        fs::create_dir_all(file.parent().expect("a directory")).expect("mkdir");
        fs::write(file, text).expect("write");
    }
}

fn ask(engine: &Engine, request: Value) -> Response {
    let request: Request = serde_json::from_value(request).expect("a request");
    engine.run(request, &|_| {}).expect("an answer").response
}

fn search(engine: &Engine, query: &str) -> SearchResponse {
    let request = json!({"command": "search", "query": query});
    match ask(engine, request) {
        Response::Search(found) => found,
        other => panic!("{other:?}"),
    }
}

fn log_note(engine: &Engine, message: &str) {
    let note = SessionLogRequest {
        message: message.to_owned(),
        entry: Some("projects/demo/sessions.md".into()),
        ..SessionLogRequest::default()
    };
    let reply = engine.run(Request::SessionLog(note), &|_| {});
    reply.expect("logged");
}

/// Requests whose answers depend on everything that is kept.
fn questions() -> Vec<Value> {
    vec![
        json!({"command": "search", "query": "limiter queue"}),
        json!({"command": "search", "filters": {"tags": ["auth"]}, "limit": 3}),
        json!({"command": "search", "query": "note", "refresh": false}),
        json!({"command": "list", "sort": "title"}),
        json!({"command": "tags"}),
        json!({"command": "recent", "limit": 50}),
        json!({"command": "get", "entry": {"title": "cwd Sessions"}, "part": {"last": 2}}),
    ]
}

#[test]
fn a_kept_engine_sees_every_note_and_answers_as_a_new_one() {
    let place = Place::new();
    let kept = place.engine().keep_index();
    for round in 0..12 {
        let writer = if round % 3 == 0 {
            &kept
        } else {
            &place.engine()
        };
        log_note(writer, &format!("note{round} of the limiter #auth"));
        match round {
            2 => place.write_file(
                "guides/queue.md",
                "# Sessions\n\nA queue before the limiter.\n",
            ),
            5 => fs::remove_file(place.root.join("guides/queue.md")).expect("removed"),
            8 => drop(ask(
                &place.engine(),
                json!({"command": "index", "mode": "rebuild"}),
            )),
            10 => fs::remove_dir_all(place.root.join(".mx/index")).expect("removed"),
            _ => {}
        }
        assert_eq!(search(&kept, &format!("note{round}")).total, 1, "{round}");
        for question in questions() {
            let (kept, new) = (
                ask(&kept, question.clone()),
                ask(&place.engine(), question.clone()),
            );
            let [kept, new] = [kept, new].map(|answer| serde_json::to_value(answer).expect("JSON"));
            assert_eq!(kept, new, "round {round}: {question}");
        }
    }
}

#[test]
fn many_threads_share_a_kept_engine_while_others_write() {
    let place = Place::new();
    let kept = place.engine().keep_index();
    std::thread::scope(|scope| {
        for writer in ["a", "b", "c"] {
            let (place, kept) = (&place, &kept);
            scope.spawn(move || {
                for round in 0..6 {
                    let word = format!("{writer}{writer}word{round}");
                    log_note(&place.engine(), &word);
                    assert_eq!(search(kept, &word).total, 1, "{word}");
                }
            });
        }
    });
    assert_eq!(search(&kept, "aaword0 OR bbword1 OR ccword5").total, 1);
}

#[test]
fn settings_that_change_hold_for_a_kept_engine_too() {
    let place = Place::new();
    let kept = place.engine().keep_index();
    log_note(&kept, "first");
    place.write_file("drafts/a.md", "draft\n");
    assert_eq!(search(&kept, "draft").total, 1);
    place.write_file(".mx/config.yaml", "exclude: [drafts]\n");
    assert_eq!(search(&kept, "draft").total, 0);
    place.write_file(".mx/config.yaml", "timezone: [\n");
    let request = Request::Search(SearchRequest::default());
    assert!(kept.run(request, &|_| {}).is_err());
    let Response::Doctor(doctor) = ask(&kept, json!({"command": "doctor"})) else {
        panic!("no diagnosis")
    };
    assert!(!doctor.working);
    fs::remove_file(place.root.join(".mx/config.yaml")).expect("removed");
    assert_eq!(search(&kept, "draft").total, 1);
}

#[test]
fn a_panic_is_an_error_and_the_engine_goes_on() {
    let place = Place::new();
    let kept = place.engine().keep_index();
    log_note(&kept, "first");
    let unwatchable = |_| panic!("nobody\nwatches");
    let request = json!({"command": "index", "mode": "rebuild"});
    let request: Request = serde_json::from_value(request).expect("a request");
    let error = kept.run(request, &unwatchable).expect_err("it panicked");
    assert_eq!(error.kind(), Kind::Failed);
    assert!(error.message().starts_with("internal error: "), "{error}");
    assert_eq!(search(&kept, "first").total, 1);
}

#[test]
fn requests_are_data_with_a_schema() {
    let schema = schema_for!(Request);
    let validator = jsonschema::validator_for(schema.as_value()).expect("a schema");
    for request in [
        json!({"command": "session_log", "message": "m", "tags": ["a"], "heading": false}),
        json!({"command": "search", "query": "q", "filters": {"since": "7d"}, "sort": "time"}),
        json!({"command": "get", "entry": {"path": "a.md"}, "part": {"lines": {"first": 1, "last": null}}}),
        json!({"command": "log", "action": "start", "goal": "g"}),
        json!({"command": "log", "action": "row", "row": {"file": {"path": "a", "action": "created"}}}),
        json!({"command": "log", "action": "status"}),
        json!({"command": "resume", "budget": 500}),
        json!({"command": "decisions", "project": "a", "tags": ["b"], "limit": 3}),
        json!({"command": "next", "since": "7d", "all": true}),
        json!({"command": "report", "since": "7d", "paths": ["a/*"]}),
        json!({"command": "projects", "until": "2026-01-01"}),
        json!({"command": "info"}),
        json!({"command": "index", "mode": "check"}),
        json!({"command": "context_validate"}),
        json!({"command": "install", "agents": ["claude"], "dry_run": true}),
    ] {
        let parsed: Result<Request, _> = serde_json::from_value(request.clone());
        assert!(parsed.is_ok(), "{request}: {parsed:?}");
        let errors: Vec<_> = validator
            .iter_errors(&request)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{request}: {errors:?}");
    }
    for wrong in [
        json!({"command": "search", "querry": "q"}),
        json!({"command": "search", "filters": {"tag": ["a"]}}),
        json!({"command": "decisions", "projekt": "a"}),
        json!({"command": "next", "tag": ["a"]}),
        json!({"command": "nothing"}),
        json!({"query": "q"}),
    ] {
        assert!(
            serde_json::from_value::<Request>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
}

/// Returns a request of each kind that only reads.
fn reads() -> Vec<Value> {
    vec![
        json!({"command": "search", "query": "limiter"}),
        json!({"command": "get", "entry": {"path": "limits.md"}}),
        json!({"command": "list"}),
        json!({"command": "tags"}),
        json!({"command": "activity"}),
        json!({"command": "links", "entry": {"path": "limits.md"}}),
        json!({"command": "projects"}),
        json!({"command": "project_overview", "project": "shop"}),
        json!({"command": "report"}),
        json!({"command": "decisions"}),
        json!({"command": "next"}),
        json!({"command": "info"}),
    ]
}

#[test]
fn reads_go_on_without_what_others_fold() {
    let (engine, place) = linked_place().engine_with_place();
    log_note(&engine, "first");
    let prompt = json!({
        "hook_event_name": "UserPromptSubmit",
        "session_id": "s1",
        "cwd": place.environment.cwd,
        "prompt": "Fix the limiter",
    });
    let hook = HookRequest {
        agent: Some("claude".to_owned()),
        event: None,
    };
    engine.take_hook(&hook, &mut prompt.to_string().as_bytes());
    ask(&engine, json!({"command": "log", "action": "index"}));
    engine.take_hook(&hook, &mut prompt.to_string().as_bytes());
    for lock in ["journal/lock", "sessions/derived.lock"] {
        let lock = fs::File::open(place.root.join(".mx").join(lock)).expect("made by then");
        lock.lock().expect("free");
        crate::session::derived::mark_outdated(&place.kb());
        for request in reads() {
            let asked = serde_json::from_value(request.clone()).expect("a request");
            let reply = engine.run(asked, &|_| {}).expect("an answer");
            // A wait without effect is a warning.
            assert_eq!(reply.warnings, Vec::<String>::new(), "{request}");
        }
    }
}

#[test]
fn what_is_about_records_waits_for_what_others_fold() {
    for request in [
        json!({"command": "log", "action": "status"}),
        json!({"command": "resume"}),
        json!({"command": "prime"}),
        json!({"command": "recent"}),
        json!({"command": "import"}),
        json!({"command": "doctor"}),
        json!({"command": "next_done", "ids": ["a"]}),
        json!({"command": "next_undo", "ids": ["a"]}),
    ] {
        let asked: Request = serde_json::from_value(request.clone()).expect("a request");
        assert_eq!(Handling::of(&asked).folding, Folding::Wait, "{request}");
    }
}

/// Returns a place with a few linked entries of two projects.
fn linked_place() -> Place {
    let place = Place::new();
    place.write_file(
        "projects/shop/cart.md",
        "---\ntags: [cart, money]\n---\n\n# Cart\n\nSee [[Limits]], [[nowhere]] and [api](../api/api.md).\n",
    );
    place.write_file(
        "projects/api/api.md",
        "---\ntags: [money]\naliases: [interface]\n---\n\n# API\n\nThe limit of [[cart]] is [[limits]].\n\n\
         ## 2026-01-05 09:00 UTC\n\nRaised the limit.\n\n## 2026-01-10 09:00 UTC\n\nThe limit is gone. #auth\n",
    );
    place.write_file(
        "limits.md",
        "# Limits\n\nNo limit is limitless: [[interface]].\n",
    );
    place
}

#[test]
fn links_lead_both_ways() {
    let engine = linked_place().engine_with_place();
    let links = |path: &str| {
        let request = json!({"command": "links", "entry": {"path": path}});
        match ask(&engine.0, request) {
            Response::Links(links) => links,
            other => panic!("{other:?}"),
        }
    };
    let cart = links("projects/shop/cart.md");
    let targets = cart
        .links
        .iter()
        .map(|link| (link.target.as_str(), link.path.as_deref()));
    let targets: Vec<_> = targets.collect();
    assert_eq!(
        targets,
        [
            ("Limits", Some("limits.md")),
            ("nowhere", None),
            ("../api/api.md", Some("projects/api/api.md")),
        ]
    );
    let backlinks = |path: &str| {
        let backlinks = links(path).backlinks.into_iter();
        backlinks
            .map(|link| (link.path, link.line))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        backlinks("projects/shop/cart.md"),
        [("projects/api/api.md".to_owned(), 8)]
    );
    assert_eq!(
        backlinks("projects/api/api.md"),
        [
            ("limits.md".to_owned(), 3),
            ("projects/shop/cart.md".to_owned(), 7)
        ]
    );
}

#[test]
fn a_facet_counts_what_is_left_when_one_narrows_by_it() {
    let engine = linked_place().engine_with_place();
    let find = |more: Value| {
        let mut request = json!({"command": "search", "query": "limit", "facets": true});
        let fields = request.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        match ask(&engine.0, request) {
            Response::Search(found) => found,
            other => panic!("{other:?}"),
        }
    };
    let all = find(json!({}));
    let facets = all.facets.expect("facets");
    assert_eq!(all.total, 3);
    assert_eq!(facets.projects.len(), 2);
    assert_eq!(facets.tags[0].value, "money");
    assert!(
        facets
            .tags
            .iter()
            .any(|tag| tag.value == "auth" && tag.entries == 1)
    );
    for (name, counts) in [("project", &facets.projects), ("since", &facets.since)] {
        for count in counts {
            let narrowed = find(json!({"filters": {name: count.value}}));
            assert_eq!(narrowed.total, count.entries, "{name} {}", count.value);
        }
    }
    for count in &facets.tags {
        let narrowed = find(json!({"filters": {"tags": [count.value]}}));
        assert_eq!(narrowed.total, count.entries, "{}", count.value);
    }
}

#[test]
fn sessions_and_their_rows_are_held_to_all_filters() {
    let engine = linked_place().engine_with_place();
    for request in [
        json!({"command": "log", "action": "start", "goal": "Taxes", "project": "shop"}),
        json!({"command": "log", "action": "row", "session": null, "row": {"decision": {"decision": "Round half even #money"}}}),
        json!({"command": "log", "action": "row", "session": null, "row": {"decision": {"decision": "Keep the cart"}}}),
        json!({"command": "log", "action": "row", "session": null, "row": {"next": "Ask the bank #money/bank"}}),
        json!({"command": "log", "action": "row", "session": null, "row": {"next": "Roll out"}}),
        json!({"command": "log", "action": "end"}),
    ] {
        ask(&engine.0, request);
    }
    let count = |command: &str, filters: Value| {
        let mut request = filters;
        request["command"] = command.into();
        match ask(&engine.0, request) {
            Response::Decisions(found) => found.decisions.len(),
            Response::Next(next) => next.items.len(),
            Response::Projects(found) => found.projects.len(),
            Response::Report(report) => report
                .days
                .iter()
                .flat_map(|day| &day.projects)
                .map(|one| one.sessions.len())
                .sum(),
            other => panic!("{other:?}"),
        }
    };
    for (filters, decisions, next, projects, sessions) in [
        (json!({}), 2, 2, 2, 1),
        (json!({"tags": ["money"]}), 1, 1, 2, 1),
        (json!({"tags": ["money/bank"]}), 0, 1, 1, 1),
        (json!({"tags": ["nothing"]}), 0, 0, 0, 0),
        (json!({"tags": ["shop"]}), 2, 2, 1, 1),
        (json!({"project": "SHOP"}), 2, 2, 1, 1),
        (json!({"project": "api"}), 0, 0, 1, 0),
        (json!({"paths": ["session_logs/**"]}), 2, 2, 1, 1),
        (json!({"paths": ["projects/**"]}), 0, 0, 2, 0),
        (json!({"until": "2026-01-09"}), 0, 0, 0, 0),
    ] {
        assert_eq!(count("decisions", filters.clone()), decisions, "{filters}");
        assert_eq!(count("next", filters.clone()), next, "{filters}");
        assert_eq!(count("projects", filters.clone()), projects, "{filters}");
        assert_eq!(count("report", filters.clone()), sessions, "{filters}");
    }
}

#[test]
fn activity_is_counted_by_day() {
    let engine = linked_place().engine_with_place();
    let days = |filters: Value| match ask(
        &engine.0,
        json!({"command": "activity", "filters": filters}),
    ) {
        Response::Activity(activity) => {
            assert_eq!(activity.today, "2026-01-11");
            let days = activity.days.into_iter();
            days.map(|day| (day.date, day.count)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let (first, second) = ("2026-01-05".to_owned(), "2026-01-10".to_owned());
    assert_eq!(days(json!({})), [(first, 1), (second.clone(), 1)]);
    assert_eq!(days(json!({"since": "3d"})), [(second, 1)]);
    assert!(days(json!({"project": "shop"})).is_empty());
}

#[test]
fn a_project_is_told_by_its_sessions() {
    let engine = linked_place().engine_with_place();
    let overview = |project: &str| {
        let request = json!({"command": "project_overview", "project": project});
        let request = serde_json::from_value(request).expect("a request");
        engine.0.run(request, &|_| {})
    };
    let error = overview("shopp").expect_err("there is no such project");
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(error.hints()[0].to_string(), "did you mean 'shop'?");
    for request in [
        json!({"command": "log", "action": "start", "goal": "Taxes", "project": "shop"}),
        json!({"command": "log", "action": "row", "session": null, "row": {"file": {"path": "a.rs", "action": "modified"}}}),
        json!({"command": "log", "action": "row", "session": null, "row": {"file": {"path": "b.rs", "action": "read"}}}),
        json!({"command": "log", "action": "end", "state": "all tests pass"}),
        json!({"command": "log", "action": "start", "project": "shop"}),
        json!({"command": "log", "action": "row", "session": null, "row": {"file": {"path": "a.rs", "action": "modified"}}}),
    ] {
        ask(&engine.0, request);
    }
    let Response::ProjectOverview(found) = overview("SHOP").expect("a project").response else {
        panic!("another answer");
    };
    assert_eq!((found.project.as_str(), found.sessions), ("shop", 2));
    assert_eq!(found.state.as_deref(), Some("all tests pass."));
    let files = found
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.sessions));
    assert_eq!(files.collect::<Vec<_>>(), [("a.rs", 2)]);
    assert_eq!(
        (found.weeks[0].monday.as_str(), found.weeks[0].sessions),
        ("2026-01-05", 2)
    );
}
