//! Dates in filters.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use serde_json::Value;

/// Numbers from here on are milliseconds since 1970, smaller ones are seconds.
const FIRST_MILLISECOND: f64 = 1e11;
/// How far back a relative date may reach, in its own unit.
const MAX_AGE: i64 = 10_000;

/// A date that a filter names.
#[derive(Clone, Copy, Debug)]
pub enum Date {
    /// This moment.
    At(Timestamp),
    /// A day without a time; its first moment.
    Day(Timestamp),
    /// So long before now.
    Ago(Span),
}

impl Date {
    /// Reads a date: ISO 8601, with UTC where no zone is named, seconds or milliseconds since 1970, or `-7d` (also `h`,
    /// `w`, `m` for months, `q`, `y`, `M` for minutes, `s`).
    pub fn parse(value: &Value) -> Option<Self> {
        let text = match value {
            Value::String(text) => text.trim(),
            value => return instant(value).map(Self::At),
        };
        if let Some(span) = age(text) {
            return Some(Self::Ago(span));
        }
        let is_day = text.len() == "2026-01-01".len();
        let at = instant(value)?;
        Some(if is_day { Self::Day(at) } else { Self::At(at) })
    }

    /// The moment that it means, if the calendar has it.
    pub fn resolve(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::At(at) | Self::Day(at) => Some(at),
            Self::Ago(span) => {
                let then = now.to_zoned(TimeZone::UTC).checked_sub(span).ok()?;
                Some(then.timestamp())
            }
        }
    }

    /// Whether a moment is this date: a day contains its moments.
    pub fn contains(self, at: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Day(day) => day <= at && day.checked_add(24.hours()).is_ok_and(|end| at < end),
            _ => self.resolve(now) == Some(at),
        }
    }
}

/// The moment that a property says.
pub fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => since_1970(number.as_f64()?),
        Value::String(text) => {
            let text = text.trim();
            if let Ok(timestamp) = text.parse() {
                return Some(timestamp);
            }
            if let Ok(local) = text.parse::<DateTime>() {
                return local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
            }
            since_1970(super::compare::number(value)?)
        }
        _ => None,
    }
}

fn since_1970(number: f64) -> Option<Timestamp> {
    let seconds = if number.abs() < FIRST_MILLISECOND {
        number
    } else {
        number / 1e3
    };
    // Casts of floats saturate, and the calendar ends before.
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}

fn age(text: &str) -> Option<Span> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let number: i64 = digits.parse().ok().filter(|number| (0..=MAX_AGE).contains(number))?;
    let span = match text.get(digits.len()..)? {
        "s" => Span::new().try_seconds(number),
        "M" => Span::new().try_minutes(number),
        "h" => Span::new().try_hours(number),
        "d" => Span::new().try_days(number),
        "w" => Span::new().try_weeks(number),
        "m" => Span::new().try_months(number),
        "q" => Span::new().try_months(3 * number),
        "y" => Span::new().try_years(number),
        _ => return None,
    };
    span.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-31T12:00:00Z";

    #[test]
    fn dates_of_every_form() {
        let now: Timestamp = NOW.parse().expect(NOW);
        for (date, expected) in [
            (r#""2026-03-01""#, Some("2026-03-01T00:00:00Z")),
            (r#""2026-03-01T10:30:00Z""#, Some("2026-03-01T10:30:00Z")),
            (r#""2026-03-01 10:30:00""#, Some("2026-03-01T10:30:00Z")),
            (r#""2026-03-01T10:30:00.5+02:00""#, Some("2026-03-01T08:30:00.5Z")),
            (r#""-7d""#, Some("2026-03-24T12:00:00Z")),
            (r#""7d""#, Some("2026-03-24T12:00:00Z")),
            (r#""-1h""#, Some("2026-03-31T11:00:00Z")),
            (r#""-2w""#, Some("2026-03-17T12:00:00Z")),
            (r#""-1m""#, Some("2026-02-28T12:00:00Z")),
            (r#""-1q""#, Some("2025-12-31T12:00:00Z")),
            (r#""-1y""#, Some("2025-03-31T12:00:00Z")),
            (r#""-30M""#, Some("2026-03-31T11:30:00Z")),
            ("1772361000", Some("2026-03-01T10:30:00Z")),
            ("1772361000000", Some("2026-03-01T10:30:00Z")),
            (r#""1772361000""#, Some("2026-03-01T10:30:00Z")),
            (r#""-9999999d""#, None),
            (r#""-10001y""#, None),
            (r#""-7parsecs""#, None),
            (r#""yesterday""#, None),
            (r#""""#, None),
            (r#""-""#, None),
            (r#""é""#, None),
            ("true", None),
            ("1e300", None),
        ] {
            let value = serde_json::from_str(date).expect(date);
            let found = Date::parse(&value).and_then(|date| date.resolve(now));
            let expected = expected.map(|text| text.parse().expect(text));
            assert_eq!(found, expected, "{date}");
        }
    }

    #[test]
    fn a_day_contains_its_moments() {
        let now: Timestamp = NOW.parse().expect(NOW);
        let day = Date::parse(&Value::from("2026-03-01")).expect("a day");
        for (at, expected) in [
            ("2026-03-01T00:00:00Z", true),
            ("2026-03-01T23:59:59.999Z", true),
            ("2026-03-02T00:00:00Z", false),
            ("2026-02-28T23:59:59Z", false),
        ] {
            assert_eq!(day.contains(at.parse().expect(at), now), expected, "{at}");
        }
    }
}
