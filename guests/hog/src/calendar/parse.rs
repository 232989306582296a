use super::wall::Wall;
use super::zone::Zone;
use super::{Date, DateError};

/// The day that a text names (`toDate` of a text): the date as written, whatever its offset.
///
/// The text, without surrounding white space, must be `YYYY-MM-DD`, optionally followed by `T`, `t`
/// or a space, `HH:MM`, optionally `:SS` with a fraction of 1 to 9 digits after `.` or `,`, and
/// optionally `Z`, `z` or an offset `+HH`, `+HHMM` or `+HH:MM`. `None` for everything else.
pub fn date_from_text(text: &str) -> Option<Date> {
    Some(parse(text)?.wall.date())
}

/// The epoch seconds that a text names, read as UTC unless it says otherwise (`toDateTime` of a
/// text, and comparisons of a DateTime with a text). `None` when [`date_from_text`] would refuse it.
pub fn seconds_from_text(text: &str) -> Option<f64> {
    let written = parse(text)?;
    Some(written.wall.seconds_at(written.offset.unwrap_or(0)))
}

/// The epoch seconds that a text names (`toUnixTimestamp` of a text); a text without an offset is
/// in `zone`, by default UTC.
///
/// Fails when the text is no date or its zone is needed and unknown.
pub fn seconds_from_text_in(text: &str, zone: Option<&str>) -> Result<f64, DateError> {
    let written = parse(text).ok_or_else(|| DateError::not_a_date(text))?;
    let offset = match written.offset {
        Some(offset) => offset,
        None => {
            let name = zone.filter(|name| !name.is_empty()).unwrap_or("UTC");
            Zone::find(name)?.offset_of(written.wall, true)
        }
    };
    Ok(written.wall.seconds_at(offset))
}

/// A date-like text, taken apart.
pub(super) struct Written {
    /// The date and time as written.
    pub(super) wall: Wall,
    /// The written offset from UTC, in seconds.
    pub(super) offset: Option<i64>,
}

/// Takes a date-like text apart; see [`date_from_text`] for the grammar.
pub(super) fn parse(text: &str) -> Option<Written> {
    // Python strips the four ASCII separators too, which Unicode does not call white space.
    let blank = |letter: char| letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter);
    let mut rest = Rest(text.trim_matches(blank).as_bytes());
    let year = rest.number(4)?;
    rest.expect(b"-")?;
    let month = rest.number(2)?;
    rest.expect(b"-")?;
    let day = rest.number(2)?;
    let (mut hour, mut minute, mut second, mut micro) = (0, 0, 0, 0);
    let mut offset = None;
    if !rest.is_empty() {
        rest.expect(b"Tt ")?;
        hour = rest.number(2).filter(|&hour| hour < 24)?;
        rest.expect(b":")?;
        minute = rest.number(2).filter(|&minute| minute < 60)?;
        if rest.expect(b":").is_some() {
            second = rest.number(2).filter(|&second| second < 60)?;
            if rest.expect(b".,").is_some() {
                micro = rest.millis()? * 1000;
            }
        }
        offset = rest.offset()?;
    }
    if !rest.is_empty() {
        return None;
    }
    let date = Date {
        year: i32::try_from(year).ok()?,
        month: month as i32,
        day: day as i32,
    };
    Some(Written {
        wall: Wall::from_fields(date, hour, minute, second, micro)?,
        offset,
    })
}

/// What is left to read.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads one byte of a set.
    fn expect(&mut self, set: &[u8]) -> Option<u8> {
        let (&first, tail) = self.0.split_first()?;
        if !set.contains(&first) {
            return None;
        }
        self.0 = tail;
        Some(first)
    }

    /// Reads exactly so many ASCII digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, tail) = self.0.split_at_checked(digits)?;
        if !number.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = tail;
        Some(
            number
                .iter()
                .fold(0, |value, digit| value * 10 + i64::from(digit - b'0')),
        )
    }

    /// Reads a fraction of 1 to 9 digits, of which only milliseconds count.
    fn millis(&mut self) -> Option<i64> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&length) {
            return None;
        }
        let counted = length.min(3);
        let scale = [100, 10, 1][counted - 1];
        let millis = self.number(counted)? * scale;
        self.number(length - counted)?;
        Some(millis)
    }

    /// Reads an optional offset; `None` if it is malformed.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.is_empty() {
            return Some(None);
        }
        let sign = match self.expect(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(Some(0)),
        };
        let hours = self.number(2).filter(|&hours| hours < 24)?;
        let mut minutes = 0;
        if !self.is_empty() {
            self.expect(b":");
            minutes = self.number(2).filter(|&minutes| minutes < 60)?;
        }
        Some(Some(sign * (hours * 3600 + minutes * 60)))
    }
}
