//! All figures in one table.

use std::fmt;

/// Lines of what was measured, and what it was.
#[derive(Default)]
pub struct Table {
    lines: Vec<(String, String, String)>,
}

impl Table {
    /// Adds a line, and shows it at once for those who wait.
    pub fn add(&mut self, what: impl Into<String>, figure: impl Into<String>, more: impl Into<String>) {
        let line = (what.into(), figure.into(), more.into());
        eprintln!("{}: {} {}", line.0, line.1, line.2);
        self.lines.push(line);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: &dyn Fn(&(String, String, String)) -> usize| self.lines.iter().map(text).max().unwrap_or(0);
        let (first, second) = (
            width(&|line| line.0.chars().count()),
            width(&|line| line.1.chars().count()),
        );
        for (what, figure, more) in &self.lines {
            let line = format!("{what:<first$}  {figure:>second$}  {more}");
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
