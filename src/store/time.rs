//! Times in the store and on the wire.

use jiff::Timestamp;

/// A time as the store keeps it: microseconds since 1970.
pub fn to_micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time of the store. Times beyond the calendar (which no program writes) become its ends.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A time as PostHog writes it: ISO 8601 in UTC with six digits of a second, `2026-03-01T12:00:00.000000Z`.
pub fn to_wire(time: Timestamp) -> String {
    format!("{time:.6}")
}
