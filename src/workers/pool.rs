//! The workers of one role, and who may use them.
//!
//! A caller [leases](Pool::lease) a worker, talks to it and gives it back. When there are more callers than workers they
//! wait, in an order that is fair between projects ([`queue`]). A thread of the pool, the [`keeper`], starts workers before
//! they are wanted, notices when one dies, and replaces it; no caller ever waits for a process to end.
//!
//! Where a worker may serve one project only ([`Tenancy::PerProject`]), one worker more than there are leases is kept:
//! blank, for the next project that comes.

use std::fmt;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::EventfdFlags;

use super::confinement::Confinement;
use super::process::{Launcher, Process, StartError};
use super::{Project, Role, Tenancy};
use backoff::Backoff;
use keeper::Keeper;
use queue::Queue;

mod backoff;
mod keeper;
mod quarantine;
mod queue;
mod state;
mod statistics;
#[cfg(test)]
mod tests;

pub use quarantine::Quarantine;
pub use state::WorkerState;
pub use statistics::{Replaced, Statistics};

/// Time that a worker stays with a project whose callers wait, though others wait, too, where changing the project costs
/// a new process. With less, many small requests of more projects than there are workers would buy a process each.
const TERM: Duration = Duration::from_millis(50);

/// The most workers that are being started at a time.
const MAX_STARTING: usize = 16;

/// Workers of one role. Dropping it ends them all.
pub struct Pool {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

/// The right to use one worker. Dropping it gives the worker back, which must then have answered everything that it was
/// asked; otherwise [`discard`](Self::discard) it.
pub struct Lease<'a> {
    pool: &'a Pool,
    /// None only while it ends.
    worker: Option<Worker>,
    project: Project,
}

/// What is done with a new worker before anybody asks for it. It must not wait.
pub type Prepare = Box<dyn Fn(&mut Process, &mut WorkerState) + Send + Sync>;

/// What callers and the keeper share.
struct Shared {
    launcher: Launcher,
    role: Role,
    prepare: Prepare,
    state: Mutex<State>,
    /// A worker has started, or failed to.
    news: Condvar,
    /// Wakes the keeper.
    bell: OwnedFd,
}

struct Worker {
    id: u64,
    process: Process,
    state: WorkerState,
    /// Whom it served last, and since when without a break.
    tenant: Option<(Project, Instant)>,
}

struct State {
    /// The most leases at a time.
    count: usize,
    tenancy: Tenancy,
    recycle_after: u64,
    /// Workers that wait for a caller, the one that was used last at the end.
    idle: Vec<Worker>,
    /// Callers that wait for a worker.
    queue: Queue<SyncSender<Granted>>,
    /// Workers that are being started.
    starting: usize,
    /// Workers that are to be ended.
    condemned: Vec<Process>,
    backoff: Backoff,
    last_error: Option<StartError>,
    /// The error of workers that die before they are used.
    ends_at_once: StartError,
    confinement: Option<Confinement>,
    is_closing: bool,
    /// Whether there is something to do for the keeper.
    ring: bool,
    counts: Statistics,
}

type Granted = Result<Worker, StartError>;

/// What the keeper has to do.
struct Plan {
    is_closing: bool,
    /// Workers to start, which count as being started already.
    starts: usize,
    condemned: Vec<Process>,
    /// Time until more may be started, if more are wanted.
    pause: Option<Duration>,
}

impl Pool {
    /// Starts at most so many workers in the background, and returns at once.
    ///
    /// # Errors
    /// When the system refuses a thread or a descriptor. What goes wrong with the workers shows later.
    pub fn new(
        launcher: Launcher,
        role: Role,
        count: usize,
        tenancy: Tenancy,
        prepare: Prepare,
    ) -> Result<Self, StartError> {
        let system = |error: std::io::Error| StartError::System(error.to_string());
        let bell = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(&launcher, count, tenancy)),
            launcher,
            role,
            prepare,
            news: Condvar::new(),
            bell: bell.map_err(|errno| system(errno.into()))?,
        });
        let keeper = Keeper::new(Arc::clone(&shared)).map_err(system)?;
        let thread = thread::Builder::new().name(format!("jurybox-{}-pool", role.name()));
        let keeper = thread.spawn(move || keeper.run()).map_err(system)?;
        Ok(Self {
            shared,
            keeper: Some(keeper),
        })
    }

    /// Waits until there is a worker; what confines it.
    ///
    /// # Errors
    /// When none starts.
    pub fn wait_until_warm(&self) -> Result<Confinement, StartError> {
        let mut state = self.shared.lock();
        loop {
            if let Some(confinement) = &state.confinement {
                return Ok(confinement.clone());
            }
            if let Some(error) = state.hopeless() {
                return Err(error);
            }
            if state.is_closing {
                return Err(StartError::Closing);
            }
            state = self.shared.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A worker for a project; waits for its turn.
    ///
    /// # Errors
    /// When there is no worker, because none can be started.
    pub fn lease(&self, project: &Project) -> Result<Lease<'_>, StartError> {
        let granted = match self.shared.with(|state| state.ask(project)) {
            ControlFlow::Break(granted) => granted,
            ControlFlow::Continue(turn) => turn.recv().unwrap_or(Err(StartError::Closing)),
        };
        Ok(Lease {
            pool: self,
            worker: Some(granted?),
            project: project.clone(),
        })
    }

    /// Whether a project that holds a worker should give it back soon, because another one has its turn then. If so, a
    /// batch ends its lease and asks for another one.
    #[must_use]
    pub fn wanted_by_others(&self, project: &Project) -> bool {
        self.shared.lock().queue.is_wanted_by_others(project)
    }

    /// What the pool did and does.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.lock().statistics()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.with(|state| {
            state.is_closing = true;
            state.ring = true;
        });
        if let Some(keeper) = self.keeper.take() {
            // It has ended its workers even if it panicked.
            let _ = keeper.join();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Pool").field(&self.statistics()).finish()
    }
}

impl Lease<'_> {
    /// The worker.
    pub fn process(&mut self) -> &mut Process {
        &mut self.worker().process
    }

    /// What it has been given.
    pub fn state(&mut self) -> &mut WorkerState {
        &mut self.worker().state
    }

    /// Ends the worker, which is replaced.
    pub fn discard(mut self, reason: Replaced) {
        self.end(Some(reason));
    }

    #[expect(clippy::expect_used, reason = "the worker is taken only by what ends the lease")]
    fn worker(&mut self) -> &mut Worker {
        self.worker.as_mut().expect("a lease has its worker until it ends")
    }

    fn end(&mut self, reason: Option<Replaced>) {
        if let Some(worker) = self.worker.take() {
            self.pool
                .shared
                .with(|state| state.give_back(worker, &self.project, reason));
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // Whoever panics has not heard all answers.
        let reason = thread::panicking().then_some(Replaced::Abandoned);
        self.end(reason);
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pid = self.worker.as_ref().map(|worker| worker.process.pid());
        formatter
            .debug_struct("Lease")
            .field("project", &self.project)
            .field("pid", &pid)
            .finish()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if something does, what is left is still a list of workers.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes the keeper if there is something to do for it.
    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state);
        let ring = std::mem::take(&mut state.ring);
        drop(state);
        if ring {
            // It fails only when the bell has not been heard for 2^64 times.
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
        result
    }
}

impl Worker {
    fn served(&self, project: &Project) -> bool {
        self.tenant.as_ref().is_some_and(|(tenant, _)| tenant == project)
    }
}

impl State {
    fn new(launcher: &Launcher, count: usize, tenancy: Tenancy) -> Self {
        Self {
            count: count.max(1),
            tenancy,
            recycle_after: launcher.options().recycle_after.max(1),
            idle: Vec::new(),
            queue: Queue::default(),
            starting: 0,
            condemned: Vec::new(),
            backoff: Backoff::default(),
            last_error: None,
            ends_at_once: launcher.ends_at_once(),
            confinement: None,
            is_closing: false,
            ring: false,
            counts: Statistics::default(),
        }
    }

    /// A caller wants a worker: gets one, or waits for its turn.
    fn ask(&mut self, project: &Project) -> ControlFlow<Granted, Receiver<Granted>> {
        if self.is_closing {
            return ControlFlow::Break(Err(StartError::Closing));
        }
        // Nobody is overtaken: who waits, waits for something that is not there.
        if self.queue.waiting() == 0
            && self.queue.leased() < self.count
            && let Some(worker) = self.take_idle(project)
        {
            self.queue.begin(project);
            self.settle();
            return ControlFlow::Break(Ok(worker));
        }
        if let Some(error) = self.hopeless()
            && !self.has_prospect(project)
        {
            return ControlFlow::Break(Err(error));
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        self.queue.join(project, sender);
        self.settle();
        ControlFlow::Continue(receiver)
    }

    /// A lease ends. Without a reason to replace the worker it is free for the next one.
    fn give_back(&mut self, worker: Worker, project: &Project, reason: Option<Replaced>) {
        self.queue.end(project);
        let reason = reason.or_else(|| {
            if !worker.process.is_alive() {
                Some(Replaced::Crashed)
            } else if worker.state.evaluations() >= self.recycle_after {
                Some(Replaced::Recycled)
            } else {
                None
            }
        });
        match reason {
            Some(reason) => self.condemn(worker, reason),
            None => {
                self.backoff.succeed();
                self.idle.push(worker);
                self.extend_term(project);
            }
        }
        self.settle();
    }

    /// Lets a project go on with its worker for a while, if it would otherwise have to be replaced for another project.
    fn extend_term(&mut self, project: &Project) {
        let worker = self.idle.last().and_then(|worker| worker.tenant.as_ref());
        if self.tenancy == Tenancy::PerProject
            && worker.is_some_and(|(_, since)| since.elapsed() < TERM)
            && self.queue.leased() < self.count
            && self.queue.is_waiting(project)
        {
            self.grant(project);
        }
    }

    /// Gives the project's first caller a worker, if there is one; whether there is.
    fn grant(&mut self, project: &Project) -> bool {
        let Some(worker) = self.take_idle(project) else {
            return false;
        };
        match self.queue.grant(project) {
            Some(caller) => {
                if let Err(mpsc::SendError(Ok(worker))) = caller.send(Ok(worker)) {
                    // The caller's thread is gone.
                    self.queue.end(project);
                    self.idle.push(worker);
                }
            }
            None => self.idle.push(worker),
        }
        true
    }

    /// An idle worker that may serve this project, its own one if there is one.
    fn take_idle(&mut self, project: &Project) -> Option<Worker> {
        loop {
            let own = self.idle.iter().rposition(|worker| worker.served(project));
            let index = own.or_else(|| match self.tenancy {
                Tenancy::Shared => self.idle.len().checked_sub(1),
                Tenancy::PerProject => self.idle.iter().rposition(|worker| worker.tenant.is_none()),
            })?;
            let mut worker = self.idle.remove(index);
            if !worker.process.is_alive() {
                self.bury(worker);
                continue;
            }
            if own.is_none() {
                worker.tenant = Some((project.clone(), Instant::now()));
            }
            return Some(worker);
        }
    }

    /// After every change: gives turns, and finds out what the keeper has to do.
    fn settle(&mut self) {
        self.give_turns();
        self.make_room();
        self.ring |= !self.condemned.is_empty() || (self.missing() > 0 && !self.is_closing);
    }

    fn give_turns(&mut self) {
        // Projects whose turn it is, but for whom there is no worker yet. Each keeps its place.
        let mut kept = Vec::new();
        while self.queue.leased() + kept.len() < self.count {
            let Some(project) = self.queue.next(&kept).cloned() else {
                break;
            };
            if !self.grant(&project) {
                match self.tenancy {
                    Tenancy::Shared => break,
                    Tenancy::PerProject => kept.push(project),
                }
            }
        }
    }

    /// Ends workers of other projects, so that there is always a blank one, or one to come, for each project whose turn it
    /// is and one more.
    fn make_room(&mut self) {
        if self.tenancy == Tenancy::Shared {
            return;
        }
        let turns = self
            .queue
            .waiting_projects()
            .min(self.count.saturating_sub(self.queue.leased()));
        loop {
            let blank = self.idle.iter().filter(|worker| worker.tenant.is_none()).count();
            if blank + self.starting + self.missing() > turns {
                return;
            }
            let Some(index) = self.idle.iter().position(|worker| worker.tenant.is_some()) else {
                return;
            };
            let worker = self.idle.remove(index);
            self.condemn(worker, Replaced::Tenancy);
        }
    }

    /// Workers that there could be and are not, nor are being started.
    fn missing(&self) -> usize {
        let spare = match self.tenancy {
            Tenancy::Shared => 0,
            Tenancy::PerProject => 1,
        };
        (self.count + spare).saturating_sub(self.live() + self.starting)
    }

    fn live(&self) -> usize {
        self.idle.len() + self.queue.leased()
    }

    fn condemn(&mut self, worker: Worker, reason: Replaced) {
        *self.counts.replaced.entry(reason).or_default() += 1;
        self.condemned.push(worker.process);
    }

    /// An idle worker has died.
    fn bury(&mut self, mut worker: Worker) {
        if worker.tenant.is_none() && !worker.process.was_killed() {
            // It was never used, so it is not a matter of what it did. Starting the next one at once may not help.
            self.fail_with(self.ends_at_once.clone());
        }
        self.condemn(worker, Replaced::DiedIdle);
    }

    /// The keeper noticed that a worker ended.
    fn ended(&mut self, id: u64) {
        // One that is leased is looked at when it is given back.
        if let Some(index) = self.idle.iter().position(|worker| worker.id == id) {
            let worker = self.idle.remove(index);
            self.bury(worker);
            self.settle();
        }
    }

    /// The keeper has started a worker.
    fn started(&mut self, id: u64, process: Process, state: WorkerState) {
        self.starting = self.starting.saturating_sub(1);
        self.counts.started += 1;
        self.last_error = None;
        self.confinement = Some(process.confinement().clone());
        // Below those that are warm.
        self.idle.insert(
            0,
            Worker {
                id,
                process,
                state,
                tenant: None,
            },
        );
        self.settle();
    }

    /// The keeper could not start a worker.
    fn failed(&mut self, error: StartError) {
        self.starting = self.starting.saturating_sub(1);
        self.fail_with(error);
        self.settle();
    }

    fn fail_with(&mut self, error: StartError) {
        self.counts.failed += 1;
        let now = Instant::now();
        match error {
            // Who waited so long for one will not wait for three.
            StartError::Silent { .. } => self.backoff.fail_for_good(now),
            StartError::Killed { .. } => self.backoff.interrupt(now),
            _ => self.backoff.fail(now),
        }
        self.last_error = Some(error);
        let Some(error) = self.hopeless() else { return };
        let waiting: Vec<Project> = self.queue.lengths().map(|(project, _)| project.clone()).collect();
        for project in waiting {
            if self.has_prospect(&project) {
                continue;
            }
            for caller in self.queue.give_up(&project) {
                // A caller whose thread is gone needs no answer.
                let _ = caller.send(Err(error.clone()));
            }
        }
    }

    /// Why no worker can be expected from the keeper, if so.
    fn hopeless(&self) -> Option<StartError> {
        if self.backoff.is_hopeless() {
            self.last_error.clone()
        } else {
            None
        }
    }

    /// Whether this project could be served by a worker that exists.
    fn has_prospect(&self, project: &Project) -> bool {
        match self.tenancy {
            Tenancy::Shared => self.live() > 0,
            Tenancy::PerProject => {
                let mut idle = self.idle.iter();
                self.queue.leased_by(project) > 0
                    || idle.any(|worker| worker.tenant.is_none() || worker.served(project))
            }
        }
    }

    /// What the keeper has to do now.
    fn plan(&mut self) -> Plan {
        let pause = self.backoff.left(Instant::now());
        let most = if self.backoff.has_failed() { 1 } else { MAX_STARTING };
        let starts = match (self.is_closing, pause) {
            (false, Duration::ZERO) => self.missing().min(most.saturating_sub(self.starting)),
            _ => 0,
        };
        self.starting += starts;
        Plan {
            is_closing: self.is_closing,
            starts,
            condemned: std::mem::take(&mut self.condemned),
            pause: (self.missing() > 0 && !pause.is_zero()).then_some(pause),
        }
    }

    /// Everything that there is to be ended; nothing is started or granted any more.
    fn close(&mut self) -> Vec<Process> {
        self.is_closing = true;
        self.queue.give_up_all();
        let idle = self.idle.drain(..).map(|worker| worker.process);
        self.condemned.drain(..).chain(idle).collect()
    }

    fn statistics(&self) -> Statistics {
        Statistics {
            live: self.live(),
            idle: self.idle.len(),
            starting: self.starting,
            waiting: self
                .queue
                .lengths()
                .map(|(project, count)| (project.clone(), count))
                .collect(),
            ..self.counts.clone()
        }
    }
}
