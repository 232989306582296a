//! What is looked at before a module is compiled, so that compiling it takes seconds at the worst.
//!
//! Cranelift's time is about proportional to the code, but by very different factors: long functions, many locals, many
//! blocks and deep nesting cost more. The bounds are those of the largest real programs with room to spare (an
//! interpreter's main loop is one function of some 100 KiB), and were tried with hand-made modules that go up to them.

use wasmparser::{Operator, Parser, Payload};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::module as diagnostics;

/// Bytes of code in all functions.
const MAX_CODE: u64 = 16 << 20;
/// Bytes of one function.
const MAX_FUNCTION: u64 = 512 << 10;
/// Functions.
const MAX_FUNCTIONS: u64 = 100_000;
/// Locals of one function.
const MAX_LOCALS: u64 = 10_000;
/// Locals times blocks of one function, summed up: what the compiler may have to bring together where paths meet.
const MAX_JOINS: u64 = 50_000_000;
/// Blocks within blocks.
const MAX_DEPTH: u64 = 1_000;
/// Targets of all branch tables.
const MAX_TARGETS: u64 = 500_000;
const MAX_TYPES: u64 = 20_000;
const MAX_IMPORTS: u64 = 10_000;
const MAX_EXPORTS: u64 = 100_000;
const MAX_GLOBALS: u64 = 10_000;
const MAX_SEGMENTS: u64 = 100_000;
const MAX_TABLES: u64 = 32;
const MAX_MEMORIES: u64 = 32;
/// Modules and components in a component.
const MAX_PARTS: u64 = 64;
/// Definitions of a component: types, aliases, instances, functions.
const MAX_DEFINITIONS: u64 = 50_000;

/// Counts of everything that is bounded.
#[derive(Default)]
struct Counts {
    code: u64,
    functions: u64,
    joins: u64,
    targets: u64,
    types: u64,
    imports: u64,
    exports: u64,
    globals: u64,
    segments: u64,
    tables: u64,
    memories: u64,
    parts: u64,
    definitions: u64,
}

/// Why counting stopped.
enum Stop {
    Diagnostic(Box<Diagnostic>),
    Invalid(wasmparser::BinaryReaderError),
}

impl From<wasmparser::BinaryReaderError> for Stop {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Invalid(error)
    }
}

/// Refuses what would take too long to compile.
pub fn check(wasm: &[u8]) -> Result<(), Box<Diagnostic>> {
    match count(wasm) {
        Ok(()) => Ok(()),
        Err(Stop::Diagnostic(diagnostic)) => Err(diagnostic),
        Err(Stop::Invalid(error)) => Err(diagnostics::invalid(&error.to_string()).into()),
    }
}

fn count(wasm: &[u8]) -> Result<(), Stop> {
    let mut counts = Counts::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => add(&mut counts.types, section.count(), MAX_TYPES, "types")?,
            Payload::ImportSection(section) => add(&mut counts.imports, section.count(), MAX_IMPORTS, "imports")?,
            Payload::FunctionSection(section) => {
                add(&mut counts.functions, section.count(), MAX_FUNCTIONS, "functions")?;
            }
            Payload::TableSection(section) => add(&mut counts.tables, section.count(), MAX_TABLES, "tables")?,
            Payload::MemorySection(section) => {
                add(&mut counts.memories, section.count(), MAX_MEMORIES, "memories")?;
            }
            Payload::GlobalSection(section) => add(&mut counts.globals, section.count(), MAX_GLOBALS, "globals")?,
            Payload::ExportSection(section) => add(&mut counts.exports, section.count(), MAX_EXPORTS, "exports")?,
            Payload::ElementSection(section) => {
                add(&mut counts.segments, section.count(), MAX_SEGMENTS, "segments")?;
            }
            Payload::DataSection(section) => {
                add(&mut counts.segments, section.count(), MAX_SEGMENTS, "segments")?;
            }
            Payload::CodeSectionStart { size, .. } => add(&mut counts.code, size, MAX_CODE, "bytes of code")?,
            Payload::CodeSectionEntry(body) => function(&body, &mut counts)?,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                add(&mut counts.parts, 1, MAX_PARTS, "modules in it")?;
            }
            Payload::InstanceSection(section) => definitions(&mut counts, section.count())?,
            Payload::CoreTypeSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentInstanceSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentAliasSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentTypeSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentCanonicalSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentImportSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentExportSection(section) => definitions(&mut counts, section.count())?,
            _ => {}
        }
    }
    Ok(())
}

fn definitions(counts: &mut Counts, count: u32) -> Result<(), Stop> {
    add(&mut counts.definitions, count, MAX_DEFINITIONS, "definitions")
}

fn function(body: &wasmparser::FunctionBody<'_>, counts: &mut Counts) -> Result<(), Stop> {
    let bytes = body.range().len() as u64;
    within(bytes, MAX_FUNCTION, "bytes of code in one function")?;
    let mut locals = 0_u64;
    for group in body.get_locals_reader()? {
        locals += u64::from(group?.0);
        within(locals, MAX_LOCALS, "locals in one function")?;
    }
    let (mut blocks, mut depth) = (0_u64, 0_u64);
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        match operators.read()? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                blocks += 1;
                depth += 1;
                within(depth, MAX_DEPTH, "blocks within blocks")?;
            }
            Operator::End => depth = depth.saturating_sub(1),
            Operator::BrTable { targets } => {
                add(
                    &mut counts.targets,
                    targets.len(),
                    MAX_TARGETS,
                    "targets of branch tables",
                )?;
            }
            _ => {}
        }
    }
    counts.joins += locals * blocks;
    within(counts.joins, MAX_JOINS, "locals times blocks")
}

fn add(count: &mut u64, more: u32, limit: u64, what: &str) -> Result<(), Stop> {
    *count += u64::from(more);
    within(*count, limit, what)
}

fn within(count: u64, limit: u64, what: &str) -> Result<(), Stop> {
    if count > limit {
        Err(Stop::Diagnostic(diagnostics::too_much(what, count, limit).into()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::interpreter::Guest;

    #[test]
    fn real_programs_pass() {
        for guest in [Guest::Python, Guest::JavaScript] {
            let wasm = guest.wasm().expect("the guest");
            assert!(check(&wasm).is_ok(), "{guest:?}: {:?}", check(&wasm));
        }
    }
}
