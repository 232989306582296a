//! From what the guest runs back to what the author wrote.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Position;

/// Positions that are looked up in a line of a traceback. There is one in each; a text that has thousands is a metric's
/// own, and looking them all up would cost more time than metrics may take.
const MAX_MARKS: usize = 4;

/// From positions in what the guest runs to positions in the author's source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Sent", into = "Sent")]
pub struct Positions {
    /// The name of the author's file in tracebacks.
    file: Arc<str>,
    /// Lines that were put before the author's.
    lines_before: u32,
    /// Where the text was generated; without it, it is the author's own.
    map: Option<Arc<Map>>,
}

/// As they go from one process to another: what can be made anew is, so that nothing has to be believed.
#[derive(Serialize, Deserialize)]
struct Sent {
    file: String,
    lines_before: u32,
    map: Option<SentMap>,
}

#[derive(Serialize, Deserialize)]
struct SentMap {
    generated: String,
    original: String,
    stretches: Vec<Stretch>,
}

impl From<Positions> for Sent {
    fn from(positions: Positions) -> Self {
        Self {
            file: positions.file.to_string(),
            lines_before: positions.lines_before,
            map: positions.map.map(|map| SentMap {
                generated: map.generated.text.clone(),
                original: map.original.text.clone(),
                stretches: map.stretches.clone(),
            }),
        }
    }
}

impl From<Sent> for Positions {
    fn from(sent: Sent) -> Self {
        Self {
            file: sent.file.into(),
            lines_before: sent.lines_before,
            map: sent.map.map(|mut map| {
                map.stretches.sort_by_key(|stretch| stretch.generated);
                Arc::new(Map {
                    generated: Text::new(&map.generated),
                    original: Text::new(&map.original),
                    stretches: map.stretches,
                })
            }),
        }
    }
}

/// What a generated text was made from.
#[derive(Debug)]
pub struct Map {
    generated: Text,
    original: Text,
    /// In the order of the generated text.
    stretches: Vec<Stretch>,
}

/// A place in the generated text that comes from a place in the original, in bytes, and for how long both go on alike.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Stretch {
    generated: u32,
    original: u32,
    alike: u32,
}

/// A token of a source map: lines and columns from 0, columns in UTF-16 code units.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Line and column in the generated text.
    pub generated: (u32, u32),
    /// Line and column in the original.
    pub original: (u32, u32),
}

impl Positions {
    /// The author's text runs as it is, after so many lines.
    #[must_use]
    pub fn unchanged(file: &str, lines_before: u32) -> Self {
        Self {
            file: file.into(),
            lines_before,
            map: None,
        }
    }

    /// A text that was generated from the author's runs, after so many lines.
    #[must_use]
    pub fn generated(file: &str, lines_before: u32, map: Map) -> Self {
        Self {
            file: file.into(),
            lines_before,
            map: Some(Arc::new(map)),
        }
    }

    /// Bytes of the texts that positions are looked up in, which is what a lookup costs at most.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts = self.map.iter().flat_map(|map| [&map.generated, &map.original]);
        texts.map(|text| text.text.len()).sum()
    }

    /// The author's position.
    #[must_use]
    pub fn original(&self, position: Position) -> Position {
        let Some(line) = position.line.checked_sub(self.lines_before).filter(|line| *line > 0) else {
            return Position::default();
        };
        let position = Position { line, ..position };
        match &self.map {
            Some(map) => map.original(position),
            None => position,
        }
    }

    /// A line of a traceback with the author's positions in place of the guest's.
    #[must_use]
    pub fn traceback(&self, line: &str) -> String {
        if self.file.is_empty() || (self.map.is_none() && self.lines_before == 0) {
            return line.to_owned();
        }
        let mark = format!("{}:", self.file);
        let mut result = String::with_capacity(line.len());
        let mut rest = line;
        for _ in 0..MAX_MARKS {
            let Some(at) = rest.find(&mark) else {
                break;
            };
            let (before, after) = rest.split_at(at + mark.len());
            result.push_str(before);
            rest = match place(after) {
                Some((position, rest)) => {
                    let Position { line, column } = self.original(position);
                    result.push_str(&format!("{line}:{column}"));
                    rest
                }
                None => after,
            };
        }
        result.push_str(rest);
        result
    }
}

/// The `line:column` that a text starts with, and what follows.
fn place(text: &str) -> Option<(Position, &str)> {
    let (line, rest) = number(text)?;
    let (column, rest) = number(rest.strip_prefix(':')?)?;
    Some((Position { line, column }, rest))
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

impl Map {
    /// What `generated` was made from, as the tokens of a source map say.
    #[must_use]
    pub fn new(generated: &str, original: &str, tokens: impl Iterator<Item = Token>) -> Self {
        let generated_columns = Utf16Columns::new(generated);
        let original_columns = Utf16Columns::new(original);
        let mut stretches: Vec<Stretch> = tokens
            .map(|token| Stretch {
                generated: generated_columns.offset(token.generated.0, token.generated.1),
                original: original_columns.offset(token.original.0, token.original.1),
                alike: 0,
            })
            .collect();
        stretches.sort_by_key(|stretch| stretch.generated);
        let mut compared = Compared::default();
        let mut covered = 0;
        stretches.retain_mut(|stretch| {
            stretch.alike = compared.alike(generated, original, stretch);
            // The map has the place of a property where the dot before it is. Where the text as it was goes on, it knows better.
            let is_wrong = stretch.alike == 0 && stretch.generated < covered;
            if !is_wrong {
                covered = stretch.generated.saturating_add(stretch.alike);
            }
            !is_wrong
        });
        Self {
            generated: Text::new(generated),
            original: Text::new(original),
            stretches,
        }
    }

    /// The place in the original: where the same text stands, or else where the nearest text before it comes from.
    fn original(&self, position: Position) -> Position {
        let at = self.generated.offset(position);
        let after = self.stretches.partition_point(|stretch| stretch.generated <= at);
        let Some(stretch) = after.checked_sub(1).and_then(|index| self.stretches.get(index)) else {
            return self
                .original
                .position(self.stretches.first().map_or(0, |first| first.original));
        };
        let beyond = at - stretch.generated;
        let beyond = if beyond <= stretch.alike { beyond } else { 0 };
        self.original.position(stretch.original.saturating_add(beyond))
    }
}

/// Bytes that are compared after a token: texts that repeat themselves would take the square of their length.
const LONGEST_STRETCH: usize = 1024;

/// How long two texts go on alike, without comparing the same bytes again for every token.
#[derive(Default)]
struct Compared {
    /// The end of the last stretch in the generated text, and what is to be added to get to the original.
    end: u32,
    distance: i64,
}

impl Compared {
    fn alike(&mut self, generated: &str, original: &str, stretch: &Stretch) -> u32 {
        let distance = i64::from(stretch.original) - i64::from(stretch.generated);
        if distance == self.distance && stretch.generated < self.end {
            return self.end - stretch.generated;
        }
        let generated = generated
            .as_bytes()
            .get(stretch.generated as usize..)
            .unwrap_or_default();
        let original = original.as_bytes().get(stretch.original as usize..).unwrap_or_default();
        let alike = generated
            .iter()
            .zip(original)
            .take(LONGEST_STRETCH)
            .take_while(|(a, b)| a == b)
            .count();
        let alike = u32::try_from(alike).unwrap_or(u32::MAX);
        self.end = stretch.generated.saturating_add(alike);
        self.distance = distance;
        alike
    }
}

/// A text and where its lines start. Lines end as in [`LineIndex`](crate::diagnostic::LineIndex), with `\n`.
#[derive(Debug)]
struct Text {
    text: String,
    line_starts: Vec<u32>,
}

impl Text {
    fn new(text: &str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = after_newlines.filter_map(|(at, _)| u32::try_from(at + 1).ok());
        Self {
            line_starts: std::iter::once(0).chain(starts).collect(),
            text: text.to_owned(),
        }
    }

    /// The byte at a position; columns beyond the end of the line mean its end.
    fn offset(&self, position: Position) -> u32 {
        let line = (position.line.max(1) - 1) as usize;
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let start = self.line_starts.get(line).copied().unwrap_or(end);
        let next = self.line_starts.get(line + 1).map_or(end, |next| next - 1);
        let text = self.text.get(start as usize..next as usize).unwrap_or_default();
        let column = (position.column.max(1) - 1) as usize;
        let within = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
        start + u32::try_from(within).unwrap_or_default()
    }

    fn position(&self, offset: u32) -> Position {
        let offset = self.text.floor_char_boundary(offset as usize);
        let line = self.line_starts.partition_point(|start| *start as usize <= offset);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let column = self
            .text
            .get(start as usize..offset)
            .unwrap_or_default()
            .chars()
            .count();
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }
}

/// From the lines and columns of a source map to bytes. Its lines end as those of JavaScript do, and a column is a code
/// unit of UTF-16.
struct Utf16Columns {
    lines: Vec<Utf16Line>,
}

struct Utf16Line {
    start: u32,
    end: u32,
    /// For lines that aren't ASCII, the byte of every code unit.
    units: Option<Vec<u32>>,
}

impl Utf16Columns {
    fn new(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let ends = match character {
                '\n' | '\u{2028}' | '\u{2029}' => true,
                '\r' => characters.peek().is_none_or(|(_, next)| *next != '\n'),
                _ => false,
            };
            if ends {
                let next = at + character.len_utf8();
                lines.push(Utf16Line::new(text, start, next));
                start = next;
            }
        }
        lines.push(Utf16Line::new(text, start, text.len()));
        Self { lines }
    }

    fn offset(&self, line: u32, column: u32) -> u32 {
        let Some(line) = self.lines.get(line as usize).or(self.lines.last()) else {
            return 0;
        };
        match &line.units {
            Some(units) => units.get(column as usize).copied().unwrap_or(line.end),
            None => line.start.saturating_add(column).min(line.end),
        }
    }
}

impl Utf16Line {
    fn new(text: &str, start: usize, end: usize) -> Self {
        let line = text.get(start..end).unwrap_or_default();
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let units = (!line.is_ascii()).then(|| {
            let units = line
                .char_indices()
                .flat_map(|(at, character)| std::iter::repeat_n(byte(start + at), character.len_utf16()));
            units.collect()
        });
        Self {
            start: byte(start),
            end: byte(end),
            units,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn an_unchanged_text_keeps_its_positions() {
        let positions = Positions::unchanged("metric.js", 0);
        assert_eq!(positions.original(at(3, 7)), at(3, 7));
        assert_eq!(positions.traceback("at f (metric.js:3:7)"), "at f (metric.js:3:7)");
        let wrapped = Positions::unchanged("metric.js", 1);
        assert_eq!(wrapped.original(at(3, 7)), at(2, 7));
        assert_eq!(wrapped.original(at(1, 7)), at(1, 1));
        assert_eq!(
            wrapped.traceback("at f (metric.js:3:7), at metric.js:4:1, at metric.js"),
            "at f (metric.js:2:7), at metric.js:3:1, at metric.js"
        );
    }

    #[test]
    fn a_generated_text_leads_back_in_characters() {
        let original = "let ü😀x: T = boom ( )\n  other()";
        let generated = "let ü😀x = boom()\nother()";
        let token = |generated, original| Token { generated, original };
        // Columns of UTF-16: the emoji has two.
        let tokens = [
            token((0, 0), (0, 0)),
            token((0, 4), (0, 4)),
            token((0, 11), (0, 14)),
            token((1, 0), (1, 2)),
        ];
        let map = Map::new(generated, original, tokens.into_iter());
        let positions = Positions::generated("metric.ts", 0, map);
        for (from, to) in [
            (at(1, 1), at(1, 1)),
            (at(1, 6), at(1, 6)),
            (at(1, 11), at(1, 14)),
            (at(1, 13), at(1, 16)),
            // Beyond what both have: the nearest token before.
            (at(1, 16), at(1, 14)),
            (at(2, 1), at(2, 3)),
            (at(2, 4), at(2, 6)),
            (at(9, 9), at(2, 10)),
        ] {
            assert_eq!(positions.original(from), to, "{from:?}");
        }
    }

    fn sent(file: &str, lines_before: u32, map: Option<SentMap>) -> Positions {
        let sent = Sent {
            file: file.to_owned(),
            lines_before,
            map,
        };
        postcard::from_bytes(&postcard::to_stdvec(&sent).expect("encoded")).expect("decoded")
    }

    #[test]
    fn what_is_sent_arrives() {
        let original = "let ü: T = boom ( )\n  other()";
        let generated = "let ü = boom()\nother()";
        let tokens = [((0, 0), (0, 0)), ((0, 8), (0, 11)), ((1, 0), (1, 2))];
        let tokens = tokens.map(|(generated, original)| Token { generated, original });
        let map = Map::new(generated, original, tokens.into_iter());
        let positions = Positions::generated("metric.ts", 2, map);
        let arrived: Positions =
            postcard::from_bytes(&postcard::to_stdvec(&positions).expect("encoded")).expect("decoded");
        for line in 0..6 {
            for column in 0..20 {
                assert_eq!(arrived.original(at(line, column)), positions.original(at(line, column)));
            }
        }
        assert_eq!(arrived.traceback("f (metric.ts:4:1)"), "f (metric.ts:2:3)");
    }

    #[test]
    fn what_is_sent_to_deceive_leads_somewhere() {
        let ends = [0, 1, 5, 6, u32::MAX - 1, u32::MAX];
        let mut stretches = Vec::new();
        for generated in ends {
            for original in ends {
                stretches.extend(ends.map(|alike| Stretch {
                    generated,
                    original,
                    alike,
                }));
            }
        }
        stretches.reverse();
        let texts = ["", "\n\n\n", "ü\nü\nü", "abc"];
        for generated in texts {
            for original in texts {
                for count in [0, 1, 36, stretches.len()] {
                    let map = SentMap {
                        generated: generated.to_owned(),
                        original: original.to_owned(),
                        stretches: stretches[..count].to_vec(),
                    };
                    for (file, lines_before) in [("", 0), (":", 1), ("1:1", u32::MAX)] {
                        let map = SentMap {
                            stretches: map.stretches.clone(),
                            generated: map.generated.clone(),
                            original: map.original.clone(),
                        };
                        let positions = sent(file, lines_before, Some(map));
                        for line in [0, 1, 2, 3, u32::MAX] {
                            for column in [0, 1, 2, u32::MAX] {
                                let found = positions.original(at(line, column));
                                assert!(found.line <= 4 && found.column <= 4);
                            }
                        }
                        let _ = positions.traceback("::1:1:1:1:1:1:1:1:4294967295:4294967295:1:1::");
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_of_a_traceback_costs_a_few_lookups() {
        let positions = Positions::unchanged("m.js", 1);
        let line = positions.traceback(&"m.js:3:1 ".repeat(1000));
        assert_eq!(line.matches("m.js:2:1").count(), MAX_MARKS);
        assert_eq!(line.matches("m.js:3:1").count(), 1000 - MAX_MARKS);
    }
}
