//! Sets of characters, as RE2 names them.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::bounds;

/// Every character.
pub(super) fn any() -> ClassUnicode {
    ClassUnicode::new([bounds('\0', char::MAX)])
}

/// What `.` matches.
pub(super) fn any_but_newline() -> ClassUnicode {
    ClassUnicode::new([bounds('\0', '\u{9}'), bounds('\u{b}', char::MAX)])
}

/// One character, or its variants of case.
pub(super) fn literal(letter: char, fold: bool) -> Hir {
    if fold {
        let mut set = ClassUnicode::new([bounds(letter, letter)]);
        if set.try_case_fold_simple().is_ok() {
            return Hir::class(Class::Unicode(set));
        }
    }
    let mut bytes = [0; 4];
    Hir::literal(letter.encode_utf8(&mut bytes).as_bytes())
}

/// A named set with case and negation applied, in RE2's order: case first.
pub(super) fn finish(mut set: ClassUnicode, negated: bool, fold: bool) -> ClassUnicode {
    if fold {
        // The case tables are built in.
        let _ = set.try_case_fold_simple();
    }
    if negated {
        set.negate();
    }
    set
}

/// The range between two code points without the surrogates, which no text contains.
pub(super) fn range(low: u32, high: u32) -> Option<ClassUnicodeRange> {
    let low = if (0xd800..0xe000).contains(&low) { 0xe000 } else { low };
    let high = if (0xd800..0xe000).contains(&high) { 0xd7ff } else { high };
    if low > high {
        return None;
    }
    Some(bounds(char::from_u32(low)?, char::from_u32(high)?))
}

/// The set of `\d`, `\s` or `\w`.
pub(super) fn perl_class(letter: char) -> Option<ClassUnicode> {
    match letter {
        'd' => posix_class("digit"),
        'w' => posix_class("word"),
        // Unlike `[:space:]`, without the vertical tab.
        's' => Some(of(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')])),
        _ => None,
    }
}

/// The set of `[:name:]`.
pub(super) fn posix_class(name: &str) -> Option<ClassUnicode> {
    Some(match name {
        "alnum" => of(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "alpha" => of(&[('A', 'Z'), ('a', 'z')]),
        "ascii" => of(&[('\0', '\u{7f}')]),
        "blank" => of(&[('\t', '\t'), (' ', ' ')]),
        "cntrl" => of(&[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        "digit" => of(&[('0', '9')]),
        "graph" => of(&[('!', '~')]),
        "lower" => of(&[('a', 'z')]),
        "print" => of(&[(' ', '~')]),
        "punct" => of(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "space" => of(&[('\t', '\r'), (' ', ' ')]),
        "upper" => of(&[('A', 'Z')]),
        "word" => of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        "xdigit" => of(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        _ => return None,
    })
}

fn of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(low, high)| bounds(low, high)))
}

/// The set of `\p{Name}`: a general category by its short name, a script by its full name, `Any`.
pub(super) fn property(name: &str) -> Option<ClassUnicode> {
    const CATEGORIES: [&str; 34] = [
        "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc",
        "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];
    // The tables also know scripts by codes of four letters; RE2 does not.
    const SHORT_SCRIPTS: [&str; 9] = ["Ahom", "Cham", "Kawi", "Lisu", "Miao", "Modi", "Newa", "Thai", "Toto"];
    match name {
        "Any" => Some(any()),
        // Surrogates are never in a text.
        "Cs" => Some(ClassUnicode::empty()),
        // Without the unassigned.
        "C" => {
            let mut set = table("gc", "Cc")?;
            set.union(&table("gc", "Cf")?);
            set.union(&table("gc", "Co")?);
            Some(set)
        }
        _ if CATEGORIES.contains(&name) => table("gc", name),
        _ => {
            let spelled = name.split('_').all(|word| {
                word.starts_with(|letter: char| letter.is_ascii_uppercase())
                    && (name == "SignWriting" || word[1..].bytes().all(|letter| letter.is_ascii_lowercase()))
            });
            let known = spelled && (name.len() != 4 || SHORT_SCRIPTS.contains(&name));
            if known { table("sc", name) } else { None }
        }
    }
}

fn table(kind: &str, name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!("\\p{{{kind}={name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(set)) => Some(set),
        HirKind::Literal(text) => {
            let text = std::str::from_utf8(&text.0).ok()?;
            Some(ClassUnicode::new(text.chars().map(|letter| bounds(letter, letter))))
        }
        _ => None,
    }
}
