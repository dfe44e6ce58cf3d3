//! Command lines that only look for something: that nothing was found is an answer, not a failure.

use super::shell::parse_command_line;
use super::wrappers::{list_holds, program_name};

/// Programs that change nothing.
const ASKING: &str = "[ [[ ack ag basename cat cmp column command comm cut date df diff dirname du \
    echo egrep exit expr false fd fgrep file find fold getent grep head hostname id jq ls lsof \
    md5sum nl pgrep printf ps pwd readlink realpath rg sha256sum sort stat tail test tr tree true \
    type uname uniq wc whereis which whoami zgrep : fi done esac cd pushd popd";

/// What git is asked.
const GIT_ASKING: &str = "blame cat-file check-ignore describe diff diff-tree for-each-ref grep log \
    ls-files ls-remote ls-tree merge-base name-rev reflog rev-list rev-parse shortlog show show-ref \
    status symbolic-ref var version";

/// Options of git whose value is the next word.
const GIT_VALUED: &str = "-C -c --git-dir --work-tree --namespace";

/// Returns whether all commands of a line only look for something, or go somewhere to do so.
pub fn only_asks(line: &str) -> bool {
    let line = parse_command_line(line);
    !line.cut && line.commands.iter().all(|words| command_asks(words))
}

/// Returns whether a simple command only looks for something, or goes somewhere to do so.
pub fn command_asks(words: &[String]) -> bool {
    let Some((program, rest)) = words.split_first() else {
        return true;
    };
    let told = |option: &str| rest.iter().any(|word| word == option);
    match program_name(program).as_str() {
        "!" | "if" | "then" | "else" | "elif" | "while" | "until" | "do" | "{" | "}" | "time" => {
            command_asks(rest)
        }
        "git" => git_asks(rest),
        "sed" => told("-n") && !rest.iter().any(|word| word.starts_with("-i")),
        "find" | "fd" => {
            let acts = ["-delete", "-exec", "-execdir", "-ok", "-x", "--exec"];
            !acts.iter().any(|act| told(act))
        }
        "awk" | "gawk" => true,
        "xargs" => {
            let options = rest.iter().take_while(|word| word.starts_with('-'));
            command_asks(&rest[options.count()..])
        }
        name if list_holds(ASKING, name) => true,
        // `tmux -V`: whether it is there.
        _ => matches!(rest, [version] if list_holds("--version -V -v --help -h", version)),
    }
}

/// Returns what git is asked to do: its arguments without the options before them.
pub fn git_command(mut rest: &[String]) -> &[String] {
    while let Some(option) = rest.first().filter(|word| word.starts_with('-')) {
        let skipped = 1 + usize::from(list_holds(GIT_VALUED, option));
        rest = rest.get(skipped..).unwrap_or_default();
    }
    rest
}

fn git_asks(rest: &[String]) -> bool {
    let rest = git_command(rest);
    match rest.first().map(String::as_str) {
        None => true,
        Some("config") => rest.iter().any(|word| word.starts_with("--get")),
        Some("stash" | "worktree" | "remote" | "tag" | "branch") => {
            matches!(
                rest.get(1).map(String::as_str),
                Some("list" | "-l" | "--list" | "-v" | "show")
            )
        }
        Some(command) => list_holds(GIT_ASKING, command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_for_something_is_told_from_what_does_something() {
        for line in [
            "grep -E \"foo|bar\" a.txt",
            "grep -rn foo src 2>&1",
            "rg \"a;b\"",
            "test -f x && echo yes",
            "[ -d x ] && echo yes || exit 1",
            "git -C sub status --short",
            "git --no-pager diff --exit-code",
            "git diff --quiet && echo clean",
            "which foo && foo --version",
            "command -v tmux >/dev/null && tmux -V",
            "egrep foo bar",
            "sed -n 1,3p missing",
            "head -5 missing | wc -l; false",
            "find . -name '*.rs' | xargs grep -l foo",
            "cd /w && if grep -q x y; then echo yes; fi",
            "",
        ] {
            assert!(only_asks(line), "{line}");
        }
        for line in [
            "ls && make deploy",
            "sed -i s/a/b/ x",
            "find . -name x -delete",
            "git push",
            "git -C sub commit -m x",
            "find . | xargs rm",
            "npm ci",
        ] {
            assert!(!only_asks(line), "{line}");
        }
    }
}
