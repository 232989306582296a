//! A few members of a JSON object, without reading the rest: events are kept as they were sent, so most of them need not
//! be understood.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::server::json;

/// The members of these names in the text of a JSON object; of several of one name the last. Null counts as missing.
///
/// # Errors
/// When the text is no JSON object.
pub fn members<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Result<[Option<&'a RawValue>; N], serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut found = deserializer.deserialize_map(Members { names })?;
    deserializer.end()?;
    for member in &mut found {
        *member = member.filter(|raw| raw.get() != "null");
    }
    Ok(found)
}

/// A JSON value as text: a text itself, as events are read, or a number as it is written. `None` for anything else.
pub fn text(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => json::read(raw.get().as_bytes()).ok(),
        b'-' | b'0'..=b'9' => Some(raw.get().to_owned()),
        _ => None,
    }
}

struct Members<'n, const N: usize> {
    names: [&'n str; N],
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(name) = map.next_key_seed(Name(&self.names))? {
            match name.and_then(|place| found.get_mut(place)) {
                Some(place) => *place = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// A member's name: its place among those that are looked for, if it is one.
#[derive(Clone, Copy)]
struct Name<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|wanted| *wanted == name))
    }
}

/// The elements of a JSON array, each as its text.
///
/// # Errors
/// When the text is no JSON array.
pub fn elements(text: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    serde_json::from_str(text)
}

/// Whether a JSON text, which is well-formed, can be an event's: not nested too deeply, no endless numbers. What else an
/// event must be is said by its shape.
///
/// # Errors
/// With what is wrong.
pub fn check_bounds(text: &str, max_depth: usize) -> Result<(), serde_json::Error> {
    /// Integers of more digits are refused by events.
    const MAX_DIGITS: usize = 4300;
    let (mut depth, mut digits, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        if in_string {
            (in_string, escaped) = match byte {
                _ if escaped => (true, false),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (true, false),
            };
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        if depth > max_depth {
            return Err(serde_json::Error::custom(format!(
                "objects and arrays are nested deeper than {max_depth} levels"
            )));
        }
        if digits > MAX_DIGITS {
            return Err(serde_json::Error::custom(format!(
                "a number has more than {MAX_DIGITS} digits"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_the_last_wins() {
        let text = r#" {"a": 1, "x": {"a": [2]}, "b": null, "a": "three", "\u0063": [ 4 ]} "#;
        let found = members(text, ["a", "b", "c", "d"]).expect(text);
        let found = found.map(|raw| raw.map(RawValue::get));
        assert_eq!(found, [Some("\"three\""), None, Some("[ 4 ]"), None]);
        for wrong in ["[1]", "1", "", "{", "{\"a\":}", "{} {}", "null"] {
            assert!(members(wrong, ["a"]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts() {
        for (json, expected) in [
            (r#""a\u00e9""#, Some("aé")),
            ("17", Some("17")),
            ("-1.50", Some("-1.50")),
            ("true", None),
            ("[1]", None),
            ("{}", None),
            (r#""a\ud83d""#, Some("a\u{FFFD}")),
        ] {
            let raw: &RawValue = serde_json::from_str(json).expect(json);
            assert_eq!(text(raw).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn bounds() {
        for (json, fits) in [
            (r#"{"a": [[1]]}"#, true),
            (r#"{"a": [[[1]]]}"#, false),
            (r#"{"a": "[[[[\"{{{{"}"#, true),
            (&format!("[{}]", "1".repeat(4300)), true),
            (&format!("[{}]", "1".repeat(4301)), false),
            (&format!("[\"{}\"]", "1".repeat(4301)), true),
        ] {
            assert_eq!(check_bounds(json, 3).is_ok(), fits, "{json}");
        }
    }
}
