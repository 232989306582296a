//! One number for many.

use crate::server::problem::Problem;

/// How many numbers become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aggregate {
    /// Their arithmetic mean.
    #[default]
    Average,
    /// Their sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The one in the middle, or the mean of the two.
    Median,
    /// The 90th percentile.
    P90,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// How many there are.
    Count,
}

const NAMES: [(&str, Aggregate); 9] = [
    ("average", Aggregate::Average),
    ("sum", Aggregate::Sum),
    ("min", Aggregate::Min),
    ("max", Aggregate::Max),
    ("median", Aggregate::Median),
    ("p90", Aggregate::P90),
    ("p95", Aggregate::P95),
    ("p99", Aggregate::P99),
    ("count", Aggregate::Count),
];

impl Aggregate {
    /// The one of this name; the average where none is named.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn read(name: Option<&str>) -> Result<Self, Problem> {
        let Some(name) = name else { return Ok(Self::default()) };
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, aggregate)| *aggregate).ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            let detail = format!("This must be one of {}.", names.join(", "));
            Problem::invalid("aggregate_function", "invalid_value", detail)
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(_, aggregate)| *aggregate == self);
        found.map_or("average", |(name, _)| name)
    }

    /// The one number; `None` where there is nothing to tell it from.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        let count = values.len() as f64;
        if self == Self::Count {
            return Some(count);
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        Some(match self {
            Self::Average => sorted.iter().sum::<f64>() / count,
            Self::Sum => sorted.iter().sum(),
            Self::Min => first,
            Self::Max => last,
            Self::Median => percentile(&sorted, 0.5),
            Self::P90 => percentile(&sorted, 0.9),
            Self::P95 => percentile(&sorted, 0.95),
            Self::P99 => percentile(&sorted, 0.99),
            Self::Count => count,
        })
    }
}

/// The percentile of sorted values, between two of them as far as it is between them (as numpy does by default).
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or_default();
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_become_one() {
        let values = [4.0, 1.0, 3.0, 2.0];
        for (name, expected) in [
            ("average", 2.5),
            ("sum", 10.0),
            ("min", 1.0),
            ("max", 4.0),
            ("median", 2.5),
            ("p90", 3.7),
            ("p95", 3.85),
            ("p99", 3.97),
            ("count", 4.0),
        ] {
            let aggregate = Aggregate::read(Some(name)).expect(name);
            assert_eq!(aggregate.name(), name);
            let found = aggregate.of(&values).expect("a number");
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
            assert_eq!(aggregate.of(&[]), (name == "count").then_some(0.0), "{name}");
        }
        assert_eq!(Aggregate::read(None), Ok(Aggregate::Average));
        assert!(Aggregate::read(Some("mode")).is_err());
    }
}
