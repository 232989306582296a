use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::DateError;
use super::wall::Wall;

const DAY_MICROS: i128 = 86_400_000_000;
const SIX_HOURS_MICROS: i128 = DAY_MICROS / 4;
/// `pytz` knows no transition before this epoch second (1901-12-13T20:45:52Z) ...
const FIRST_TRANSITION: i64 = -2_147_483_648;
/// ... nor after the last moment of 2037.
const LAST_TRANSITION: i64 = 2_145_916_799;

/// The rules of a time zone, read as `pytz` reads them.
pub(super) struct Zone {
    /// `None` for UTC, which needs no look-up.
    rules: Option<TimeZone>,
}

impl Zone {
    /// The zone of that name, in any case of letters.
    pub(super) fn find(name: &str) -> Result<Zone, DateError> {
        if name.eq_ignore_ascii_case("UTC") {
            return Ok(Zone { rules: None });
        }
        match TimeZoneDatabase::bundled().get(name) {
            Ok(rules) if !rules.is_unknown() => Ok(Zone { rules: Some(rules) }),
            _ => Err(DateError::unknown_zone(name)),
        }
    }

    /// Seconds that clocks are ahead of UTC before any known transition.
    pub(super) fn first_offset(&self) -> i64 {
        self.rules.as_ref().map_or(0, |rules| offset(rules, Timestamp::MIN))
    }

    /// Seconds that clocks are ahead of UTC at an epoch second.
    pub(super) fn offset_at(&self, seconds: i64) -> i64 {
        let Some(rules) = &self.rules else { return 0 };
        if seconds < FIRST_TRANSITION {
            return self.first_offset();
        }
        Timestamp::from_second(seconds.min(LAST_TRANSITION)).map_or(0, |stamp| offset(rules, stamp))
    }

    /// The reading of this zone's clocks when a UTC clock reads `utc`, and their offset in seconds.
    pub(super) fn local(&self, utc: Wall) -> Result<(Wall, i64), DateError> {
        let offset = self.offset_at(utc.whole_seconds());
        Ok((utc.plus(i128::from(offset) * 1_000_000)?, offset))
    }

    /// The offset of this zone's clocks, in seconds, when they read `wall`.
    ///
    /// Of the two offsets of a repeated hour this is that of the first pass if `first` is set;
    /// in a skipped hour `first` takes the offset after the change, else that before it.
    pub(super) fn offset_of(&self, wall: Wall, first: bool) -> i64 {
        if self.rules.is_none() {
            return 0;
        }
        let seconds = wall.whole_seconds();
        let candidates = [self.offset_at(seconds - 86_400), self.offset_at(seconds + 86_400)];
        let mut fitting = candidates
            .into_iter()
            .filter(|&offset| self.offset_at(seconds - offset) == offset);
        match (fitting.next(), fitting.next()) {
            (Some(one), Some(other)) if first => one.max(other),
            (Some(one), Some(other)) => one.min(other),
            (Some(only), None) => only,
            _ => {
                let shift = if first { SIX_HOURS_MICROS } else { -SIX_HOURS_MICROS };
                wall.plus(shift).map_or(candidates[0], |near| {
                    self.offset_at(near.whole_seconds() - candidates[0])
                })
            }
        }
    }
}

/// `pytz` rounds offsets to whole minutes, half up.
fn offset(rules: &TimeZone, at: Timestamp) -> i64 {
    (i64::from(rules.to_offset(at).seconds()) + 30).div_euclid(60) * 60
}
