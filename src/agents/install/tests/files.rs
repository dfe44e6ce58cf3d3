//! Files that are edited, linked, moved, or may not be written.

use super::*;

#[test]
fn an_edited_skill_is_left_alone_unless_forced() {
    let machine = Machine::new();
    let path = "home/.claude/skills/log/SKILL.md";
    let mut target = machine.user(Agent::Claude);
    install(&target);
    let edited = machine.text(path) + "\nAlso: be brief.\n";
    machine.write(path, &edited);
    for plan in [install(&target), uninstall(&target)] {
        assert_eq!(plan.notices.len(), 1);
        assert!(
            plan.notices[0].to_string().contains("; force will"),
            "{:?}",
            plan.notices
        );
    }
    assert_eq!(machine.text(path), edited);
    target.force = true;
    install(&target);
    assert!(!machine.text(path).contains("be brief"));
    uninstall(&target);
    assert!(!machine.path("home/.claude").exists());
    // Another skill of that name is not ours to remove.
    machine.write(path, "---\nname: log\n---\n");
    assert_eq!(uninstall(&target), Plan::default());
}

#[test]
fn a_file_changed_meanwhile_is_not_overwritten() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    machine.write(path, "{}");
    let plan = plan_install(&machine.user(Agent::Claude)).expect("a plan");
    machine.write(path, "{\"a\": 1}");
    let before = machine.everything();
    let error = apply_all(&plan.changes).expect_err("changed");
    assert!(error.message().contains("meanwhile"), "{error}");
    assert_eq!(machine.everything(), before);
}

#[test]
fn a_dry_run_shows_a_diff() {
    let machine = Machine::new();
    machine.write(file(Agent::Claude), "{\n  \"theme\": \"dark\"\n}\n");
    let plan = plan_install(&machine.user(Agent::Claude)).expect("a plan");
    let shown = diff_change(&plan.changes[0]);
    assert!(
        shown.contains("-  \"theme\": \"dark\"\n+  \"theme\": \"dark\",\n+  \"hooks\": {\n"),
        "{shown}"
    );
    assert!(diff_change(&plan.changes[1]).starts_with("--- /dev/null\n+++ "));
    assert_eq!(plan.changes[0].what, "hooks for claude");
}

#[test]
fn what_switches_hooks_off_is_told() {
    let machine = Machine::new();
    install(&machine.target(&all_agents(), Scope::User));
    let disabled = |agent| match state(&machine.user(agent)) {
        State::Disabled(why) => why,
        state => panic!("{agent:?} {state:?}"),
    };
    machine.write(
        "project/.claude/settings.local.json",
        "{\"disableAllHooks\": true}",
    );
    assert!(disabled(Agent::Claude).contains("settings.local.json"));
    machine.write("home/.codex/config.toml", "[features]\nhooks = false\n");
    assert!(disabled(Agent::Codex).contains("config.toml"));
    machine.write(
        "project/.gemini/settings.json",
        "{\"hooks\": {\"disabled\": [\"mx\"]}}",
    );
    assert!(disabled(Agent::Gemini).contains("switched off"));
}

#[test]
fn codex_trust_is_read_from_its_configuration() {
    let machine = Machine::new();
    let target = machine.user(Agent::Codex);
    install(&target);
    assert_eq!(inspect_hooks(&target)[0].trusted, Some(false));
    let path = machine.path(file(Agent::Codex)).display().to_string();
    let events = [
        "session_start",
        "user_prompt_submit",
        "post_tool_use",
        "pre_compact",
        "post_compact",
        "stop",
        "session_end",
    ];
    let config: String = events
        .iter()
        .map(|event| format!("[hooks.state.'{path}:{event}:0:0']\ntrusted_hash = \"sha256:0\"\n"))
        .collect();
    machine.write("home/.codex/config.toml", &config);
    assert_eq!(inspect_hooks(&target)[0].trusted, Some(true));
}

#[test]
fn directories_that_variables_moved() {
    let machine = Machine::new();
    let before = machine.everything();
    let mut target = machine.target(&[Agent::Claude, Agent::Codex, Agent::Opencode], Scope::User);
    for (name, directory) in [
        ("CLAUDE_CONFIG_DIR", "moved/claude"),
        ("CODEX_HOME", "moved/codex"),
        ("XDG_CONFIG_HOME", "moved/config"),
    ] {
        let directory = machine.path(directory);
        target.homes.moved.insert(name.to_owned(), directory);
    }
    install(&target);
    for name in [
        "claude/settings.json",
        "claude/skills/log/SKILL.md",
        "codex/hooks.json",
        "config/opencode/plugins/mx.ts",
    ] {
        assert!(machine.path("moved").join(name).exists(), "{name}");
    }
    assert!(!machine.path("home/.claude").exists());
    uninstall(&target);
    // Directories that a variable names stay.
    let after = machine.everything();
    assert!(
        after
            .iter()
            .all(|(path, text)| before.contains_key(path) || text.is_none()),
        "{after:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let machine = Machine::new();
    machine.write("dotfiles/claude.json", "{\"theme\": \"dark\"}");
    let real = machine.path("dotfiles/claude.json");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("chmod");
    fs::create_dir_all(machine.path("home/.claude")).expect("made");
    fs::create_dir_all(machine.path("dotfiles/skills")).expect("made");
    symlink(
        "../../dotfiles/claude.json",
        machine.path(file(Agent::Claude)),
    )
    .expect("a link");
    symlink(
        machine.path("dotfiles/skills"),
        machine.path("home/.claude/skills"),
    )
    .expect("a link");
    fs::create_dir_all(machine.path("home/.agents")).expect("made");
    symlink(
        machine.path("dotfiles/skills"),
        machine.path("home/.agents/skills"),
    )
    .expect("a link");
    fs::create_dir_all(machine.path("home/.codex")).expect("made");
    symlink(
        machine.path("dotfiles/codex.json"),
        machine.path(file(Agent::Codex)),
    )
    .expect("a link");
    let target = machine.target(&[Agent::Claude, Agent::Codex], Scope::User);
    install(&target);
    assert!(machine.text("dotfiles/claude.json").contains("mx hook"));
    assert!(machine.text("dotfiles/codex.json").contains("mx hook"));
    assert!(
        fs::symlink_metadata(machine.path(file(Agent::Claude)))
            .expect("a link")
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(&real).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    let skill = machine.path("dotfiles/skills/log/SKILL.md");
    assert_ne!(
        fs::metadata(&skill).expect("a file").permissions().mode() & 0o044,
        0
    );
    uninstall(&machine.user(Agent::Codex));
    assert!(
        skill.exists(),
        "the other agent uses it through its own link"
    );
    uninstall(&machine.user(Agent::Claude));
    assert!(!skill.exists());
    assert_eq!(
        machine.text("dotfiles/claude.json"),
        "{\"theme\": \"dark\"}"
    );
    assert!(machine.path("home/.claude/skills").is_symlink());
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_refused_and_the_rest_undone() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    machine.write(file(Agent::Claude), "{}");
    machine.write(file(Agent::Cursor), "{}");
    let path = machine.path(file(Agent::Cursor));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("chmod");
    let before = machine.everything();
    let target = machine.target(&[Agent::Claude, Agent::Cursor], Scope::User);
    let plan = plan_install(&target).expect("a plan");
    let error = apply_all(&plan.changes).expect_err("read-only");
    assert!(
        error.hints()[0].to_string().contains("read-only"),
        "{error}"
    );
    assert_eq!(machine.everything(), before);
}

#[cfg(unix)]
#[test]
fn undoing_removes_no_directory_that_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    fs::create_dir_all(machine.path("home/.gemini")).expect("made");
    machine.write(file(Agent::Cursor), "{}");
    let path = machine.path(file(Agent::Cursor));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("chmod");
    let before = machine.everything();
    let target = machine.target(&[Agent::Gemini, Agent::Cursor], Scope::User);
    let plan = plan_install(&target).expect("a plan");
    apply_all(&plan.changes).expect_err("read-only");
    assert_eq!(machine.everything(), before);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_refused_and_one_inside_is_followed() {
    use std::os::unix::fs::symlink;
    let machine = Machine::new();
    fs::create_dir_all(machine.path("home/.claude")).expect("made");
    symlink(
        machine.path("home/.claude"),
        machine.path("project/.claude"),
    )
    .expect("a link");
    let before = machine.everything();
    let target = machine.target(&[Agent::Claude], Scope::Project);
    for plan in [plan_install(&target), plan_uninstall(&target)] {
        let error = plan.expect_err("a link");
        assert!(error.message().contains("out of the project"), "{error}");
    }
    assert_eq!(machine.everything(), before);
    fs::remove_file(machine.path("project/.claude")).expect("removed");
    fs::create_dir_all(machine.path("project/shared")).expect("made");
    symlink("shared", machine.path("project/.claude")).expect("a link");
    install(&target);
    assert!(machine.path("project/shared/settings.json").is_file());
}

#[test]
fn what_a_killed_installation_left_is_found() {
    let machine = Machine::new();
    let target = machine.user(Agent::Claude);
    install(&target);
    assert_eq!(find_left_behind(&target), Vec::<PathBuf>::new());
    let left = [
        "home/.claude/.tmpAbC123dEf456",
        "home/.claude/skills/log/.tmpd0D0d0d0D0d0",
    ];
    for path in left.iter().chain(&[
        "home/.claude/.tmpnotes",
        "home/.claude/.tmpAbC123dEf456.bak",
    ]) {
        machine.write(path, "{}");
    }
    assert_eq!(
        find_left_behind(&target),
        left.map(|path| machine.path(path))
    );
}

#[test]
fn removed_after_the_agent_rewrote_its_settings() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    machine.write(path, FOREIGN);
    let target = machine.user(Agent::Claude);
    install(&target);
    // As an agent writes it: no comments, its own indentation.
    let plain = machine.text(path).replace(" // format", "");
    let json: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
    machine.write(path, &serde_json::to_string_pretty(&json).expect("JSON"));
    uninstall(&target);
    let left: serde_json::Value = serde_json::from_str(&machine.text(path)).expect("JSON");
    let foreign: serde_json::Value =
        serde_json::from_str(&FOREIGN.replace(" // format", "")).expect("JSON");
    assert_eq!(left, foreign);
}
