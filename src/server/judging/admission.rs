//! Who may judge now: a bounded queue that is fair between projects.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::store::ProjectId;

/// How much is judged at the same time, and how much may wait.
#[derive(Clone, Copy, Debug)]
pub struct AdmissionLimits {
    /// Pieces of work that run at the same time.
    pub running: usize,
    /// Pieces of work that wait, of all projects together.
    pub waiting: usize,
    /// Pieces of work that wait, of one project.
    pub waiting_per_project: usize,
    /// How long a piece of work waits at most.
    pub patience: Duration,
}

/// There is too much to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The service has too much to do. Try again in {} s.", self.retry_after.as_secs().max(1))]
pub struct Busy {
    /// After how long to try again.
    pub retry_after: Duration,
}

/// The queue. Cheap to clone.
#[derive(Clone)]
pub struct Admission {
    inner: Arc<Inner>,
}

struct Inner {
    limits: AdmissionLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: usize,
    waiting: usize,
    projects: HashMap<ProjectId, Entry>,
    /// The projects with something that waits; the one that was served longest ago is first.
    turns: VecDeque<ProjectId>,
}

#[derive(Default)]
struct Entry {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// Leave to judge; ends when dropped.
pub struct Permit {
    inner: Arc<Inner>,
    project: ProjectId,
}

impl Admission {
    /// A queue with these limits.
    pub fn new(limits: AdmissionLimits) -> Self {
        Self {
            inner: Arc::new(Inner {
                limits,
                state: Mutex::default(),
            }),
        }
    }

    /// Waits for leave to judge for a project. The next turn is that of the project for which the least runs; of those
    /// with as little, of the one that was served longest ago.
    ///
    /// # Errors
    /// When the queue is full, or the wait is over.
    pub async fn enter(&self, project: ProjectId) -> Result<Permit, Busy> {
        let limits = &self.inner.limits;
        let turn = {
            let mut state = self.inner.lock();
            let entry = state.projects.entry(project).or_default();
            let waits = entry.waiting.len();
            if state.running < limits.running {
                return Ok(state.begin(&self.inner, project));
            }
            if waits >= limits.waiting_per_project || state.waiting >= limits.waiting {
                return Err(self.busy());
            }
            let (sender, turn) = oneshot::channel();
            state.join(project, sender);
            turn
        };
        let given_up = GiveUp {
            inner: &self.inner,
            project,
        };
        let permit = tokio::time::timeout(limits.patience, turn).await;
        drop(given_up);
        match permit {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(self.busy()),
        }
    }

    /// How many pieces of work run, and how many wait.
    pub fn load(&self) -> (usize, usize) {
        let state = self.inner.lock();
        (state.running, state.waiting)
    }

    fn busy(&self) -> Busy {
        Busy {
            retry_after: (self.inner.limits.patience / 4).clamp(Duration::from_secs(1), Duration::from_secs(30)),
        }
    }
}

/// Takes callers out of the queue who wait no more.
struct GiveUp<'a> {
    inner: &'a Inner,
    project: ProjectId,
}

impl Drop for GiveUp<'_> {
    fn drop(&mut self) {
        let mut state = self.inner.lock();
        state.forget_gone(self.project);
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, inner: &Arc<Inner>, project: ProjectId) -> Permit {
        self.running += 1;
        self.projects.entry(project).or_default().running += 1;
        Permit {
            inner: Arc::clone(inner),
            project,
        }
    }

    fn join(&mut self, project: ProjectId, caller: oneshot::Sender<Permit>) {
        let entry = self.projects.entry(project).or_default();
        if entry.waiting.is_empty() {
            self.turns.push_back(project);
        }
        entry.waiting.push_back(caller);
        self.waiting += 1;
    }

    /// The project whose turn it is.
    fn next(&self) -> Option<ProjectId> {
        let running = |project: &&ProjectId| self.projects.get(project).map_or(0, |entry| entry.running);
        // Of equals, `min_by_key` finds the first.
        self.turns.iter().min_by_key(running).copied()
    }

    /// Takes the first caller of a project out of the queue.
    fn pop(&mut self, project: ProjectId) -> Option<oneshot::Sender<Permit>> {
        let entry = self.projects.get_mut(&project)?;
        let caller = entry.waiting.pop_front();
        let is_empty = entry.waiting.is_empty();
        self.turns.retain(|turn| *turn != project);
        if !is_empty {
            self.turns.push_back(project);
        }
        if caller.is_some() {
            self.waiting -= 1;
        }
        caller
    }

    fn forget_gone(&mut self, project: ProjectId) {
        let Some(entry) = self.projects.get_mut(&project) else {
            return;
        };
        let before = entry.waiting.len();
        entry.waiting.retain(|caller| !caller.is_closed());
        self.waiting -= before - entry.waiting.len();
        if entry.waiting.is_empty() {
            self.turns.retain(|turn| *turn != project);
            if entry.running == 0 {
                self.projects.remove(&project);
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Permits that nobody took any more are dropped after the lock is given back: dropping one takes it again.
        let mut untaken = None;
        {
            let mut state = self.inner.lock();
            state.running -= 1;
            if let Some(entry) = state.projects.get_mut(&self.project) {
                entry.running -= 1;
                if entry.running == 0 && entry.waiting.is_empty() {
                    state.projects.remove(&self.project);
                }
            }
            while let Some(project) = state.next() {
                let Some(caller) = state.pop(project) else { continue };
                if caller.is_closed() {
                    continue;
                }
                let permit = state.begin(&self.inner, project);
                untaken = caller.send(permit).err();
                break;
            }
        }
        drop(untaken);
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Permit").field(&self.project).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(running: usize, waiting: usize, per_project: usize) -> Admission {
        Admission::new(AdmissionLimits {
            running,
            waiting,
            waiting_per_project: per_project,
            patience: Duration::from_secs(60),
        })
    }

    #[tokio::test]
    async fn projects_take_turns_however_much_one_of_them_wants() {
        let admission = admission(1, 100, 50);
        let first = admission.enter(1).await.expect("a free place");
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for project in [1, 1, 1, 1, 2, 2, 3] {
            let (admission, order) = (admission.clone(), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = admission.enter(project).await.expect("a turn");
                order.lock().expect("the order").push(project);
                drop(permit);
            }));
            tokio::task::yield_now().await;
        }
        assert_eq!(admission.load(), (1, 7));
        drop(first);
        for task in tasks {
            task.await.expect("a task");
        }
        assert_eq!(*order.lock().expect("the order"), [1, 2, 3, 1, 2, 1, 1]);
        assert_eq!(admission.load(), (0, 0));
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_when_to_come_again() {
        let admission = admission(1, 3, 2);
        let held = admission.enter(1).await.expect("a free place");
        let wait = |project| {
            let admission = admission.clone();
            tokio::spawn(async move { admission.enter(project).await.map(drop) })
        };
        let waiting = [wait(1), wait(1)];
        tokio::task::yield_now().await;
        let refused = admission
            .enter(1)
            .await
            .expect_err("one project may not fill the queue");
        assert_eq!(refused.retry_after, Duration::from_secs(15));
        let other = wait(2);
        tokio::task::yield_now().await;
        admission.enter(3).await.expect_err("the queue is full");
        drop(held);
        for task in waiting.into_iter().chain([other]) {
            task.await.expect("a task").expect("a turn");
        }
        assert_eq!(admission.load(), (0, 0));
    }

    #[tokio::test]
    async fn who_goes_away_leaves_no_gap() {
        let admission = admission(1, 10, 10);
        let held = admission.enter(1).await.expect("a free place");
        let gone = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(2).await.map(drop) }
        });
        tokio::task::yield_now().await;
        gone.abort();
        assert!(gone.await.expect_err("aborted").is_cancelled());
        assert_eq!(admission.load(), (1, 0));
        drop(held);
        drop(admission.enter(3).await.expect("a free place"));
        assert_eq!(admission.load(), (0, 0));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let admission = Admission::new(AdmissionLimits {
            running: 1,
            waiting: 10,
            waiting_per_project: 10,
            patience: Duration::from_millis(5),
        });
        let held = admission.enter(1).await.expect("a free place");
        admission
            .enter(2)
            .await
            .expect_err("it is held for longer than anyone waits");
        assert_eq!(admission.load(), (1, 0));
        drop(held);
        assert_eq!(admission.load(), (0, 0));
    }
}
