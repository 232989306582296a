//! Sizes in bytes as people write them.

/// Units, the most common ones first. A plain letter means the binary unit, as memory is counted.
const UNITS: [(&str, u64); 14] = [
    ("", 1),
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("t", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

/// Bytes from `65536`, `64KiB`, `64 MiB`, `1g` or `1GB`.
///
/// # Errors
/// A sentence for people, when the text is no size.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    match (number.parse::<u64>(), factor) {
        (Ok(number), Some(factor)) => number.checked_mul(factor).ok_or_else(|| "too large".to_owned()),
        _ => Err("expected a whole number of bytes, KiB, MiB or GiB, such as 65536 or 64MiB".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in [
            ("0", 0),
            ("65536", 65_536),
            ("12b", 12),
            ("64KiB", 65_536),
            ("64 MiB", 64 << 20),
            ("1GiB", 1 << 30),
            ("1g", 1 << 30),
            ("10MB", 10_000_000),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "MiB",
            "1.5GiB",
            "-1",
            "1 apple",
            "99999999999999999999",
            "18446744073709551615k",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
