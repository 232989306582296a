//! Running saved metrics on stored events: those that select a new event, and those that someone asked to run.
//!
//! What is to be run is in the store, as [jobs](crate::store::Job), queued in the same transaction as the event that gave
//! rise to it. A job ends in one transaction with all it leaves behind, so whatever happens to the process, it is run
//! until it ends, and ends once.

mod lane;
mod outcome;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{self, JoinSet};
use tokio::time::Instant;

use super::posthog::live::Enabled;
use super::state::AppState;
use crate::store::ProjectId;
use lane::Lane;
pub use outcome::{NotJudged, Outcome};

/// Projects whose jobs are run at the same time.
const LANES: usize = 16;
/// How often the store is asked for jobs that nobody told of. There should be none.
const ROUND: Duration = Duration::from_secs(30);
/// How long a project rests after something failed.
const REST: Duration = Duration::from_secs(1);

/// Who runs the jobs of the store. Cheap to clone.
#[derive(Clone, Default)]
pub struct Runner {
    news: Arc<Notify>,
    enabled: Arc<Enabled>,
}

impl Runner {
    /// There are new jobs in the store.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Evaluations of a project were made or changed: to be called after each such write.
    pub fn evaluations_changed(&self, project: ProjectId) {
        self.enabled.forget(project);
    }

    /// The evaluations that run on new events.
    pub fn enabled(&self) -> &Enabled {
        &self.enabled
    }
}

/// Runs jobs until it is told to stop; then it ends what it has begun. What is left runs at the next start.
pub async fn run(state: AppState, mut stopped: watch::Receiver<bool>) {
    let mut projects = Projects::default();
    while !*stopped.borrow() {
        projects.start(&state, &stopped).await;
        let next = projects.next_round();
        tokio::select! {
            // An error means that nobody is left who could say so.
            _ = stopped.wait_for(|stop| *stop) => break,
            () = projects.ended() => {}
            () = state.runner.news.notified() => {}
            () = tokio::time::sleep_until(next) => {}
        }
    }
    projects.finish().await;
}

/// The projects that have jobs to run, each with a lane of its own: one that has many does not hold up the others.
#[derive(Default)]
struct Projects {
    lanes: JoinSet<Result<(), NotJudged>>,
    /// Whose lanes these are.
    running: HashMap<task::Id, ProjectId>,
    /// Until when those rest of which something failed.
    resting: HashMap<ProjectId, Instant>,
    /// Whose lane was started last: the next turn is that of the one after it.
    last: ProjectId,
}

impl Projects {
    /// Starts a lane for each project that has jobs and no lane, as far as there is room.
    async fn start(&mut self, state: &AppState, stopped: &watch::Receiver<bool>) {
        let now = Instant::now();
        self.resting.retain(|_, until| *until > now);
        let room = LANES.saturating_sub(self.lanes.len());
        if room == 0 {
            return;
        }
        let mut waiting = match state.store.projects_with_open_jobs().await {
            Ok(projects) => projects,
            Err(error) => {
                tracing::error!(%error, "the jobs can't be read");
                // No project has this number.
                self.resting.insert(ProjectId::MIN, Instant::now() + REST);
                return;
            }
        };
        waiting
            .retain(|project| !self.resting.contains_key(project) && !self.running.values().any(|one| one == project));
        let last = self.last;
        waiting.sort_unstable_by_key(|project| (*project <= last, *project));
        for project in waiting.into_iter().take(room) {
            self.last = project;
            let lane = Lane {
                state: state.clone(),
                project,
                stopped: stopped.clone(),
            };
            let handle = self.lanes.spawn(lane.run());
            self.running.insert(handle.id(), project);
        }
    }

    /// When the store is to be asked again, if nothing happens.
    fn next_round(&self) -> Instant {
        let round = Instant::now() + ROUND;
        self.resting
            .values()
            .copied()
            .min()
            .map_or(round, |rested| rested.min(round))
    }

    /// Waits until a lane ends; for ever when there is none.
    async fn ended(&mut self) {
        let Some(ended) = self.lanes.join_next_with_id().await else {
            return std::future::pending().await;
        };
        let (id, result) = match ended {
            Ok((id, result)) => (id, result.map_err(|error| error.to_string())),
            Err(error) => (error.id(), Err(error.to_string())),
        };
        let project = self.running.remove(&id);
        if let (Some(project), Err(error)) = (project, result) {
            tracing::warn!(project, error, "jobs were not run; they are tried again");
            self.resting.insert(project, Instant::now() + REST);
        }
    }

    async fn finish(mut self) {
        while !self.lanes.is_empty() {
            self.ended().await;
        }
    }
}
