//! What only sets up how a command is run: variables, `sudo`, `timeout`, `npx` and the like.

/// Programs that run the command behind their options, and the options whose value is the next word.
const RUNNERS: &[(&str, &str)] = &[
    ("sudo", "-u -g -C -h -p -U -r -t"),
    ("env", "-u --unset -C --chdir"),
    (
        "time nohup xvfb-run stdbuf npx bunx uvx pnpx wsl",
        "-p --package -f -o",
    ),
];

/// Programs that run a command by a subcommand: `poetry run pytest`.
const TOLD_RUNNERS: &[(&str, &str, &str)] = &[
    (
        "bundle npm pnpm yarn bun",
        "exec dlx x",
        "-p --package -C --prefix",
    ),
    (
        "poetry pipenv uv pdm hatch rye",
        "run",
        "--project --with --extra --group --python -p --directory -e",
    ),
    (
        "conda mamba micromamba",
        "run",
        "-n --name -p --prefix --cwd",
    ),
    (
        "coverage",
        "run",
        "--source --include --omit --rcfile --data-file",
    ),
];

/// Returns the words without what only sets up how the command is run.
pub(super) fn strip_wrappers(mut words: &[String]) -> &[String] {
    while let [first, rest @ ..] = words {
        let program = program_name(first);
        let skipped = match program.as_str() {
            "if" | "then" | "do" | "else" | "while" | "until" | "!" | "{" | "command" | "exec" => 0,
            "timeout" | "nice" => {
                let options = count_options(rest, "-s --signal -k --kill-after -n --adjustment");
                // `60 command`: numbers only.
                let times = rest[options..].iter().take_while(|word| is_duration(word));
                options + times.count()
            }
            "python" | "py" => match count_python_options(rest) {
                Some(options) => options,
                None => return words,
            },
            "docker" | "podman" | "docker-compose" => match count_container_words(&program, rest) {
                Some(count) => count,
                None => return words,
            },
            _ if is_assignment(first) => 0,
            _ => match count_runner_words(&program, rest) {
                Some(count) => count,
                None => return words,
            },
        };
        words = rest.get(skipped..).unwrap_or_default();
    }
    words
}

/// Returns how many words stand between a program that runs another and that.
fn count_runner_words(program: &str, rest: &[String]) -> Option<usize> {
    let runner = RUNNERS.iter().find(|(names, _)| list_holds(names, program));
    if let Some((_, valued)) = runner {
        return Some(count_options(rest, valued));
    }
    let told = rest.first()?;
    let mut runners = TOLD_RUNNERS.iter();
    let (_, _, valued) = runners
        .find(|(names, told_by, _)| list_holds(names, program) && list_holds(told_by, told))?;
    let options = 1 + count_options(&rest[1..], valued);
    match (program, rest.get(options).map(String::as_str)) {
        // `coverage run -m pytest`: `-m` is counted as an option.
        ("coverage", Some(_)) if !rest[1..options].iter().any(|word| word == "-m") => None,
        _ => Some(options),
    }
}

/// `python -m pytest`, `py -3 -m pytest`.
fn count_python_options(rest: &[String]) -> Option<usize> {
    let options = rest.iter().take_while(|word| word.starts_with('-'));
    let module = options.take(4).position(|word| word == "-m")?;
    Some(module + 1)
}

/// `docker compose run --rm web pytest`, `docker exec app pytest`: behind the options stands the
/// name of a container or an image.
fn count_container_words(program: &str, rest: &[String]) -> Option<usize> {
    const VALUED: &str = "-e --env -w --workdir -u --user -v --volume --name -p --publish --network \
        --entrypoint -f --file --project-name --profile --env-file --mount -l --label --platform";
    let composes = program.ends_with("compose") || rest.first()? == "compose";
    let from = usize::from(composes && !program.ends_with("compose"));
    let from = from + count_options(rest.get(from..)?, VALUED);
    matches!(rest.get(from)?.as_str(), "run" | "exec").then_some(())?;
    let options = count_options(&rest[from + 1..], VALUED);
    Some(from + options + 2)
}

/// Returns how many words at the beginning are options, or values of those named.
fn count_options(words: &[String], valued: &str) -> usize {
    let mut count = 0;
    while let Some(word) = words.get(count).filter(|word| word.starts_with('-')) {
        count += 1 + usize::from(list_holds(valued, word));
    }
    count.min(words.len())
}

pub(super) fn is_duration(word: &str) -> bool {
    let number = word.trim_end_matches(['s', 'm', 'h', 'd']);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Returns whether a word sets a variable: `NAME=VALUE`.
pub fn is_assignment(word: &str) -> bool {
    let variable = word.split_once('=').map(|(name, _)| name);
    variable.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Returns whether a list of words holds a word.
pub(super) fn list_holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// Returns the name of a program without its directory and what Windows adds to it.
pub fn program_name(word: &str) -> String {
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
