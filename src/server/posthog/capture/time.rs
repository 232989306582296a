//! When an event happened, by the server's clock. Clients' clocks are wrong; how wrong is seen from when they say that they
//! sent the request.

use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

use crate::server::posthog::filters::instant;

/// When a request was sent and received.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// By the client's clock, if it says so.
    pub sent_at: Option<Timestamp>,
    /// By ours.
    pub now: Timestamp,
}

/// What an event says of its time.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// `timestamp`: by the client's clock.
    pub timestamp: Option<String>,
    /// `offset`: milliseconds before it was sent.
    pub offset: Option<f64>,
    /// `$ignore_sent_at`: the client's clock is right.
    pub ignore_sent_at: bool,
}

impl Clocks {
    /// The clocks of a request that is received now.
    pub fn now(sent_at: Option<&str>) -> Self {
        Self {
            sent_at: sent_at.and_then(|text| instant(&Value::from(text))),
            now: Timestamp::now(),
        }
    }

    /// When an event happened. As at PostHog: its timestamp, moved by what the client's clock is wrong; or `offset` before
    /// now; or now. What would be more than 23 hours in the future happened now.
    pub fn time(&self, said: &Said) -> Timestamp {
        let timestamp = said.timestamp.as_deref().and_then(|text| instant(&Value::from(text)));
        let time = match (timestamp, self.sent_at) {
            (Some(timestamp), Some(sent_at)) if !said.ignore_sent_at => self
                .now
                .checked_add(timestamp.duration_since(sent_at))
                .unwrap_or(timestamp),
            (Some(timestamp), _) => timestamp,
            (None, _) => self.before(said.offset),
        };
        let is_future = self.now.checked_add(23.hours()).is_ok_and(|end| time > end);
        if is_future { self.now } else { time }
    }

    fn before(&self, offset: Option<f64>) -> Timestamp {
        // Casts of floats saturate.
        let offset = offset.filter(|offset| *offset > 0.0).unwrap_or_default() as i64;
        self.now
            .checked_sub(jiff::SignedDuration::from_millis(offset))
            .unwrap_or(self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_corrected() {
        for (sent_at, timestamp, offset, ignore, expected) in [
            (None, None, None, false, "2026-03-31T12:00:00Z"),
            (
                None,
                Some("2026-03-31T11:00:00+00:00"),
                None,
                false,
                "2026-03-31T11:00:00Z",
            ),
            (
                None,
                Some("2026-03-31T11:00:00.123456Z"),
                None,
                false,
                "2026-03-31T11:00:00.123456Z",
            ),
            (None, Some("2026-03-31 11:00:00"), None, false, "2026-03-31T11:00:00Z"),
            // The client's clock is an hour late.
            (
                Some("2026-03-31T11:00:00Z"),
                Some("2026-03-31T10:59:00Z"),
                None,
                false,
                "2026-03-31T11:59:00Z",
            ),
            (
                Some("2026-03-31T11:00:00Z"),
                Some("2026-03-31T10:59:00Z"),
                None,
                true,
                "2026-03-31T10:59:00Z",
            ),
            // Or two days early.
            (
                Some("2026-04-02T12:00:00Z"),
                Some("2026-04-02T11:59:30Z"),
                None,
                false,
                "2026-03-31T11:59:30Z",
            ),
            (
                Some("1774958400000"),
                Some("2026-03-31T11:59:30Z"),
                None,
                false,
                "2026-03-31T11:59:30Z",
            ),
            (
                Some("soon"),
                Some("2026-03-31T11:59:30Z"),
                None,
                false,
                "2026-03-31T11:59:30Z",
            ),
            (None, None, Some(1500.0), false, "2026-03-31T11:59:58.5Z"),
            (None, None, Some(-1.0), false, "2026-03-31T12:00:00Z"),
            (None, None, Some(1e300), false, "2026-03-31T12:00:00Z"),
            (None, Some("tomorrow"), Some(1000.0), false, "2026-03-31T11:59:59Z"),
            (None, Some("2026-04-01T10:59:00Z"), None, false, "2026-04-01T10:59:00Z"),
            (None, Some("2026-04-01T11:01:00Z"), None, false, "2026-03-31T12:00:00Z"),
            (
                Some("0001-01-01T00:00:00Z"),
                Some("9999-12-01T00:00:00Z"),
                None,
                false,
                "2026-03-31T12:00:00Z",
            ),
            (
                None,
                Some("2026-01-01T00:00:00+00:00"),
                None,
                false,
                "2026-01-01T00:00:00Z",
            ),
        ] {
            let clocks = Clocks {
                sent_at: sent_at.and_then(|text| instant(&Value::from(text))),
                now: "2026-03-31T12:00:00Z".parse().expect("a time"),
            };
            let said = Said {
                timestamp: timestamp.map(str::to_owned),
                offset,
                ignore_sent_at: ignore,
            };
            let expected: Timestamp = expected.parse().expect(expected);
            assert_eq!(clocks.time(&said), expected, "{sent_at:?} {said:?}");
        }
    }
}
