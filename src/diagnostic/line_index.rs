//! From byte offsets to lines and columns.

use serde::{Deserialize, Serialize};

/// A place in a source, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in code points.
    pub column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// Where the lines of a source start. Building it reads the source once; a lookup reads one line.
///
/// Lines end with `\n`, as editors and the code frames of [`render`](super::render) count them.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    source: &'a str,
    line_starts: Vec<u32>,
}

impl<'a> LineIndex<'a> {
    /// The index of a source. Sources are limited to far less than 4 GiB; what is beyond is not indexed.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        let after_newlines = source
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0)
            .chain(after_newlines.map_while(|at| u32::try_from(at).ok()))
            .collect();
        Self { source, line_starts }
    }

    /// The line and column of a byte offset. Offsets beyond the end mean the end; offsets inside a character mean its
    /// start.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.source.floor_char_boundary(offset as usize);
        let line = self.line_starts.partition_point(|start| *start as usize <= offset);
        let line_start = line
            .checked_sub(1)
            .and_then(|line| self.line_starts.get(line))
            .copied()
            .unwrap_or_default();
        let before = self.source.get(line_start as usize..offset).unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position {
            line: number(line),
            column: number(before.chars().count()).saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_in_code_points_from_1() {
        let index = LineIndex::new("ab\nüx\n\nend");
        let table = [
            (0, (1, 1)),
            (2, (1, 3)),
            (3, (2, 1)),
            (4, (2, 1)), // inside the ü
            (5, (2, 2)),
            (6, (2, 3)),
            (7, (3, 1)),
            (8, (4, 1)),
            (11, (4, 4)),
            (99, (4, 4)),
        ];
        for (offset, (line, column)) in table {
            assert_eq!(index.position(offset), Position { line, column }, "offset {offset}");
        }
        assert_eq!(LineIndex::new("").position(5), Position { line: 1, column: 1 });
    }
}
