//! One conversation with one run worker.

use std::cell::Cell;
use std::io::ErrorKind;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Workers;
use super::program::RemoteProgram;
use crate::engine::interpreter::Hint;
use crate::engine::local::LinkError;
use crate::engine::run::Run;
use crate::workers::pool::{Lease, Replaced, WorkerState};
use crate::workers::process::{Process, ResidentMemory};
use crate::workers::protocol::channel::{ChannelError, Stop};
use crate::workers::protocol::message::{Bounds, Load, LoadFailure, Loaded, RunAll, RunOne, Runtime};
use crate::workers::protocol::{Request, Response, trust};
use crate::workers::sealed::Sealed;

/// How often it is looked at a worker that is waited for.
const TICK: Duration = Duration::from_millis(20);
/// Time for loading beyond what the metric's own code at the top may take: a runtime may have to be loaded first.
const LOAD_TIME: Duration = Duration::from_secs(10);
/// Time that compiling one of our own runtimes may take.
const RUNTIME_TIME: Duration = Duration::from_secs(600);
/// Bytes of memory that it may take.
const RUNTIME_MEMORY: u64 = 8 << 30;

/// Why a worker is not used again, or could not be.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It is gone.
    #[error("the worker died")]
    Died,
    /// It was killed by somebody else, or by the kernel for want of memory.
    #[error("the worker was killed")]
    Killed,
    /// It says that it panicked.
    #[error("the worker failed: {0}")]
    Failed(String),
    /// It answered what it can't have to answer.
    #[error("the worker broke the protocol: {0}")]
    Distrusted(String),
    /// It did not answer in time.
    #[error("the worker did not answer in time")]
    Late,
    /// It held more memory than it may.
    #[error("the worker held {resident} bytes of memory")]
    Memory {
        /// So much.
        resident: u64,
    },
    /// The worker is not to blame.
    #[error("{0}")]
    Host(String),
}

impl Trouble {
    /// Why the worker is replaced.
    pub fn reason(&self) -> Replaced {
        match self {
            Self::Died | Self::Killed | Self::Failed(_) => Replaced::Crashed,
            Self::Distrusted(_) => Replaced::Distrusted,
            Self::Late => Replaced::Late,
            Self::Memory { .. } => Replaced::Memory,
            Self::Host(_) => Replaced::Abandoned,
        }
    }
}

/// What came of running events.
pub enum Ended {
    /// All were answered.
    Done,
    /// The worker has not loaded the program, or not any more.
    NotLoaded,
}

/// What a worker may use while it is waited for.
#[derive(Clone, Copy)]
pub struct Allowance {
    /// Time until the next answer.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: u64,
}

impl Allowance {
    fn of(workers: &Workers, bounds: &Bounds) -> Self {
        let limit = bounds.memory.min(crate::limits::Limits::MAX_MEMORY);
        Self {
            time: bounds.deadline.saturating_add(workers.options.grace),
            // Guests have their memory and the image that it is reset from.
            memory: workers.options.memory.saturating_add(limit.saturating_mul(2)),
        }
    }
}

/// Waits for answers of a worker, each within an allowance.
pub struct Wait {
    allowance: Allowance,
    resident: Arc<ResidentMemory>,
    looked: Cell<Instant>,
}

impl Wait {
    /// Nothing was asked yet.
    pub fn new(process: &mut Process, allowance: Allowance) -> Self {
        process.allow_memory(allowance.memory);
        Self {
            allowance,
            resident: process.watch(),
            looked: Cell::new(Instant::now()),
        }
    }

    /// Waits for one answer.
    pub fn answer<T>(
        &self,
        process: &mut Process,
        limit: usize,
        read: impl FnOnce(&[u8]) -> Result<T, trust::Distrust>,
    ) -> Result<T, Trouble> {
        let mut since = None;
        let mut patience = || {
            let now = Instant::now();
            if now - *since.get_or_insert(now) > self.allowance.time {
                return Err(Stop::Deadline);
            }
            // A look at the memory costs a system call or two, which answers that come at once are spared.
            if now - self.looked.get() >= TICK {
                self.looked.set(now);
                let resident = self.resident.bytes();
                if resident > self.allowance.memory {
                    return Err(Stop::Memory { resident });
                }
            }
            Ok(())
        };
        match process.channel.receive(limit, TICK, &mut patience) {
            Ok(frame) if frame.descriptors.is_empty() => {
                read(frame.body).map_err(|distrust| Trouble::Distrusted(distrust.to_string()))
            }
            Ok(_) => Err(Trouble::Distrusted("it sent descriptors".to_owned())),
            Err(ChannelError::Closed) => Err(self.death(process)),
            Err(ChannelError::Protocol(reason)) => Err(Trouble::Distrusted(reason)),
            Err(ChannelError::Stopped(Stop::Memory { resident })) => Err(Trouble::Memory { resident }),
            Err(ChannelError::Stopped(_)) => Err(Trouble::Late),
            Err(ChannelError::Io(error)) => match error.kind() {
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => Err(self.death(process)),
                _ => Err(Trouble::Host(format!("the socket of a worker: {error}"))),
            },
        }
    }

    fn death(&self, process: &mut Process) -> Trouble {
        if process.ran_out_of_memory() {
            Trouble::Memory {
                resident: self.allowance.memory,
            }
        } else if process.is_being_killed() {
            Trouble::Killed
        } else {
            Trouble::Died
        }
    }
}

/// Puts a request on its way.
pub fn queue(process: &mut Process, request: &Request<'_>, descriptors: &[BorrowedFd<'_>]) -> Result<(), Trouble> {
    process
        .channel
        .queue(request, descriptors)
        .map_err(|error| Trouble::Host(error.to_string()))
}

/// Has a worker load a program.
pub fn load(
    workers: &Workers,
    lease: &mut Lease<'_>,
    program: &RemoteProgram,
) -> Result<Result<(String, Vec<Hint>), LinkError>, Trouble> {
    if let Some(runtime) = program.runtime()
        && !lease.state().has_runtime(runtime)
    {
        let code = workers
            .code
            .runtime(runtime, || compile_runtime(workers, runtime))
            .map_err(Trouble::Host)?;
        queue(lease.process(), &Request::Runtime(runtime), &[code.descriptor()])?;
        lease.state().note_runtime(runtime);
    }
    let request = Request::Load(Load {
        handle: program.handle,
        product: &program.encoded,
        bounds: program.bounds,
    });
    let code = match program.code.as_slice() {
        [] => None,
        code => Some(Sealed::new(code).map_err(|error| Trouble::Host(error.to_string()))?),
    };
    let descriptors: Vec<_> = code.iter().map(Sealed::descriptor).collect();
    queue(lease.process(), &request, &descriptors)?;
    let mut allowance = Allowance::of(workers, &program.bounds);
    allowance.time = allowance.time.saturating_add(LOAD_TIME);
    let loaded = Wait::new(lease.process(), allowance).answer(lease.process(), trust::MAX_LOADED, trust::loaded)?;
    Ok(match loaded {
        Ok(Loaded { convention, hints }) => {
            lease.state().note_loaded(program.handle);
            Ok((convention, hints))
        }
        Err(LoadFailure::Interpreter(error)) => Err(LinkError::Interpreter(error)),
        Err(LoadFailure::Refused(diagnostic)) => Err(LinkError::Refused(Box::new(trust::diagnostic(&diagnostic)))),
    })
}

/// Gives a worker the code of a runtime before it is needed, if that goes without waiting.
pub fn give_runtime(process: &mut Process, state: &mut WorkerState, runtime: Runtime, code: &Sealed) {
    let queued = queue(process, &Request::Runtime(runtime), &[code.descriptor()]);
    // What the socket does not take goes with the first request.
    if queued.is_ok() && process.channel.send_now().is_ok() {
        state.note_runtime(runtime);
    }
}

/// Has a worker of its own compile a runtime: one that never saw a stranger's source, because everybody gets this code.
fn compile_runtime(workers: &Workers, runtime: Runtime) -> Result<Vec<u8>, String> {
    let mut process =
        Process::start(&workers.launcher, crate::workers::Role::Compile).map_err(|error| error.to_string())?;
    let allowance = Allowance {
        time: RUNTIME_TIME,
        memory: RUNTIME_MEMORY,
    };
    let wait = Wait::new(&mut process, allowance);
    queue(&mut process, &Request::CompileRuntime(runtime), &[])
        .and_then(|()| wait.answer(&mut process, trust::MAX_CODE, trust::code))
        .map_err(|trouble| trouble.to_string())?
}

/// Has a worker run a program on events. What was answered is reported at once, in the order of the events.
pub fn run_all(
    workers: &Workers,
    lease: &mut Lease<'_>,
    program: &RemoteProgram,
    bounds: &Bounds,
    careful: bool,
    events: Vec<RunOne<'_>>,
    report: &mut dyn FnMut(Run),
) -> Result<Ended, Trouble> {
    let documents: Vec<usize> = events.iter().map(RunOne::bytes).collect();
    let request = Request::RunAll(RunAll {
        handle: program.handle,
        bounds: *bounds,
        careful,
        events,
    });
    let allowance = Allowance::of(workers, bounds);
    let wait = Wait::new(lease.process(), allowance);
    queue(lease.process(), &request, &[])?;
    let limit = trust::max_run(bounds);
    for bytes in documents {
        let response = wait.answer(lease.process(), limit, |body| trust::ran(body, bounds, bytes))?;
        match response {
            Response::Ran(run) => report(run),
            Response::NotLoaded => {
                lease.state().forget(program.handle);
                return Ok(Ended::NotLoaded);
            }
            Response::Panicked(reason) => return Err(Trouble::Failed(reason)),
            _ => return Err(Trouble::Distrusted("an answer to another question".to_owned())),
        }
        lease.state().note_evaluation();
    }
    Ok(Ended::Done)
}
