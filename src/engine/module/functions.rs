//! What core modules may import.

use wasmtime::{Caller, Linker};

use super::failure::Failed;
use crate::engine::host::{self, HostState};
use crate::engine::wasi;

/// What is available, for people.
pub const AVAILABLE: &str = "`log`, `now`, `random` and `fail` of `jurybox`, the functions of `wasi_snapshot_preview1`, and \
                             what AssemblyScript imports from `env` (`abort`, `seed`, `trace`, `console.log`)";
/// The longest text that is taken from a module, in bytes.
const MAX_TEXT: u32 = 64 << 10;
/// The fuel that a call of the host costs: as much as could be burnt in the time of a call.
const CALL: u64 = 50;

type Host<'a> = Caller<'a, HostState>;

/// The functions.
pub fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    // Unlike our own guests, authors' modules pay for these.
    linker.func_wrap("jurybox", "log", |mut host: Host<'_>, pointer: u32, length: u32| {
        wasi::charge(&mut host, CALL)?;
        let (memory, state) = host::memory(&mut host)?;
        let line = host::bytes(memory, pointer, length)?;
        let kept = line.len().min(state.logs.room().unwrap_or_default());
        state.logs.add(line);
        wasi::charge(&mut host, kept as u64)
    })?;
    linker.func_wrap("jurybox", "now", |mut host: Host<'_>| {
        wasi::charge(&mut host, CALL)?;
        Ok(host.data().now_ns)
    })?;
    linker.func_wrap("jurybox", "random", |mut host: Host<'_>| {
        wasi::charge(&mut host, CALL)?;
        Ok(host.data_mut().random.next().cast_signed())
    })?;
    linker.func_wrap("jurybox", "fail", fail)?;
    wasi::add_to_linker(&mut linker)?;
    linker.func_wrap("env", "abort", abort)?;
    linker.func_wrap("env", "seed", |mut host: Host<'_>| {
        wasi::charge(&mut host, CALL)?;
        // 53 bits, the whole numbers that a float can tell apart.
        Ok((host.data_mut().random.next() >> 11) as f64)
    })?;
    linker.func_wrap("env", "console.log", |mut host: Host<'_>, text: u32| {
        let (memory, state) = host::memory(&mut host)?;
        let text = script_text(memory, text)?;
        state.logs.add(text.as_bytes());
        wasi::charge(&mut host, CALL + text.len() as u64)
    })?;
    linker.func_wrap(
        "env",
        "trace",
        |host: Host<'_>, message: u32, count: u32, n0: f64, n1: f64, n2: f64, n3: f64, n4: f64| {
            trace(host, message, count, [n0, n1, n2, n3, n4])
        },
    )?;
    Ok(linker)
}

/// Ends the run with a text of the module.
fn fail(mut host: Host<'_>, pointer: u32, length: u32) -> wasmtime::Result<()> {
    let (memory, _) = host::memory(&mut host)?;
    let text = host::bytes(memory, pointer, length)?;
    let text = text.get(..MAX_TEXT as usize).unwrap_or(text);
    let text = String::from_utf8_lossy(text).into_owned();
    Err(wasmtime::Error::from(Failed(text)))
}

/// AssemblyScript's way to end: a message, and where in which file.
fn abort(mut host: Host<'_>, message: u32, file: u32, line: u32, column: u32) -> wasmtime::Result<()> {
    let (memory, _) = host::memory(&mut host)?;
    let mut text = match message {
        0 => "abort".to_owned(),
        message => script_text(memory, message)?,
    };
    if file != 0 {
        text = format!("{text} ({}:{line}:{column})", script_text(memory, file)?);
    }
    Err(wasmtime::Error::from(Failed(text)))
}

/// AssemblyScript's `trace`: a message and up to five numbers.
fn trace(mut host: Host<'_>, message: u32, count: u32, numbers: [f64; 5]) -> wasmtime::Result<()> {
    let (memory, state) = host::memory(&mut host)?;
    let mut line = format!("trace: {}", script_text(memory, message)?);
    for (index, number) in numbers.iter().take(count as usize).enumerate() {
        line.push_str(if index == 0 { " " } else { ", " });
        line.push_str(&number.to_string());
    }
    state.logs.add(line.as_bytes());
    wasi::charge(&mut host, CALL + line.len() as u64)
}

/// A text of AssemblyScript: UTF-16, its length in bytes in the word before.
fn script_text(memory: &[u8], pointer: u32) -> wasmtime::Result<String> {
    if pointer == 0 {
        return Ok(String::new());
    }
    let header = pointer
        .checked_sub(4)
        .ok_or_else(|| wasmtime::Error::msg("a pointer outside of memory"))?;
    let (length, _) = host::bytes(memory, header, 4)?.as_chunks::<4>();
    let length = length.first().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let bytes = host::bytes(memory, pointer, length.min(MAX_TEXT) & !1)?;
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    Ok(char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect())
}
