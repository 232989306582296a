//! Which modules can be rewound by restoring their memory; a test for each runtime of ours.

use wasm_encoder::{CodeSection, Function, FunctionSection, InstructionSink, Module, TypeSection};

use wasmparser::{Operator, Parser, Payload};

use super::hog::WASM;
use super::interpreter::Guest;

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
fn the_hog_runtime_can_be_rewound() {
    assert!(is_rewindable(WASM));
}

#[test]
fn interpreters_can_be_rewound() {
    for guest in [Guest::Python, Guest::JavaScript] {
        let wasm = guest.wasm().expect("the artifact unpacks");
        assert!(is_rewindable(&wasm), "{guest:?}");
    }
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
