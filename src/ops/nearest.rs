//! What was probably meant: the nearest of some names.

/// Number of names that are offered.
const MOST: usize = 3;

/// Returns the names nearest to `wanted`, best first: those that hold it, then those within a few
/// edits of it, as a whole or by their last part.
pub(super) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = simplified(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut rated: Vec<(usize, &str)> = names
        .filter_map(|name| Some((distance(&wanted, &simplified(name))?, name)))
        .collect();
    rated.sort();
    rated.into_iter().take(MOST).map(|(_, name)| name).collect()
}

fn simplified(name: &str) -> String {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".md").unwrap_or(&name);
    name.trim_matches('/').to_owned()
}

/// Returns how far a name is off, `None` if it is too far to be what was meant.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let (wanted_last, name_last) = (last(wanted), last(name));
    if wanted_last == name_last {
        return Some(0);
    }
    if name.contains(wanted) || (wanted_last.len() > 2 && name.contains(&wanted_last)) {
        return Some(1);
    }
    let allowed = |text: &str| (text.chars().count() / 3).clamp(1, 4);
    let whole = edits(wanted, name, allowed(wanted));
    let by_last = edits(&wanted_last, &name_last, allowed(&wanted_last));
    whole
        .into_iter()
        .chain(by_last)
        .min()
        .map(|edits| 1 + edits)
}

/// Returns the Levenshtein distance in characters if it is at most `most`.
fn edits(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most || a.len() > 256 {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().filter(|edits| *edits <= most)
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
        nearest(wanted, NAMES.into_iter())
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
    fn what_is_near_nothing_finds_nothing() {
        assert!(found("zzzzzz").is_empty());
        assert!(found("").is_empty());
    }
}
