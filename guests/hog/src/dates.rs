//! Dates and datetimes as values.

use jurybox_hog_abi::layout::{DATE_DAY, DATE_MONTH, DATE_YEAR, DATETIME_SECONDS, DATETIME_ZONE, HEADER};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::calendar::{self, Date, DateError, Instant, Moment};
use crate::heap::{self, read_u32, read_u64, write_u32, write_u64};
use crate::{failure, number, text};

/// A datetime value.
pub fn new_datetime(seconds: f64, zone: Value) -> Value {
    datetime_of_number(Value::float(seconds), zone)
}

/// A datetime value from a number, which stays an integer if it is one: Python keeps `dt` as it was given.
pub fn datetime_of_number(seconds: Value, zone: Value) -> Value {
    let seconds = match seconds.unpack() {
        Unpacked::Int(_) | Unpacked::Float(_) => seconds,
        _ => Value::float(number::approximate(seconds).unwrap_or(f64::NAN)),
    };
    let address = heap::allocate(Kind::DateTime as u32, DATETIME_ZONE + 8 - HEADER);
    write_u64(address + DATETIME_SECONDS, seconds.0);
    write_u64(address + DATETIME_ZONE, zone.0);
    Value::reference(Kind::DateTime, address)
}

/// A date value.
pub fn new_date(date: Date) -> Value {
    let address = heap::allocate(Kind::Date as u32, DATE_DAY + 4 - HEADER);
    write_u32(address + DATE_YEAR, date.year as u32);
    write_u32(address + DATE_MONTH, date.month as u32);
    write_u32(address + DATE_DAY, date.day as u32);
    Value::reference(Kind::Date, address)
}

/// The seconds since 1970 of the datetime in a block, as the number that they are.
pub fn number_at(address: u32) -> Value {
    Value(read_u64(address + DATETIME_SECONDS))
}

/// The seconds since 1970 of the datetime in a block.
pub fn seconds_at(address: u32) -> f64 {
    number::approximate(number_at(address)).unwrap_or(f64::NAN)
}

/// The datetime that a value is.
pub fn datetime(value: Value) -> Option<Instant<'static>> {
    let address = value.address_of(Kind::DateTime)?;
    Some(Instant {
        seconds: seconds_at(address),
        zone: text::of(Value(read_u64(address + DATETIME_ZONE))).unwrap_or("UTC"),
    })
}

/// The date that a value is.
pub fn date(value: Value) -> Option<Date> {
    let address = value.address_of(Kind::Date)?;
    Some(Date {
        year: read_u32(address + DATE_YEAR) as i32,
        month: read_u32(address + DATE_MONTH) as i32,
        day: read_u32(address + DATE_DAY) as i32,
    })
}

/// The value as the calendar's functions take it.
pub fn moment(value: Value) -> Moment<'static> {
    match value.unpack() {
        Unpacked::Ref(Kind::DateTime, _) => datetime(value).map_or(Moment::Other, Moment::Instant),
        Unpacked::Ref(Kind::Date, _) => date(value).map_or(Moment::Other, Moment::Date),
        Unpacked::Ref(Kind::String, _) => text::of(value).map_or(Moment::Other, Moment::Text),
        _ => Moment::Other,
    }
}

/// A datetime or date as a value.
pub fn from_moment(moment: Moment<'_>) -> Value {
    match moment {
        Moment::Instant(instant) => from_instant(instant),
        Moment::Date(date) => new_date(date),
        Moment::Text(text) => text::new(text),
        Moment::Other => Value::NULL,
    }
}

/// A datetime as a value.
pub fn from_instant(instant: Instant<'_>) -> Value {
    new_datetime(instant.seconds, text::new(instant.zone))
}

/// The instant that an operator compares a date by; text beside a date is parsed.
pub fn instant(value: Value, other: Value) -> Option<f64> {
    match value.unpack() {
        Unpacked::Ref(Kind::DateTime, address) => Some(seconds_at(address)),
        Unpacked::Ref(Kind::Date, _) => calendar::seconds_from_date(date(value)?, None).ok(),
        Unpacked::Ref(Kind::String, _) if matches!(other.unpack(), Unpacked::Ref(Kind::DateTime | Kind::Date, _)) => {
            calendar::seconds_from_text(text::of(value)?)
        }
        _ => None,
    }
}

/// The result of a calendar function; its errors end the evaluation.
pub fn checked<T>(result: Result<T, DateError>) -> T {
    match result {
        Ok(value) => value,
        Err(DateError::Vm(message)) => failure::vm(format_args!("{message}")),
        Err(DateError::Python { kind, message }) => failure::exception(kind, format_args!("{message}")),
    }
}
