//! What an author hands in: a binary, or its text form, which is made a binary first.

use std::borrow::Cow;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::diagnostic::module as diagnostics;
use crate::diagnostic::{self, Diagnostic, LineIndex, Position};

/// The first bytes of every binary.
const MAGIC: &[u8] = b"\0asm";
/// Brackets in brackets that a text may have. A deep expression counts, and people don't write deeper ones.
const MAX_DEPTH: usize = 1000;
/// The stack on which texts are read, generous for that depth.
const STACK: usize = 64 << 20;

/// Kinds of binaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A core module.
    Module,
    /// A component.
    Component,
}

/// Whether a source is a binary and no text.
pub fn is_binary(source: &[u8]) -> bool {
    source.starts_with(MAGIC)
}

/// The binary that a source is or describes, and what kind it is of.
pub fn binary(source: &[u8]) -> Result<(Cow<'_, [u8]>, Kind), Box<Diagnostic>> {
    let binary = if is_binary(source) {
        Cow::Borrowed(source)
    } else {
        let text = std::str::from_utf8(source).map_err(|error| diagnostic::snippet::not_text(error.valid_up_to()))?;
        Cow::Owned(from_text(text)?)
    };
    // Version and layer: components have the layer 1.
    let kind = match binary.get(4..8) {
        Some([1, 0, 0, 0]) => Kind::Module,
        Some([_, _, 1, 0]) => Kind::Component,
        _ => return Err(diagnostics::invalid("its version is unknown").into()),
    };
    Ok((binary, kind))
}

fn from_text(text: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    if !text.contains('(') {
        return Err(diagnostics::not_wasm().into());
    }
    if let Some(offset) = too_deep(text) {
        return Err(diagnostics::bad_text("brackets nest too deeply", offset, text).into());
    }
    // A library reads it, recursively, and a stack that overflows takes the program with it.
    thread::scope(|scope| {
        let reader = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || parse(text));
        match reader.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(diagnostics::bad_text("the text can't be read", 0, text).into()),
            Err(error) => Err(diagnostic::snippet::cannot_load(&error.to_string()).into()),
        }
    })
}

fn parse(text: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    wat::parse_str(text).map_err(|error| {
        // The library tells the place only within its message: `...\n     --> <anon>:3:14\n...`.
        let report = error.to_string();
        let message = report.lines().next().unwrap_or("the text can't be read");
        let place = report.split_once("<anon>:").and_then(|(_, rest)| {
            let (line, rest) = rest.split_once(':')?;
            let column = rest.lines().next()?;
            Some(Position {
                line: line.parse().ok()?,
                column: column.trim().parse().ok()?,
            })
        });
        let offset = place.map_or(0, |place| LineIndex::new(text).offset(place) as usize);
        diagnostics::bad_text(message, offset, text).into()
    })
}

/// Where brackets nest too deeply, if they do. Those in texts and comments count as well: they are no reason for more.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(offset);
        }
    }
    None
}
