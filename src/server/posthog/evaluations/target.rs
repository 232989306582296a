//! When a trace or a session is complete: `target_config`.

use serde_json::{Map, Value, json};

use super::evaluation::Target;

/// A setting in seconds.
pub struct Seconds {
    /// Its name.
    pub name: &'static str,
    /// The least that it may be.
    pub min: i64,
    /// The most that it may be.
    pub max: i64,
    /// What it is when nobody says.
    pub default: i64,
}

/// How long to wait for traces and sessions to be complete.
pub struct Bounds {
    /// The strategy when none is named.
    default: &'static str,
    /// After its first event.
    pub window: Seconds,
    /// After its last event.
    pub quiet: Seconds,
    /// After its first event, at most.
    max_age: Seconds,
}

const fn seconds(name: &'static str, min: i64, max: i64, default: i64) -> Seconds {
    Seconds {
        name,
        min,
        max,
        default,
    }
}

/// PostHog's bounds for traces.
pub const TRACE: Bounds = Bounds {
    default: "fixed_window",
    window: seconds("window_seconds", 10, 7200, 1800),
    quiet: seconds("quiet_period_seconds", 10, 1800, 300),
    max_age: seconds("max_age_seconds", 60, 7200, 7200),
};

/// Bounds for sessions. PostHog has some that are not published; these are ours: up to a day of quiet, up to a week in all.
pub const SESSION: Bounds = Bounds {
    default: "inactivity",
    window: seconds("window_seconds", 10, 86_400, 1800),
    quiet: seconds("quiet_period_seconds", 10, 86_400, 1800),
    max_age: seconds("max_age_seconds", 60, 604_800, 86_400),
};

/// The settings of a target, complete. Those of a generation are none, whatever is given.
///
/// # Errors
/// With PostHog's beginning, `Invalid target_config for trace: `, and what is wrong.
pub fn read(target: Target, config: &Value) -> Result<Map<String, Value>, String> {
    let bounds = match target {
        Target::Generation => return Ok(Map::new()),
        Target::Trace => TRACE,
        Target::Session => SESSION,
    };
    settle(&bounds, config).map_err(|error| format!("Invalid target_config for {}: {error}", target.name()))
}

fn settle(bounds: &Bounds, config: &Value) -> Result<Map<String, Value>, String> {
    let empty = Map::new();
    let config = match config {
        Value::Null => &empty,
        Value::Object(config) => config,
        _ => return Err("Input should be a valid dictionary".to_owned()),
    };
    let strategy = match config.get("strategy") {
        None => bounds.default,
        Some(Value::String(strategy)) => strategy,
        Some(_) => return Err("strategy: Input should be 'fixed_window' or 'inactivity'".to_owned()),
    };
    let settings: &[&Seconds] = match strategy {
        "fixed_window" => &[&bounds.window],
        "inactivity" => &[&bounds.quiet, &bounds.max_age],
        _ => return Err("strategy: Input should be 'fixed_window' or 'inactivity'".to_owned()),
    };
    let is_known = |key: &str| key == "strategy" || settings.iter().any(|setting| setting.name == key);
    if let Some(key) = config.keys().find(|key| !is_known(key)) {
        return Err(format!("{key}: Extra inputs are not permitted"));
    }
    let mut complete = Map::from_iter([("strategy".to_owned(), json!(strategy))]);
    for setting in settings {
        complete.insert(setting.name.to_owned(), json!(setting.read(config)?));
    }
    let number = |setting: &Seconds| complete.get(setting.name).and_then(Value::as_i64);
    if number(&bounds.max_age) < number(&bounds.quiet) {
        return Err("max_age_seconds must be greater than or equal to quiet_period_seconds".to_owned());
    }
    Ok(complete)
}

impl Seconds {
    fn read(&self, config: &Map<String, Value>) -> Result<i64, String> {
        let Some(given) = config.get(self.name) else {
            return Ok(self.default);
        };
        let whole = given.as_f64().filter(|number| number.fract() == 0.0);
        let number = given.as_i64().or_else(|| whole.map(|number| number as i64));
        match number {
            None => Err(format!("{}: Input should be a valid integer", self.name)),
            Some(number) if number < self.min => Err(format!(
                "{}: Input should be greater than or equal to {}",
                self.name, self.min
            )),
            Some(number) if number > self.max => Err(format!(
                "{}: Input should be less than or equal to {}",
                self.name, self.max
            )),
            Some(number) => Ok(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_completed() {
        for (target, given, complete) in [
            (Target::Generation, json!({"strategy": "x", "y": 1}), json!({})),
            (Target::Generation, json!(5), json!({})),
            (
                Target::Trace,
                json!({}),
                json!({"strategy": "fixed_window", "window_seconds": 1800}),
            ),
            (
                Target::Trace,
                json!({"window_seconds": 10.0}),
                json!({"strategy": "fixed_window", "window_seconds": 10}),
            ),
            (
                Target::Trace,
                json!({"strategy": "inactivity", "quiet_period_seconds": 60}),
                json!({"strategy": "inactivity", "quiet_period_seconds": 60, "max_age_seconds": 7200}),
            ),
            (
                Target::Session,
                json!(null),
                json!({"strategy": "inactivity", "quiet_period_seconds": 1800, "max_age_seconds": 86400}),
            ),
        ] {
            assert_eq!(read(target, &given).map(Value::Object), Ok(complete), "{given}");
        }
    }

    #[test]
    fn settings_have_bounds_and_no_others_beside_them() {
        for (given, error) in [
            (json!([]), "Input should be a valid dictionary"),
            (
                json!({"strategy": "never"}),
                "strategy: Input should be 'fixed_window' or 'inactivity'",
            ),
            (
                json!({"quiet_period_seconds": 60}),
                "quiet_period_seconds: Extra inputs are not permitted",
            ),
            (
                json!({"window_seconds": 9}),
                "window_seconds: Input should be greater than or equal to 10",
            ),
            (
                json!({"window_seconds": 7201}),
                "window_seconds: Input should be less than or equal to 7200",
            ),
            (
                json!({"window_seconds": "soon"}),
                "window_seconds: Input should be a valid integer",
            ),
            (
                json!({"strategy": "inactivity", "quiet_period_seconds": 1800, "max_age_seconds": 60}),
                "max_age_seconds must be greater than or equal to quiet_period_seconds",
            ),
        ] {
            let expected = format!("Invalid target_config for trace: {error}");
            assert_eq!(read(Target::Trace, &given), Err(expected), "{given}");
        }
    }
}
