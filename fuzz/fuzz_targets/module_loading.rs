//! Modules and components: see `jurybox::fuzzing::module_loading`. Inputs are modules in binary or text form, or bytes that
//! wasm-smith makes a valid module or component of. Set `FUZZ_SAVE` to a path to keep what an input stands for.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Unstructured;
use jurybox::fuzzing::mutate::{Numbers, Vocabulary};
use jurybox_fuzz::change;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use wasm_smith::{Component, Config, Module};

/// What the ABI wants a module to export.
const EXPORTS: &str = r#"(module
    (memory (export "memory") 1 32)
    (func (export "alloc") (param i32) (result i32) unreachable)
    (func (export "evaluate") (param i32 i32) (result i64) unreachable))"#;
/// What it may import.
const IMPORTS: &str = r#"(module
    (import "jurybox" "log" (func (param i32 i32)))
    (import "jurybox" "now" (func (result i64)))
    (import "jurybox" "random" (func (result i64)))
    (import "jurybox" "fail" (func (param i32 i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir" (func (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#;

static PARTS: LazyLock<[Vec<u8>; 2]> =
    LazyLock::new(|| [EXPORTS, IMPORTS].map(|text| wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))));

/// Modules that mostly load: what they may have is what jurybox allows, but for a proposal now and then. (Those with types
/// of their own would soon make up the whole corpus, each new way to be refused being new coverage.)
fn config(u: &mut Unstructured<'_>) -> arbitrary::Result<Config> {
    let [exports, imports] = &*PARTS;
    let follows_abi = u.ratio(7, 8)?;
    let strange = u.ratio(1, 64)?;
    Ok(Config {
        exports: follows_abi.then(|| exports.clone()),
        available_imports: follows_abi.then(|| imports.clone()),
        min_funcs: 2,
        max_memories: if strange { 4 } else { 1 },
        max_memory32_bytes: if u.ratio(1, 8)? { 1 << 32 } else { 1 << 21 },
        memory_max_size_required: false,
        max_tables: if strange { 8 } else { 2 },
        max_table_elements: if strange { 1 << 20 } else { 100 },
        bulk_memory_enabled: true,
        // Those of other than functions need garbage collection, which is off.
        reference_types_enabled: strange,
        simd_enabled: u.arbitrary()?,
        relaxed_simd_enabled: strange,
        memory64_enabled: strange,
        tail_call_enabled: strange,
        gc_enabled: false,
        exceptions_enabled: false,
        threads_enabled: false,
        max_instructions: if u.ratio(1, 16)? { 2_000 } else { 150 },
        generate_custom_sections: u.ratio(1, 16)?,
        ..Config::default()
    })
}

/// The module that an input stands for.
fn module(data: &[u8]) -> arbitrary::Result<Vec<u8>> {
    if data.starts_with(b"\0asm") || data.starts_with(b"(") {
        return Ok(data.to_vec());
    }
    let mut u = Unstructured::new(data);
    if u.ratio(1, 16)? {
        return Component::new(
            Config {
                gc_enabled: false,
                ..Config::default()
            },
            &mut u,
        )
        .map(|component| component.to_bytes());
    }
    let config = config(&mut u)?;
    Module::new(config, &mut u).map(|module| module.to_bytes())
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(wasm) = module(data) else {
        return Corpus::Reject;
    };
    if let Ok(path) = std::env::var("FUZZ_SAVE") {
        std::fs::write(&path, &wasm).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    jurybox::fuzzing::module_loading(&wasm);
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if data.starts_with(b"(") {
        return change(data, size, max_size, Vocabulary::Wat, &mut Numbers::new(seed.into()));
    }
    libfuzzer_sys::fuzzer_mutate(data, size, max_size)
});
