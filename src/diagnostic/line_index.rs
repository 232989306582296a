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

/// Where the lines of a source start. Building it reads the source once; a lookup reads at most [`STRIDE`] bytes, however
/// long the line is, since a program may have one line and thousands of positions.
///
/// Lines end with `\n`, as editors and the code frames of [`render`](super::render) count them.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    source: &'a str,
    line_starts: Vec<u32>,
    /// Code points before each multiple of [`STRIDE`] bytes.
    characters: Vec<u32>,
}

/// Bytes between two places whose code points are counted beforehand.
const STRIDE: usize = 256;

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
        let counts = source.as_bytes().chunks(STRIDE).scan(0, |before, chunk| {
            let start = *before;
            *before += starts_of_characters(chunk);
            Some(start)
        });
        Self {
            source,
            line_starts,
            characters: counts.collect(),
        }
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
        let column = self.characters_before(offset) - self.characters_before(line_start as usize);
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: column.saturating_add(1),
        }
    }

    /// The byte offset of a position. Columns beyond the end of the line mean its end, lines beyond the last the end of
    /// the source.
    #[must_use]
    pub fn offset(&self, position: Position) -> u32 {
        let line = (position.line.max(1) - 1) as usize;
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        let start = self.line_starts.get(line).copied().unwrap_or(end);
        let rest = self.source.get(start as usize..).unwrap_or_default();
        let text = rest.split('\n').next().unwrap_or_default();
        let within = text
            .char_indices()
            .nth((position.column.max(1) - 1) as usize)
            .map_or(text.len(), |(at, _)| at);
        start.saturating_add(u32::try_from(within).unwrap_or(u32::MAX))
    }

    fn characters_before(&self, offset: usize) -> u32 {
        let chunk = offset / STRIDE;
        let rest = self.source.as_bytes().get(chunk * STRIDE..offset).unwrap_or_default();
        let before = self.characters.get(chunk).copied();
        // At the very end of a source whose length is a multiple of the stride there is no chunk any more.
        before.unwrap_or_else(|| u32::try_from(self.source.chars().count()).unwrap_or(u32::MAX))
            + starts_of_characters(rest)
    }
}

/// How many code points begin in these bytes of UTF-8.
fn starts_of_characters(bytes: &[u8]) -> u32 {
    let count = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    u32::try_from(count).unwrap_or(u32::MAX)
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

    #[test]
    fn long_lines_are_counted_like_short_ones() {
        let source = format!("{}\n{}", "aü€😀".repeat(300), "ü".repeat(512));
        let index = LineIndex::new(&source);
        let mut expected = Position::default();
        for (offset, character) in source.char_indices() {
            assert_eq!(index.position(u32::try_from(offset).expect("short")), expected);
            expected = match character {
                '\n' => Position {
                    line: expected.line + 1,
                    column: 1,
                },
                _ => Position {
                    column: expected.column + 1,
                    ..expected
                },
            };
        }
        assert_eq!(index.position(u32::MAX), expected);
    }
}
