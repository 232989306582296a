//! What all verdicts of a metric come to.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment, Color as CellColor};
use indicatif::HumanCount;
use jurybox::{Status, Verdict};

use super::table::{self, Table};
use crate::cli::terminal;

/// Counts of verdicts and the fuel they took.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Values that pass.
    pub passed: u64,
    /// Values that do not.
    pub failed: u64,
    /// Values without a rule that says which of the two.
    pub unruled: u64,
    /// The metric did not apply.
    pub not_applicable: u64,
    /// The metric was not run.
    pub skipped: u64,
    /// Everything else.
    pub errors: u64,
    fuel: Fuel,
}

impl Summary {
    /// Counts a verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        let counter = match (verdict.status, verdict.passed) {
            (Status::Ok, Some(true)) => &mut self.passed,
            (Status::Ok, Some(false)) => &mut self.failed,
            (Status::Ok, None) => &mut self.unruled,
            (Status::NotApplicable, _) => &mut self.not_applicable,
            (Status::Skipped, _) => &mut self.skipped,
            _ => &mut self.errors,
        };
        *counter += 1;
        // What was not run has no bill.
        if verdict.status != Status::Skipped {
            self.fuel.add(verdict.usage.fuel);
        }
    }

    /// The share of passed among passed and failed; `None` when there are neither.
    pub fn pass_rate(&self) -> Option<f64> {
        let judged = self.passed + self.failed;
        (judged > 0).then(|| self.passed as f64 / judged as f64)
    }
}

/// The pass rate with one digit, rounded down: only what is whole reads as 100 %.
pub fn percent(passed: u64, failed: u64) -> String {
    let judged = u128::from(passed) + u128::from(failed);
    match (u128::from(passed) * 1000).checked_div(judged) {
        Some(permille) => format!("{}.{}%", permille / 10, permille % 10),
        None => "-".to_owned(),
    }
}

/// The table of all summaries, after an empty line. There is a column of skipped events if there are any.
pub fn table<'a>(
    summaries: impl Iterator<Item = (&'a str, &'a Summary)> + Clone,
    events: u64,
    style: &Table,
) -> String {
    let mut table = style.blank();
    let skips = summaries.clone().any(|(_, summary)| summary.skipped > 0);
    let mut names = vec!["metric", "passed", "failed", "n/a"];
    names.extend(skips.then_some("skipped"));
    names.extend(["errors", "pass rate", "fuel median", "fuel max"]);
    let numbers: Vec<usize> = (1..names.len()).collect();
    table.add_row(table::head(&names, &numbers));
    for (name, summary) in summaries {
        let number = |number| Cell::new(HumanCount(number)).set_alignment(CellAlignment::Right);
        let text = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let colored = |count, color| {
            if count > 0 {
                number(count).fg(color)
            } else {
                number(count)
            }
        };
        let fuel = |fuel: Option<u64>| text(fuel.map_or_else(|| "-".to_owned(), |fuel| HumanCount(fuel).to_string()));
        let mut cells = vec![
            Cell::new(terminal::cut(&terminal::harmless(name), 24)),
            colored(summary.passed, CellColor::Green),
            colored(summary.failed, CellColor::Red),
            number(summary.not_applicable),
        ];
        cells.extend(skips.then(|| number(summary.skipped)));
        cells.extend([
            colored(summary.errors, CellColor::Magenta),
            text(percent(summary.passed, summary.failed)),
            fuel(summary.fuel.median()),
            fuel(summary.fuel.max()),
        ]);
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let events = if events == 1 {
        "1 event".to_owned()
    } else {
        format!("{} events", HumanCount(events))
    };
    format!("\n{}{events}\n", table::finish(&table))
}

/// Distinct values that are remembered exactly.
const EXACT: usize = 50_000;

/// How often which fuel was consumed. Exact up to [`EXACT`] different values; beyond that, low bits are forgotten, so
/// that memory stays flat and the median right to a fraction of a percent.
#[derive(Clone, Debug, Default)]
struct Fuel {
    counts: BTreeMap<u64, u64>,
    forgotten_bits: u32,
    max: Option<u64>,
}

impl Fuel {
    fn add(&mut self, fuel: u64) {
        self.max = self.max.max(Some(fuel));
        *self.counts.entry(fuel >> self.forgotten_bits).or_default() += 1;
        while self.counts.len() > EXACT {
            self.forgotten_bits += 1;
            let mut coarser: BTreeMap<u64, u64> = BTreeMap::new();
            for (fuel, count) in &self.counts {
                *coarser.entry(fuel >> 1).or_default() += count;
            }
            self.counts = coarser;
        }
    }

    fn max(&self) -> Option<u64> {
        self.max
    }

    fn median(&self) -> Option<u64> {
        let total: u64 = self.counts.values().sum();
        let lower = self.nth(total.checked_sub(1)? / 2)?;
        let upper = self.nth(total / 2)?;
        Some(lower + (upper - lower) / 2)
    }

    /// The value at an index of all values in order.
    fn nth(&self, index: u64) -> Option<u64> {
        let mut seen = 0;
        let (fuel, _) = self.counts.iter().find(|(_, count)| {
            seen += **count;
            seen > index
        })?;
        Some(fuel << self.forgotten_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fuel(values: impl IntoIterator<Item = u64>) -> Fuel {
        let mut fuel = Fuel::default();
        for value in values {
            fuel.add(value);
        }
        fuel
    }

    #[test]
    fn medians() {
        for (values, median) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![9, 1], Some(5)),
            (vec![3, 1, 2], Some(2)),
            (vec![1, 1, 1, 100], Some(1)),
            (vec![u64::MAX, u64::MAX], Some(u64::MAX)),
        ] {
            assert_eq!(fuel(values.iter().copied()).median(), median, "{values:?}");
        }
    }

    #[test]
    fn many_different_values_take_little_memory() {
        let fuel = fuel((0..200_000).map(|value| value * 10));
        assert!(fuel.counts.len() <= EXACT);
        assert_eq!(fuel.max(), Some(1_999_990));
        let median = fuel.median().unwrap_or_default();
        assert!((999_000..1_001_000).contains(&median), "{median}");
    }

    #[test]
    fn rates_are_rounded_down() {
        for (passed, failed, shown) in [
            (0, 0, "-"),
            (1, 0, "100.0%"),
            (0, 3, "0.0%"),
            (2, 1, "66.6%"),
            (9999, 1, "99.9%"),
            (u64::MAX, 0, "100.0%"),
        ] {
            assert_eq!(percent(passed, failed), shown);
        }
    }
}
