use jiff::civil;

use super::parse::parse;
use super::wall::{Wall, checked_date};
use super::zone::Zone;
use super::{Date, DateError, Instant, Moment};

/// How many units to add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A whole number; numbers beyond 64 bits may be given as the nearest bound.
    Whole(i64),
    /// A float: fine for days and smaller units, an error for months and years, as in Python.
    Float(f64),
}

/// A unit of fixed or calendar length, with a factor.
enum Unit {
    /// So many seconds.
    Seconds(i64),
    /// So many months.
    Months(i64),
}

/// Adds to a date or an instant (`dateAdd`): `second`, `minute`, `hour`, `day`, `week`, `month` or
/// `year`. The day is clamped to the month's length.
///
/// Gives the kind of value it was given. Fails for another unit, a text or other value, an unknown
/// zone and results outside the years 1 to 9999.
pub fn date_add<'z>(unit: &str, amount: Amount, to: Moment<'z>) -> Result<Moment<'z>, DateError> {
    let unit = match unit {
        "second" => Unit::Seconds(1),
        "minute" => Unit::Seconds(60),
        "hour" => Unit::Seconds(3_600),
        "day" => Unit::Seconds(86_400),
        "week" => Unit::Seconds(604_800),
        "month" => Unit::Months(1),
        "year" => Unit::Months(12),
        _ => return Err(DateError::value(format!("Unsupported interval unit: {unit}"))),
    };
    let (wall, offset) = match to {
        Moment::Instant(instant) => anchored(instant)?,
        Moment::Date(date) => (Wall::from_date(date)?, 0),
        Moment::Text(_) | Moment::Other => return Err(DateError::value("Expected a HogDate or HogDateTime")),
    };
    let moved = match unit {
        Unit::Seconds(length) => wall.plus(span(amount, length)?)?,
        Unit::Months(length) => add_months(wall, amount, length)?,
    };
    Ok(match to {
        Moment::Instant(Instant { zone, .. }) => Moment::Instant(Instant {
            seconds: moved.seconds_at(offset),
            zone,
        }),
        _ => Moment::Date(moved.date()),
    })
}

/// Adds days (`addDays`); see [`date_add`].
pub fn add_days(to: Moment<'_>, amount: Amount) -> Result<Moment<'_>, DateError> {
    date_add("day", amount, to)
}

/// The microseconds of an amount of units of some seconds, within Python's bounds of a billion days.
fn span(amount: Amount, length: i64) -> Result<i128, DateError> {
    const LIMIT: u128 = 1_000_000_000 * 86_400_000_000;
    let micros = match amount {
        Amount::Whole(whole) => i128::from(whole) * i128::from(length) * 1_000_000,
        Amount::Float(float) if float.is_nan() => {
            return Err(DateError::value("cannot convert float NaN to integer"));
        }
        Amount::Float(float) if float.is_infinite() => {
            return Err(DateError::overflow("cannot convert float infinity to integer"));
        }
        Amount::Float(float) => {
            let unit = length as f64 * 1e6;
            // A float beyond the range saturates, and is refused below.
            (float.trunc() as i128)
                .saturating_mul(i128::from(length) * 1_000_000)
                .saturating_add((float.fract() * unit).round_ties_even() as i128)
        }
    };
    if micros.unsigned_abs() < LIMIT {
        return Ok(micros);
    }
    let days = micros.div_euclid(86_400_000_000);
    Err(DateError::overflow(match i32::try_from(days) {
        Ok(days) => format!("days={days}; must have magnitude <= 999999999"),
        Err(_) => "Python int too large to convert to C int".to_owned(),
    }))
}

fn add_months(wall: Wall, amount: Amount, length: i64) -> Result<Wall, DateError> {
    let Amount::Whole(amount) = amount else {
        return Err(DateError::wrong_type(
            "'float' object cannot be interpreted as an integer",
        ));
    };
    let date = wall.date();
    let months = i64::from(date.year) * 12 + i64::from(date.month) - 1;
    let months = amount.saturating_mul(length).saturating_add(months);
    let year = months.div_euclid(12);
    let Ok(year) = i32::try_from(year) else {
        return Err(DateError::overflow("Python int too large to convert to C int"));
    };
    // A remainder of 12 fits.
    let month = months.rem_euclid(12) as i32 + 1;
    let first = Date { year, month, day: 1 };
    let longest = checked_date(first).map_or(28, |first| i32::from(first.days_in_month()));
    let day = Wall::from_date(Date {
        day: date.day.min(longest),
        ..first
    })?;
    day.plus(i128::from(wall.since(wall.floor(86_400))))
}

/// The difference `end - start` (`dateDiff`) in `second`, `minute`, `hour`, `day`, `week`, `month` or
/// `year`. Seconds are cut, minutes to weeks rounded down, months and years counted by the
/// calendar's fields.
///
/// Fails for another unit, a text that is no date, another value and an unknown zone.
pub fn date_diff(unit: &str, start: Moment<'_>, end: Moment<'_>) -> Result<i64, DateError> {
    let (start, start_offset) = reading(start)?;
    let (end, end_offset) = reading(end)?;
    let micros = end.since(start) - (end_offset - start_offset) * 1_000_000;
    let (first, last) = (start.date(), end.date());
    match unit {
        "second" => Ok(micros / 1_000_000),
        "minute" => Ok(micros.div_euclid(60_000_000)),
        "hour" => Ok(micros.div_euclid(3_600_000_000)),
        "day" => Ok(micros.div_euclid(86_400_000_000)),
        "week" => Ok(micros.div_euclid(7 * 86_400_000_000)),
        "month" => Ok(i64::from((last.year - first.year) * 12 + last.month - first.month)),
        "year" => Ok(i64::from(last.year - first.year)),
        _ => Err(DateError::value(format!("Unsupported unit for dateDiff: {unit}"))),
    }
}

/// The start of the `year`, `month`, `day`, `hour` or `minute` of an instant (`dateTrunc`).
///
/// Fails for another unit, an unknown zone, an instant outside the years 1 to 9999, and for
/// anything but an instant.
pub fn date_trunc<'z>(unit: &str, moment: Moment<'z>) -> Result<Instant<'z>, DateError> {
    let Moment::Instant(instant) = moment else {
        return Err(DateError::value("Expected a DateTime for dateTrunc"));
    };
    let (wall, offset) = anchored(instant)?;
    let date = wall.date();
    let cut = match unit {
        "year" => Wall::from_date(Date {
            month: 1,
            day: 1,
            ..date
        })?,
        "month" => Wall::from_date(Date { day: 1, ..date })?,
        "day" => wall.floor(86_400),
        "hour" => wall.floor(3_600),
        "minute" => wall.floor(60),
        _ => return Err(DateError::value(format!("Unsupported unit for dateTrunc: {unit}"))),
    };
    Ok(Instant {
        seconds: cut.seconds_at(offset),
        zone: instant.zone,
    })
}

/// The start of the day (`toStartOfDay`) of a date or an instant; fails like [`date_trunc`].
pub fn start_of_day(moment: Moment<'_>) -> Result<Instant<'_>, DateError> {
    date_trunc("day", Moment::Instant(as_instant(moment)?))
}

/// The start of the hour (`toStartOfHour`) of a date or an instant; fails like [`date_trunc`].
pub fn start_of_hour(moment: Moment<'_>) -> Result<Instant<'_>, DateError> {
    date_trunc("hour", Moment::Instant(as_instant(moment)?))
}

/// The start of the month (`toStartOfMonth`) of a date or an instant; fails like [`date_trunc`].
pub fn start_of_month(moment: Moment<'_>) -> Result<Instant<'_>, DateError> {
    date_trunc("month", Moment::Instant(as_instant(moment)?))
}

/// The start of the week's Monday (`toStartOfWeek`) of a date or an instant; fails like
/// [`date_trunc`], and before the first Monday of the year 1.
pub fn start_of_week(moment: Moment<'_>) -> Result<Instant<'_>, DateError> {
    let instant = as_instant(moment)?;
    let (wall, offset) = anchored(instant)?;
    let midnight = wall.floor(86_400);
    let weekday: civil::Weekday = midnight.fields().weekday();
    let monday = midnight.plus(i128::from(weekday.to_monday_zero_offset()) * -86_400_000_000)?;
    Ok(Instant {
        seconds: monday.seconds_at(offset),
        zone: instant.zone,
    })
}

/// One field of a date, an instant or a date-like text (`extract`): `year`, `month`, `day`, `hour`,
/// `minute` or `second`.
///
/// Fails for another part, a text that is no date, another value and an unknown zone.
pub fn extract(part: &str, moment: Moment<'_>) -> Result<i64, DateError> {
    let fields = reading(moment)?.0.fields();
    match part {
        "year" => Ok(fields.year().into()),
        "month" => Ok(fields.month().into()),
        "day" => Ok(fields.day().into()),
        "hour" => Ok(fields.hour().into()),
        "minute" => Ok(fields.minute().into()),
        "second" => Ok(fields.second().into()),
        _ => Err(DateError::value(format!("Unknown extract part: {part}"))),
    }
}

/// The year (`toYear`); fails like [`extract`].
pub fn to_year(moment: Moment<'_>) -> Result<i64, DateError> {
    extract("year", moment)
}

/// The month, 1 to 12 (`toMonth`); fails like [`extract`].
pub fn to_month(moment: Moment<'_>) -> Result<i64, DateError> {
    extract("month", moment)
}

/// Year times 100 plus month (`toYYYYMM`); fails like [`extract`].
pub fn to_yyyymm(moment: Moment<'_>) -> Result<i64, DateError> {
    Ok(to_year(moment)? * 100 + to_month(moment)?)
}

/// The UTC clock's reading at an instant, and the offset (in seconds) that the instant's zone has
/// when its own clocks read that: what the reference calculates with.
fn anchored(instant: Instant<'_>) -> Result<(Wall, i64), DateError> {
    let wall = Wall::from_seconds(instant.seconds)?;
    let offset = Zone::find(instant.zone)?.offset_of(wall, false);
    Ok((wall, offset))
}

fn reading(moment: Moment<'_>) -> Result<(Wall, i64), DateError> {
    match moment {
        Moment::Instant(instant) => anchored(instant),
        Moment::Date(date) => Ok((Wall::from_date(date)?, 0)),
        // The fields count as written; a written offset is forgotten.
        Moment::Text(text) => match parse(text) {
            Some(written) => Ok((written.wall, 0)),
            None => Err(DateError::value(format!(
                "Invalid isoformat string: {}",
                super::error::quoted(text)
            ))),
        },
        Moment::Other => Err(DateError::wrong_type("fromisoformat: argument must be str")),
    }
}

fn as_instant(moment: Moment<'_>) -> Result<Instant<'_>, DateError> {
    match moment {
        Moment::Instant(instant) => Ok(instant),
        Moment::Date(date) => Ok(Instant {
            seconds: Wall::from_date(date)?.seconds_at(0),
            zone: "UTC",
        }),
        Moment::Text(_) | Moment::Other => Err(DateError::value("Expected a Date or DateTime")),
    }
}
