use super::*;

const NOON: f64 = 1_714_732_200.123; // 2024-05-03T10:30:00.123Z

fn at(seconds: f64, zone: &str) -> Instant<'_> {
    Instant { seconds, zone }
}

fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

fn python<T>(result: Result<T, DateError>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn reads_the_grammar_and_nothing_else() {
    for (text, seconds) in [
        ("1970-01-01", Some(0.0)),
        (" 1970-01-02\n", Some(86_400.0)),
        ("1970-01-01T00:01", Some(60.0)),
        ("1970-01-01t00:00:01", Some(1.0)),
        ("1970-01-01 00:00:01.5", Some(1.5)),
        ("1970-01-01 00:00:01,25Z", Some(1.25)),
        ("1970-01-01T00:00:00.123999999", Some(0.123)),
        ("1970-01-01T00:00z", Some(0.0)),
        ("1970-01-01T00:00+01", Some(-3_600.0)),
        ("1970-01-01T00:00-0130", Some(5_400.0)),
        ("1970-01-01T00:00+01:30", Some(-5_400.0)),
        ("1969-12-31T23:59:59", Some(-1.0)),
        ("0001-01-01", Some(-62_135_596_800.0)),
        ("0000-01-01", None),
        ("2024-02-29", Some(1_709_164_800.0)),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("2024-00-01", None),
        ("20240101", None),
        ("2024-W05", None),
        ("2024-001", None),
        ("10:30", None),
        ("2024-01-01Z", None),
        ("2024-01-01T", None),
        ("2024-01-01T10", None),
        ("2024-01-01T24:00", None),
        ("2024-01-01T10:60", None),
        ("2024-01-01T10:30:60", None),
        ("2024-01-01T10:30:00.", None),
        ("2024-01-01T10:30:00.1234567890", None),
        ("2024-01-01T10:30.5", None),
        ("2024-01-01T10:30 Z", None),
        ("2024-01-01T10:30+1", None),
        ("2024-01-01T10:30+24", None),
        ("2024-01-01T10:30+01:60", None),
        ("2024-01-01T10:30+01:", None),
        ("2024-01-01T10:30ZZ", None),
        ("2024-1-1", None),
        ("٢٠٢٤-٠١-٠١", None),
        ("", None),
    ] {
        assert_eq!(seconds_from_text(text), seconds, "{text:?}");
        assert_eq!(date_from_text(text).is_some(), seconds.is_some(), "{text:?}");
    }
    assert_eq!(date_from_text("2024-01-01T00:30+02:00"), Some(date(2024, 1, 1)));
}

#[test]
fn reads_texts_in_a_zone() {
    for (text, zone, seconds) in [
        ("2024-07-01", None, 1_719_792_000.0),
        ("2024-07-01", Some("UTC"), 1_719_792_000.0),
        ("2024-07-01", Some("America/New_York"), 1_719_806_400.0),
        ("2024-01-01", Some("america/new_york"), 1_704_085_200.0),
        ("2024-07-01T00:00Z", Some("America/New_York"), 1_719_792_000.0),
        ("2024-07-01T00:00Z", Some("nowhere"), 1_719_792_000.0),
        // The first of two passes, and the offset after a gap.
        ("2024-11-03T01:30", Some("America/New_York"), 1_730_611_800.0),
        ("2024-03-10T02:30", Some("America/New_York"), 1_710_052_200.0),
    ] {
        assert_eq!(seconds_from_text_in(text, zone), Ok(seconds), "{text} {zone:?}");
    }
    assert_eq!(
        python(seconds_from_text_in("soon", None)),
        "ValueError: Could not parse date: soon"
    );
    assert_eq!(
        python(seconds_from_text_in("2024-07-01", Some("a'b"))),
        "UnknownTimeZoneError: \"a'b\""
    );
}

#[test]
fn converts_between_dates_and_seconds() {
    assert_eq!(date_from_seconds(NOON), Ok(date(2024, 5, 3)));
    assert_eq!(date_from_seconds(-0.5), Ok(date(1969, 12, 31)));
    assert_eq!(days_since_epoch(date(1970, 1, 2)), Ok(1));
    assert_eq!(days_since_epoch(date(1, 1, 1)), Ok(-719_162));
    assert_eq!(seconds_from_date(date(2024, 5, 3), None), Ok(1_714_694_400.0));
    // Local mean time, 4 h 56 min behind.
    assert_eq!(
        seconds_from_date(date(2024, 5, 3), Some("America/New_York")),
        Ok(1_714_712_160.0)
    );
    assert_eq!(millis_from_seconds(1.5), Ok(1500.0));
    assert_eq!(millis_from_seconds(-0.0015), Ok(-1.0));
    assert_eq!(seconds_from_millis(1500.0), 1.5);
    assert_eq!(to_time_zone(at(NOON, "UTC"), "Mars"), at(NOON, "Mars"));
    assert!(is_zone("Europe/Berlin") && !is_zone("Mars") && !is_zone(""));
}

#[test]
fn writes_iso_text() {
    for (seconds, zone, text) in [
        (NOON, "UTC", "2024-05-03T10:30:00.123Z"),
        (NOON, "", "2024-05-03T10:30:00.123+00:00"),
        (NOON, "Europe/Berlin", "2024-05-03T12:30:00.123+02:00"),
        (NOON, "America/New_York", "2024-05-03T06:30:00.123-04:00"),
        (NOON, "Asia/Kolkata", "2024-05-03T16:00:00.123+05:30"),
        (0.0019994, "UTC", "1970-01-01T00:00:00.001Z"),
        (0.0019999, "UTC", "1970-01-01T00:00:00.002Z"),
        (-0.001, "UTC", "1969-12-31T23:59:59.999Z"),
        (-62_135_596_800.0, "UTC", "0001-01-01T00:00:00.000Z"),
        // No summer time is known after 2037.
        (2_545_992_000.0, "America/New_York", "2050-09-05T07:00:00.000-05:00"),
    ] {
        assert_eq!(iso_instant(at(seconds, zone)).as_deref(), Ok(text));
    }
    assert_eq!(iso_date(date(2024, 5, 3)), "2024-05-03");
    assert_eq!(iso_date(date(7, 12, 31)), "7-12-31");
}

#[test]
fn formats_every_letter() {
    for (format, text) in [
        ("%a %b %c %C %d %D", "Fri May 05 24 03 05/03/24"),
        ("%e %f %F %g %G", "03 123000 2024-05-03 24 2024"),
        ("%h %H %i %I %j %k %l", "10 10 30 10 124 10 10"),
        ("%m %M %n %p %r %R", "05 May \n AM 10:30 AM 10:30"),
        ("%s %S %t %T %u %V %w", "00 00 \t 10:30:00 5 18 5"),
        ("%W %y %Y %z %%", "Friday 24 2024 +0000 %"),
        ("é %Q|%é|%", "é ||"),
        ("", ""),
    ] {
        assert_eq!(format_date_time(at(NOON, "UTC"), format, None).as_deref(), Ok(text));
    }
    let later = |format, zone| format_date_time(at(NOON + 50_400.0, "Europe/Berlin"), format, zone);
    assert_eq!(
        later("%F %T %I %p %z", None).as_deref(),
        Ok("2024-05-04 02:30:00 02 AM +0200")
    );
    assert_eq!(
        later("%F %T %I %p %z", Some("Asia/Kolkata")).as_deref(),
        Ok("2024-05-04 06:00:00 06 AM +0530")
    );
    assert_eq!(later("%h %p", Some("America/Los_Angeles")).as_deref(), Ok("05 PM"));
    assert_eq!(python(later("%F", Some("Mars"))), "UnknownTimeZoneError: 'Mars'");
}

#[test]
fn adds_units() {
    for (unit, amount, from, to) in [
        ("second", Amount::Whole(1), "2024-02-28T23:59:59", "2024-02-29T00:00:00"),
        (
            "minute",
            Amount::Whole(-1),
            "2024-03-01T00:00:00",
            "2024-02-29T23:59:00",
        ),
        ("hour", Amount::Float(1.5), "2024-03-01T00:00:00", "2024-03-01T01:30:00"),
        ("day", Amount::Whole(1), "2024-02-28T12:00:00", "2024-02-29T12:00:00"),
        ("week", Amount::Whole(-1), "2024-03-07T00:00:00", "2024-02-29T00:00:00"),
        ("month", Amount::Whole(1), "2024-01-31T08:00:00", "2024-02-29T08:00:00"),
        (
            "month",
            Amount::Whole(-13),
            "2024-01-31T08:00:00",
            "2022-12-31T08:00:00",
        ),
        ("year", Amount::Whole(1), "2024-02-29T08:00:00", "2025-02-28T08:00:00"),
    ] {
        let (from, to) = (seconds_from_text(from).expect(from), seconds_from_text(to).expect(to));
        assert_eq!(
            date_add(unit, amount, Moment::Instant(at(from, "UTC"))),
            Ok(Moment::Instant(at(to, "UTC")))
        );
    }
    let day = |year, month, day| Moment::Date(date(year, month, day));
    assert_eq!(
        date_add("month", Amount::Whole(1), day(2023, 1, 31)),
        Ok(day(2023, 2, 28))
    );
    assert_eq!(
        date_add("hour", Amount::Whole(25), day(2023, 1, 31)),
        Ok(day(2023, 2, 1))
    );
    assert_eq!(add_days(day(2023, 12, 31), Amount::Whole(1)), Ok(day(2024, 1, 1)));
    // The UTC clock is read as the zone's, so a zone shifts the result by its offset.
    let shifted = date_add("day", Amount::Whole(1), Moment::Instant(at(0.0, "America/New_York")));
    assert_eq!(
        shifted,
        Ok(Moment::Instant(at(86_400.0 + 5.0 * 3_600.0, "America/New_York")))
    );
}

#[test]
fn refuses_sums_in_pythons_words() {
    let day = Moment::Date(date(2024, 1, 1));
    for (unit, amount, to, message) in [
        (
            "eon",
            Amount::Whole(1),
            day,
            "ValueError: Unsupported interval unit: eon",
        ),
        (
            "day",
            Amount::Whole(1),
            Moment::Text("2024-01-01"),
            "ValueError: Expected a HogDate or HogDateTime",
        ),
        (
            "day",
            Amount::Whole(1),
            Moment::Other,
            "ValueError: Expected a HogDate or HogDateTime",
        ),
        (
            "day",
            Amount::Whole(1_000_000_000),
            day,
            "OverflowError: days=1000000000; must have magnitude <= 999999999",
        ),
        (
            "day",
            Amount::Whole(i64::MIN),
            day,
            "OverflowError: Python int too large to convert to C int",
        ),
        (
            "day",
            Amount::Float(1e300),
            day,
            "OverflowError: Python int too large to convert to C int",
        ),
        (
            "day",
            Amount::Float(f64::NAN),
            day,
            "ValueError: cannot convert float NaN to integer",
        ),
        (
            "day",
            Amount::Float(f64::INFINITY),
            day,
            "OverflowError: cannot convert float infinity to integer",
        ),
        (
            "day",
            Amount::Whole(10_000_000),
            day,
            "OverflowError: date value out of range",
        ),
        (
            "month",
            Amount::Float(1.0),
            day,
            "TypeError: 'float' object cannot be interpreted as an integer",
        ),
        (
            "year",
            Amount::Whole(7_976),
            day,
            "ValueError: year 10000 is out of range",
        ),
        (
            "year",
            Amount::Whole(i64::MAX),
            day,
            "OverflowError: Python int too large to convert to C int",
        ),
    ] {
        assert_eq!(python(date_add(unit, amount, to)), message, "{unit} {amount:?}");
    }
}

#[test]
fn subtracts_in_units() {
    let text = Moment::Text;
    for (unit, start, end, difference) in [
        ("second", "2024-01-01T00:00:01.900", "2024-01-01T00:00:00", -1),
        ("minute", "2024-01-01T00:00:00", "2024-01-01T00:01:59", 1),
        ("minute", "2024-01-01T00:00:01", "2024-01-01T00:00:00", -1),
        ("hour", "2024-01-01T00:00:00", "2024-01-02T01:30:00", 25),
        ("day", "2024-01-01", "2024-03-01", 60),
        ("day", "2024-01-01T12:00", "2024-01-01T11:00", -1),
        ("week", "2024-01-01", "2024-01-14", 1),
        ("month", "2024-01-31", "2024-02-01", 1),
        ("year", "2024-12-31", "2025-01-01", 1),
    ] {
        assert_eq!(
            date_diff(unit, text(start), text(end)),
            Ok(difference),
            "{unit} {start} {end}"
        );
    }
    let (first, second) = (
        Moment::Date(date(2024, 1, 1)),
        Moment::Instant(at(1_704_153_600.0, "UTC")),
    );
    assert_eq!(date_diff("hour", first, second), Ok(24));
    assert_eq!(
        python(date_diff("eon", first, second)),
        "ValueError: Unsupported unit for dateDiff: eon"
    );
    assert_eq!(
        python(date_diff("day", first, text("x"))),
        "ValueError: Invalid isoformat string: 'x'"
    );
    assert_eq!(
        python(date_diff("day", first, Moment::Other)),
        "TypeError: fromisoformat: argument must be str"
    );
}

#[test]
fn truncates() {
    for (unit, text) in [
        ("year", "2024-01-01T00:00:00"),
        ("month", "2024-05-01T00:00:00"),
        ("day", "2024-05-03T00:00:00"),
        ("hour", "2024-05-03T10:00:00"),
        ("minute", "2024-05-03T10:30:00"),
    ] {
        let expected = at(seconds_from_text(text).expect(text), "UTC");
        assert_eq!(date_trunc(unit, Moment::Instant(at(NOON, "UTC"))), Ok(expected));
    }
    let noon = Moment::Instant(at(NOON, "UTC"));
    let start = |text| Ok(at(seconds_from_text(text).expect(text), "UTC"));
    assert_eq!(start_of_hour(noon), start("2024-05-03T10:00"));
    assert_eq!(start_of_day(noon), start("2024-05-03"));
    assert_eq!(start_of_week(noon), start("2024-04-29"));
    assert_eq!(start_of_month(noon), start("2024-05-01"));
    assert_eq!(start_of_week(Moment::Date(date(2024, 4, 29))), start("2024-04-29"));
    assert_eq!(start_of_week(Moment::Date(date(2024, 5, 5))), start("2024-04-29"));
    assert_eq!(
        python(date_trunc("week", noon)),
        "ValueError: Unsupported unit for dateTrunc: week"
    );
    assert_eq!(
        python(date_trunc("day", Moment::Date(date(2024, 1, 1)))),
        "ValueError: Expected a DateTime for dateTrunc"
    );
    assert_eq!(
        python(start_of_day(Moment::Other)),
        "ValueError: Expected a Date or DateTime"
    );
    let first = at(-62_135_596_800.0, "UTC");
    assert_eq!(start_of_week(Moment::Instant(first)), Ok(first));
}

#[test]
fn extracts_fields() {
    let noon = Moment::Instant(at(NOON, "UTC"));
    for (part, value) in [
        ("year", 2024),
        ("month", 5),
        ("day", 3),
        ("hour", 10),
        ("minute", 30),
        ("second", 0),
    ] {
        assert_eq!(extract(part, noon), Ok(value));
    }
    assert_eq!(extract("hour", Moment::Instant(at(NOON, "Asia/Kolkata"))), Ok(10));
    assert_eq!(extract("hour", Moment::Date(date(2024, 5, 3))), Ok(0));
    assert_eq!(extract("hour", Moment::Text("2024-05-03T04:00+02:00")), Ok(4));
    assert_eq!(
        (to_year(noon), to_month(noon), to_yyyymm(noon)),
        (Ok(2024), Ok(5), Ok(202_405))
    );
    assert_eq!(python(extract("eon", noon)), "ValueError: Unknown extract part: eon");
    assert_eq!(
        python(extract("day", Moment::Date(date(2024, 2, 30)))),
        "ValueError: day is out of range for month"
    );
    assert_eq!(
        python(extract("day", Moment::Date(date(2024, 0, 1)))),
        "ValueError: month must be in 1..12"
    );
    assert_eq!(
        python(extract("day", Moment::Date(date(0, 1, 1)))),
        "ValueError: year 0 is out of range"
    );
}

#[test]
fn refuses_instants_outside_the_calendar() {
    for (seconds, message) in [
        (f64::NAN, "ValueError: Invalid value NaN (not a number)"),
        (
            f64::INFINITY,
            "OverflowError: timestamp out of range for platform time_t",
        ),
        (-1e300, "OverflowError: timestamp out of range for platform time_t"),
        (1e19, "OverflowError: timestamp out of range for platform time_t"),
        (1e18, "OSError: [Errno 75] Value too large for defined data type"),
        (6e16, "ValueError: year 1901326280 is out of range"),
        (1e12, "ValueError: year 33658 is out of range"),
        (-1e12, "ValueError: year -29719 is out of range"),
        (253_402_300_800.0, "ValueError: year 10000 is out of range"),
        (-62_135_596_801.0, "ValueError: year 0 is out of range"),
    ] {
        assert_eq!(python(iso_instant(at(seconds, "UTC"))), message);
        assert_eq!(python(date_from_seconds(seconds)), message);
    }
}

#[test]
fn no_number_makes_a_panic() {
    let mut numbers = vec![
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        f64::MAX,
        f64::MIN_POSITIVE,
    ];
    for edge in [
        -62_135_596_800.0,
        253_402_300_800.0,
        -2_147_483_648.0,
        2_145_916_800.0,
        0.0,
    ] {
        for step in [-1e5, -86_400.0, -1.0, -1e-7, 0.0, 1e-7, 1.0, 86_400.0, 1e5] {
            numbers.push(edge + step);
        }
    }
    numbers.extend((0..620).map(|power| (if power % 2 == 0 { 1.0 } else { -1.0 }) * 10_f64.powi(power / 2 - 1)));
    for &seconds in &numbers {
        for zone in ["UTC", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"] {
            let moment = Moment::Instant(at(seconds, zone));
            let _ = iso_instant(at(seconds, zone));
            let _ = format_date_time(at(seconds, zone), "%a %b %V %j %z %f", None);
            let _ = (start_of_week(moment), date_trunc("year", moment), to_yyyymm(moment));
            let _ = date_diff("second", moment, Moment::Date(date(1, 1, 1)));
            for amount in [
                Amount::Float(seconds),
                Amount::Whole(i64::MAX),
                Amount::Whole(i64::MIN),
                Amount::Whole(-1),
            ] {
                for unit in ["second", "week", "month", "year"] {
                    let _ = date_add(unit, amount, moment);
                    let _ = date_add(unit, amount, Moment::Date(date(9999, 12, 31)));
                }
            }
        }
        let _ = (date_from_seconds(seconds), millis_from_seconds(seconds));
    }
    for extreme in [i32::MIN, -1, 0, 99, i32::MAX] {
        for odd in [date(extreme, 1, 1), date(2024, extreme, 1), date(2024, 1, extreme)] {
            let _ = (
                iso_date(odd),
                days_since_epoch(odd),
                seconds_from_date(odd, Some("Asia/Tokyo")),
            );
            let _ = (
                start_of_week(Moment::Date(odd)),
                date_add("month", Amount::Whole(1), Moment::Date(odd)),
            );
        }
    }
}
