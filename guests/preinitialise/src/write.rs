//! Writes a module that starts where an instance of it got to.

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    ConstExpr, DataSection, ExportSection, GlobalSection, MemorySection, MemoryType, Module, RawSection,
};
use wasmparser::{Parser, Payload, Validator};

use crate::rules::STACK_POINTER;
use crate::state::State;
use crate::{CONSTRUCTORS, INITIALISATION, runs};

/// The bytes in a page of WebAssembly memory.
const PAGE: usize = 1 << 16;

/// Gives `module` with the memory and the stack pointer of `state`.
///
/// Nothing is renumbered, so types, imports, functions, tables, elements and code stay byte for byte. What has done its
/// work goes: the start function, the exports that initialise, names and debug information.
pub(crate) fn with_state(module: &[u8], state: &State) -> Result<Vec<u8>> {
    let mut output = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::MemorySection(section) => {
                let mut memories = MemorySection::new();
                for memory in section.clone() {
                    let minimum = (state.memory.len() / PAGE) as u64;
                    let memory = RoundtripReencoder.memory_type(memory?)?;
                    memories.memory(MemoryType { minimum, ..memory });
                }
                output.section(&memories);
            }
            Payload::GlobalSection(section) => {
                let mut globals = GlobalSection::new();
                for (global, index) in section.clone().into_iter().zip(0..) {
                    let global = global?;
                    let kind = RoundtripReencoder.global_type(global.ty)?;
                    let value = match index {
                        STACK_POINTER => ConstExpr::i32_const(state.stack_pointer),
                        _ => RoundtripReencoder.const_expr(global.init_expr)?,
                    };
                    globals.global(kind, &value);
                }
                output.section(&globals);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    if export.name != CONSTRUCTORS && export.name != INITIALISATION {
                        RoundtripReencoder.parse_export(&mut exports, export)?;
                    }
                }
                output.section(&exports);
            }
            Payload::StartSection { .. }
            | Payload::DataCountSection { .. }
            | Payload::DataSection(_)
            | Payload::CustomSection(_) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = module.get(range).context("a section without end")?;
                    output.section(&RawSection { id, data });
                }
            }
        }
    }
    // The data section is the last one, whether or not the module had one.
    output.section(&data(&state.memory)?);
    let output = output.finish();
    Validator::new()
        .validate_all(&output)
        .context("what was written isn't valid")?;
    Ok(output)
}

fn data(memory: &[u8]) -> Result<DataSection> {
    let mut section = DataSection::new();
    for run in runs::of(memory) {
        let start = i32::from_ne_bytes(u32::try_from(run.start)?.to_ne_bytes());
        section.active(0, &ConstExpr::i32_const(start), memory[run].iter().copied());
    }
    Ok(section)
}
