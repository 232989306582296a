//! Small guests, and what becomes of them.

use std::borrow::Cow;

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemArg, MemorySection, MemoryType, Module,
    RefType, StartSection, TableSection, TableType, TypeSection, ValType,
};
use wasmtime::{Engine, Linker, Store, Val};

use crate::preinitialise;

/// A guest with one function of its own, `init`, which also is its start function when `starts` says so.
pub(crate) struct Guest {
    /// What `init` does before it gives `status`.
    init: Vec<Instruction<'static>>,
    status: i32,
    starts: bool,
    pub(crate) globals: GlobalSection,
    pub(crate) stack_pointer_export: &'static str,
}

/// The index of `init`: imported functions come first.
const INIT: u32 = 2;
/// The index of the start function.
const START: u32 = 3;

impl Guest {
    pub(crate) fn with_init(init: &[Instruction<'static>]) -> Self {
        let mut globals = GlobalSection::new();
        globals.global(
            GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            },
            &ConstExpr::i32_const(1024),
        );
        Self {
            init: init.to_vec(),
            status: 0,
            starts: false,
            globals,
            stack_pointer_export: "__stack_pointer",
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([], [ValType::I64]);
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("jurybox", "now", EntityType::Function(1));
        imports.import("jurybox", "random", EntityType::Function(1));
        let mut functions = FunctionSection::new();
        functions.function(0).function(2);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: None,
            shared: false,
        });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: Some(9),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export(self.stack_pointer_export, ExportKind::Global, 0);
        exports.export("init", ExportKind::Func, INIT);
        let mut init = Function::new([]);
        self.init.iter().for_each(|instruction| {
            init.instruction(instruction);
        });
        init.instruction(&Instruction::I32Const(self.status))
            .instruction(&Instruction::End);
        let mut start = Function::new([]);
        start
            .instruction(&Instruction::I32Const(8))
            .instruction(&Instruction::I32Const(0x73))
            .instruction(&Instruction::I32Store8(at(0)))
            .instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&init).function(&start);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), *b"data");
        data.passive([0; 4]);

        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&memories);
        module.section(&self.globals).section(&exports);
        if self.starts {
            module.section(&StartSection { function_index: START });
        }
        module.section(&wasm_encoder::DataCountSection { count: 2 });
        module.section(&code).section(&data);
        module.section(&CustomSection {
            name: Cow::Borrowed("producers"),
            data: Cow::Borrowed(&[0]),
        });
        module.finish()
    }
}

fn at(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 0,
        memory_index: 0,
    }
}

#[test]
fn memory_stack_pointer_and_size_start_where_init_left_them() {
    let mut guest = Guest::with_init(&[
        Instruction::I32Const(70_000),
        Instruction::I32Const(3),
        Instruction::MemoryGrow(0),
        Instruction::I32Store8(at(0)),
        Instruction::I32Const(24),
        Instruction::Call(0),
        Instruction::I64Store(at(0)),
        Instruction::I32Const(512),
        Instruction::GlobalSet(0),
    ]);
    guest.starts = true;
    let output = preinitialise(&guest.encode(), None).expect("it initialises");
    assert_eq!(
        output,
        preinitialise(&guest.encode(), None).expect("it initialises"),
        "the same bytes every time"
    );

    let engine = Engine::default();
    let module = wasmtime::Module::new(&engine, &output).expect("it compiles");
    let exports: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
    assert_eq!(exports, ["memory", "__stack_pointer"]);

    let mut linker = Linker::new(&engine);
    linker.define_unknown_imports_as_traps(&module).expect("two functions");
    let mut store = Store::new(&engine, ());
    let instance = linker
        .instantiate(&mut store, &module)
        .expect("it starts without calling anything");
    let memory = instance.get_memory(&mut store, "memory").expect("a memory");
    let bytes = memory.data(&store);
    assert_eq!(bytes.len(), 4 << 16);
    assert_eq!(bytes[70_000], 1, "the size before it grew");
    assert_eq!(
        &bytes[..24],
        b"\0\0\0\0\0\0\0\0s\0\0\0\0\0\0\0data\0\0\0\0",
        "what start and init wrote"
    );
    assert_eq!(
        bytes[24..32],
        946_684_800_000_000_000_u64.to_le_bytes(),
        "the year 2000"
    );
    let stack_pointer = instance
        .get_global(&mut store, "__stack_pointer")
        .expect("a stack pointer");
    assert!(matches!(stack_pointer.get(&mut store), Val::I32(512)));
}

#[test]
fn an_initialisation_that_fails_says_so() {
    let mut guest = Guest::with_init(&[]);
    guest.status = 3;
    let error = preinitialise(&guest.encode(), None).expect_err("its status isn't 0");
    assert_eq!(format!("{error:#}"), "`init` gave 3 instead of 0");

    let error = preinitialise(&Guest::with_init(&[Instruction::Unreachable]).encode(), None).expect_err("it traps");
    assert!(format!("{error:#}").starts_with("`init` failed"), "{error:#}");
}
