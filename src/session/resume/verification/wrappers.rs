//! What only sets up how a command is run: variables, `sudo`, `timeout`, `npx` and the like.

/// Returns the words without what only sets up how the command is run.
pub(super) fn strip_wrappers(mut words: &[String]) -> &[String] {
    while let [first, rest @ ..] = words {
        let program = program_name(first);
        let second = rest.first().map_or("", String::as_str);
        let skipped = match program.as_str() {
            "if" | "then" | "do" | "else" | "while" | "until" | "!" | "{" | "command" | "exec" => 0,
            "sudo" | "time" | "nohup" | "env" | "xvfb-run" | "stdbuf" | "npx" | "bunx" | "uvx"
            | "pnpx" => count_options(rest),
            "timeout" | "nice" => {
                let options = count_options(rest);
                // `-k 5 60 command`: numbers only.
                let times = rest[options..].iter().take_while(|word| is_duration(word));
                options + times.count()
            }
            "bundle" | "npm" | "pnpm" | "yarn" if matches!(second, "exec" | "dlx" | "x") => {
                1 + count_options(&rest[1..])
            }
            "bun" if second == "x" => 1 + count_options(&rest[1..]),
            "poetry" | "pipenv" | "uv" | "pdm" | "hatch" | "rye" if second == "run" => {
                1 + count_options(&rest[1..])
            }
            "python" if second == "-m" => 1,
            _ if is_assignment(first) => 0,
            _ => return words,
        };
        words = rest.get(skipped..).unwrap_or_default();
    }
    words
}

fn count_options(words: &[String]) -> usize {
    words
        .iter()
        .take_while(|word| word.starts_with('-'))
        .count()
}

pub(super) fn is_duration(word: &str) -> bool {
    let number = word.trim_end_matches(['s', 'm', 'h', 'd']);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
}

pub(super) fn is_assignment(word: &str) -> bool {
    let variable = word.split_once('=').map(|(name, _)| name);
    variable.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Returns the name of a program without its directory and what Windows adds to it.
pub(super) fn program_name(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let lower = name.to_ascii_lowercase();
    let windows = [".exe", ".cmd", ".bat"]
        .iter()
        .find_map(|end| lower.strip_suffix(end));
    match windows.unwrap_or(name) {
        python if python.starts_with("python") && !python.ends_with(".py") => "python".to_owned(),
        name => name.to_owned(),
    }
}
