//! Folding: the one form of all the spellings that a search does not distinguish.

use super::TERM_LIMIT;
use super::char_table::CharTable;
use super::chars::{Class, class_of, is_accent, is_south_east_asian};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

/// How many characters of a single are looked at; what follows can only be marks.
const SINGLE_LIMIT: usize = 16;

/// Appends the folded form of an atom: lower case, without accents, compatibility forms (full
/// width, ligatures, superscripts) resolved, at most [`TERM_LIMIT`] bytes.
pub(super) fn fold_word(atom: &str, out: &mut String) {
    let start = out.len();
    if atom.is_ascii() {
        out.push_str(&atom[..atom.len().min(TERM_LIMIT)]);
        out[start..].make_ascii_lowercase();
        return;
    }
    for c in atom.chars() {
        let end = out.len();
        fold_char(c, out);
        if out.len() - start > TERM_LIMIT {
            out.truncate(end);
            break;
        }
    }
}

fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if matches!(c, 'а'..='и' | 'к'..='я' | 'α'..='ρ' | 'σ'..='ω') {
        out.push(c);
    } else {
        FOLDED.with(c, find_fold, |folded| out.push_str(folded));
    }
}

/// Folded characters, found out once.
static FOLDED: CharTable<Box<str>> = CharTable::new();

fn find_fold(c: char) -> Box<str> {
    let mut folded = String::new();
    if class_of(c) != Class::Skip {
        decompose_compatible(c, |part| {
            if !is_accent(part) {
                let small = part.to_lowercase();
                small.for_each(|small| fold_small(small, &mut folded));
            }
        });
    }
    folded.into()
}

/// Letters that Unicode does not decompose, but readers do.
fn fold_small(c: char, out: &mut String) {
    let folded = match c {
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ς' => "σ",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => {
            let class = class_of(c);
            if class.is_word() || (class == Class::Mark && !is_accent(c)) {
                out.push(c);
            }
            return;
        }
    };
    out.push_str(folded);
}

/// Han, hiragana, katakana and syllables of hangul, which are in their one form already.
fn is_composed(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{ac00}'..='\u{d7a3}')
}

/// Appends the folded form of a single: one character, composed, half-width forms widened.
pub(super) fn fold_single(atom: &str, out: &mut String) {
    let Some(first) = atom.chars().next() else {
        return;
    };
    let plain = is_composed(first) && first.len_utf8() == atom.len();
    if plain || is_south_east_asian(first) {
        out.push(first);
        return;
    }
    let is_single = |c: &char| class_of(*c) == Class::Single;
    let mut composed = atom.chars().take(SINGLE_LIMIT).nfkc().filter(is_single);
    match (composed.next(), composed.next()) {
        (Some(only), None) => out.push(only),
        _ => out.push(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_composed_is_its_own_form() {
        for c in ('\0'..=char::MAX).filter(|c| is_composed(*c)) {
            assert!(std::iter::once(c).nfkc().eq([c]), "{c:?}");
            assert_eq!(class_of(c), Class::Single, "{c:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_character_is_what_is_found_out() {
        for c in '\u{80}'..='\u{1ffff}' {
            let mut folded = String::new();
            fold_char(c, &mut folded);
            let expected = match c {
                'а'..='и' | 'к'..='я' | 'α'..='ρ' | 'σ'..='ω' => c.to_string().into(),
                _ => find_fold(c),
            };
            assert_eq!(folded, *expected, "{c:?}");
        }
    }
}
