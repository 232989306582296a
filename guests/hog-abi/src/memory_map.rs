//! Where things live in the linear memory of a Hog evaluation.
//!
//! ```text
//! 0            the runtime: Rust's stack, constants, statics
//! STATE        a few words that host, snippet and runtime share
//! SHADOW       the shadow stack: arguments of library calls, variables that the collector must see
//! SNIPPET      what belongs to a snippet: constants (laid out by the compiler), then compiled regexes
//! EVENT        the event (laid out by the host), then the heap, which grows
//! ```
//!
//! Fixed addresses cost nothing (untouched pages are never backed by memory) and save the relocation of constants and
//! events.

/// The shared words; the runtime's own memory ends below this.
pub const STATE: u32 = 0x3F_F000;
/// State: `u32`, not 0 when the heap has grown enough for a collection to pay; compiled loops look at it.
pub const STATE_COLLECT: u32 = STATE;
/// State: `u32`, the address where the next fresh block goes. Set by the host before an event, moved by the runtime.
pub const STATE_HEAP_TOP: u32 = STATE + 4;
/// State: `u32`, the address that the heap must not pass: the memory limit. Set by the host.
pub const STATE_HEAP_LIMIT: u32 = STATE + 8;
/// State: `u32`, the first address of the heap: everything below it is never freed. Set by the host.
pub const STATE_HEAP_START: u32 = STATE + 12;
/// State: value, the object that holds the globals. Set by the host.
pub const STATE_GLOBALS: u32 = STATE + 16;
/// State: value, the error in flight; null when there is none.
pub const STATE_PENDING: u32 = STATE + 24;
/// State: `u32`, the number of the `throw` statement that threw last; the compiler knows its position.
pub const STATE_THROW_SITE: u32 = STATE + 32;
/// State: `u32`, the highest [`STATE_HEAP_TOP`] before collections that lowered it. Set to 0 by the host.
pub const STATE_HEAP_PEAK: u32 = STATE + 36;
/// Bytes of state.
pub const STATE_SIZE: u32 = 40;
/// First address of the shadow stack.
pub const SHADOW: u32 = 0x40_0000;
/// Size of the shadow stack in bytes.
pub const SHADOW_SIZE: u32 = 0x4_0000;
/// First address of a snippet's constants.
pub const SNIPPET: u32 = 0x48_0000;
/// Size of a snippet's region in bytes.
pub const SNIPPET_SIZE: u32 = 0x40_0000;
/// First address of the event; the heap follows it.
pub const EVENT: u32 = SNIPPET + SNIPPET_SIZE;
/// Bytes of heap (the event included) that exist from the start, so that typical events never grow the memory.
pub const INITIAL_HEAP: u32 = 0x38_0000;
/// Size of the memory at the start, in bytes.
pub const INITIAL_MEMORY: u32 = EVENT + INITIAL_HEAP;
/// Bytes in a WebAssembly page.
pub const WASM_PAGE: u32 = 0x1_0000;

const _: () = assert!(INITIAL_MEMORY.is_multiple_of(WASM_PAGE));
const _: () = assert!(SHADOW + SHADOW_SIZE <= SNIPPET);
