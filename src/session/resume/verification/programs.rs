//! Which programs verify something.

use super::CheckKind;
use super::wrappers::{is_assignment, is_duration, list_holds, program_name, strip_wrappers};

/// What a simple command is.
pub(super) enum Check<'a> {
    /// It verifies something.
    Kind {
        kind: CheckKind,
        /// Program and its subcommand.
        name: String,
        /// The command without what only wraps it.
        words: &'a [String],
    },
    /// It runs another command line.
    Shell(String),
}

/// Programs that do nothing else.
const TESTERS: &str = "pytest py.test tox nox jest vitest mocha ava ctest rspec phpunit pest bats \
    gotestsum cargo-nextest testem karma nosetests unittest behat cucumber runtests.py prove busted \
    ginkgo elm-test";
const BUILDERS: &str = "tsc rustc gcc g++ clang clang++ cc c++ javac kotlinc ninja webpack rollup \
    esbuild tsup msbuild vue-tsc";
const LINTERS: &str = "eslint flake8 pylint mypy pyright basedpyright golangci-lint staticcheck \
    stylelint shellcheck rubocop clang-tidy ktlint detekt swiftlint phpstan psalm hadolint \
    actionlint markdownlint yamllint tflint oxlint cppcheck";

/// Programs and their subcommands: `program: word word = kind`.
const COMMANDS: &[(&str, &str, CheckKind)] = &[
    (
        "cargo",
        "test t nextest llvm-cov tarpaulin",
        CheckKind::Test,
    ),
    ("cargo", "build b check c", CheckKind::Build),
    ("cargo", "clippy deny audit", CheckKind::Lint),
    ("go", "test", CheckKind::Test),
    ("go", "build", CheckKind::Build),
    ("go", "vet", CheckKind::Lint),
    ("mvn mvnw", "test verify integration-test", CheckKind::Test),
    ("mvn mvnw", "compile package install", CheckKind::Build),
    ("gradle gradlew", "test check", CheckKind::Test),
    ("gradle gradlew", "build assemble classes", CheckKind::Build),
    (
        "dotnet swift flutter dart stack cabal lein bazel buck2 meson sbt mix deno zig hatch gleam nx \
         ng turbo",
        "test",
        CheckKind::Test,
    ),
    (
        "xcodebuild rails composer playwright artisan rake manage.py setup.py",
        "test",
        CheckKind::Test,
    ),
    ("rake crystal", "spec", CheckKind::Test),
    ("rebar3", "eunit ct", CheckKind::Test),
    ("nx ng", "e2e", CheckKind::Test),
    ("dune", "test runtest", CheckKind::Test),
    ("cypress", "run", CheckKind::Test),
    (
        "dotnet swift stack cabal bazel buck2 flutter dune vite next docker podman nuxt astro zig gleam \
         crystal nx ng turbo",
        "build",
        CheckKind::Build,
    ),
    ("meson mix sbt", "compile", CheckKind::Build),
    ("dotnet", "publish", CheckKind::Build),
    ("ruff biome", "check lint", CheckKind::Lint),
    ("dart flutter", "analyze", CheckKind::Lint),
    ("mix", "credo dialyzer", CheckKind::Lint),
    ("pre-commit", "run", CheckKind::Lint),
    ("next deno nx ng turbo", "lint", CheckKind::Lint),
];

/// Formatters, which verify only with an option to change nothing.
const FORMATTERS: &str = "rustfmt prettier black isort gofmt";

/// Programs that run a target of a file of theirs.
const MAKERS: &str = "make gmake just task mage";
const SCRIPTERS: &str = "npm pnpm yarn bun";

/// Options whose value is the next word.
const VALUED: &str = "--filter -F -C --dir --prefix --cwd --workspace --manifest-path --config -Z \
    --color -f --file --project --directory -p --target-dir --package";

/// Options with which nothing is verified.
const IDLE: &str = "--help -h --version --list --collect-only --co --dry-run --listTests --watch";

/// Options with which `make` only says what it would do.
const MAKE_IDLE: &str = "-n --just-print --recon -q --question";

/// What a script is for that is called by tests, but runs none.
const NO_CHECKS: &str = "server serve setup data env utils helper helpers fixture fixtures watch clean \
    image db start stop restart up down status";

/// Returns what a command is, `None` if it verifies nothing.
pub(super) fn check_words(words: &[String]) -> Option<Check<'_>> {
    let words = strip_wrappers(words);
    let program = program_name(words.first()?);
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    if is_shell(&program) {
        let flag = |word: &&str| word.starts_with(['-', '/']) && word.ends_with(['c', 'C']);
        let command = |word: &&str| flag(word) || word.eq_ignore_ascii_case("-command");
        if let Some(at) = arguments.iter().position(command) {
            let script = words.get(at + 2..).filter(|words| !words.is_empty())?;
            // What these are given they join.
            let joins = list_holds("powershell pwsh cmd", &program);
            let script = if joins { script } else { &script[..1] };
            return Some(Check::Shell(script.join(" ")));
        }
    }
    let (kind, told) = verification_kind(&program, words.first()?, &arguments)?;
    let name = if told.is_empty() {
        program
    } else {
        format!("{program} {told}")
    };
    Some(Check::Kind { kind, name, words })
}

fn is_shell(program: &str) -> bool {
    list_holds("bash sh zsh dash fish powershell pwsh cmd", program)
}

/// Returns the arguments that are no options nor their values.
fn operands_of<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let mut operands = Vec::new();
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        if *word == "--" {
            break;
        } else if list_holds(VALUED, word) {
            words.next();
        } else if *word == "-j" {
            words.next_if(|word| is_duration(word));
        } else if !word.starts_with(['-', '+']) && !is_assignment(word) {
            operands.push(*word);
        }
    }
    operands
}

/// Returns what a program verifies, and its subcommand.
fn verification_kind(program: &str, word: &str, arguments: &[&str]) -> Option<(CheckKind, String)> {
    let own = || arguments.iter().take_while(|word| **word != "--");
    if own().any(|word| list_holds(IDLE, word)) {
        return None;
    }
    let has = |option: &str| own().any(|word| *word == option);
    let operands = operands_of(arguments);
    let first = operands.first().copied().unwrap_or_default();
    let plain = |kind| Some((kind, String::new()));
    let told = |kind| Some((kind, first.to_owned()));
    match program {
        _ if list_holds(TESTERS, program) => return plain(CheckKind::Test),
        _ if list_holds(BUILDERS, program) => return plain(CheckKind::Build),
        _ if list_holds(LINTERS, program) => return plain(CheckKind::Lint),
        _ if list_holds(FORMATTERS, program) => {
            let unchanged = ["--check", "-c", "-l", "--check-only", "--list-different"];
            let unchanged = unchanged.iter().any(|option| arguments.contains(option));
            return unchanged.then_some((CheckKind::Lint, String::new()));
        }
        _ if program.ends_with("make") && own().any(|word| list_holds(MAKE_IDLE, word)) => {
            return None;
        }
        _ if list_holds(MAKERS, program) => return make_target(program, &operands),
        _ if list_holds(SCRIPTERS, program) => {
            return package_script(program, &operands, arguments);
        }
        _ if is_shell(program) => return script_file(first, operands.get(1).copied()),
        "cargo" | "ruff" | "mix" if matches!(first, "fmt" | "format") => {
            let unchanged = ["--check", "--check-formatted"];
            let unchanged = unchanged.iter().any(|option| arguments.contains(option));
            return if unchanged {
                told(CheckKind::Lint)
            } else {
                None
            };
        }
        "cargo" if first == "miri" => return told(CheckKind::Test),
        "cargo" if matches!(operands.as_slice(), ["insta" | "hack", "test", ..]) => {
            return told(CheckKind::Test);
        }
        "turbo" | "nx" | "deno" if matches!(first, "run" | "task") => {
            let script = operands.get(1)?;
            return Some((script_kind(script)?, format!("{first} {script}")));
        }
        "cargo" if matches!(first, "test" | "t") && has("--no-run") => {
            return told(CheckKind::Build);
        }
        "zig" if operands.starts_with(&["build", "test"]) => {
            return Some((CheckKind::Test, "build test".to_owned()));
        }
        "node" if has("--test") => return Some((CheckKind::Test, "--test".to_owned())),
        "cmake" if has("--build") => return Some((CheckKind::Build, "--build".to_owned())),
        "python" | "php" | "ruby" => return interpreted_script(&operands),
        _ => {}
    }
    // The goals of Maven and the tasks of Gradle can stand anywhere: `:app:test`.
    let many = matches!(
        program,
        "mvn" | "mvnw" | "gradle" | "gradlew" | "xcodebuild" | "sbt"
    );
    let goals = if many {
        operands.as_slice()
    } else {
        &operands[..operands.len().min(1)]
    };
    let task = |goal: &&str| goal.rsplit(':').next().unwrap_or(goal).to_owned();
    if program.starts_with("gradle") {
        // `testDebugUnitTest`, `connectedDebugAndroidTest`.
        let tests = |task: &String| task.starts_with("test") || task.ends_with("Test");
        if let Some(task) = goals.iter().map(task).find(tests) {
            return Some((CheckKind::Test, task));
        }
    }
    for (programs, words, kind) in COMMANDS {
        let found = goals.iter().map(task).find(|goal| list_holds(words, goal));
        if let Some(goal) = found.filter(|_| list_holds(programs, program)) {
            return Some((*kind, goal));
        }
    }
    word.contains(['/', '\\'])
        .then(|| script_file(word, operands.first().copied()))
        .flatten()
}

/// `make check`, `just lint`; alone, `make` builds.
fn make_target(program: &str, operands: &[&str]) -> Option<(CheckKind, String)> {
    let make = program.ends_with("make");
    if operands.is_empty() || (make && operands == ["all"]) {
        return make.then(|| (CheckKind::Build, operands.join(" ")));
    }
    let kinds = operands.iter().filter_map(|target| {
        let kind = match *target {
            "check" => CheckKind::Test,
            target => script_kind(target)?,
        };
        Some((kind, (*target).to_owned()))
    });
    kinds.min_by_key(|(kind, _)| *kind)
}

/// `npm test`, `yarn build`, `pnpm run lint`, `yarn jest`.
fn package_script(
    program: &str,
    operands: &[&str],
    arguments: &[&str],
) -> Option<(CheckKind, String)> {
    match operands {
        ["workspace", _, rest @ ..] => package_script(program, rest, arguments),
        ["t", ..] => Some((CheckKind::Test, "test".to_owned())),
        ["run" | "run-script", name, ..] => Some((script_kind(name)?, format!("run {name}"))),
        // Of npm itself these are scripts; all else are commands of its own.
        [name @ ("test" | "tst"), ..] => Some((CheckKind::Test, (*name).to_owned())),
        [name, ..] if program != "npm" => match script_kind(name) {
            Some(kind) => Some((kind, (*name).to_owned())),
            None => {
                let at = arguments.iter().position(|word| word == name)?;
                let (kind, told) = verification_kind(name, name, &arguments[at + 1..])?;
                Some((kind, format!("{name} {told}").trim_end().to_owned()))
            }
        },
        _ => None,
    }
}

/// `python manage.py test`, `php artisan test`, `python test_all.py`.
fn interpreted_script(operands: &[&str]) -> Option<(CheckKind, String)> {
    let (script, rest) = operands.split_first()?;
    let file = program_name(script);
    if file == "unittest" {
        return Some((CheckKind::Test, file));
    }
    let stem = file.split('.').next().unwrap_or_default();
    if stem.starts_with("test_") || stem.ends_with("_test") {
        return Some((CheckKind::Test, file));
    }
    let (kind, told) = verification_kind(&file, "", rest)?;
    Some((kind, format!("{file} {told}").trim_end().to_owned()))
}

/// `./run_tests.sh`, `scripts/build`; not `/usr/bin/test`, nor `test-server.sh start`.
fn script_file(word: &str, told: Option<&str>) -> Option<(CheckKind, String)> {
    let idle = |part: &str| list_holds(NO_CHECKS, part);
    let parts = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let is_idle = parts.split(['.', '-', '_']).any(idle) || told.is_some_and(idle);
    if is_idle || word.starts_with("/bin/") || word.starts_with("/usr/bin/") {
        return None;
    }
    let file = program_name(word);
    let (stem, extension) = file.split_once('.').unwrap_or((&file, ""));
    let script = matches!(extension, "" | "sh" | "bash" | "ps1" | "zsh");
    let stem = stem
        .strip_prefix("run")
        .map_or(stem, |rest| rest.trim_start_matches(['-', '_']));
    let kind = script_kind(stem).filter(|_| script)?;
    Some((kind, String::new()))
}

/// Returns what a script or target is for, by the first part of its name that says it:
/// `test:unit`, `ci-lint`.
fn script_kind(name: &str) -> Option<CheckKind> {
    name.split([':', '-', '_', '.', '/'])
        .find_map(|part| match part {
            "test" | "tests" | "spec" | "specs" | "e2e" | "unittest" | "nextest" => {
                Some(CheckKind::Test)
            }
            "build" | "compile" | "bundle" => Some(CheckKind::Build),
            "lint" | "typecheck" | "tsc" | "clippy" | "check" | "eslint" => Some(CheckKind::Lint),
            _ => None,
        })
}
