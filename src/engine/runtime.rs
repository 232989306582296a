//! The Hog runtime guest: its module, compiled once, and the image of its memory.

use std::sync::Arc;

use jurybox_hog_abi::memory_map;
use wasmparser::{Operator, Parser, Payload};
use wasmtime::InstancePre;

use super::code::CodeCache;
use super::host::{self, HostState};
use super::image::{Image, Snapshot};

/// The guest, built from `guests/hog`.
const WASM: &[u8] = include_bytes!("../../guests/hog/hog.wasm");

/// The compiled guest.
pub struct HogRuntime {
    /// The module with its imports resolved.
    pub module: InstancePre<HostState>,
    /// The snapshot of a new instance.
    pub base: Arc<Snapshot>,
    /// Whether nothing but memory and the stack pointer can change in an instance.
    pub rewindable: bool,
}

impl HogRuntime {
    /// Compiles the guest, or loads it from the cache.
    pub fn load(engine: &wasmtime::Engine, cache: &CodeCache) -> wasmtime::Result<Self> {
        let module = cache.module(engine, WASM)?;
        let image = Image::of_module(WASM)
            .filter(|image| image.size() == memory_map::INITIAL_MEMORY as usize)
            .ok_or_else(|| wasmtime::Error::msg("the Hog runtime's memory is not laid out as expected"))?;
        let module = host::functions(engine)?.instantiate_pre(&module)?;
        Ok(Self { module, base: Arc::new(Snapshot::unchanged(Arc::new(image))), rewindable: is_rewindable(WASM) })
    }
}

/// Whether an instance of this module can be rewound by restoring its memory alone: no instruction changes tables or
/// drops segments, and only the first global, the stack pointer, is ever set.
fn is_rewindable(wasm: &[u8]) -> bool {
    Parser::new(0).parse_all(wasm).all(|payload| match payload {
        Ok(Payload::CodeSectionEntry(body)) => body.get_operators_reader().is_ok_and(|operators| {
            operators.into_iter().all(|operator| {
                operator.is_ok_and(|operator| {
                    !matches!(
                        operator,
                        Operator::TableSet { .. }
                            | Operator::TableGrow { .. }
                            | Operator::TableCopy { .. }
                            | Operator::TableInit { .. }
                            | Operator::TableFill { .. }
                            | Operator::ElemDrop { .. }
                            | Operator::MemoryInit { .. }
                            | Operator::DataDrop { .. }
                            | Operator::GlobalSet { global_index: 1.. }
                    )
                })
            })
        }),
        Ok(_) => true,
        Err(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_can_be_rewound() {
        assert!(is_rewindable(WASM));
    }

    #[test]
    fn a_module_that_changes_more_than_memory_can_not() {
        for text in [
            "(module (table 1 funcref) (func (table.set (i32.const 0) (ref.null func))))",
            "(module (table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1)))))",
            "(module (memory 1) (data $d \"x\") (func (data.drop $d)))",
            "(module (global (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0)) (func (global.set $b (i32.const 1))))",
        ] {
            assert!(!is_rewindable(&wat::parse_str(text).expect(text)), "{text}");
        }
        let stack = "(module (global $sp (mut i32) (i32.const 0)) (func (global.set $sp (i32.const 1))))";
        assert!(is_rewindable(&wat::parse_str(stack).expect(stack)));
    }
}
