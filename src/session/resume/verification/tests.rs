use super::*;

#[test]
fn commands_that_verify_are_known() {
    for (command, kind) in [
        ("cargo test", CheckKind::Test),
        ("cargo +nightly test -p a -- --nocapture", CheckKind::Test),
        (
            "RUST_BACKTRACE=1 cargo --color always nextest run",
            CheckKind::Test,
        ),
        ("cd api && npm test 2>&1 | tail -20", CheckKind::Test),
        ("npm run test:unit", CheckKind::Test),
        ("pnpm --filter web test", CheckKind::Test),
        ("yarn workspace web test", CheckKind::Test),
        ("yarn jest src", CheckKind::Test),
        ("npx vitest run", CheckKind::Test),
        ("bun test", CheckKind::Test),
        ("python -m pytest -x", CheckKind::Test),
        ("python3.12 -m unittest", CheckKind::Test),
        ("uv run pytest", CheckKind::Test),
        ("poetry run python manage.py test", CheckKind::Test),
        ("go test ./...", CheckKind::Test),
        ("make -j4 -C build check", CheckKind::Test),
        ("make -j 4 test", CheckKind::Test),
        ("./gradlew :app:test", CheckKind::Test),
        (".\\gradlew.bat test", CheckKind::Test),
        ("mvn -q verify", CheckKind::Test),
        ("timeout -k 5 60 ctest -V", CheckKind::Test),
        ("bundle exec rspec", CheckKind::Test),
        ("bash -lc 'cd x && cargo test'", CheckKind::Test),
        ("scripts/run_tests.sh --all", CheckKind::Test),
        ("bash test.sh", CheckKind::Test),
        ("cargo build && cargo test", CheckKind::Test),
        ("cargo test\ncargo build", CheckKind::Test),
        ("(cd a; cargo test)", CheckKind::Test),
        ("dotnet test", CheckKind::Test),
        ("zig build test", CheckKind::Test),
        ("deno test", CheckKind::Test),
        ("/usr/local/bin/pytest", CheckKind::Test),
        ("node --test", CheckKind::Test),
        ("docker compose run --rm web pytest", CheckKind::Test),
        ("docker exec -it app npm test", CheckKind::Test),
        ("nx test app", CheckKind::Test),
        ("nx run app:test", CheckKind::Test),
        ("turbo run test", CheckKind::Test),
        ("ng test --watch=false", CheckKind::Test),
        ("prove -l t", CheckKind::Test),
        ("gleam test", CheckKind::Test),
        ("deno task test", CheckKind::Test),
        ("coverage run -m pytest", CheckKind::Test),
        ("python -m coverage run -m pytest", CheckKind::Test),
        ("py -3 -m pytest", CheckKind::Test),
        ("env -u FOO cargo test", CheckKind::Test),
        ("timeout -s KILL 60 cargo test", CheckKind::Test),
        ("conda run -n env pytest", CheckKind::Test),
        ("uv run --project x pytest", CheckKind::Test),
        ("cmd /c npm test", CheckKind::Test),
        ("./gradlew :app:testDebugUnitTest", CheckKind::Test),
        ("cargo test --no-run", CheckKind::Build),
        ("cargo check", CheckKind::Build),
        ("make", CheckKind::Build),
        ("make -j8 all", CheckKind::Build),
        ("npm run build", CheckKind::Build),
        ("tsc -p .", CheckKind::Build),
        ("cmake --build out", CheckKind::Build),
        ("docker build .", CheckKind::Build),
        ("./build.sh", CheckKind::Build),
        ("cargo clippy --all-targets -- -D warnings", CheckKind::Lint),
        ("cargo fmt --check", CheckKind::Lint),
        ("npx tsc --noEmit && npx eslint .", CheckKind::Build),
        ("ruff check .", CheckKind::Lint),
        ("npm run lint", CheckKind::Lint),
        ("go vet ./...", CheckKind::Lint),
        ("pre-commit run -a", CheckKind::Lint),
    ] {
        assert_eq!(kind_of_command(command), Some(kind), "{command}");
    }
}

#[test]
fn others_are_not() {
    for command in [
        "",
        "   ",
        "ls -la",
        "test -f cargo",
        "[ -f x ] && echo cargo test",
        "/usr/bin/test -e x",
        "echo 'cargo test'",
        "git commit -m \"cargo test passes; cargo test\"",
        "git commit -m \"$(cat <<'EOF'\nrun\ncargo test\nEOF\n)\"",
        "cat > x.sh <<EOF\ncargo test\nEOF",
        "cat <<-'E'\n  cargo test\n\tE\n",
        "# cargo test",
        "cargo run",
        "cargo test --help",
        "cargo fmt",
        "npm install",
        "npm ci",
        "pip install pytest",
        "grep -rn 'npm test' .",
        "vim tests/test_a.py",
        "go run .",
        "make clean",
        "make help",
        "make -n test",
        "pytest --co",
        "scripts/test-server.sh start",
        "./test.sh stop",
        "docker compose up",
        "docker run --rm web",
        "coverage run app.py",
        "env -u FOO",
        "cargo",
        "npm",
        "bash",
        "sudo",
        "timeout",
        "python",
        "\"unclosed cargo test",
        "&& || ; | & ( ) > < << '",
    ] {
        assert_eq!(kind_of_command(command), None, "{command}");
    }
}

#[test]
fn the_status_of_the_line_may_not_be_the_status_of_the_command() {
    for (line, conclusive) in [
        ("cargo test", true),
        ("cargo test;", true),
        ("cargo test 2>&1", true),
        ("cargo test &> out.txt", true),
        ("cd a && cargo test && echo good", true),
        ("cd a; cargo test", true),
        ("cargo test | tail -5", false),
        ("set -o pipefail; cargo test | tail -5", true),
        ("cargo test || true", false),
        ("cargo test; echo $?", false),
        ("set -e; cargo test; echo done", true),
        ("cargo test\necho done", false),
        ("cargo build || cargo test", false),
        ("echo $(cargo test)", false),
        ("cargo test &", false),
        ("bash -c 'cargo test; true'", false),
        ("cargo test # | tail", true),
    ] {
        let found = find_verification(line).expect(line);
        let proof = found.proof;
        assert_eq!(proof.success, proof.failure, "{line}");
        assert_eq!(
            (found.kind, proof.success),
            (CheckKind::Test, conclusive),
            "{line}"
        );
        assert_eq!(
            (found.name.as_str(), found.command.as_str()),
            ("cargo test", "cargo test")
        );
    }
}

#[test]
fn an_event_tells_only_what_is_known() {
    let text = |command, ok| event_text(command, ok, "").expect("an event");
    assert_eq!(
        text("cd a && cargo test -p x 2>&1", Some(true)),
        "cargo test -p x: passed"
    );
    assert_eq!(text("cargo test", Some(false)), "cargo test: failed");
    assert_eq!(text("cargo test | tail", Some(true)), "Ran cargo test");
    assert_eq!(text("cargo test", None), "Ran cargo test");
    assert_eq!(event_text("ls", Some(true), ""), None);
    for command in [
        "cargo test",
        "npm run test:unit",
        "make check",
        "ruff check src",
    ] {
        for ok in [true, false] {
            let outcome = outcome_of(&text(command, Some(ok))).expect("read back");
            assert_eq!(
                (outcome.passed, Some(outcome.kind)),
                (Some(ok), kind_of_command(command))
            );
        }
    }
}

#[test]
fn outcomes_are_found_in_events() {
    for (text, passed, shown) in [
        ("cargo test: passed", true, "cargo test passed"),
        ("npm test failed", false, "npm test failed"),
        ("Ran cargo test: passed", true, "cargo test passed"),
        (
            "Ran `cargo test -p a` (exit 101)",
            false,
            "cargo test -p a failed",
        ),
        ("Ran cargo test (exit 0)", true, "cargo test passed"),
        ("cargo test: 3 passed, 1 failed", false, "cargo test failed"),
        (
            "cargo test: ok. 10 passed; 0 failed",
            true,
            "cargo test passed",
        ),
        (
            "cargo test failed: error: could not compile",
            false,
            "cargo test failed",
        ),
        ("cargo clippy → ok", true, "cargo clippy passed"),
        ("cd a && make check passed", true, "make check passed"),
        ("pytest exited with 1", false, "pytest failed"),
        ("pytest did not pass", false, "pytest failed"),
        ("All tests passing", true, "All tests passing"),
        ("all 42 unit tests pass", true, "all 42 unit tests pass"),
        (
            "Tests are still failing in auth",
            false,
            "Tests are still failing in auth",
        ),
        ("build broken", false, "build broken"),
        ("Build succeeded.", true, "Build succeeded"),
    ] {
        let outcome = outcome_of(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (outcome.passed, outcome.text.as_str()),
            (Some(passed), shown),
            "{text}"
        );
    }
}

#[test]
fn what_only_sounds_like_an_outcome_is_none() {
    for text in [
        "",
        "Ran cargo test",
        "cargo test",
        "Fixed the failing tests",
        "Fixed test that failed",
        "Started implementing authentication module",
        "Wrote tests",
        "Added build script; it failed",
        "tests",
        "passed",
        "ls: passed",
        "Deployed: ok",
        "Test plan written, all failed ideas dropped",
    ] {
        assert_eq!(outcome_of(text), None, "{text}");
    }
    // A long text costs no more than a short one.
    assert_eq!(outcome_of(&"passed ".repeat(100_000)), None);
}

#[test]
fn hostile_command_lines_do_no_harm() {
    for text in [
        "bash -c ".repeat(10_000),
        "(".repeat(100_000),
        "cargo test && ".repeat(10_000),
        "<<".repeat(10_000),
        "'\"\\".repeat(10_000),
        "\u{202e}\0é日 test".repeat(1000),
        "env ".repeat(10_000),
    ] {
        let _ = (kind_of_command(&text), outcome_of(&text));
    }
}

#[test]
fn a_status_proves_no_more_than_it_can() {
    for (line, success, failure) in [
        ("npm test && git push", true, false),
        ("npm ci && pytest", true, false),
        ("cargo build && cargo test", true, false),
        ("cargo fmt --check || exit 1", true, true),
        ("set -o pipefail; cargo test | grep x", true, false),
        ("FOO=1 && cargo test", true, true),
        ("mkdir -p out && cd out && ctest", true, true),
        ("rm -r out; cargo test", true, true),
        ("set -e; rm -r out; cargo test", true, false),
        ("! cargo test", false, false),
        ("if cargo test; then echo ok; fi", false, false),
        ("set -e; if npm test; then echo ok; fi", false, false),
        ("while ! npm test; do sleep 1; done", false, false),
        ("for t in a b; do pytest $t; done", false, false),
        ("npm test && echo PASS || echo FAIL", false, false),
    ] {
        let proof = find_verification(line).expect(line).proof;
        assert_eq!((proof.success, proof.failure), (success, failure), "{line}");
    }
}

#[test]
fn a_check_that_may_not_have_run_is_not_told() {
    let text = |line, error| event_text(line, Some(false), error);
    assert_eq!(text("npm ci && pytest", ""), None);
    assert_eq!(
        text("npm test && git push", "").as_deref(),
        Some("Ran npm test")
    );
    let missing = "bash: cd: web: No such file or directory";
    assert_eq!(text("cd web && npm run build", missing), None);
    let broken = "web/a.ts: error";
    let failed = text("cd web && npm run build", broken);
    assert_eq!(failed.as_deref(), Some("npm run build: failed"));
    assert_eq!(
        event_text("cargo build || cargo test", Some(true), ""),
        None
    );
}

#[test]
fn what_is_printed_tells_where_the_status_does_not() {
    let passed = |passed| Some(("pytest".to_owned(), passed));
    let found = find_printed_outcome;
    assert_eq!(
        found("pytest | tail -3", Some(true), "2 failed"),
        passed(false)
    );
    assert_eq!(
        found("pytest | tail -3", Some(true), "2 passed"),
        passed(true)
    );
    assert_eq!(found("pytest | head -3", Some(true), "2 passed"), None);
    assert_eq!(
        found("pytest && git push", Some(false), "2 passed"),
        passed(true)
    );
    assert_eq!(found("pytest", None, "2 passed"), passed(true));
    // The status decides.
    assert_eq!(found("pytest", Some(true), "2 failed"), None);
    // Of two it is unknown which has printed it.
    assert_eq!(found("pytest; npm test", Some(true), "2 failed"), None);
    assert_eq!(found("ls", None, "2 failed"), None);
}
