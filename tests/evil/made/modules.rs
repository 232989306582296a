//! Modules and components that are binaries.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, DataSection, ExportKind, ExportSection, Function,
    FunctionSection, Instruction, MemArg, MemorySection, MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::INNOCENT;

/// The functions of a metric with these beside them, all of type `(i32) -> i32`.
fn with_functions(functions: &[Function]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
    module_of(&types, functions, |_, first| {
        vec![Instruction::I32Const(1), Instruction::Call(first), Instruction::Drop]
    })
}

/// A metric that returns true after what `before` does; its own functions are the first two, of the types 0 and 1, and
/// all others have the type 0.
fn module_of(
    types: &TypeSection,
    functions: &[Function],
    before: impl Fn(usize, u32) -> Vec<Instruction<'static>>,
) -> Vec<u8> {
    let mut declared = FunctionSection::new();
    declared.function(0).function(1);
    let mut code = CodeSection::new();
    let mut alloc = Function::new([]);
    alloc
        .instruction(&Instruction::I32Const(1024))
        .instruction(&Instruction::End);
    code.function(&alloc);
    let mut evaluate = Function::new([]);
    for instruction in before(functions.len(), 2) {
        evaluate.instruction(&instruction);
    }
    evaluate
        .instruction(&Instruction::I64Const(16 << 32 | 4))
        .instruction(&Instruction::End);
    code.function(&evaluate);
    for function in functions {
        declared.function(0);
        code.function(function);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 4,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("alloc", ExportKind::Func, 0);
    exports.export("evaluate", ExportKind::Func, 1);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(16), *b"true");
    let mut module = Module::new();
    module
        .section(types)
        .section(&declared)
        .section(&memories)
        .section(&exports)
        .section(&code)
        .section(&data);
    module.finish()
}

/// A function of type `(i32) -> i32`.
fn function(locals: u32, body: impl FnOnce(&mut Function)) -> Function {
    let mut function = Function::new([(locals, ValType::I32)]);
    body(&mut function);
    function
        .instruction(&Instruction::LocalGet(0))
        .instruction(&Instruction::End);
    function
}

/// The start of a module, and a section that claims to have so many entries.
fn claiming(before: &[u8], section: u8, count: &[u8]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend(before);
    wasm.push(section);
    wasm.push(u8::try_from(count.len()).expect("it is short"));
    wasm.extend(count);
    wasm
}

/// A million, as LEB128.
const MILLION: [u8; 3] = [0xc0, 0x84, 0x3d];
/// The largest number of 32 bits.
const MOST: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];

pub fn million_functions() -> Vec<u8> {
    claiming(&[1, 4, 1, 0x60, 0, 0], 3, &MILLION)
}

pub fn million_types() -> Vec<u8> {
    claiming(&[], 1, &MILLION)
}

pub fn million_imports() -> Vec<u8> {
    claiming(&[], 2, &MOST)
}

pub fn million_locals() -> Vec<u8> {
    let function = Function::new([(u32::MAX, ValType::I32), (u32::MAX, ValType::V128), (7, ValType::F64)]);
    with_functions(&[function])
}

pub fn truncated() -> Vec<u8> {
    let mut wasm = wat::parse_str(INNOCENT).expect("it is valid");
    wasm.truncate(wasm.len() * 2 / 3);
    wasm
}

pub fn numbers_without_end() -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0\x01".to_vec();
    wasm.extend([0x80; 100_000]);
    wasm.extend([0xff; 20]);
    wasm
}

pub fn sections_that_lie() -> Vec<u8> {
    let mut wasm = wat::parse_str(INNOCENT).expect("it is valid");
    // The size of the first section.
    wasm[9] = 0x7f;
    wasm.extend([10, 4, 1, 2, 0, 0x0b, 1, 1, 0]);
    wasm
}

pub fn sections_without_end() -> Vec<u8> {
    let mut wasm = wat::parse_str(INNOCENT).expect("it is valid");
    for _ in 0..100_000 {
        wasm.extend([0, 2, 1, b'x']);
    }
    wasm
}

pub fn name_of_a_megabyte() -> Vec<u8> {
    let name = "\u{1b}[2J\u{9b}31m\u{202e}x".repeat(7_000);
    let mut imports = wasm_encoder::ImportSection::new();
    imports.import(&name, &name, wasm_encoder::EntityType::Function(0));
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut module = Module::new();
    module.section(&types).section(&imports);
    module.finish()
}

pub fn names_that_lie() -> Vec<u8> {
    let mut wasm = wat::parse_str(INNOCENT).expect("it is valid");
    let mut garbage = vec![1];
    garbage.extend(MOST);
    garbage.extend([0xff; 1000]);
    for name in [
        "name",
        "producers",
        "target_features",
        ".debug_info",
        ".debug_line",
        "sourceMappingURL",
        "jurybox",
    ] {
        let section = CustomSection {
            name: name.into(),
            data: garbage.as_slice().into(),
        };
        wasm_encoder::Section::append_to(&section, &mut wasm);
    }
    wasm
}

pub fn deep_blocks() -> Vec<u8> {
    with_functions(&[function(0, |function| {
        for _ in 0..50_000 {
            function.instruction(&Instruction::Block(BlockType::Empty));
        }
        for _ in 0..50_000 {
            function.instruction(&Instruction::End);
        }
    })])
}

pub fn deep_loops() -> Vec<u8> {
    with_functions(&[function(1000, |function| {
        for local in 0..900 {
            function
                .instruction(&Instruction::Loop(BlockType::Empty))
                .instruction(&Instruction::LocalGet(local))
                .instruction(&Instruction::LocalSet(local + 1));
        }
        for local in 0..900 {
            function
                .instruction(&Instruction::LocalGet(local))
                .instruction(&Instruction::BrIf(0))
                .instruction(&Instruction::End);
        }
    })])
}

pub fn huge_function() -> Vec<u8> {
    with_functions(&[function(0, |function| {
        function.instruction(&Instruction::LocalGet(0));
        for number in 0..2_500_000 {
            function
                .instruction(&Instruction::I32Const(number % 64))
                .instruction(&Instruction::I32Xor);
        }
        function.instruction(&Instruction::LocalSet(0));
    })])
}

pub fn huge_branch_tables() -> Vec<u8> {
    with_functions(&vec![
        function(0, |function| {
            function
                .instruction(&Instruction::Block(BlockType::Empty))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrTable(vec![0; 100_000].into(), 0))
                .instruction(&Instruction::End);
        });
        6
    ])
}

pub fn many_locals() -> Vec<u8> {
    with_functions(&[function(9_000, |function| {
        for local in 0..5_000 {
            function
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::If(BlockType::Empty))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::LocalSet(local))
                .instruction(&Instruction::End);
        }
    })])
}

/// A module with one function of type `(i32) -> i32` beside a type of so many values in and out, and a function of it.
fn with_values(values: usize, body: impl FnOnce(&mut Function)) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
    types
        .ty()
        .function(vec![ValType::I64; values], vec![ValType::I64; values]);
    let all = |function: &mut Function| {
        for number in 0..values {
            function.instruction(&Instruction::I64Const(i64::try_from(number).unwrap_or_default()));
        }
        body(function);
        for _ in 0..values {
            function.instruction(&Instruction::Drop);
        }
    };
    module_of(&types, &[function(0, all)], |_, first| {
        vec![Instruction::I32Const(1), Instruction::Call(first), Instruction::Drop]
    })
}

/// Eight kilobytes that took half a minute and a gigabyte.
pub fn calls_with_many_values() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
    types.ty().function(vec![ValType::I64; 1000], vec![ValType::I64; 1000]);
    let mut declared = FunctionSection::new();
    declared.function(2);
    let mut code = CodeSection::new();
    let mut again = Function::new([]);
    for number in 0..1000 {
        again.instruction(&Instruction::LocalGet(number));
    }
    for _ in 0..1000 {
        again.instruction(&Instruction::Call(0));
    }
    again.instruction(&Instruction::End);
    code.function(&again);
    let mut module = Module::new();
    module.section(&types).section(&declared).section(&code);
    module.finish()
}

/// Ten kilobytes that took two gigabytes, and thirty that took nine.
pub fn blocks_with_many_values() -> Vec<u8> {
    with_values(1000, |function| {
        for _ in 0..500 {
            function
                .instruction(&Instruction::Block(BlockType::FunctionType(2)))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0))
                .instruction(&Instruction::End);
        }
    })
}

pub fn loops_with_values() -> Vec<u8> {
    with_values(50, |function| {
        for _ in 0..1000 {
            function
                .instruction(&Instruction::Loop(BlockType::FunctionType(2)))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0))
                .instruction(&Instruction::End);
        }
    })
}

pub fn branches_with_many_values() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
    types.ty().function([], vec![ValType::I64; 1000]);
    let jump = function(0, |function| {
        function.instruction(&Instruction::Block(BlockType::FunctionType(2)));
        for number in 0..1000 {
            function.instruction(&Instruction::I64Const(number));
        }
        for _ in 0..20_000 {
            function
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0));
        }
        function.instruction(&Instruction::End);
        for _ in 0..1000 {
            function.instruction(&Instruction::Drop);
        }
    });
    module_of(&types, &[jump], |_, _| Vec::new())
}

/// Values that are loaded first and needed last, with blocks in between: they are alive in each.
pub fn stack_over_blocks() -> Vec<u8> {
    with_functions(&[function(0, |function| {
        for number in 0..10_000 {
            function
                .instruction(&Instruction::I32Const(0))
                .instruction(&Instruction::I32Load(MemArg {
                    offset: number,
                    align: 0,
                    memory_index: 0,
                }));
        }
        for _ in 0..10_000 {
            function
                .instruction(&Instruction::Block(BlockType::Empty))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0))
                .instruction(&Instruction::End);
        }
        for _ in 1..10_000 {
            function.instruction(&Instruction::I32Xor);
        }
        function.instruction(&Instruction::LocalSet(0));
    })])
}

/// Types that no function has: for each, calls from the host are compiled.
pub fn types_with_many_values() -> Vec<u8> {
    let mut types = TypeSection::new();
    for number in 0..4000 {
        types.ty().function(
            vec![ValType::I64; 200 - number % 100],
            vec![ValType::I64; 200 - number / 100],
        );
    }
    let mut module = Module::new();
    module.section(&types);
    module.finish()
}

/// As many values as the checks let pass.
pub fn many_parameters() -> Vec<u8> {
    with_values(250, |function| {
        for _ in 0..100 {
            function
                .instruction(&Instruction::Block(BlockType::FunctionType(2)))
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0))
                .instruction(&Instruction::End);
        }
    })
}

/// Loops one after the other, in as many functions as the checks let pass: close to the price of a whole interpreter.
pub fn many_dear_functions() -> Vec<u8> {
    let dear = || {
        function(20, |function| {
            for number in 0..400 {
                function
                    .instruction(&Instruction::Loop(BlockType::Empty))
                    .instruction(&Instruction::LocalGet(number % 20))
                    .instruction(&Instruction::LocalGet((number + 7) % 20))
                    .instruction(&Instruction::I32Add)
                    .instruction(&Instruction::LocalTee((number + 3) % 20))
                    .instruction(&Instruction::BrIf(0))
                    .instruction(&Instruction::End);
            }
            function
                .instruction(&Instruction::I32Const(0))
                .instruction(&Instruction::LocalSet(0));
        })
    };
    let functions: Vec<_> = std::iter::repeat_with(dear).take(100).collect();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
    module_of(&types, &functions, |_, _| Vec::new())
}

pub fn recursion_with_large_frames() -> Vec<u8> {
    // Locals that are all alive over the call.
    let down = function(9_000, |function| {
        for local in 1..=9_000 {
            function
                .instruction(&Instruction::I32Const(0))
                .instruction(&Instruction::I32Load(MemArg {
                    offset: u64::from(local),
                    align: 0,
                    memory_index: 0,
                }))
                .instruction(&Instruction::LocalSet(local));
        }
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::Call(2));
        for local in 1..=9_000 {
            function
                .instruction(&Instruction::LocalGet(local))
                .instruction(&Instruction::I32Add);
        }
        function.instruction(&Instruction::LocalSet(0));
    });
    with_functions(&[down])
}

pub fn data_of_megabytes() -> Vec<u8> {
    let mut text = INNOCENT.replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 200)");
    let end = text.rfind(')').unwrap_or_default();
    text.truncate(end);
    let mut wasm = wat::parse_str(format!("{text})")).expect("it is valid");
    // The data section is the last one, so another module's is put in its place.
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), *b"true");
    data.active(
        0,
        &ConstExpr::i32_const(200_000),
        (0..10_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8),
    );
    let cut = data_section(&wasm);
    wasm.truncate(cut);
    wasm_encoder::Section::append_to(&data, &mut wasm);
    wasm
}

/// Where the data section of a module begins.
fn data_section(wasm: &[u8]) -> usize {
    let mut sections = wasmparser::Parser::new(0).parse_all(wasm);
    let found = sections.find_map(|payload| match payload.expect("it is valid") {
        wasmparser::Payload::DataSection(section) => Some(section.range().start),
        _ => None,
    });
    // Before its content: its number and its size, of one byte here.
    found.expect("it has one") - 2
}

pub fn component_types_that_double() -> Vec<u8> {
    let mut text = "(component (type $t0 (tuple u64 u64))".to_owned();
    for number in 0..40 {
        text += &format!("(type $t{} (tuple $t{number} $t{number}))", number + 1);
    }
    text += "(import \"f\" (func (param \"x\" $t40) (result $t40))))";
    wat::parse_str(text).expect("it can be written")
}

pub fn component_within_component() -> Vec<u8> {
    let mut wasm = wat::parse_str("(component)").expect("it is valid");
    for _ in 0..1000 {
        let mut outer = b"\0asm\x0d\0\x01\0\x04".to_vec();
        let mut size = wasm.len();
        loop {
            let byte = u8::try_from(size & 0x7f).unwrap_or_default();
            size >>= 7;
            outer.push(if size > 0 { byte | 0x80 } else { byte });
            if size == 0 {
                break;
            }
        }
        outer.extend(&wasm);
        wasm = outer;
    }
    wasm
}

pub fn instances_of_each_other() -> Vec<u8> {
    let mut text = "(component (core module $m (memory (export \"memory\") 960))".to_owned();
    for number in 0..60 {
        text += &format!("(core instance $i{number} (instantiate $m))");
    }
    wat::parse_str(text + ")").expect("it can be written")
}

pub fn component_with_loops() -> Vec<u8> {
    component("(loop $again (br $again)) (unreachable)", "(unreachable)")
}

pub fn component_that_lies() -> Vec<u8> {
    component(
        "(i32.const 65536)",
        "(i32.store8 (i32.const 0) (i32.const 0))
         (i32.store (i32.const 4) (i32.const -16))
         (i32.store (i32.const 8) (i32.const -1))
         (i32.const 0)",
    )
}

/// A component of the world for metrics, made as SDKs do it.
fn component(realloc: &str, body: &str) -> Vec<u8> {
    let core = format!(
        r#"(module
            (memory (export "memory") 4)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
            (func (export "evaluate") (param $pointer i32) (param $length i32) (result i32) {body}))"#
    );
    let mut core = wat::parse_str(core).expect("it is valid");
    let mut resolve = Resolve::default();
    let world = concat!(env!("CARGO_MANIFEST_DIR"), "/guest-sdk/wit");
    let (package, _) = resolve.push_dir(world).expect("the world can be read");
    let world = resolve.select_world(&[package], Some("evaluator")).expect("the world");
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).expect("embedded");
    let mut encoder = ComponentEncoder::default()
        .module(&core)
        .expect("a module")
        .validate(true);
    encoder.encode().expect("a component")
}
