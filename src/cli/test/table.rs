//! Verdicts as a table that grows while events are judged.

use comfy_table::{Attribute, Cell, CellAlignment, Color as CellColor, ColumnConstraint, Row, Width, presets};
use indicatif::HumanCount;
use jurybox::{Color, Status, Verdict};

use super::pipeline::Judged;
use crate::cli::{terminal, traceback};

/// The widest verdict word.
const VERDICT_WIDTH: usize = 9;
/// How wide the column of events is at least and at most; a number is short, a uuid has 36 characters.
const EVENT_WIDTHS: (usize, usize) = (8, 13);
/// The same in a wide table.
const WIDE_EVENT_WIDTHS: (usize, usize) = (13, 36);
/// Space between columns.
const GAP: u16 = 2;
/// Lines that an error may take.
const ERROR_LINES: usize = 6;
/// Lines of a traceback among them: the innermost calls.
const TRACEBACK_LINES: usize = 3;
/// Tables this wide have room for whole uuids and long names.
const WIDE: u16 = 110;

/// Draws rows with columns that stay where they are. Widths are decided at the first event, for the others are not
/// known yet.
pub struct Table {
    width: u16,
    color: Color,
    metric_width: usize,
    fuel_width: usize,
    event_width: Option<usize>,
    metrics: Vec<String>,
}

impl Table {
    /// A table for these metrics, which may use so much fuel.
    pub fn new<'a>(metrics: impl Iterator<Item = &'a str>, fuel: u64, width: u16, color: Color) -> Self {
        let metrics: Vec<String> = metrics.map(|name| terminal::harmless(name).into_owned()).collect();
        let longest = metrics
            .iter()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or_default();
        let metric_width = longest.clamp("metric".len(), if width < WIDE { 16 } else { 28 });
        let metrics = metrics.iter().map(|name| terminal::cut(name, metric_width)).collect();
        let fuel_width = HumanCount(fuel).to_string().len().max("fuel".len());
        Self {
            width,
            color,
            metric_width,
            fuel_width,
            event_width: None,
            metrics,
        }
    }

    /// The rows of an event, after the head of the table if it is the first one.
    pub fn rows(&mut self, judged: &Judged) -> String {
        let label = terminal::first_line(&judged.event);
        let is_first = self.event_width.is_none();
        let (least, most) = if self.width < WIDE {
            EVENT_WIDTHS
        } else {
            WIDE_EVENT_WIDTHS
        };
        let event_width = *self
            .event_width
            .get_or_insert_with(|| label.chars().count().clamp(least, most));
        let mut table = self.blank();
        if is_first {
            table.add_row(head(&["event", "metric", "verdict", "fuel", "reasoning"], &[3]));
        }
        let label = terminal::cut_middle(&label, event_width);
        let taken = event_width + self.metric_width + VERDICT_WIDTH + self.fuel_width + 4 * usize::from(GAP);
        let rest = usize::from(self.width).saturating_sub(taken).max(10);
        for (metric, verdict) in self.metrics.iter().zip(&judged.verdicts) {
            table.add_row(row(&label, metric, verdict, rest));
        }
        let widths = [event_width, self.metric_width, VERDICT_WIDTH, self.fuel_width, rest];
        for (column, width) in table.column_iter_mut().zip(widths) {
            let padding = if width == rest { 0 } else { GAP };
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            column.set_padding((0, padding));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + padding)));
        }
        finish(&table)
    }

    /// A table without lines, and with colours or without.
    pub fn blank(&self) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_truncation_indicator("…")
            .force_no_tty();
        if self.color == Color::Always {
            table.enforce_styling();
        }
        table
    }
}

/// The head of a table; the columns with these indices hold numbers.
pub fn head(names: &[&str], numbers: &[usize]) -> Row {
    let cells = names.iter().enumerate().map(|(index, name)| {
        let cell = Cell::new(name).add_attribute(Attribute::Bold);
        if numbers.contains(&index) {
            cell.set_alignment(CellAlignment::Right)
        } else {
            cell
        }
    });
    cells.collect::<Vec<_>>().into()
}

/// The lines of a table, without space at their ends.
pub fn finish(table: &comfy_table::Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn row(event: &str, metric: &str, verdict: &Verdict, width: usize) -> Row {
    let (word, color) = word(verdict);
    let fuel = match verdict.status {
        Status::Skipped => "-".to_owned(),
        _ => HumanCount(verdict.usage.fuel).to_string(),
    };
    let mut row = Row::from(vec![
        Cell::new(event),
        Cell::new(metric),
        Cell::new(word).fg(color),
        Cell::new(fuel).set_alignment(CellAlignment::Right),
        Cell::new(explanation(verdict, width)),
    ]);
    row.max_height(if verdict.error.is_some() { ERROR_LINES } else { 1 });
    row
}

/// One word for a verdict, and its colour.
fn word(verdict: &Verdict) -> (&'static str, CellColor) {
    match (verdict.status, verdict.passed) {
        (Status::Ok, Some(true)) => ("pass", CellColor::Green),
        (Status::Ok, Some(false)) => ("fail", CellColor::Red),
        (Status::Ok, None) => ("ok", CellColor::Reset),
        (Status::NotApplicable, _) => ("n/a", CellColor::DarkGrey),
        (Status::Skipped, _) => ("skipped", CellColor::DarkGrey),
        (Status::InvalidResult, _) => ("invalid", CellColor::Magenta),
        (Status::OutOfFuel, _) => ("no fuel", CellColor::Yellow),
        (Status::OutOfMemory, _) => ("no memory", CellColor::Yellow),
        (Status::TimedOut, _) => ("timed out", CellColor::Yellow),
        (Status::Crashed, _) => ("crashed", CellColor::Magenta),
        (Status::Quarantined, _) => ("quarantined", CellColor::Magenta),
        _ => ("error", CellColor::Magenta),
    }
}

/// Why the verdict is what it is: the value if it says more than the verdict's word, the reasoning; or the error, with
/// the calls that led there if so many lines of this width have room for them.
fn explanation(verdict: &Verdict, width: usize) -> String {
    let Some(error) = &verdict.error else {
        let reasoning = terminal::first_line(&verdict.reasoning);
        return match &verdict.value {
            value if value.is_boolean() || value.is_null() => reasoning,
            value if reasoning.is_empty() => terminal::first_line(&value.to_string()),
            value => format!("{} · {reasoning}", terminal::first_line(&value.to_string())),
        };
    };
    let place = match (error.line, error.column) {
        (Some(line), Some(column)) => format!("{line}:{column} "),
        _ => String::new(),
    };
    // The words of a platform do not know how to raise a limit here.
    let message = match error.kind {
        Status::OutOfFuel => "The fuel limit is reached (see --fuel)".to_owned(),
        Status::OutOfMemory => "The memory limit is reached (see --memory)".to_owned(),
        Status::TimedOut => "The deadline has passed (see --deadline)".to_owned(),
        _ => terminal::harmless(&error.message).replace('\t', " "),
    };
    let mut text = place + &message;
    let taken: usize = text
        .lines()
        .map(|line| line.chars().count().div_ceil(width.max(1)))
        .sum();
    // One call is where the error is, which has been said.
    let calls = traceback::innermost(error, TRACEBACK_LINES);
    if calls.len() > 1 && taken + calls.len() <= ERROR_LINES {
        for line in calls {
            text.push('\n');
            text.push_str(&terminal::cut(&terminal::first_line(line), width));
        }
    }
    text
}
