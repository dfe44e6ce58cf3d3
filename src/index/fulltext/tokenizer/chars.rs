//! What each character is to the tokenizer.

use super::char_table::CharTable;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The role of a character in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends a compound: white space, punctuation, symbols.
    Break,
    /// As if it were not there: soft hyphen, zero-width characters, variation selectors.
    Skip,
    /// A combining mark: belongs to the character before it.
    Mark,
    /// Joins two atoms when it stands between them.
    Connector,
    /// A character of a script written without spaces, or an emoji: an atom of its own.
    Single,
    /// A number.
    Digit,
    /// A letter without case.
    Letter,
    /// A small letter.
    Lower,
    /// A capital letter.
    Upper,
}

impl Class {
    /// Returns whether an atom of a spaced script can begin with it.
    pub(super) fn is_word(self) -> bool {
        matches!(
            self,
            Class::Digit | Class::Letter | Class::Lower | Class::Upper
        )
    }
}

static ASCII: [Class; 128] = ascii_classes();

const fn ascii_classes() -> [Class; 128] {
    let mut table = [Class::Break; 128];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'_' | b'-' | b'.' | b'/' | b':' | b'@' | b'#' | b'+' | b'~' | b'\\' | b'\'' => {
                Class::Connector
            }
            _ => Class::Break,
        };
        byte += 1;
    }
    table
}

/// Returns the class of the character that begins at a byte of the text, and its length in
/// bytes; a break of no length at the end of the text.
#[inline]
pub(super) fn class_at(text: &str, at: usize) -> (Class, usize) {
    match text.as_bytes().get(at) {
        Some(&byte) if byte < 128 => (ASCII[byte as usize], 1),
        Some(_) => wide_class_at(text, at),
        None => (Class::Break, 0),
    }
}

/// Returns whether a byte is an ASCII character that ends a compound.
pub(super) fn is_ascii_break(byte: u8) -> bool {
    byte < 128 && ASCII[byte as usize] == Class::Break
}

fn wide_class_at(text: &str, at: usize) -> (Class, usize) {
    match text[at..].chars().next() {
        Some(c) => (class_of(c), c.len_utf8()),
        None => (Class::Break, 0),
    }
}

/// Classes of characters, found out once.
static CLASSES: CharTable<Class> = CharTable::new();

/// Returns the class of a character.
pub(super) fn class_of(c: char) -> Class {
    match c {
        '\0'..'\u{80}' => ASCII[c as usize],
        _ => CLASSES.with(c, find_class, |class| *class),
    }
}

fn find_class(c: char) -> Class {
    if let Some(class) = common_class(c) {
        class
    } else if connector_of(c).is_some() {
        Class::Connector
    } else if is_skipped(c) {
        Class::Skip
    } else if is_single(c) {
        Class::Single
    } else if is_voiced_mark(c) || is_combining_mark(c) {
        Class::Mark
    } else if c.is_alphanumeric() && !is_emoji_letter(c) {
        word_class(c)
    } else {
        Class::Break
    }
}

/// The letters of which whole texts beyond ASCII consist, and common symbols, quickly.
fn common_class(c: char) -> Option<Class> {
    match c {
        'а'..='џ' | 'α'..='ω' | 'ß'..='ö' | 'ø'..='ÿ' => Some(Class::Lower),
        'Ѐ'..='Я' | 'Α'..='Ρ' | 'Σ'..='Ω' | 'À'..='Ö' | 'Ø'..='Þ' => Some(Class::Upper),
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => Some(Class::Single),
        _ if is_emoji(c) => Some(Class::Single),
        '\u{2012}'..='\u{2018}'
        | '\u{201a}'..='\u{2027}'
        | '\u{2190}'..='\u{23ff}'
        | '\u{2500}'..='\u{2775}'
        | '\u{2794}'..='\u{2bff}'
        | '\u{3000}'..='\u{3004}' => Some(Class::Break),
        _ => None,
    }
}

/// Emoji and the signs that are used like them: people look for what they mark with these.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{2600}'..='\u{2767}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}'
        | '\u{2b55}' | '\u{1f000}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

/// Returns the ASCII form of a connector: `'` for `’`, `-` for the typographic hyphens, and the
/// full-width forms of those that are not also punctuation of Chinese and Japanese prose.
pub(super) fn connector_of(c: char) -> Option<char> {
    match c {
        '\u{2019}' | '\u{2bc}' => Some('\''),
        '\u{2010}' | '\u{2011}' => Some('-'),
        '＿' => Some('_'),
        '－' => Some('-'),
        '．' => Some('.'),
        '／' => Some('/'),
        '＠' => Some('@'),
        '＃' => Some('#'),
        '＋' => Some('+'),
        _ if c.is_ascii() && ASCII[c as usize] == Class::Connector => Some(c),
        _ => None,
    }
}

/// Soft hyphen, zero-width and directional characters, variation selectors, Arabic tatweel, the
/// skin tones of emoji.
fn is_skipped(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Han, kana, bopomofo, hangul, Yi, Tangut; Thai, Lao, Khmer, Myanmar with their vowel signs.
///
/// Ranges of Unicode 16 blocks, without the punctuation and symbols inside them.
fn is_single(c: char) -> bool {
    is_south_east_asian(c)
        || matches!(c,
            '\u{1100}'..='\u{11ff}' | '\u{2f00}'..='\u{2fd5}' | '\u{3005}'..='\u{3007}'
            | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303c}'
            | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{3131}'..='\u{318e}'
            | '\u{3192}'..='\u{3195}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
            | '\u{3280}'..='\u{3289}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{a000}'..='\u{a48c}' | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{d7b0}'..='\u{d7fb}' | '\u{f900}'..='\u{fad9}' | '\u{ff66}'..='\u{ff9d}'
            | '\u{ffa0}'..='\u{ffdc}' | '\u{16fe0}'..='\u{18cff}' | '\u{1aff0}'..='\u{1b2ff}'
            | '\u{20000}'..='\u{3fffd}')
}

/// Returns whether it is Thai, Lao, Khmer or Myanmar: taken as it is, never normalised.
pub(super) fn is_south_east_asian(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e50}'..='\u{e59}'
        | '\u{e81}'..='\u{edf}' | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109d}'
        | '\u{1780}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}'..='\u{17f9}'
        | '\u{a9e0}'..='\u{a9fe}' | '\u{aa60}'..='\u{aa7f}')
}

/// Half-width dakuten and handakuten: letters to Unicode, marks to a reader.
fn is_voiced_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Symbols that Unicode calls alphabetic: squared letters, the information sign.
fn is_emoji_letter(c: char) -> bool {
    matches!(c, '\u{2139}' | '\u{1f000}'..='\u{1ffff}')
}

/// The class of what is alphanumeric beyond ASCII.
fn word_class(c: char) -> Class {
    let (mut words, mut others) = (0, 0);
    decompose_compatible(c, |part| {
        if is_combining_mark(part) || is_skipped(part) {
            // Belongs to what it stands behind.
        } else if part.is_alphanumeric() && connector_of(part).is_none() {
            words += 1;
        } else {
            others += 1;
        }
    });
    if words == 0 {
        Class::Skip
    } else if c.is_numeric() && others > 0 {
        // `½`, `⒈`: folded they would be the numbers 12 and 1.
        Class::Break
    } else if c.is_numeric() {
        Class::Digit
    } else if c.is_uppercase() {
        Class::Upper
    } else if c.is_lowercase() {
        Class::Lower
    } else {
        Class::Letter
    }
}

/// Returns whether it is a mark that does not matter to a search: accents, Arabic and Hebrew
/// vowel points. The vowel signs of Indic scripts do matter.
pub(super) fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{3099}' | '\u{309a}' | '\u{fe20}'..='\u{fe2f}')
}
