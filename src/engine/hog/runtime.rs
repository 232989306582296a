//! The Hog runtime guest: its module, compiled once, and the image of its memory.

use std::sync::Arc;

use jurybox_hog_abi::memory_map;
use wasmtime::InstancePre;

use crate::engine::code::CodeCache;
use crate::engine::host::{self, HostState};
use crate::engine::image::{Image, Snapshot};

/// The guest, built from `guests/hog`. A test makes sure that rewinding its memory rewinds it whole.
const WASM: &[u8] = include_bytes!("../../../guests/hog/hog.wasm");

/// The compiled guest.
pub struct HogRuntime {
    /// The module with its imports resolved.
    pub module: InstancePre<HostState>,
    /// The snapshot of a new instance.
    pub base: Arc<Snapshot>,
}

impl HogRuntime {
    /// Compiles the guest, or loads it from the cache.
    pub fn load(engine: &wasmtime::Engine, cache: &CodeCache) -> wasmtime::Result<Self> {
        let module = cache.module(engine, WASM)?;
        let image = Image::of_module(WASM)
            .filter(|image| image.size() == memory_map::INITIAL_MEMORY as usize)
            .ok_or_else(|| wasmtime::Error::msg("the Hog runtime's memory is not laid out as expected"))?;
        let module = host::hog_functions(engine)?.instantiate_pre(&module)?;
        Ok(Self {
            module,
            base: Arc::new(Snapshot::unchanged(Arc::new(image))),
        })
    }

    /// Whether the cache has the guest's machine code.
    pub fn is_cached(engine: &wasmtime::Engine, cache: &CodeCache) -> bool {
        cache.has(engine, WASM)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, Function, FunctionSection, InstructionSink, Module, TypeSection};

    use wasmparser::{Operator, Parser, Payload};

    use super::*;

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

    #[test]
    fn the_runtime_can_be_rewound() {
        assert!(is_rewindable(WASM));
    }

    /// Whether a module with this code can be rewound. Indexes need not make sense: only code is looked at.
    fn is_rewindable_with(code: impl FnOnce(&mut InstructionSink<'_>)) -> bool {
        let mut function = Function::new([]);
        code(&mut function.instructions());
        function.instructions().end();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut section = CodeSection::new();
        section.function(&function);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&section);
        is_rewindable(&module.finish())
    }

    #[test]
    fn a_module_that_changes_more_than_memory_can_not() {
        assert!(is_rewindable_with(|code| _ = code.i32_const(1).global_set(0)));
        assert!(!is_rewindable_with(|code| _ = code.i32_const(1).global_set(1)));
        assert!(!is_rewindable_with(|code| _ = code.table_set(0)));
        assert!(!is_rewindable_with(|code| _ = code.table_grow(0)));
        assert!(!is_rewindable_with(|code| _ = code.table_fill(0)));
        assert!(!is_rewindable_with(|code| _ = code.table_copy(0, 0)));
        assert!(!is_rewindable_with(|code| _ = code.table_init(0, 0)));
        assert!(!is_rewindable_with(|code| _ = code.elem_drop(0)));
        assert!(!is_rewindable_with(|code| _ = code.memory_init(0, 0)));
        assert!(!is_rewindable_with(|code| _ = code.data_drop(0)));
    }
}
