//! A worker as a process: started, watched, ended.
//!
//! A worker is two processes. The program that is started is the **warden**; it forks the **worker**, which is the one
//! that is confined and does the work, tells the host its number, and from then on only waits: when the worker ends it
//! ends, and when the host ends it ends the worker. The host talks to the worker alone.
//!
//! Both are known here by descriptors, not by numbers, which the system gives to somebody else once a process is gone.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions};

use super::confinement::Confinement;
use super::protocol::channel::{Channel, ChannelError, Stop};
use super::protocol::trust;
use super::{Role, WorkerOptions};
use crate::engine::Isolation;
use cgroup::{Group, Hierarchy};

mod cgroup;
mod memory;

pub use memory::{MemoryCap, ResidentMemory};

/// What a worker is called in its own argument list: by this its `main` knows what it is.
pub const ARGV0: &str = "jurybox-worker";

/// Time that a program has to become a worker.
const START: Duration = Duration::from_secs(10);
/// Time that a warden has to end by itself after its worker was killed. It has only that to do.
const WARDEN: Duration = Duration::from_secs(1);
/// Time that a program has to end by itself when the connection is closed before it is a worker. Wardens do, and bury
/// what they have forked.
const HANG_UP: Duration = Duration::from_millis(100);
/// Time after which nobody waits for a killed process any more. A process that the system can't end at once, because it
/// hangs in the kernel, ends when it comes out of there.
const REAP: Duration = Duration::from_secs(10);

/// Starts workers.
#[derive(Clone, Debug)]
pub struct Launcher {
    options: Arc<WorkerOptions>,
    isolation: Isolation,
    program: PathBuf,
    hierarchy: Option<Arc<Hierarchy>>,
}

/// A worker that has said hello. Dropping it kills it, and waits until it is gone.
#[derive(Debug)]
pub struct Process {
    /// The connection to it.
    pub channel: Channel,
    confinement: Confinement,
    pid: u32,
    resident: Arc<ResidentMemory>,
    body: Body,
}

/// A program that is becoming a worker.
#[derive(Debug)]
pub struct Starting {
    role: Role,
    since: Instant,
    // Dropped first: the hang-up tells the program to end.
    channel: Channel,
    body: Body,
}

/// How a start went on.
#[derive(Debug)]
pub enum Advanced {
    /// The program has not said everything yet.
    Waits(Starting),
    /// The start is over.
    Over(Result<Process, StartError>),
}

/// A process that was killed and is not yet gone.
#[derive(Debug)]
pub struct Ending {
    body: Body,
    since: Instant,
}

/// The two processes of a worker.
#[derive(Debug)]
struct Body {
    /// Unknown until the warden has told its number.
    worker: Option<Watched>,
    warden: Child,
    /// The warden.
    process: OwnedFd,
    is_reaped: bool,
}

/// The worker itself, a grandchild.
#[derive(Debug)]
struct Watched {
    pid: u32,
    resident: Arc<ResidentMemory>,
    process: OwnedFd,
    group: Option<Group>,
}

/// Why there is no worker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no such program.
    #[error("the worker program {} does not exist", program.display())]
    NotFound {
        /// The program.
        program: PathBuf,
    },
    /// It may not be executed.
    #[error("the worker program {} is not executable", program.display())]
    NotExecutable {
        /// The program.
        program: PathBuf,
    },
    /// The program ended, or said something else than a worker says.
    #[error("{} does not answer as a worker: its main must begin with jurybox::workers::init() ({reason})", program.display())]
    NotAWorker {
        /// The program.
        program: PathBuf,
        /// What it did instead.
        reason: String,
    },
    /// The program said nothing for a long time.
    #[error(
        "{} did not become a worker within {} s: its main must begin with jurybox::workers::init()",
        program.display(),
        START.as_secs()
    )]
    Silent {
        /// The program.
        program: PathBuf,
    },
    /// The confinement is incomplete, and was required.
    #[error("this system does not confine workers completely, which was required: {missing}")]
    Unconfined {
        /// What is missing, and why.
        missing: String,
    },
    /// Something outside killed it while it started: somebody, or the kernel for want of memory.
    #[error("a worker of {} was killed while it started", program.display())]
    Killed {
        /// The program.
        program: PathBuf,
    },
    /// The worker was started, and ended before it had anything to do.
    #[error("workers of {} end before they have anything to do", program.display())]
    EndsAtOnce {
        /// The program.
        program: PathBuf,
    },
    /// The system refused something.
    #[error("a worker can't be started: {0}")]
    System(String),
    /// The engine is being dropped.
    #[error("the engine is closing")]
    Closing,
}

impl Launcher {
    /// Starts workers as these options say.
    #[must_use]
    pub fn new(options: Arc<WorkerOptions>) -> Self {
        let hierarchy = Hierarchy::delegated().map(Arc::new);
        // A worker starts in another directory, from where a relative path leads elsewhere.
        let program = std::path::absolute(&options.program).unwrap_or_else(|_| options.program.clone());
        Self {
            options,
            isolation: Isolation::Auto,
            program,
            hierarchy,
        }
    }

    /// Starts workers that get their clean instances in this way.
    #[must_use]
    pub fn isolating(self, isolation: Isolation) -> Self {
        Self { isolation, ..self }
    }

    /// What bounds the memory of workers on this system.
    #[must_use]
    pub fn memory_cap(&self) -> MemoryCap {
        match self.hierarchy {
            Some(_) => MemoryCap::Cgroup,
            None => MemoryCap::WatchedRss,
        }
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &Arc<WorkerOptions> {
        &self.options
    }

    /// The error of workers that end as soon as they have started.
    pub(super) fn ends_at_once(&self) -> StartError {
        StartError::EndsAtOnce {
            program: self.program.clone(),
        }
    }

    /// Starts the program, and does not wait until it is a worker.
    pub(super) fn begin(&self, role: Role) -> Result<Starting, StartError> {
        let (ours, theirs) = UnixStream::pair().map_err(system)?;
        let channel = Channel::new(ours.into()).map_err(system)?.refusing_descriptors();
        let mut warden = Command::new(&self.program)
            .arg0(ARGV0)
            .arg(role.name())
            .arg(self.isolation.name())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| self.explain(&error))?;
        let process = match pidfd(warden.id()) {
            Ok(process) => process,
            Err(error) => {
                let _ = warden.kill();
                let _ = warden.wait();
                return Err(StartError::System(format!(
                    "processes can't be watched (Linux 5.3 can): {error}"
                )));
            }
        };
        let body = Body {
            worker: None,
            warden,
            process,
            is_reaped: false,
        };
        Ok(Starting {
            role,
            since: Instant::now(),
            channel,
            body,
        })
    }

    /// Goes on with a start as far as it goes without waiting.
    pub(super) fn advance(&self, mut starting: Starting) -> Advanced {
        match self.greet(&mut starting) {
            Ok((confinement, pid, resident)) => Advanced::Over(Ok(Process {
                confinement,
                pid,
                resident,
                channel: starting.channel,
                body: starting.body,
            })),
            Err(NoStart::NotYet) if starting.since.elapsed() < START => Advanced::Waits(starting),
            Err(reason) => Advanced::Over(Err(self.no_start(reason, &mut starting.body))),
        }
    }

    /// Reads what a worker says when it starts.
    fn greet(&self, starting: &mut Starting) -> Result<(Confinement, u32, Arc<ResidentMemory>), NoStart> {
        let Starting { channel, body, .. } = starting;
        let worker = match &mut body.worker {
            Some(worker) => worker,
            unknown => {
                let mut pid = [0; 4];
                channel.read_exact(&mut pid, START, &mut not_now)?;
                let pid = u32::from_le_bytes(pid);
                unknown.insert(self.watch(starting.role, pid, body.warden.id())?)
            }
        };
        let frame = channel.receive(trust::MAX_HELLO, START, &mut not_now)?;
        let confinement = match trust::hello(frame.body) {
            Ok(Ok(confinement)) => confinement,
            Ok(Err(reason)) => return Err(NoStart::GaveUp(reason)),
            Err(distrust) => return Err(NoStart::NotAWorker(distrust.to_string())),
        };
        if self.options.require_confinement && !confinement.is_complete() {
            let missing: Vec<String> = confinement.missing().map(ToString::to_string).collect();
            return Err(NoStart::Unconfined(missing.join("; ")));
        }
        Ok((confinement, worker.pid, Arc::clone(&worker.resident)))
    }

    /// Takes hold of the worker that the warden named.
    fn watch(&self, role: Role, pid: u32, warden: u32) -> Result<Watched, NoStart> {
        let strange = |_| NoStart::NotAWorker(format!("it named process {pid}, which is not its child"));
        let process = pidfd(pid).map_err(strange)?;
        // The number is only words until this is checked; the descriptor was opened before, so it is of the same process.
        // Where the program could not fork, it is the worker itself.
        if pid != warden && memory::parent(pid).map_err(strange)? != warden {
            return Err(strange(io::ErrorKind::Other.into()));
        }
        let resident = Arc::new(ResidentMemory::of(pid)?);
        memory::sacrifice_first(pid);
        let group = match &self.hierarchy {
            Some(hierarchy) => Some(hierarchy.enclose(pid, self.allowance(role))?),
            None => None,
        };
        Ok(Watched {
            pid,
            resident,
            process,
            group,
        })
    }

    /// Bytes that a worker may hold before it is told more.
    fn allowance(&self, role: Role) -> u64 {
        match role {
            Role::Run => self.options.memory,
            Role::Compile => self.options.compile_memory,
        }
    }

    fn no_start(&self, reason: NoStart, body: &mut Body) -> StartError {
        let program = self.program.clone();
        let status = match reason {
            NoStart::NotYet => return StartError::Silent { program },
            // It is about to end, if it did not close the connection without a reason.
            NoStart::Ended => body.ended_within(WARDEN),
            _ => body.ended_within(HANG_UP),
        };
        match (reason, status) {
            (_, Some(status)) if is_of_a_kill(status) => StartError::Killed { program },
            (NoStart::Unconfined(missing), _) => StartError::Unconfined { missing },
            (NoStart::NotAWorker(reason), _) => StartError::NotAWorker { program, reason },
            (NoStart::GaveUp(reason), _) => StartError::System(reason),
            (NoStart::System(error), _) => system(error),
            (NoStart::Ended | NoStart::NotYet, Some(status)) => StartError::NotAWorker {
                program,
                reason: format!("it ended, {status}"),
            },
            (NoStart::Ended | NoStart::NotYet, None) => StartError::NotAWorker {
                program,
                reason: "it closed the connection".to_owned(),
            },
        }
    }

    fn explain(&self, error: &io::Error) -> StartError {
        let program = self.program.clone();
        match error.kind() {
            io::ErrorKind::NotFound => StartError::NotFound { program },
            io::ErrorKind::PermissionDenied => StartError::NotExecutable { program },
            _ => StartError::System(format!("{}: {error}", program.display())),
        }
    }
}

impl Role {
    /// What this role is called in a worker's argument list.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Compile => "compile",
        }
    }
}

impl Starting {
    /// The connection: when there is something to read on it, the start goes on.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }

    /// When patience with it ends.
    pub(super) fn deadline(&self) -> Instant {
        self.since + START
    }

    /// Gives up.
    pub(super) fn into_ending(self) -> Ending {
        Ending::new(self.body)
    }
}

/// Why a program did not become a worker.
enum NoStart {
    NotYet,
    Ended,
    NotAWorker(String),
    GaveUp(String),
    Unconfined(String),
    System(io::Error),
}

impl From<ChannelError> for NoStart {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Stopped(_) => Self::NotYet,
            ChannelError::Closed => Self::Ended,
            ChannelError::Protocol(reason) => Self::NotAWorker(reason),
            ChannelError::Io(error) => Self::System(error),
        }
    }
}

impl From<io::Error> for NoStart {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl Process {
    /// Starts a worker and waits for it.
    ///
    /// # Errors
    /// When the program can't be started or is no worker.
    pub fn start(launcher: &Launcher, role: Role) -> Result<Self, StartError> {
        let mut starting = launcher.begin(role)?;
        loop {
            starting = match launcher.advance(starting) {
                Advanced::Waits(starting) => starting,
                Advanced::Over(result) => return result,
            };
            let left = starting.deadline().saturating_duration_since(Instant::now());
            wait_for(starting.descriptor(), left);
        }
    }

    /// The number of the worker, for people.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How much memory it holds, for who also uses the [channel](Self::channel).
    #[must_use]
    pub fn watch(&self) -> Arc<ResidentMemory> {
        Arc::clone(&self.resident)
    }

    /// What confines it.
    #[must_use]
    pub fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// Sets the bound on its memory that the kernel enforces, where there is one.
    pub fn allow_memory(&mut self, bytes: u64) {
        if let Some(group) = self.body.worker.as_mut().and_then(|worker| worker.group.as_mut()) {
            group.allow_memory(bytes);
        }
    }

    /// Whether the kernel killed it because it held more memory than it may. Without a control group that can't be known,
    /// and memory is watched.
    #[must_use]
    pub fn ran_out_of_memory(&self) -> bool {
        let worker = self.body.worker.as_ref();
        worker.is_some_and(|worker| worker.group.as_ref().is_some_and(Group::ran_out_of_memory))
    }

    /// Whether it still runs, as far as the system has noticed.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.body.is_over()
    }

    /// Whether it has ended because it, or its warden, was killed, and not by itself. A program that does not work ends by
    /// itself.
    pub(super) fn was_killed(&mut self) -> bool {
        self.body.ended_within(Duration::ZERO).is_some_and(is_of_a_kill)
    }

    /// The same of one that hung up and may be about to end.
    pub fn is_being_killed(&mut self) -> bool {
        self.body.ended_within(WARDEN).is_some_and(is_of_a_kill)
    }

    /// A descriptor that is readable when the warden, and with it the worker, has ended.
    pub(super) fn end_descriptor(&self) -> BorrowedFd<'_> {
        self.body.process.as_fd()
    }

    /// Kills it, and does not wait until it is gone.
    pub(super) fn into_ending(self) -> Ending {
        Ending::new(self.body)
    }
}

impl Ending {
    fn new(mut body: Body) -> Self {
        body.kill();
        Self {
            body,
            since: Instant::now(),
        }
    }

    /// Whether it is gone, or is taking so long that it will have to go alone.
    pub(super) fn is_over(&mut self) -> bool {
        let time = self.since.elapsed();
        if time > self.body.patience() {
            self.body.kill_warden();
        }
        self.body.reap() || time > REAP
    }
}

impl Body {
    /// Whether the warden has ended.
    fn is_over(&self) -> bool {
        self.is_reaped || is_readable(self.process.as_fd())
    }

    /// Kills the worker; its warden then buries it and ends.
    fn kill(&mut self) {
        if let Some(worker) = &self.worker {
            // It may be dead already.
            let _ = rustix::process::pidfd_send_signal(&worker.process, Signal::KILL);
        }
    }

    /// Time after which a warden that does not end by itself is killed, too.
    fn patience(&self) -> Duration {
        if self.worker.is_some() { WARDEN } else { HANG_UP }
    }

    fn kill_warden(&mut self) {
        if !self.is_reaped {
            let _ = rustix::process::pidfd_send_signal(&self.process, Signal::KILL);
        }
    }

    /// Takes the dead out of the list of processes; true when both are gone.
    fn reap(&mut self) -> bool {
        if !self.is_over() {
            return false;
        }
        // An error means that somebody in this process reaps whatever ends, or wants no such list.
        self.is_reaped = self.is_reaped || !matches!(self.warden.try_wait(), Ok(None));
        let Some(worker) = &self.worker else {
            return self.is_reaped;
        };
        if !is_readable(worker.process.as_fd()) {
            // The warden was killed first. Its death is the worker's, too, but not in the same instant.
            let _ = rustix::process::pidfd_send_signal(&worker.process, Signal::KILL);
            return false;
        }
        // It became a child of this process if this is process 1 or a subreaper, and of some other otherwise.
        let _ = rustix::process::waitid(
            WaitId::PidFd(worker.process.as_fd()),
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
        );
        self.is_reaped
    }

    fn reap_within(&mut self, time: Duration) -> Option<()> {
        let end = Instant::now() + time;
        while !self.reap() {
            let left = end.checked_duration_since(Instant::now())?;
            match &self.worker {
                Some(worker) if self.is_over() => wait_for(worker.process.as_fd(), left),
                _ => wait_for(self.process.as_fd(), left),
            };
        }
        Some(())
    }

    /// How the warden ended, if it did before it was made to.
    fn ended_within(&mut self, time: Duration) -> Option<ExitStatus> {
        wait_for(self.process.as_fd(), time);
        self.is_reaped = self.is_reaped || !matches!(self.warden.try_wait(), Ok(None));
        // It is remembered.
        self.warden.try_wait().ok().flatten()
    }

    /// Kills both, and waits.
    fn end(&mut self) {
        self.kill();
        if self.reap_within(self.patience()).is_none() {
            self.kill_warden();
            let _ = self.reap_within(REAP);
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether a warden ended like this because it or its worker was killed: it ends with the status of its worker, as a shell
/// does.
fn is_of_a_kill(status: ExitStatus) -> bool {
    let kill = Signal::KILL.as_raw();
    status.signal() == Some(kill) || status.code() == Some(128 + kill)
}

/// No wait for what has not yet arrived.
fn not_now() -> Result<(), Stop> {
    Err(Stop::Cancelled)
}

fn pidfd(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or(io::ErrorKind::InvalidInput)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

fn is_readable(descriptor: BorrowedFd<'_>) -> bool {
    wait_for(descriptor, Duration::ZERO)
}

/// Waits until a descriptor is readable, or for so long; whether it is.
fn wait_for(descriptor: BorrowedFd<'_>, time: Duration) -> bool {
    let mut descriptors = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    let time = Timespec::try_from(time).ok();
    rustix::event::poll(&mut descriptors, time.as_ref()).is_ok_and(|ready| ready > 0)
}

fn system(error: io::Error) -> StartError {
    let advice = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::MFILE) => "; raise the limit of open files (`ulimit -n`)",
        Some(Errno::AGAIN) => "; raise the limit of processes (`ulimit -u`)",
        Some(Errno::NOMEM) => "; there is no memory left, or a limit on it is too low (`ulimit -v`)",
        _ => "",
    };
    StartError::System(format!("{error}{advice}"))
}
