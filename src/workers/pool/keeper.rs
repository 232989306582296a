//! The thread that starts, watches and ends the workers of a pool.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use super::{Shared, State, WorkerState};
use crate::workers::process::{Advanced, Ending, Process, StartError, Starting};

/// How often it is looked at processes that were killed and are not gone yet.
const LOOK: Duration = Duration::from_millis(10);
/// What the bell is called among the events; workers have other numbers.
const BELL: u64 = 0;

/// Starts, watches and ends workers.
pub struct Keeper {
    shared: Arc<Shared>,
    epoll: OwnedFd,
    /// Workers have even numbers; the odd number after a worker's is that of its connection while it starts.
    next: u64,
    starting: Vec<(u64, Starting)>,
    ending: Vec<Ending>,
}

impl Keeper {
    pub fn new(shared: Arc<Shared>) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &shared.bell, EventData::new_u64(BELL), EventFlags::IN)?;
        Ok(Self {
            shared,
            epoll,
            next: 2,
            starting: Vec::new(),
            ending: Vec::new(),
        })
    }

    /// Works until the pool closes.
    pub fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        loop {
            let plan = self.shared.with(State::plan);
            self.ending.extend(plan.condemned.into_iter().map(Process::into_ending));
            if plan.is_closing {
                return;
            }
            for _ in 0..plan.starts {
                self.begin();
            }
            self.advance();
            self.ending.retain_mut(|ending| !ending.is_over());

            let look = (!self.ending.is_empty()).then_some(LOOK);
            let now = Instant::now();
            let deadlines = self.starting.iter().map(|(_, starting)| starting.deadline());
            let left = deadlines.map(|deadline| deadline.saturating_duration_since(now));
            self.wait(&mut events, left.chain(look).chain(plan.pause).min());
        }
    }

    fn begin(&mut self) {
        let id = self.next;
        self.next += 2;
        let begun = self.shared.launcher.begin(self.shared.role).and_then(|starting| {
            let connection = starting.descriptor();
            epoll::add(&self.epoll, connection, EventData::new_u64(id + 1), EventFlags::IN).map_err(refused)?;
            Ok(starting)
        });
        match begun {
            Ok(starting) => self.starting.push((id, starting)),
            Err(error) => self.shared.tell(|state| state.failed(error)),
        }
    }

    /// Goes on with the starts, as far as that is possible without waiting.
    fn advance(&mut self) {
        for (id, starting) in std::mem::take(&mut self.starting) {
            let result = match self.shared.launcher.advance(starting) {
                Advanced::Waits(starting) => {
                    self.starting.push((id, starting));
                    continue;
                }
                Advanced::Over(result) => result.and_then(|process| self.watch(id, process)),
            };
            let result = result.map(|mut process| {
                let mut state = WorkerState::default();
                (self.shared.prepare)(&mut process, &mut state);
                (process, state)
            });
            self.shared.tell(|state| match result {
                Ok((process, given)) => state.started(id, process, given),
                Err(error) => state.failed(error),
            });
        }
    }

    /// From now on, a worker's end is news, and what it says is for others.
    fn watch(&self, id: u64, process: Process) -> Result<Process, StartError> {
        epoll::delete(&self.epoll, &process.channel).map_err(refused)?;
        let flags = EventFlags::IN | EventFlags::ONESHOT;
        epoll::add(&self.epoll, process.end_descriptor(), EventData::new_u64(id), flags).map_err(refused)?;
        Ok(process)
    }

    fn wait(&self, events: &mut Vec<Event>, time: Option<Duration>) {
        // A time that the system can't count is no time at all.
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        events.clear();
        // An interruption is as good as an event: whatever there is to do is found by looking.
        let _ = epoll::wait(&self.epoll, spare_capacity(events), time.as_ref());
        for event in events.drain(..) {
            match event.data.u64() {
                BELL => {
                    let _ = rustix::io::read(&self.shared.bell, &mut [0_u8; 8]);
                }
                connection if connection % 2 == 1 => {}
                id => self.shared.tell(|state| state.ended(id)),
            }
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Also when this thread panics: callers must not wait for what never comes.
        let processes = self.shared.with(State::close);
        self.shared.news.notify_all();
        let starting = self.starting.drain(..).map(|(_, starting)| starting.into_ending());
        self.ending
            .extend(processes.into_iter().map(Process::into_ending).chain(starting));
        // All were told to end before the first is waited for: each is when it is dropped.
        self.ending.clear();
    }
}

impl Shared {
    /// Changes the state, and tells those who wait for news of starts.
    fn tell(&self, change: impl FnOnce(&mut State)) {
        self.with(change);
        self.news.notify_all();
    }
}

fn refused(errno: Errno) -> StartError {
    StartError::System(errno.to_string())
}
