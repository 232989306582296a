//! How wasmtime is set up: what guests may use, how instances are allocated, what is compiled in.

use std::num::NonZeroUsize;

use jurybox_hog_abi::memory_map;
use wasmtime::{
    Config, Enabled, Inlining, InstanceAllocationStrategy, OperatorCost, OptLevel, PoolingAllocationConfig,
};

use crate::language::hog;
use crate::limits::Limits;

/// Bytes of native stack that WebAssembly may use. Hog bounds the depth of calls itself well before that.
pub const MAX_WASM_STACK: usize = 1 << 20;
/// Instances of runtimes that may exist at once.
pub const MAX_INSTANCES: u32 = 64;
/// Snippets that one runtime instance may be linked to before it is replaced.
pub const MAX_SNIPPETS_PER_INSTANCE: u32 = 16;
/// Elements of a table: the functions of a snippet, or those that the runtime calls by pointer.
pub const MAX_TABLE_ELEMENTS: usize = 8192;
const _: () = assert!(hog::MAX_FUNCTIONS < MAX_TABLE_ELEMENTS);
/// Frames of a backtrace: enough to reach from the deepest recursion of the runtime into the snippet.
const MAX_BACKTRACE: NonZeroUsize = NonZeroUsize::new(1500).expect("not zero");

/// Bytes of stack that interpreters may use, and authors' modules, which may hold one. With less, recursion of the snippet traps instead of raising an exception.
pub const INTERPRETER_STACK: usize = 4 << 20;
/// Bytes of stack that the host's functions may use on top.
const HOST_STACK: usize = 512 << 10;
/// The most that an interpreter's own image takes, in bytes.
const INTERPRETER_MEMORY: u64 = 64 << 20;
/// Elements of an interpreter's table: the functions that it calls by pointer.
const INTERPRETER_TABLE_ELEMENTS: usize = 40_000;

/// Elements of a table of an author's module.
pub const MODULE_TABLE_ELEMENTS: usize = 40_000;
/// Tables that an author's module may have.
const MAX_MODULE_TABLES: u32 = 4;
/// Modules that a component may be made of: its own, and adapters between it and WASI.
const MAX_COMPONENT_INSTANCES: u32 = 16;
/// Memories of those.
const MAX_COMPONENT_MEMORIES: u32 = 4;

/// The configuration for Hog. `pooled` for instances from a pool of reserved address space, which is faster and needs about
/// 256 GiB of it; otherwise instances are mapped one by one. Compiled code is the same for both.
pub fn hog(pooled: bool) -> Config {
    let mut config = common(MAX_WASM_STACK);
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(hog_pool()));
    }
    config
}

/// The configuration for interpreters; `pooled` as for [`hog`].
pub fn interpreters(pooled: bool) -> Config {
    let mut config = common(INTERPRETER_STACK);
    config.wasm_simd(true);
    if pooled {
        let max_memory = usize::try_from(Limits::MAX_MEMORY + INTERPRETER_MEMORY).unwrap_or(usize::MAX);
        let mut pool = PoolingAllocationConfig::new();
        pool.total_core_instances(MAX_INSTANCES)
            .total_memories(MAX_INSTANCES)
            .total_tables(MAX_INSTANCES)
            .total_stacks(MAX_INSTANCES)
            .table_elements(INTERPRETER_TABLE_ELEMENTS)
            .max_core_instance_size(16 << 20)
            .max_memory_size(max_memory)
            .linear_memory_keep_resident(8 << 20)
            .table_keep_resident(64 << 10)
            .max_unused_warm_slots(MAX_INSTANCES)
            .pagemap_scan(Enabled::Auto);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

/// The configuration for authors' core modules; `pooled` as for [`hog`].
pub fn modules(pooled: bool) -> Config {
    let mut config = common(INTERPRETER_STACK);
    config
        .wasm_simd(true)
        .wasm_extended_const(true)
        .operator_cost(operator_cost());
    if pooled {
        let mut pool = modules_pool();
        pool.total_core_instances(MAX_INSTANCES)
            .total_memories(MAX_INSTANCES)
            .total_tables(MAX_INSTANCES * MAX_MODULE_TABLES)
            .max_tables_per_module(MAX_MODULE_TABLES);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

/// The configuration for authors' components; `pooled` as for [`hog`].
pub fn components(pooled: bool) -> Config {
    let mut config = common(INTERPRETER_STACK);
    config
        .wasm_simd(true)
        .wasm_extended_const(true)
        .operator_cost(operator_cost());
    // Where data is mapped instead of copied it costs no fuel. Workers can't map that of components, so nobody does.
    config.memory_init_cow(false);
    if pooled {
        let mut pool = modules_pool();
        pool.total_component_instances(MAX_INSTANCES)
            .total_core_instances(MAX_INSTANCES * MAX_COMPONENT_INSTANCES)
            .total_memories(MAX_INSTANCES * MAX_COMPONENT_MEMORIES)
            .total_tables(MAX_INSTANCES * MAX_COMPONENT_INSTANCES)
            .max_component_instance_size(1 << 20)
            .max_core_instances_per_component(MAX_COMPONENT_INSTANCES)
            .max_memories_per_component(MAX_COMPONENT_MEMORIES)
            .max_tables_per_component(MAX_COMPONENT_INSTANCES);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

/// What instructions of authors' modules cost. Most cost 1; these call the host, and take as long as hundreds of others.
fn operator_cost() -> OperatorCost {
    OperatorCost {
        MemoryGrow: 200,
        TableGrow: 200,
        RefFunc: 200,
        ..OperatorCost::new()
    }
}

/// What the pools of authors' modules and components have in common. New instances are cheap with these: see [`hog_pool`].
fn modules_pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_stacks(MAX_INSTANCES)
        .table_elements(MODULE_TABLE_ELEMENTS)
        .max_core_instance_size(16 << 20)
        .max_memory_size(usize::try_from(Limits::MAX_MEMORY).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(16 << 10)
        .max_unused_warm_slots(MAX_INSTANCES)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// What all guests have in common: fuel, bounds, determinism.
fn common(stack: usize) -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_nan_canonicalization(true)
        .compiler_inlining(Inlining::No)
        .memory_init_cow(true)
        .max_wasm_stack(stack)
        .async_stack_size(stack + HOST_STACK)
        .wasm_backtrace_max_frames(Some(MAX_BACKTRACE))
        .generate_address_map(true)
        .native_unwind_info(false)
        .debug_info(false)
        .concurrency_support(false)
        // What no guest uses is switched off.
        .wasm_tail_call(false)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_extended_const(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .shared_memory(false)
        .gc_support(false);
    config
}

fn hog_pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    let instances = MAX_INSTANCES * (MAX_SNIPPETS_PER_INSTANCE + 1);
    let max_memory = Limits::MAX_MEMORY + u64::from(memory_map::EVENT);
    pool.total_core_instances(instances)
        .total_memories(MAX_INSTANCES)
        .total_tables(instances)
        .total_stacks(MAX_INSTANCES)
        .table_elements(MAX_TABLE_ELEMENTS)
        .max_memory_size(usize::try_from(max_memory).unwrap_or(usize::MAX))
        // Where instances are not rewound, these make new ones cheap: the pages that were touched are found and reset
        // in place instead of being given back to the system.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(4 << 10)
        .max_unused_warm_slots(MAX_INSTANCES)
        .pagemap_scan(Enabled::Auto);
    pool
}
