//! How hooks are installed for opencode: as a plugin.

use crate::agents::homes::AgentHomes;
use crate::agents::install::installation::{Installation, NextSteps, find_no_switch};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".opencode",
    hooks_file: "plugins/mx.ts",
    own_skills: false,
    hooks: None,
    trust: None,
    steps: NextSteps {
        user: "restart it, and sessions record themselves",
        project: "restart it",
        skill: "/log",
    },
    find_switch: find_no_switch,
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    let moved = homes.moved.get("OPENCODE_CONFIG_DIR").cloned();
    moved.unwrap_or_else(|| {
        homes
            .directory("XDG_CONFIG_HOME", ".config")
            .join("opencode")
    })
}
