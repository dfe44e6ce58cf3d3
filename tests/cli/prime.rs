//! `mx prime` and `mx schema`

use crate::common::World;

fn recorded() -> World {
    let world = World::new();
    world.mx(&["log", "start", "--goal", "Sell lamps"]);
    world.mx(&["log", "decision", "No chairs", "--why", "no room"]);
    world.mx(&["log", "end", "--next", "order lamps"]);
    world
}

#[test]
fn an_agent_is_told_how_to_work_and_where_the_work_stands() {
    let world = recorded();
    let shown = world.mx(&["prime"]);
    for part in [
        "mx search",
        "mx log end",
        "Decided: No chairs",
        "order lamps",
        "Recent work",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // What is recalled stands between marks, as data.
    let (guide, recalled) = shown.split_once("<!-- mx:recall v1").expect("a fence");
    assert!(
        guide.contains("mx log event") && !guide.contains("No chairs"),
        "{shown}"
    );
    assert!(recalled.contains("No chairs") && recalled.contains("<!-- /mx:recall -->"));
    let empty = World::new().mx(&["prime"]);
    assert!(
        empty.contains("mx search") && !empty.contains("mx:recall"),
        "{empty}"
    );
}

#[test]
fn it_fits_every_budget() {
    let world = recorded();
    for budget in (0..2500).step_by(60) {
        let prime = world.json(&["prime", "--budget", &budget.to_string()]);
        let text = prime["text"].as_str().expect("text");
        assert!(text.len() <= budget, "{budget}: {}", text.len());
        assert_eq!(prime["bytes"], text.len());
        let opened = text.matches("<!-- mx:recall").count();
        assert_eq!(
            opened,
            text.matches("<!-- /mx:recall").count(),
            "{budget}: {text}"
        );
    }
}

#[test]
fn the_description_for_machines_names_commands_options_and_shapes() {
    let world = World::new();
    let all = world.json(&["schema"]);
    let commands = all["commands"].as_array().expect("commands");
    let named = |name: &str| commands.iter().find(|command| command["name"] == name);
    let decision = named("log decision").expect("a command below a command");
    let options = decision["arguments"].as_array().expect("arguments");
    assert!(
        options.iter().any(|option| option["long"] == "--why"),
        "{decision}"
    );
    for command in ["search", "log end", "resume", "import", "install", "hook"] {
        assert!(named(command).is_some(), "{command}");
    }
    assert!(all["schemas"]["search"]["properties"]["results"].is_object());
    let one = world.json(&["schema", "log-end"]);
    assert_eq!(one, all["schemas"]["log-end"]);
    let none = world.mx(&["schema", "nothing"]);
    assert!(
        none.contains("there are: ") && none.ends_with("--- exit 3\n"),
        "{none}"
    );
}
