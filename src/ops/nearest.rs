//! What was probably meant: the nearest of some names.

use crate::model::name_key;

/// Number of names that are offered.
const MOST: usize = 3;

/// Returns the names nearest to `wanted`, best first: those within a few edits of it, then those with
/// the same last part, then those that hold it, then those whose last part is within a few edits.
pub(crate) fn nearest_names<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let wanted = simplify_name(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut rated: Vec<(Nearness, &str)> = names
        .filter_map(|name| Some((rate_name(&wanted, &simplify_name(name))?, name)))
        .collect();
    rated.sort();
    rated.into_iter().take(MOST).map(|(_, name)| name).collect()
}

fn simplify_name(name: &str) -> String {
    let name = name_key(name);
    let name = name.strip_suffix(".md").unwrap_or(&name);
    name.trim_matches('/').to_owned()
}

/// In which way a name is near, the best first, and how many edits it takes from the whole.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Slip(usize),
    SameLast(usize),
    Holds(usize),
    SlipInLast(usize, usize),
}

/// Returns how near a name is, `None` if it is too far to be what was meant.
fn rate_name(wanted: &str, name: &str) -> Option<Nearness> {
    let edits = strsim::osa_distance(wanted, name);
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let (wanted_last, name_last) = (last(wanted), last(name));
    if !wanted.chars().any(|c| name.contains(c)) {
        return None;
    }
    if edits <= allowed_edits(wanted) {
        Some(Nearness::Slip(edits))
    } else if wanted_last == name_last {
        Some(Nearness::SameLast(edits))
    } else if name.contains(wanted) || (wanted_last.len() > 2 && name.contains(&wanted_last)) {
        Some(Nearness::Holds(edits))
    } else {
        let slips = strsim::osa_distance(&wanted_last, &name_last);
        let is_near = slips <= allowed_edits(&wanted_last);
        is_near.then_some(Nearness::SlipInLast(slips, edits))
    }
}

/// Returns how many edits a slip may take.
fn allowed_edits(name: &str) -> usize {
    (name.chars().count() / 3).clamp(1, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = [
        "guides/deploy.md",
        "patterns/oauth2.md",
        "projects/demo/sessions.md",
        "projects/myapp/sessions.md",
        "日本/設計.md",
    ];

    fn found(wanted: &str) -> Vec<&'static str> {
        nearest_names(wanted, NAMES.into_iter())
    }

    #[test]
    fn slips_parts_and_wrong_directories_are_understood() {
        assert_eq!(found("patterns/oauth3.md"), ["patterns/oauth2.md"]);
        assert_eq!(found("oauth"), ["patterns/oauth2.md"]);
        assert_eq!(found("notes/Deploy.md"), ["guides/deploy.md"]);
        assert_eq!(
            found("projects/dem/sessions.md")[0],
            "projects/demo/sessions.md"
        );
        assert_eq!(found("日本/設訃"), ["日本/設計.md"]);
    }

    #[test]
    fn swapped_letters_are_one_slip() {
        assert_eq!(nearest_names("auht", ["auth"].into_iter()), ["auth"]);
    }

    #[test]
    fn the_nearest_as_a_whole_comes_first() {
        let names = ["5/sessions.md", "projects/auth/sessions.md", "session.md"];
        let found = nearest_names("projects/auth/session.md", names.into_iter());
        assert_eq!(
            found,
            ["projects/auth/sessions.md", "session.md", "5/sessions.md"]
        );
    }

    #[test]
    fn what_is_near_nothing_finds_nothing() {
        assert!(found("zzzzzz").is_empty());
        assert!(found("").is_empty());
        assert!(nearest_names("q", ["1", "x"].into_iter()).is_empty());
    }
}
