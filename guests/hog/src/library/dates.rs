//! Dates, datetimes and intervals.

use jurybox_hog_abi::{Kind, Value};

use super::optional;
use crate::calendar::{self, Amount, DateError, Instant, Moment};
use crate::number::{self, Number};
use crate::{access, dates, failure, host, object, text, types};

const UTC: &str = "UTC";

fn utc(seconds: f64) -> Value {
    dates::new_datetime(seconds, text::ascii(UTC))
}

/// The clock in seconds; microseconds, as in Python.
fn clock() -> f64 {
    (host::now() / 1000) as f64 / 1e6
}

pub fn now(_: &[Value]) -> Value {
    utc(clock())
}

pub fn today(_: &[Value]) -> Value {
    dates::new_date(dates::checked(calendar::date_from_seconds(clock())))
}

/// The name of a zone, if one was given.
fn zone(value: Value) -> Option<&'static str> {
    text::of(value)
}

/// The number of seconds that an argument is.
fn seconds(value: Value) -> Option<f64> {
    number::approximate(value)
}

/// Fails for an argument that is neither number nor date, as the reference's parser does when it strips the text.
fn no_date(value: Value) -> ! {
    failure::no_attribute(value, "strip")
}

pub fn to_date(arguments: &[Value]) -> Value {
    let value = arguments[0];
    match dates::moment(value) {
        Moment::Text(text) => calendar::date_from_text(text).map_or(Value::NULL, dates::new_date),
        Moment::Date(_) => value,
        Moment::Instant(instant) => dates::new_date(dates::checked(calendar::date_from_seconds(instant.seconds))),
        Moment::Other => match seconds(value) {
            Some(seconds) => dates::new_date(dates::checked(calendar::date_from_seconds(seconds))),
            None if value == Value::NULL => Value::NULL,
            None => no_date(value),
        },
    }
}

pub fn to_date_time(arguments: &[Value]) -> Value {
    let value = arguments[0];
    match dates::moment(value) {
        Moment::Text(text) => calendar::seconds_from_text(text).map_or(Value::NULL, utc),
        Moment::Instant(_) => value,
        Moment::Date(date) => utc(dates::checked(calendar::seconds_from_date(date, None))),
        Moment::Other => match seconds(value) {
            Some(seconds) => utc(seconds),
            None if value == Value::NULL => Value::NULL,
            None => no_date(value),
        },
    }
}

pub fn from_unix_timestamp(arguments: &[Value]) -> Value {
    match seconds(arguments[0]) {
        Some(_) => dates::datetime_of_number(arguments[0], text::ascii(UTC)),
        None => needs_number(arguments[0]),
    }
}

pub fn from_unix_timestamp_milli(arguments: &[Value]) -> Value {
    let millis = seconds(arguments[0]).or_else(|| text::of(arguments[0]).and_then(number::parse_float));
    match millis {
        Some(millis) => utc(calendar::seconds_from_millis(millis)),
        None => needs_number(arguments[0]),
    }
}

fn needs_number(value: Value) -> ! {
    failure::type_error(format_args!(
        "float() argument must be a string or a real number, not '{}'",
        types::python_name(value)
    ))
}

fn unix_seconds(arguments: &[Value]) -> f64 {
    let zone = zone(optional(arguments, 1));
    match dates::moment(arguments[0]) {
        Moment::Instant(instant) => instant.seconds,
        Moment::Date(date) => dates::checked(calendar::seconds_from_date(date, zone)),
        Moment::Text(text) => dates::checked(calendar::seconds_from_text_in(text, zone)),
        Moment::Other => no_date(arguments[0]),
    }
}

pub fn to_unix_timestamp(arguments: &[Value]) -> Value {
    match arguments[0].address_of(Kind::DateTime) {
        Some(address) => dates::number_at(address),
        None => Value::float(unix_seconds(arguments)),
    }
}

pub fn to_unix_timestamp_milli(arguments: &[Value]) -> Value {
    number::whole(dates::checked(calendar::millis_from_seconds(unix_seconds(arguments))))
}

fn instant(value: Value) -> Instant<'static> {
    dates::checked(dates::datetime(value).ok_or_else(DateError::expected_date_time))
}

pub fn to_time_zone(arguments: &[Value]) -> Value {
    match arguments[0].address_of(Kind::DateTime) {
        Some(address) => dates::datetime_of_number(dates::number_at(address), arguments[1]),
        None => dates::checked(Err(DateError::expected_date_time())),
    }
}

pub fn format_date_time(arguments: &[Value]) -> Value {
    let instant = instant(arguments[0]);
    let Some(format) = text::of(arguments[1]) else {
        failure::type_error(format_args!(
            "object of type '{}' has no len()",
            types::python_name(arguments[1])
        ));
    };
    text::new(&dates::checked(calendar::format_date_time(
        instant,
        format,
        zone(optional(arguments, 2)),
    )))
}

/// How much to add.
fn amount(value: Value) -> Amount {
    match number::of(value) {
        Some(Number::Float(float)) => Amount::Float(float),
        Some(_) => Amount::Whole(number::index(value).unwrap_or(0)),
        None => failure::type_error(format_args!(
            "unsupported type for timedelta days component: {}",
            types::python_name(value)
        )),
    }
}

/// Text as the calendar's functions take it; other values name no unit.
fn unit(value: Value) -> &'static str {
    text::of(value).unwrap_or_else(|| access::shown(value))
}

/// The value moved by an interval of the calendar.
fn moved(result: Result<Moment<'_>, DateError>) -> Value {
    dates::from_moment(dates::checked(result))
}

pub fn date_add(arguments: &[Value]) -> Value {
    moved(calendar::date_add(
        unit(arguments[0]),
        amount(arguments[1]),
        dates::moment(arguments[2]),
    ))
}

pub fn add_days(arguments: &[Value]) -> Value {
    moved(calendar::add_days(dates::moment(arguments[0]), amount(arguments[1])))
}

pub fn date_diff(arguments: &[Value]) -> Value {
    let (start, end) = (dates::moment(arguments[1]), dates::moment(arguments[2]));
    number::int(dates::checked(calendar::date_diff(unit(arguments[0]), start, end)))
}

pub fn date_trunc(arguments: &[Value]) -> Value {
    dates::from_instant(dates::checked(calendar::date_trunc(
        unit(arguments[0]),
        dates::moment(arguments[1]),
    )))
}

pub fn extract(arguments: &[Value]) -> Value {
    number::int(dates::checked(calendar::extract(
        unit(arguments[0]),
        dates::moment(arguments[1]),
    )))
}

pub fn to_year(arguments: &[Value]) -> Value {
    number::int(dates::checked(calendar::to_year(dates::moment(arguments[0]))))
}

pub fn to_month(arguments: &[Value]) -> Value {
    number::int(dates::checked(calendar::to_month(dates::moment(arguments[0]))))
}

pub fn to_yyyymm(arguments: &[Value]) -> Value {
    number::int(dates::checked(calendar::to_yyyymm(dates::moment(arguments[0]))))
}

pub fn to_start_of_day(arguments: &[Value]) -> Value {
    dates::from_instant(dates::checked(calendar::start_of_day(dates::moment(arguments[0]))))
}

pub fn to_start_of_hour(arguments: &[Value]) -> Value {
    dates::from_instant(dates::checked(calendar::start_of_hour(dates::moment(arguments[0]))))
}

pub fn to_start_of_month(arguments: &[Value]) -> Value {
    dates::from_instant(dates::checked(calendar::start_of_month(dates::moment(arguments[0]))))
}

pub fn to_start_of_week(arguments: &[Value]) -> Value {
    dates::from_instant(dates::checked(calendar::start_of_week(dates::moment(arguments[0]))))
}

fn interval(value: Value, unit: &str) -> Value {
    object::from_pairs(&[
        text::ascii("__hogInterval__"),
        Value::TRUE,
        text::ascii("value"),
        value,
        text::ascii("unit"),
        text::ascii(unit),
    ])
}

pub fn to_interval_day(arguments: &[Value]) -> Value {
    interval(arguments[0], "day")
}

pub fn to_interval_hour(arguments: &[Value]) -> Value {
    interval(arguments[0], "hour")
}

pub fn to_interval_minute(arguments: &[Value]) -> Value {
    interval(arguments[0], "minute")
}

pub fn to_interval_month(arguments: &[Value]) -> Value {
    interval(arguments[0], "month")
}
