use std::fmt::Write;

use super::wall::Wall;
use super::zone::Zone;
use super::{Date, DateError, Instant};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// An instant written by a ClickHouse format (`formatDateTime`), in `zone` or else in its own zone.
///
/// A `%` before an unknown letter or at the end gives nothing. Fails for an unknown zone and for an
/// instant outside the years 1 to 9999.
pub fn format_date_time(instant: Instant<'_>, format: &str, zone: Option<&str>) -> Result<String, DateError> {
    let name = zone.filter(|name| !name.is_empty()).unwrap_or(instant.zone);
    let rules = Zone::find(name)?;
    let (wall, offset) = rules.local(Wall::from_seconds(instant.seconds)?)?;
    let mut written = String::with_capacity(format.len() * 2);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            if let Some(token) = letters.next() {
                // Writing to a String does not fail.
                let _ = write_token(&mut written, token, wall, offset);
            }
        } else {
            written.push(letter);
        }
    }
    Ok(written)
}

fn write_token(out: &mut String, token: char, wall: Wall, offset: i64) -> std::fmt::Result {
    let fields = wall.fields();
    let date = fields.date();
    let (year, month, day) = (fields.year(), fields.month(), fields.day());
    let (hour, minute, second) = (fields.hour(), fields.minute(), fields.second());
    let hour_of_twelve = (hour + 11) % 12 + 1;
    let half = if hour < 12 { "AM" } else { "PM" };
    let weekday = date.weekday();
    let day_name = DAYS[weekday.to_monday_zero_offset() as usize % 7];
    let month_name = MONTHS[(month - 1).rem_euclid(12) as usize];
    let short_year = year.rem_euclid(100);
    match token {
        'a' => out.write_str(&day_name[..3]),
        'b' => out.write_str(&month_name[..3]),
        'c' | 'm' => write!(out, "{month:02}"),
        'C' | 'g' | 'y' => write!(out, "{short_year:02}"),
        'd' | 'e' => write!(out, "{day:02}"),
        'D' => write!(out, "{month:02}/{day:02}/{short_year:02}"),
        'f' => write!(out, "{:06}", wall.micro()),
        'F' => write!(out, "{year}-{month:02}-{day:02}"),
        'G' | 'Y' => write!(out, "{year}"),
        'h' | 'I' | 'l' => write!(out, "{hour_of_twelve:02}"),
        'H' | 'k' => write!(out, "{hour:02}"),
        'i' => write!(out, "{minute:02}"),
        'j' => write!(out, "{:03}", date.day_of_year()),
        'M' => out.write_str(month_name),
        'n' => out.write_str("\n"),
        'p' => out.write_str(half),
        'r' => write!(out, "{hour_of_twelve:02}:{minute:02} {half}"),
        'R' => write!(out, "{hour:02}:{minute:02}"),
        's' | 'S' => write!(out, "{second:02}"),
        't' => out.write_str("\t"),
        'T' => write!(out, "{hour:02}:{minute:02}:{second:02}"),
        'u' => write!(out, "{}", weekday.to_monday_one_offset()),
        'V' => write!(out, "{:02}", date.iso_week_date().week()),
        'w' => write!(out, "{}", weekday.to_sunday_zero_offset()),
        'W' => out.write_str(day_name),
        'z' => write_offset(out, offset, ""),
        '%' => out.write_str("%"),
        _ => Ok(()),
    }
}

fn write_offset(out: &mut String, offset: i64, separator: &str) -> std::fmt::Result {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    write!(out, "{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

/// An instant as ISO 8601 text with milliseconds (cut, not rounded): `2024-05-03T10:20:30.123Z` in
/// UTC, `2024-05-03T12:20:30.123+02:00` elsewhere (`toString`).
///
/// Fails for an unknown zone and for an instant outside the years 1 to 9999.
pub fn iso_instant(instant: Instant<'_>) -> Result<String, DateError> {
    let name = if instant.zone.is_empty() { "UTC" } else { instant.zone };
    let (wall, offset) = Zone::find(name)?.local(Wall::from_seconds(instant.seconds)?)?;
    let fields = wall.fields();
    let mut written = String::with_capacity(29);
    let _ = write!(
        written,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        fields.year(),
        fields.month(),
        fields.day(),
        fields.hour(),
        fields.minute(),
        fields.second(),
        wall.micro() / 1000
    );
    // Only this spelling of the zone's name gets the short form.
    if instant.zone == "UTC" {
        written.push('Z');
    } else {
        let _ = write_offset(&mut written, offset, ":");
    }
    Ok(written)
}

/// A date as `YYYY-MM-DD` (`toString`); years below 1000 are not padded. Never fails.
pub fn iso_date(date: Date) -> String {
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}
