use jiff::SignedDuration;
use jiff::civil::{self, DateTime};

use super::{Date, DateError};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const EPOCH: DateTime = civil::datetime(1970, 1, 1, 0, 0, 0, 0);
/// 0001-01-01T00:00:00 and 9999-12-31T23:59:59.999999, in microseconds from 1970.
const FIRST: i64 = -62_135_596_800 * SECOND;
const LAST: i64 = 253_402_300_800 * SECOND - 1;

/// A reading of a calendar and a clock without a zone, in the years 1 to 9999, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wall {
    /// Microseconds from 1970-01-01T00:00:00 of the same clock.
    micros: i64,
}

impl Wall {
    /// The reading of a UTC clock at an epoch time, rounded half to even to the microsecond.
    pub(super) fn from_seconds(seconds: f64) -> Result<Wall, DateError> {
        if seconds.is_nan() {
            return Err(DateError::value("Invalid value NaN (not a number)"));
        }
        // The bounds of a 64-bit time_t.
        if !(i64::MIN as f64..i64::MAX as f64).contains(&seconds) {
            return Err(DateError::overflow("timestamp out of range for platform time_t"));
        }
        let whole = seconds.trunc();
        let fraction = ((seconds - whole) * 1e6).round_ties_even();
        let micros = (whole as i128) * i128::from(SECOND) + fraction as i128;
        match i64::try_from(micros) {
            Ok(micros @ FIRST..=LAST) => Ok(Wall { micros }),
            _ => Err(out_of_range(micros.div_euclid(i128::from(SECOND)))),
        }
    }

    /// The start of a date.
    pub(super) fn from_date(date: Date) -> Result<Wall, DateError> {
        if !(1..=9999).contains(&date.year) {
            return Err(DateError::value(format!("year {} is out of range", date.year)));
        }
        if !(1..=12).contains(&date.month) {
            return Err(DateError::value("month must be in 1..12"));
        }
        checked_date(date)
            .map(|date| Wall::of(date.to_datetime(civil::Time::midnight())))
            .ok_or_else(|| DateError::value("day is out of range for month"))
    }

    /// The reading with these fields, if there is one.
    pub(super) fn from_fields(date: Date, hour: i64, minute: i64, second: i64, micro: i64) -> Option<Wall> {
        let day = Wall::from_date(date).ok()?;
        day.plus(i128::from(((hour * 60 + minute) * 60 + second) * SECOND + micro))
            .ok()
    }

    fn of(datetime: DateTime) -> Wall {
        // Not by way of timestamps: those of the library end a day before the last date.
        let micros = datetime.duration_since(EPOCH).as_micros();
        Wall {
            micros: i64::try_from(micros).unwrap_or(0),
        }
    }

    /// The reading some microseconds later.
    pub(super) fn plus(self, micros: i128) -> Result<Wall, DateError> {
        match i64::try_from(i128::from(self.micros) + micros) {
            Ok(micros @ FIRST..=LAST) => Ok(Wall { micros }),
            _ => Err(DateError::overflow("date value out of range")),
        }
    }

    /// The microseconds from another reading to this one.
    pub(super) fn since(self, other: Wall) -> i64 {
        self.micros - other.micros
    }

    /// The epoch seconds of this reading where clocks are `offset` seconds ahead of UTC.
    pub(super) fn seconds_at(self, offset: i64) -> f64 {
        let micros = self.micros - offset * SECOND;
        if micros % 1000 == 0 {
            // Milliseconds of these years fit a float's 53 bits, so this rounds but once.
            (micros / 1000) as f64 / 1e3
        } else {
            micros as f64 / 1e6
        }
    }

    /// Whole seconds from 1970, rounded down.
    pub(super) fn whole_seconds(self) -> i64 {
        self.micros.div_euclid(SECOND)
    }

    /// Whole days from 1970, rounded down.
    pub(super) fn days(self) -> i64 {
        self.micros.div_euclid(DAY)
    }

    /// All fields.
    pub(super) fn fields(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_micros(self.micros))
    }

    /// The date's part.
    pub(super) fn date(self) -> Date {
        let fields = self.fields();
        Date {
            year: fields.year().into(),
            month: fields.month().into(),
            day: fields.day().into(),
        }
    }

    /// The microsecond of the second, 0 to 999,999.
    pub(super) fn micro(self) -> i64 {
        self.micros.rem_euclid(SECOND)
    }

    /// The reading with everything below a unit of `seconds` (at most a day) set to zero.
    pub(super) fn floor(self, seconds: i64) -> Wall {
        let unit = seconds * SECOND;
        Wall {
            micros: self.micros.div_euclid(unit) * unit,
        }
    }
}

/// The calendar's date with these fields, if there is one.
pub(super) fn checked_date(date: Date) -> Option<civil::Date> {
    civil::Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

/// What Python says of an epoch time before the year 1 or after 9999: it names the year, as long as
/// the year fits a C int.
fn out_of_range(seconds: i128) -> DateError {
    // Days from 0000-03-01, and from them the proleptic Gregorian year.
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let year = era * 400 + year_of_era + i128::from(day_of_year >= 306);
    if i32::try_from(year - 1900).is_err() {
        let message = "[Errno 75] Value too large for defined data type".to_owned();
        return DateError::Python {
            kind: "OSError",
            message,
        };
    }
    DateError::value(format!("year {year} is out of range"))
}
