//! What the host offers to guests: printed lines, a fixed clock, seeded random numbers, and a way to fail. Nothing
//! else: no environment, no network, no threads, and no files but those of directories that were granted.

use jurybox_hog_abi::failure::Failure as Class;
use wasmtime::{Caller, Extern, Linker, Memory, ResourceLimiter};

use super::wasi::Wasi;

/// The module name of the host's functions.
const MODULE: &str = "jurybox";
/// The longest error text that is taken from a guest, in bytes.
const MAX_MESSAGE: usize = 64 << 10;
/// Elements that a guest's table may have. Our own guests never grow theirs.
const MAX_TABLE_ELEMENTS: usize = super::configuration::MODULE_TABLE_ELEMENTS;

/// The host's side of one instance.
#[derive(Default)]
pub struct HostState {
    /// The guest's memory, once it exists.
    pub memory: Option<Memory>,
    /// Bytes that the memory may have.
    pub memory_limit: usize,
    /// What was printed.
    pub logs: Logs,
    /// The run's clock, in nanoseconds since 1970.
    pub now_ns: i64,
    /// The run's random numbers.
    pub random: Random,
    /// Why the guest gave up, if it said so.
    pub failure: Option<GuestFailure>,
    /// Whether the guest wanted more memory than it may have.
    pub refused_memory: bool,
    /// What is behind the guest's WASI imports.
    pub wasi: Wasi,
}

/// A failure in the guest's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestFailure {
    /// Its class.
    pub class: Class,
    /// The type of the error; empty where the class says it all.
    pub error_type: String,
    /// What happened.
    pub message: String,
}

/// The printed lines of a run, bounded.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    lines: Vec<String>,
    left: usize,
    cut: bool,
}

impl Logs {
    /// The mark at the end of logs that were cut.
    pub const CUT: &'static str = "... (more was printed than the limit for logs allows)";

    /// No lines yet, and room for so many bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            lines: Vec::new(),
            left: limit,
            cut: false,
        }
    }

    pub(super) fn add(&mut self, line: &[u8]) {
        if self.cut {
            return;
        }
        // A line costs a byte of its own, so that empty ones end, too.
        if line.len() < self.left {
            self.left -= line.len() + 1;
            self.lines.push(String::from_utf8_lossy(line).into_owned());
            return;
        }
        let text = String::from_utf8_lossy(line.get(..self.left).unwrap_or(line)).into_owned();
        // Cutting may have split a character.
        let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
        if !text.is_empty() {
            self.lines.push(text.to_owned());
        }
        self.lines.push(Self::CUT.to_owned());
        self.cut = true;
    }

    /// How many bytes there is room for; `None` when the logs were cut.
    pub(super) fn room(&self) -> Option<usize> {
        (!self.cut).then_some(self.left)
    }

    /// The lines.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

/// Random numbers that repeat: `SplitMix64`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }
}

impl ResourceLimiter for HostState {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let granted = desired <= self.memory_limit;
        self.refused_memory |= !granted;
        Ok(granted)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }
}

/// What every guest gets.
pub fn functions(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(
        MODULE,
        "log",
        |mut caller: Caller<'_, HostState>, pointer: u32, length: u32| {
            let (memory, state) = memory(&mut caller)?;
            state.logs.add(bytes(memory, pointer, length)?);
            Ok(())
        },
    )?;
    linker.func_wrap(MODULE, "now", |caller: Caller<'_, HostState>| caller.data().now_ns)?;
    linker.func_wrap(MODULE, "random", |mut caller: Caller<'_, HostState>| {
        caller.data_mut().random.next().cast_signed()
    })?;
    Ok(linker)
}

/// What the Hog runtime gets.
pub fn hog_functions(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = functions(engine)?;
    linker.func_wrap(
        MODULE,
        "fail",
        |mut caller: Caller<'_, HostState>,
         class: u32,
         type_pointer: u32,
         type_length: u32,
         pointer: u32,
         length: u32|
         -> wasmtime::Result<()> {
            let (memory, state) = memory(&mut caller)?;
            let class = Class::from_u32(class).ok_or_else(|| wasmtime::Error::msg("an unknown class of failure"))?;
            let error_type = text(bytes(memory, type_pointer, type_length)?);
            let message = text(bytes(memory, pointer, length)?);
            state.failure = Some(GuestFailure {
                class,
                error_type,
                message,
            });
            Err(wasmtime::Error::msg("the guest failed"))
        },
    )?;
    Ok(linker)
}

/// The guest's memory and the host's state.
pub fn memory<'a>(caller: &'a mut Caller<'_, HostState>) -> wasmtime::Result<(&'a [u8], &'a mut HostState)> {
    let (data, state) = memory_mut(caller)?;
    Ok((data, state))
}

/// The guest's memory, to write to, and the host's state.
pub fn memory_mut<'a>(caller: &'a mut Caller<'_, HostState>) -> wasmtime::Result<(&'a mut [u8], &'a mut HostState)> {
    let memory = match caller.data().memory {
        Some(memory) => memory,
        // While the instance comes into being only the caller knows its memory.
        None => caller
            .get_export("memory")
            .and_then(Extern::into_memory)
            .ok_or_else(|| wasmtime::Error::msg("called before there is a memory"))?,
    };
    Ok(memory.data_and_store_mut(caller))
}

/// A part of the guest's memory that the guest names. It may name anything.
pub fn bytes(memory: &[u8], pointer: u32, length: u32) -> wasmtime::Result<&[u8]> {
    let start = pointer as usize;
    start
        .checked_add(length as usize)
        .and_then(|end| memory.get(start..end))
        .ok_or_else(|| wasmtime::Error::msg("a pointer outside of memory"))
}

fn text(bytes: &[u8]) -> String {
    let cut = bytes.get(..MAX_MESSAGE).unwrap_or(bytes);
    String::from_utf8_lossy(cut).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_cut_at_their_limit() {
        let mut logs = Logs::new(10);
        logs.add(b"12345");
        logs.add("äöü".as_bytes());
        logs.add(b"never seen");
        assert_eq!(logs.into_lines(), ["12345", "äö", Logs::CUT]);
    }

    #[test]
    fn empty_lines_end_too() {
        let mut logs = Logs::new(3);
        for _ in 0..100 {
            logs.add(b"");
        }
        assert_eq!(logs.into_lines(), ["", "", "", Logs::CUT]);
    }

    #[test]
    fn a_pointer_outside_of_memory_is_refused() {
        let memory = [1, 2, 3, 4];
        assert_eq!(bytes(&memory, 1, 3).expect("inside"), [2, 3, 4]);
        assert!(bytes(&memory, 1, 4).is_err());
        assert!(bytes(&memory, u32::MAX, u32::MAX).is_err());
        assert!(bytes(&memory, 4, 0).expect("empty").is_empty());
    }

    #[test]
    fn random_numbers_repeat() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            [random.next(), random.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }
}
