//! What components may import: the host's own functions, and WASI 0.2 in which nothing of the host shows, nothing waits and
//! everything repeats.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use wasmtime::ResourceLimiter;
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::cli::{stderr, stdout};
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::{DynOutputStream, DynPollable, OutputStream, Pollable, StreamError, subscribe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::filesystem::{self, Listing};
use crate::engine::configuration::MODULE_TABLE_ELEMENTS;
use crate::engine::host::{Logs, Random};
use crate::engine::run::{DeadlinePassed, DocumentInput};
use crate::engine::wasi::Output;
use crate::limits::Limits;

/// What is available, for people.
pub const AVAILABLE: &str = "`jurybox:evaluator/host` and the interfaces of WASI 0.2 (cli, clocks, filesystem, io, random, \
                             sockets)";
/// The interface of our own functions.
const HOST: &str = "jurybox:evaluator/host@0.1.0";
/// Bytes that a component may write at once.
const MAX_WRITE: usize = 64 << 10;
/// Random bytes that a component gets at once.
const MAX_RANDOM: u64 = 64 << 10;
/// Streams, pollables and the like that may exist at once.
const MAX_RESOURCES: usize = 1_000;

/// The host's side of one instance.
pub struct World {
    wasi: WasiCtx,
    table: ResourceTable,
    printed: Arc<Mutex<Printed>>,
    now_ns: u64,
    random: Random,
    memory: Memory,
    /// What is left to tell of the directory that was read last.
    pub(super) listing: Listing,
}

/// What was printed.
#[derive(Default)]
struct Printed {
    logs: Logs,
    stdout: Output,
    stderr: Output,
    /// When the run must be over.
    end: Option<Instant>,
}

/// The memories of a component.
#[derive(Default)]
struct Memory {
    limit: usize,
    /// All memories together.
    size: usize,
    peak: usize,
    refused: bool,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let size = self.size.saturating_sub(current).saturating_add(desired);
        if size > self.limit {
            self.refused = true;
            return Ok(false);
        }
        self.size = size;
        self.peak = self.peak.max(size);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MODULE_TABLE_ELEMENTS)
    }
}

impl World {
    /// A world before its first run.
    pub fn new() -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        Self {
            wasi: WasiCtx::builder().allow_blocking_current_thread(true).build(),
            table,
            printed: Arc::default(),
            now_ns: 0,
            random: Random::default(),
            memory: Memory::default(),
            listing: Listing::default(),
        }
    }

    /// Makes the world that of a new run.
    pub fn begin(&mut self, input: &DocumentInput<'_>, end: Option<Instant>) -> wasmtime::Result<()> {
        if !input.directories.is_empty() {
            self.wasi = filesystem::context(input.directories)?;
        }
        *self.printed() = Printed {
            logs: Logs::new(input.limits.logs),
            end,
            ..Printed::default()
        };
        self.now_ns = u64::try_from(input.replay.now_ns).unwrap_or_default();
        self.random = Random::new(input.replay.seed);
        self.memory.limit = usize::try_from(input.limits.memory.min(Limits::MAX_MEMORY)).unwrap_or(usize::MAX);
        self.memory.refused = false;
        Ok(())
    }

    /// What the store asks before memory grows.
    pub fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.memory
    }

    /// Whether memory was refused during the run.
    pub fn refused_memory(&self) -> bool {
        self.memory.refused
    }

    /// The most bytes that all memories had together.
    pub fn peak_memory(&self) -> usize {
        self.memory.peak
    }

    /// The printed lines of the run.
    pub fn take_logs(&mut self) -> Vec<String> {
        let printed = &mut *self.printed();
        printed.stdout.flush(&mut printed.logs);
        printed.stderr.flush(&mut printed.logs);
        std::mem::take(&mut printed.logs).into_lines()
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run if it is over its time. Called where the host works without the component paying fuel.
    pub(super) fn check_time(&self) -> wasmtime::Result<()> {
        self.printed().check_time()
    }

    fn random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        self.check_time()?;
        if count > MAX_RANDOM {
            return Err(wasmtime::Error::msg(format!(
                "more than {MAX_RANDOM} random bytes were asked for at once"
            )));
        }
        let mut bytes = vec![0; usize::try_from(count)?];
        for chunk in bytes.chunks_mut(8) {
            let random = self.random.next().to_le_bytes();
            chunk.copy_from_slice(random.get(..chunk.len()).unwrap_or_default());
        }
        Ok(bytes)
    }

    fn stream(&mut self, error: bool) -> wasmtime::Result<Resource<DynOutputStream>> {
        let stream: DynOutputStream = Box::new(Stream {
            printed: Arc::clone(&self.printed),
            error,
        });
        Ok(self.table.push(stream)?)
    }

    /// Something to wait for that has happened already.
    fn now(&mut self) -> wasmtime::Result<Resource<DynPollable>> {
        self.check_time()?;
        let now = self.table.push(Now)?;
        subscribe(&mut self.table, now)
    }
}

impl Printed {
    fn check_time(&self) -> wasmtime::Result<()> {
        match self.end {
            Some(end) if end <= Instant::now() => Err(wasmtime::Error::from(DeadlinePassed)),
            _ => Ok(()),
        }
    }
}

impl WasiView for World {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Standard output or standard error.
struct Stream {
    printed: Arc<Mutex<Printed>>,
    error: bool,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {}
}

impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        let printed = &mut *self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.check_time().map_err(StreamError::Trap)?;
        let output = if self.error {
            &mut printed.stderr
        } else {
            &mut printed.stdout
        };
        output.write(&bytes, &mut printed.logs);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.check_time().map_err(StreamError::Trap)?;
        Ok(MAX_WRITE)
    }
}

/// An event that has happened.
struct Now;

#[wasmtime_wasi::async_trait]
impl Pollable for Now {
    async fn ready(&mut self) {}
}

impl stdout::Host for World {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.stream(false)
    }
}

impl stderr::Host for World {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.stream(true)
    }
}

impl wall_clock::Host for World {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime {
            seconds: self.now_ns / 1_000_000_000,
            nanoseconds: u32::try_from(self.now_ns % 1_000_000_000)?,
        })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime {
            seconds: 0,
            nanoseconds: 1,
        })
    }
}

impl monotonic_clock::Host for World {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.now_ns)
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, _when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        World::now(self)
    }

    fn subscribe_duration(&mut self, _when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        World::now(self)
    }
}

impl random::Host for World {
    fn get_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(count)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.random.next())
    }
}

impl insecure::Host for World {
    fn get_insecure_random_bytes(&mut self, count: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(count)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.random.next())
    }
}

impl insecure_seed::Host for World {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.random.next(), self.random.next()))
    }
}

/// The functions above are those of the world itself.
struct Own;

impl HasData for Own {
    type Data<'a> = &'a mut World;
}

fn itself(world: &mut World) -> &mut World {
    world
}

/// Whether there is an interface of this name.
pub fn offers(name: &str) -> bool {
    let interface = name.split_once('@').map_or(name, |(interface, _)| interface);
    name == HOST
        || ["cli", "clocks", "filesystem", "io", "random", "sockets"]
            .iter()
            .any(|package| {
                let rest = interface
                    .strip_prefix("wasi:")
                    .and_then(|rest| rest.strip_prefix(package));
                rest.is_some_and(|rest| rest.starts_with('/'))
            })
}

/// Whether a function takes a string and gives a `result<string, string>`.
pub fn is_evaluate(function: &ComponentFunc) -> bool {
    let takes: Vec<_> = function.params().map(|(_, ty)| ty).collect();
    let gives: Vec<_> = function.results().collect();
    let [Type::Result(result)] = gives.as_slice() else {
        return false;
    };
    takes == [Type::String] && result.ok() == Some(Type::String) && result.err() == Some(Type::String)
}

/// The functions.
pub fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<World>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    // In place of those that would show what time it is, wait, be random or show more than files.
    linker.allow_shadowing(true);
    stdout::add_to_linker::<World, Own>(&mut linker, itself)?;
    stderr::add_to_linker::<World, Own>(&mut linker, itself)?;
    wall_clock::add_to_linker::<World, Own>(&mut linker, itself)?;
    monotonic_clock::add_to_linker::<World, Own>(&mut linker, itself)?;
    random::add_to_linker::<World, Own>(&mut linker, itself)?;
    insecure::add_to_linker::<World, Own>(&mut linker, itself)?;
    insecure_seed::add_to_linker::<World, Own>(&mut linker, itself)?;
    filesystem::add_to_linker(&mut linker)?;
    linker.allow_shadowing(false);

    let mut host = linker.instance(HOST)?;
    host.func_wrap("log", |store, (line,): (String,)| {
        store.data().printed().logs.add(line.as_bytes());
        store.data().check_time()
    })?;
    host.func_wrap("now", |store, (): ()| Ok((store.data().now_ns.cast_signed(),)))?;
    host.func_wrap("random", |mut store, (): ()| Ok((store.data_mut().random.next(),)))?;
    Ok(linker)
}
