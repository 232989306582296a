//! Dates and instants of the standard library, with the arithmetic and the failures of PostHog's
//! Python machine.
//!
//! Nothing here reads a clock or the system's time zones: the zone database is part of the program.
//! No function panics, whatever number it is given.
//!
//! Two habits of the reference are kept on purpose. Arithmetic, truncation and `extract` take the
//! **UTC** wall clock of an instant and read it as a wall clock of the instant's zone; and zones
//! behave as in `pytz`, which knows offsets in whole minutes from December 1901 to 2037.

mod arithmetic;
mod error;
mod format;
mod parse;
mod wall;
mod zone;

pub use arithmetic::{
    Amount, add_days, date_add, date_diff, date_trunc, extract, start_of_day, start_of_hour, start_of_month,
    start_of_week, to_month, to_year, to_yyyymm,
};
pub use error::DateError;
pub use format::{format_date_time, iso_date, iso_instant};
pub use parse::{date_from_text, seconds_from_text, seconds_from_text_in};

use wall::Wall;

/// A moment in time (Hog's DateTime): seconds since 1970 and the zone it is shown in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Instant<'z> {
    /// Seconds since 1970-01-01T00:00:00Z; any float, even one that is no date.
    pub seconds: f64,
    /// The name of the zone. Not checked until something needs the zone's rules.
    pub zone: &'z str,
}

/// A day of the calendar (Hog's Date). The fields are not checked until used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: i32,
    /// 1 to 31.
    pub day: i32,
}

/// What a date function was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment<'z> {
    /// A DateTime.
    Instant(Instant<'z>),
    /// A Date.
    Date(Date),
    /// A text, which some functions parse.
    Text(&'z str),
    /// Any other value; every function refuses it in Python's words.
    Other,
}

/// The day of an epoch time, in UTC (`toDate` of a number).
///
/// Fails when the number is outside the years 1 to 9999.
pub fn date_from_seconds(seconds: f64) -> Result<Date, DateError> {
    Ok(Wall::from_seconds(seconds)?.date())
}

/// The days from 1970-01-01 to the date, negative before (`toInt` and `toFloat` of a date).
///
/// Fails when the fields are no date of the years 1 to 9999.
pub fn days_since_epoch(date: Date) -> Result<i64, DateError> {
    Ok(Wall::from_date(date)?.days())
}

/// Epoch seconds of the start of a date in a zone, UTC by default (`toUnixTimestamp` of a date).
///
/// As in the reference, the zone counts with its first known offset: local mean time for most.
/// Fails for an unknown zone or impossible fields.
pub fn seconds_from_date(date: Date, zone: Option<&str>) -> Result<f64, DateError> {
    let zone = zone::Zone::find(zone.filter(|name| !name.is_empty()).unwrap_or("UTC"))?;
    Ok(Wall::from_date(date)?.seconds_at(zone.first_offset()))
}

/// Epoch seconds as epoch milliseconds, cut to a whole number (`toUnixTimestampMilli`).
///
/// Fails for NaN and infinity; the result may exceed 64 bits.
pub fn millis_from_seconds(seconds: f64) -> Result<f64, DateError> {
    let millis = seconds * 1000.0;
    if millis.is_nan() {
        Err(DateError::value("cannot convert float NaN to integer"))
    } else if millis.is_infinite() {
        Err(DateError::overflow("cannot convert float infinity to integer"))
    } else {
        Ok(millis.trunc())
    }
}

/// Epoch milliseconds as epoch seconds (`fromUnixTimestampMilli`).
pub fn seconds_from_millis(millis: f64) -> f64 {
    millis / 1000.0
}

/// The same moment shown in another zone (`toTimeZone`).
///
/// The reference does not look the zone up here: an unknown name fails only where the zone is
/// needed, with [`DateError::unknown_zone`].
pub fn to_time_zone<'z>(instant: Instant<'_>, zone: &'z str) -> Instant<'z> {
    Instant {
        seconds: instant.seconds,
        zone,
    }
}

/// Whether a zone of that name is known (names are compared without regard to case).
pub fn is_zone(name: &str) -> bool {
    zone::Zone::find(name).is_ok()
}

#[cfg(test)]
mod tests;
