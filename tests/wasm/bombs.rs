//! Modules that are made to take long to read or to compile.

use std::time::{Duration, Instant};

use wasm_encoder::{BlockType, CodeSection, Function, FunctionSection, Instruction, Module, TypeSection, ValType};

use super::harness::{module, refused, run};

/// A module with functions of type `(i32) -> i32`.
fn functions(count: u32, mut function: impl FnMut() -> Function) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut declared = FunctionSection::new();
    let mut code = CodeSection::new();
    for _ in 0..count {
        declared.function(0);
        code.function(&function());
    }
    let mut module = Module::new();
    module.section(&types).section(&declared).section(&code);
    module.finish()
}

fn too_large(wasm: Vec<u8>) -> String {
    let message = refused(wasm);
    assert!(message.starts_with("module-too-large: "), "{message}");
    message
}

#[test]
fn too_much_is_refused_before_it_is_compiled() {
    let started = Instant::now();
    let empty = |locals: u32| {
        let mut function = Function::new([(locals, ValType::I64)]);
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        function
    };
    assert!(too_large(functions(100_001, || empty(0))).contains("100001 functions"));
    assert!(too_large(functions(1, || empty(20_000))).contains("locals in one function"));
    let long = |length: usize| {
        let mut function = Function::new([]);
        function.instruction(&Instruction::LocalGet(0));
        for _ in 0..length {
            function
                .instruction(&Instruction::I32Const(1))
                .instruction(&Instruction::I32Add);
        }
        function.instruction(&Instruction::End);
        function
    };
    assert!(too_large(functions(1, || long(200_000))).contains("bytes of code in one function"));
    assert!(too_large(functions(40, || long(150_000))).contains("bytes of code, "));
    let deep = || {
        let mut function = Function::new([]);
        for _ in 0..2_000 {
            function.instruction(&Instruction::Block(BlockType::Empty));
        }
        for _ in 0..2_000 {
            function.instruction(&Instruction::End);
        }
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        function
    };
    assert!(too_large(functions(1, deep)).contains("blocks within blocks"));
    let table = || {
        let mut function = Function::new([]);
        function.instruction(&Instruction::LocalGet(0));
        function.instruction(&Instruction::LocalGet(0));
        function.instruction(&Instruction::BrTable(vec![0; 600_000].into(), 0));
        function.instruction(&Instruction::End);
        function
    };
    drop(too_large(functions(1, table)));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn shapes_that_take_long_to_compile_are_refused() {
    let started = Instant::now();
    // Loops one after the other, loops within loops over many locals, and paths that meet with many locals.
    let row = || {
        let mut function = Function::new([]);
        for _ in 0..20_000 {
            function.instruction(&Instruction::Loop(BlockType::Empty));
            function
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::BrIf(0));
            function.instruction(&Instruction::End);
        }
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        function
    };
    let nest = || {
        let mut function = Function::new([(1000, ValType::I32)]);
        for local in 0..900 {
            function.instruction(&Instruction::Loop(BlockType::Empty));
            function
                .instruction(&Instruction::LocalGet(local))
                .instruction(&Instruction::LocalSet(local + 1));
        }
        for local in 0..900 {
            function
                .instruction(&Instruction::LocalGet(local))
                .instruction(&Instruction::BrIf(0));
            function.instruction(&Instruction::End);
        }
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        function
    };
    let meet = || {
        let mut function = Function::new([(9_000, ValType::I32)]);
        for local in 0..5_000 {
            function
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::If(BlockType::Empty));
            function
                .instruction(&Instruction::LocalGet(0))
                .instruction(&Instruction::LocalSet(local));
            function.instruction(&Instruction::End);
        }
        function
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        function
    };
    for wasm in [functions(1, row), functions(1, nest), functions(1, meet)] {
        assert!(too_large(wasm).contains("what takes long to compile"));
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn hostile_texts_are_refused() {
    assert!(refused("(".repeat(200_000)).contains("nest too deeply"));
    assert!(refused(format!("(module {}", "(;".repeat(100_000))).starts_with("syntax-error: "));
    assert!(refused(format!("(module (func {}{}))", "(block ".repeat(900), ")".repeat(900))).len() < 1000);
    assert!(
        refused(format!(
            "(module (func {}{}))",
            "(block ".repeat(20_000),
            ")".repeat(20_000)
        ))
        .contains("deeply")
    );
    let components = format!("{}{}", "(component ".repeat(900), ")".repeat(900));
    assert!(refused(components).len() < 10_000);
    assert!(refused(format!("(module{})", " ".repeat(300_000))).starts_with("source-too-large: "));
}

#[test]
fn counts_that_promise_more_than_there_is_are_refused() {
    // Sections of a module that claim four billion entries.
    for section in [1_u8, 2, 3, 4, 5, 6, 7, 9, 10, 11] {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([section, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
        let message = refused(wasm);
        assert!(
            message.starts_with("module-too-large: ") || message.starts_with("invalid-module: "),
            "{section}: {message}"
        );
    }
}

#[test]
fn giant_segments_and_memories_cost_what_they_are() {
    assert!(refused(module("(table 4000000000 funcref)", "(i64.const 0)")).starts_with("invalid-module: "));
    let memory = module("", "(i64.const 0)").replace("(export \"memory\") 4)", "(export \"memory\") 65536)");
    let message = refused(memory);
    assert!(message.starts_with("invalid-module: "), "{message}");
    // Data for the end of a memory that may not be that large.
    let outside = module(r#"(data (i32.const 0x7fffffff) "x")"#, "(i64.const 0)");
    let text = run(&outside);
    assert!(text.starts_with("runtime_error: "), "{text}");
}
