//! `sortableSemver`.

use jurybox_hog_abi::Value;

use crate::{access, list, number, text};

/// The numbers of the first version (`1.2`, `1.2.3`, ...) in a text, as an array: arrays compare like versions do.
pub fn sortable(value: Value) -> Value {
    if value == Value::NULL {
        return list::new_array(&[]);
    }
    let text = text::of(value).unwrap_or_else(|| access::shown(value));
    let numbers: Vec<Value> = version(text)
        .map(|digits| number::parse_digits(false, digits))
        .collect();
    list::new_array(&numbers)
}

/// The runs of digits of the first version in a text.
fn version(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |part: &&str| !part.is_empty();
    // Between characters that belong to no version, a version is two or more runs of digits with single dots between.
    let found = text
        .split(|character: char| !character.is_ascii_digit() && character != '.')
        .flat_map(|piece| piece.split(".."))
        .map(|piece| piece.trim_matches('.'))
        .find(|piece| piece.contains('.'));
    found.unwrap_or_default().split('.').filter(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_found() {
        let cases = [
            ("1.2.3", "1 2 3"),
            ("v1.2.3-alpha.4", "1 2 3"),
            ("build 7, version 10.20", "10 20"),
            ("7", ""),
            ("", ""),
            ("a.b", ""),
            (".1.2.", "1 2"),
            ("1..2.3", "2 3"),
            ("1...2.3", "2 3"),
        ];
        for (text, expected) in cases {
            assert_eq!(version(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
