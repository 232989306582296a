//! Finding bytes and words in text.

use memchr::{memchr, memchr2, memmem};

/// The first occurrence of a byte.
#[inline]
pub fn find_byte(byte: u8, whole: &[u8]) -> Option<usize> {
    memchr(byte, whole)
}

/// How often a byte occurs.
#[inline]
pub fn count(byte: u8, whole: &[u8]) -> usize {
    whole
        .chunks(240)
        .map(|block| usize::from(block.iter().map(|other| u8::from(*other == byte)).sum::<u8>()))
        .sum()
}

/// The first occurrence of a part.
#[inline]
pub fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        [byte] => memchr(*byte, whole),
        _ => memmem::find(whole, part),
    }
}

/// The first occurrence of a part where ASCII letters match in either case.
pub fn find_ignoring_case(whole: &[u8], part: &[u8]) -> Option<usize> {
    let Some((first, rest)) = part.split_first() else {
        return Some(0);
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let last = whole.len().checked_sub(part.len())?;
    let mut start = 0;
    loop {
        let candidates = &whole[start..=last];
        let found = start
            + if lower == upper {
                memchr(lower, candidates)
            } else {
                memchr2(lower, upper, candidates)
            }?;
        if whole[found + 1..found + part.len()].eq_ignore_ascii_case(rest) {
            return Some(found);
        }
        start = found + 1;
        if start > last {
            return None;
        }
    }
}
