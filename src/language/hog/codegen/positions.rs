//! Which instruction of a compiled snippet stands for which place in its source.

use serde::{Deserialize, Serialize};
use wasmparser::{Parser, Payload};

use crate::diagnostic::{LineIndex, Position, Span};

/// A table from offsets in a WebAssembly module to positions in the source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Positions {
    /// Sorted by offset. An entry holds until the next one; `None` where the author's code ends.
    entries: Vec<(u32, Option<Position>)>,
}

impl Positions {
    /// From the positions of each function, relative to its body.
    pub(super) fn new(wasm: &[u8], functions: &[Vec<(u32, Span)>], lines: &LineIndex) -> Self {
        let bodies = Parser::new(0).parse_all(wasm).filter_map(|payload| match payload {
            Ok(Payload::CodeSectionEntry(body)) => u32::try_from(body.range().start).ok(),
            _ => None,
        });
        let mut entries = Vec::new();
        for (start, positions) in bodies.zip(functions) {
            entries.push((start, None));
            entries.extend(
                positions
                    .iter()
                    .map(|(offset, span)| (start + offset, Some(lines.position(span.start)))),
            );
        }
        Self { entries }
    }

    /// Bytes that are equal for equal tables.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        let words = self.entries.iter().flat_map(|(offset, position)| {
            let position = position.map_or([0, 0], |position| [position.line, position.column]);
            [*offset, position[0], position[1]]
        });
        words.flat_map(u32::to_le_bytes).collect()
    }

    /// The place in the source of the instruction at this offset in the module.
    #[must_use]
    pub fn find(&self, offset: usize) -> Option<Position> {
        let offset = u32::try_from(offset).ok()?;
        let next = self.entries.partition_point(|(start, _)| *start <= offset);
        self.entries.get(next.checked_sub(1)?)?.1
    }
}
