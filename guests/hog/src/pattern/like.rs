//! SQL's `like`, as PostHog means it: searched anywhere in the text.

use memchr::{memchr, memchr2, memmem};

/// Whether `pattern` occurs in `text`: `%` stands for any run of characters without a newline, `_`
/// for one character that is no newline, everything else for itself.
///
/// The search is not anchored: `like("abc", "b", false)` is true. `insensitive` compares by
/// Unicode's simple case folding. Needs no memory; takes time linear in the text unless a piece of
/// the pattern between two `%` almost occurs in many places.
pub fn like(text: &str, pattern: &str, insensitive: bool) -> bool {
    // At either end of an unanchored pattern a run that may be empty says nothing.
    let pattern = pattern.trim_matches('%');
    if pattern.is_empty() {
        return true;
    }
    let case = match (insensitive, text.is_ascii() && pattern.is_ascii()) {
        (false, _) => Case::Exact,
        (true, true) => Case::Ascii,
        (true, false) => Case::Unicode,
    };
    let mut pieces = pattern.split('%').filter(|piece| !piece.is_empty());
    let Some(first) = pieces.next() else { return true };
    // The earliest occurrence of the first piece in a line is the best of that line, since it leaves
    // the most room to the others. Only if they do not follow is the next line tried.
    let mut from = 0;
    while let Some((_, end)) = find(text, from, first, case) {
        if follow(text, end, pieces.clone(), case) {
            return true;
        }
        let Some(newline) = memchr(b'\n', &text.as_bytes()[end..]) else {
            return false;
        };
        // The next occurrence has to end beyond this line, but may begin in it.
        let next_line = end + newline + 1;
        from = step_back(text, next_line, first.chars().count()).max(from);
        while let Some((start, end)) = find(text, from, first, case)
            && end < next_line
        {
            from = start + text[start..].chars().next().map_or(1, char::len_utf8);
        }
    }
    false
}

/// Whether the pieces occur one after another from `from`, with no newline in the gaps.
fn follow<'p>(text: &str, mut from: usize, pieces: impl Iterator<Item = &'p str>, case: Case) -> bool {
    for piece in pieces {
        // The gap ends at the next newline at the latest, where the piece itself may go on.
        let newline = memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at);
        let within = if piece.contains('\n') {
            step_forward(text, newline, piece.chars().count())
        } else {
            newline
        };
        match find(&text[..within], from, piece, case) {
            Some((start, end)) if start <= newline => from = end,
            _ => return false,
        }
    }
    true
}

/// The offset so many characters before another, or the start.
fn step_back(text: &str, from: usize, characters: usize) -> usize {
    text[..from]
        .char_indices()
        .rev()
        .take(characters)
        .last()
        .map_or(from, |(at, _)| at)
}

/// The offset so many characters after another, or the end.
fn step_forward(text: &str, from: usize, characters: usize) -> usize {
    text[from..]
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| from + at)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Characters stand for themselves.
    Exact,
    /// Case does not matter, and both texts are ASCII.
    Ascii,
    /// Case does not matter.
    Unicode,
}

impl Case {
    /// Whether a character of the pattern stands for one of the text.
    fn same(self, pattern: char, text: char) -> bool {
        match self {
            _ if pattern == '_' => text != '\n',
            Case::Exact => pattern == text,
            Case::Ascii => pattern.eq_ignore_ascii_case(&text),
            Case::Unicode => pattern == text || fold(pattern) == fold(text),
        }
    }
}

/// The first place from `from` where a piece (without `%`) occurs: its start and its end.
fn find(text: &str, from: usize, piece: &str, case: Case) -> Option<(usize, usize)> {
    if case == Case::Exact && !piece.contains('_') {
        let start = from + memmem::find(&text.as_bytes()[from..], piece.as_bytes())?;
        return Some((start, start + piece.len()));
    }
    let occurs = |start: usize| {
        let mut rest = text[start..].chars();
        let fits = piece
            .chars()
            .all(|wanted| rest.next().is_some_and(|found| case.same(wanted, found)));
        fits.then(|| (start, text.len() - rest.as_str().len()))
    };
    let Some((before, anchor)) = anchor(piece, case) else {
        return text[from..].char_indices().find_map(|(at, _)| occurs(from + at));
    };
    // Characters before the anchor are of unknown length, so they are counted back from it.
    let (lower, upper) = match case {
        Case::Exact => (anchor, anchor),
        _ => (anchor.to_ascii_lowercase(), anchor.to_ascii_uppercase()),
    };
    let mut at = from;
    loop {
        let rest = &text.as_bytes()[at..];
        at += if lower == upper {
            memchr(lower, rest)
        } else {
            memchr2(lower, upper, rest)
        }?;
        let start = match case {
            Case::Ascii => at.checked_sub(before),
            _ if before == 0 => Some(at),
            _ => text[..at].char_indices().rev().nth(before - 1).map(|(start, _)| start),
        };
        if let Some(found) = start.filter(|&start| start >= from).and_then(&occurs) {
            return Some(found);
        }
        at += 1;
    }
}

/// The rarest ASCII character of a piece that only ASCII characters equal, and the number of
/// characters before it.
fn anchor(piece: &str, case: Case) -> Option<(usize, u8)> {
    piece
        .chars()
        .enumerate()
        .filter_map(|(index, letter)| Some((index, u8::try_from(letter).ok().filter(u8::is_ascii)?)))
        .filter(|&(_, letter)| letter != b'_')
        // The long s and the Kelvin sign fold to these.
        .filter(|&(_, letter)| case != Case::Unicode || !matches!(letter.to_ascii_lowercase(), b'k' | b's'))
        .min_by_key(|&(_, letter)| frequency(letter))
}

/// How common a character is in ordinary text; only the order counts.
fn frequency(letter: u8) -> usize {
    const RARE_TO_COMMON: &[u8] = b"zqxjkvbpygfwmucldrhsnioate ";
    RARE_TO_COMMON
        .iter()
        .position(|&known| known == letter.to_ascii_lowercase())
        .map_or(0, |rank| rank + 1)
}

/// A character's simple case folding, up to the choice of the representative.
fn fold(letter: char) -> char {
    match letter {
        _ if letter.is_ascii() => return letter.to_ascii_lowercase(),
        // It has an upper case, but folds to itself.
        'ı' => return letter,
        // Pairs without a single upper case.
        '\u{1fd3}' => return '\u{390}',
        '\u{1fe3}' => return '\u{3b0}',
        '\u{fb05}' => return '\u{fb06}',
        _ => {}
    }
    let single = |mut mapped: std::char::ToLowercase| if mapped.len() == 1 { mapped.next() } else { None };
    let mut upper = letter.to_uppercase();
    let upper = if upper.len() == 1 {
        upper.next().unwrap_or(letter)
    } else {
        letter
    };
    single(upper.to_lowercase()).unwrap_or(upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

    #[test]
    fn searches_anywhere() {
        for (text, pattern, expected) in [
            ("abc", "b", true),
            ("abc", "", true),
            ("", "", true),
            ("", "%", true),
            ("", "_", false),
            ("", "a", false),
            ("abc", "%b%", true),
            ("abc", "ac", false),
            ("abc", "a%c", true),
            ("abc", "c%a", false),
            ("abc", "a_c", true),
            ("abc", "___", true),
            ("abc", "____", false),
            ("aéc", "a_c", true),
            ("aéc", "é_", true),
            ("abab", "_b_b", true),
            ("xabxab_c", "a%b_c", true),
            ("a\nb", "a%b", false),
            ("a\nb", "a_b", false),
            ("a\nb", "a\nb", true),
            ("a\nb", "a%\nb", true),
            ("a-\nb", "a%\nb", true),
            ("a-\n-\nb", "a%\nb", false),
            ("a\na-b", "a%b", true),
            ("a\nx\na-b", "a%b", true),
            ("a-\n-c-d", "a%\n%c%d", true),
            ("a-\n-c-\nd a-\n-c-d", "a%\n%c%d", true),
            ("ab\nab\nac", "a%b\na%c", true),
            ("a.c", "a.c", true),
            ("abc", "a.c", false),
            ("a\\%", "\\%", true),
            ("50% off", "50\\% off", false),
            ("aaa", "a%%a", true),
            ("ABC", "b", false),
        ] {
            assert_eq!(like(text, pattern, false), expected, "{text:?} like {pattern:?}");
        }
    }

    #[test]
    fn ignores_case_when_told() {
        for (text, pattern, expected) in [
            ("ABC", "b", true),
            ("I am SORRY.", "%sorry%", true),
            ("I am SORRY é.", "%sorry%", true),
            ("I am ſorry.", "%SORRY%", true),
            ("\u{212a}elvin", "kelvin", true),
            ("KELVIN", "\u{212a}elvin", true),
            ("STRAẞE", "straße", true),
            ("ΣΑΣ", "σας", true),
            ("É", "é", true),
            ("é", "e", false),
            ("I", "ı", false),
            ("X Y", "x_y", true),
            ("aéB", "A_b", true),
            ("a\nB", "A%b", false),
            ("[", "{", false),
        ] {
            assert_eq!(like(text, pattern, true), expected, "{text:?} ilike {pattern:?}");
        }
    }

    #[test]
    fn agrees_with_a_plain_search_of_all_ways() {
        let letters = ['a', 'b', '\n', '_', '%', 'é'];
        let words: Vec<String> = (0..6_usize.pow(4))
            .map(|number| (0..4).map(|at| letters[number / 6_usize.pow(at) % 6]).collect())
            .collect();
        for text in words.iter().step_by(7) {
            for pattern in &words {
                let expected = (0..=4).any(|skip| {
                    matches_here(
                        &text.chars().skip(skip).collect::<Vec<_>>(),
                        &pattern.chars().collect::<Vec<_>>(),
                    )
                });
                for insensitive in [false, true] {
                    assert_eq!(like(text, pattern, insensitive), expected, "{text:?} like {pattern:?}");
                }
            }
        }
    }

    fn matches_here(text: &[char], pattern: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => true,
            (Some(('%', rest)), _) => {
                let line = text.iter().take_while(|&&letter| letter != '\n').count();
                (0..=line).any(|skip| matches_here(&text[skip..], rest))
            }
            (Some(('_', rest)), Some((&found, text))) => found != '\n' && matches_here(text, rest),
            (Some((wanted, rest)), Some((found, text))) => wanted == found && matches_here(text, rest),
            (Some(_), None) => false,
        }
    }

    #[test]
    fn folds_as_the_tables_of_regular_expressions() {
        let different: Vec<char> = (0..=0x1_ffff_u32)
            .filter_map(char::from_u32)
            // The standard library's tables are newer than those of regular expressions.
            .filter(|letter| !matches!(letter, '\u{a7ce}'..='\u{a7d4}' | '\u{16ea0}'..='\u{16ed3}'))
            .filter(|&letter| {
                let mut variants = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
                variants.case_fold_simple();
                let mut all = variants.ranges().iter().flat_map(|range| range.start()..=range.end());
                let known = all.clone().any(|variant| variant == fold(letter));
                !known || all.any(|variant| fold(variant) != fold(letter))
            })
            .collect();
        assert_eq!(different, []);
    }
}
