//! What the initialisation sees of the world: always the same.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, process};

use anyhow::{Context, Result};
use wasmtime::{Caller, Engine, Linker};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{FsPerms, HostMonotonicClock, HostWallClock, WasiCtx};

use crate::rules::MEMORY_EXPORT;

/// 2000-01-01T00:00:00Z, in seconds since 1970.
const NOW: Duration = Duration::from_secs(946_684_800);
/// Any number; another one would give other bytes.
const SEED: u64 = 0x6a75_7279_626f_7821;

/// WASI preview 1 and the module `jurybox`, without anything that differs from run to run.
pub(crate) struct World {
    wasi: WasiP1Ctx,
    random: Random,
    /// Held so that it lives as long as the instance.
    _empty: Option<EmptyDirectory>,
}

impl World {
    /// A world in which `/` is `directory`, read-only, or an empty directory.
    pub(crate) fn new(directory: Option<&Path>) -> Result<Self> {
        let mut random = Random(SEED);
        let mut bytes = || Deterministic::new((0..1024).map(|_| random.next() as u8).collect());
        let mut builder = WasiCtx::builder();
        builder
            .inherit_stdout()
            .inherit_stderr()
            .allow_blocking_current_thread(true)
            .wall_clock(StoppedClock)
            .monotonic_clock(StoppedClock)
            .secure_random(bytes())
            .insecure_random(bytes())
            .insecure_random_seed(u128::from(SEED));
        let empty = match directory {
            Some(_) => None,
            None => Some(EmptyDirectory::new()?),
        };
        let root = directory
            .or(empty.as_ref().map(|empty| empty.0.as_path()))
            .context("no directory")?;
        builder.preopened_dir(root, "/", FsPerms::ReadOnly)?;
        Ok(Self {
            wasi: builder.build_p1(),
            random: Random(SEED),
            _empty: empty,
        })
    }

    /// The imports a guest finds in its world.
    pub(crate) fn linker(engine: &Engine) -> Result<Linker<Self>> {
        let mut linker = Linker::new(engine);
        p1::add_to_linker_sync(&mut linker, |world: &mut Self| &mut world.wasi)?;
        linker.func_wrap("jurybox", "log", log)?;
        linker.func_wrap("jurybox", "now", || i64::try_from(NOW.as_nanos()).unwrap_or(i64::MAX))?;
        linker.func_wrap("jurybox", "random", |mut caller: Caller<'_, Self>| {
            caller.data_mut().random.next().cast_signed()
        })?;
        Ok(linker)
    }
}

/// Prints a line of output to the terminal of whoever builds the guest.
fn log(mut caller: Caller<'_, World>, pointer: u32, length: u32) -> wasmtime::Result<()> {
    let memory = caller.get_export(MEMORY_EXPORT).and_then(wasmtime::Extern::into_memory);
    let memory = memory.ok_or_else(|| wasmtime::Error::msg("no memory"))?;
    let mut line = vec![0; length as usize];
    memory.read(&caller, pointer as usize, &mut line)?;
    eprintln!("{}", String::from_utf8_lossy(&line));
    Ok(())
}

struct StoppedClock;

impl HostWallClock for StoppedClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        NOW
    }
}

impl HostMonotonicClock for StoppedClock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from(NOW.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// SplitMix64: numbers that look random and are always the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A directory without files, removed when it is dropped.
struct EmptyDirectory(PathBuf);

impl EmptyDirectory {
    fn new() -> Result<Self> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("jurybox-preinitialise-{}-{number}", process::id()));
        fs::create_dir(&path).with_context(|| format!("can't make the directory {}", path.display()))?;
        Ok(Self(path))
    }
}

/// How many empty directories this process made: each has a name of its own.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Drop for EmptyDirectory {
    fn drop(&mut self) {
        // A directory that stays behind does no harm.
        let _ = fs::remove_dir(&self.0);
    }
}
