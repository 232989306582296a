//! Sampling that always takes the same events.

use md5::{Digest as _, Md5};

/// The share of all events is told apart in this many steps.
const STEPS: u32 = 10_000;

/// Whether an event is among the `percentage` of all events that are taken. PostHog: the first 8 hexadecimal digits of the
/// MD5 of the event's uuid, modulo 10,000, as hundredths of a percent, must be less than the percentage.
pub fn is_sampled(uuid: &str, percentage: f64) -> bool {
    if percentage >= 100.0 {
        return true;
    }
    let [a, b, c, d, ..]: [u8; 16] = Md5::digest(uuid).into();
    let place = u32::from_be_bytes([a, b, c, d]) % STEPS;
    f64::from(place) / 100.0 < percentage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_posthog() {
        // Computed with Python: int(hashlib.md5(uuid.encode()).hexdigest()[:8], 16) % 10000 / 100
        for (uuid, place) in [
            ("0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a", 18.87),
            ("76057e0a-0000-4000-8000-000000000001", 81.16),
            ("", 63.93),
            ("01234567-89ab-4cde-8f01-23456789abcd", 90.81),
        ] {
            assert!(!is_sampled(uuid, place), "{uuid}");
            assert!(is_sampled(uuid, place + 0.01), "{uuid}");
        }
    }

    #[test]
    fn nothing_and_everything() {
        for number in 0..1000 {
            let uuid = format!("00000000-0000-4000-8000-{number:012}");
            assert!(!is_sampled(&uuid, 0.0));
            assert!(is_sampled(&uuid, 100.0));
        }
    }

    #[test]
    fn the_share_is_about_right() {
        let uuids = (0..10_000).map(|number| format!("00000000-0000-4000-8000-{number:012}"));
        let taken = uuids.filter(|uuid| is_sampled(uuid, 25.0)).count();
        assert!((2300..2700).contains(&taken), "{taken}");
    }
}
