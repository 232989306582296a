//! Reduces a pattern to a smaller one that matches somewhere in exactly the same texts.
//!
//! Where a match begins and ends does not matter to the question, so groups are dropped, optional
//! ends are cut off (`.*word.*` becomes `word`) and loops are made lazy, which lets the automaton
//! stop at the first possible end.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Look, Repetition};

/// The reduced pattern. Loops of "any character but some ASCII ones" become loops of bytes, so the
/// result is only good for valid UTF-8.
pub(super) fn reduce(hir: &Hir) -> Hir {
    // Within a character RE2's `\B` holds; a loop of bytes must not let it see such places.
    let bytewise = !hir.properties().look_set().contains(Look::WordAsciiNegate);
    trim(trim(simplify(hir, bytewise), End::Front), End::Back)
}

fn simplify(hir: &Hir, bytewise: bool) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Capture(capture) => simplify(&capture.sub, bytewise),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| simplify(part, bytewise)).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|part| simplify(part, bytewise)).collect()),
        HirKind::Repetition(repetition) => {
            let sub = simplify(&repetition.sub, bytewise);
            if bytewise
                && repetition.max.is_none()
                && let HirKind::Class(Class::Unicode(set)) = sub.kind()
                && let Some(bytes) = as_bytes(set)
            {
                let rest = repeat(0, None, Hir::class(Class::Bytes(bytes)));
                return match repetition.min {
                    0 => rest,
                    min => Hir::concat(vec![repeat(min, Some(min), sub), rest]),
                };
            }
            repeat(repetition.min, repetition.max, sub)
        }
    }
}

fn repeat(min: u32, max: Option<u32>, sub: Hir) -> Hir {
    Hir::repetition(Repetition {
        min,
        max,
        greedy: false,
        sub: Box::new(sub),
    })
}

/// The bytes that can make up the characters of a set with all non-ASCII characters in it.
fn as_bytes(set: &ClassUnicode) -> Option<ClassBytes> {
    let last = set
        .ranges()
        .last()
        .filter(|range| range.start() <= '\u{80}' && range.end() == char::MAX)?;
    let mut bytes: Vec<ClassBytesRange> = set
        .ranges()
        .iter()
        .filter_map(|range| {
            Some(ClassBytesRange::new(
                u8::try_from(range.start()).ok()?,
                u8::try_from(range.end()).ok()?,
            ))
        })
        .filter(|range| range.end() < 0x80)
        .collect();
    bytes.push(ClassBytesRange::new(u32::from(last.start()).min(0x80) as u8, 0xff));
    Some(ClassBytes::new(bytes))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Front,
    Back,
}

/// Cuts what is optional off one end.
fn trim(hir: Hir, end: End) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => match repetition.min {
            0 => Hir::empty(),
            1 => trim((*repetition.sub).clone(), end),
            min => repeat(min, Some(min), (*repetition.sub).clone()),
        },
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|part| trim(part.clone(), end)).collect()),
        HirKind::Concat(parts) => {
            let mut parts = parts.clone();
            loop {
                let part = match end {
                    End::Front if !parts.is_empty() => parts.remove(0),
                    End::Back => match parts.pop() {
                        Some(part) => part,
                        None => return Hir::empty(),
                    },
                    End::Front => return Hir::empty(),
                };
                let cut = trim(part, end);
                if *cut.kind() != HirKind::Empty {
                    match end {
                        End::Front => parts.insert(0, cut),
                        End::Back => parts.push(cut),
                    }
                    return Hir::concat(parts);
                }
            }
        }
        _ => hir,
    }
}
