//! Instants as arguments.

use std::time::{SystemTime, UNIX_EPOCH};

/// The current time in nanoseconds since 1970.
pub fn now() -> i64 {
    nanoseconds(SystemTime::now()).unwrap_or_default()
}

/// Nanoseconds since 1970 from RFC 3339 text, with `Z` or an offset.
///
/// # Errors
/// A sentence for people, when the text is no instant between 1970 and 2262.
pub fn parse(text: &str) -> Result<i64, String> {
    let expected = || "expected an instant with its zone, such as 2026-01-31T12:00:00Z".to_owned();
    let (local, offset_minutes) = match text.strip_suffix(['Z', 'z']) {
        Some(local) => (local, 0),
        None => split_offset(text).ok_or_else(expected)?,
    };
    let utc = humantime::parse_rfc3339(&format!("{local}Z")).map_err(|_| expected())?;
    nanoseconds(utc)
        .and_then(|local| local.checked_sub(offset_minutes * 60 * 1_000_000_000))
        .ok_or_else(|| "expected an instant between the years 1970 and 2262".to_owned())
}

/// Splits `+02:00` off and gives it as minutes.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let sign = match offset.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let two_digits = |text: &str, most: i64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| is_number && *number <= most)
    };
    Some((local, sign * (two_digits(hours, 23)? * 60 + two_digits(minutes, 59)?)))
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn instants_with_a_zone() {
        for (text, nanoseconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-01-31T12:00:00Z", 1_769_860_800_000_000_000),
            ("2026-01-31T12:00:00.25Z", 1_769_860_800_250_000_000),
            ("2026-01-31T14:30:00+02:30", 1_769_860_800_000_000_000),
            ("2026-01-31T04:00:00-08:00", 1_769_860_800_000_000_000),
        ] {
            assert_eq!(parse(text), Ok(nanoseconds), "{text}");
        }
        for text in [
            "",
            "now",
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00+2:00",
            "2500-01-01T00:00:00Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
