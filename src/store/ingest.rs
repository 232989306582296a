//! How events arrive: requests that come at the same time share a commit, which is what a disk can do only so many times a
//! second.

use std::collections::HashSet;

use sqlx::SqlitePool;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::jobs::NewJob;
use super::{NewEvent, ProjectId, Store, StoreError, events, jobs};

/// Requests that share a commit at most.
const REQUESTS_PER_COMMIT: usize = 256;
/// Requests that wait for a commit at most; the next ones wait for a place.
const WAITING_REQUESTS: usize = 1024;

/// What became of the events of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Events that are new.
    pub events: usize,
    /// Jobs that were queued.
    pub jobs: usize,
}

struct Request {
    project: ProjectId,
    events: Vec<NewEvent>,
    jobs: Vec<NewJob>,
    answer: oneshot::Sender<Result<Ingested, StoreError>>,
}

/// The requests that wait for a commit.
pub(super) struct Queue {
    sender: Mutex<Option<mpsc::Sender<Request>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Queue {
    pub(super) fn start(writer: SqlitePool) -> Self {
        let (sender, mut requests) = mpsc::channel(WAITING_REQUESTS);
        let task = tokio::spawn(async move {
            let mut group = Vec::new();
            while requests.recv_many(&mut group, REQUESTS_PER_COMMIT).await > 0 {
                commit(&writer, std::mem::take(&mut group)).await;
            }
        });
        Self {
            sender: Mutex::new(Some(sender)),
            task: Mutex::new(Some(task)),
        }
    }

    /// Commits what waits, and takes nothing more.
    pub(super) async fn close(&self) {
        self.sender.lock().await.take();
        if let Some(task) = self.task.lock().await.take() {
            // It ends when the queue is empty, or has panicked, and then there is nothing left to wait for.
            let _ = task.await;
        }
    }
}

impl Store {
    /// Keeps events together with the jobs that they give rise to; both are on the disk when this returns. Events that the
    /// project has already are left out, and so are their jobs.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn ingest(
        &self,
        project: ProjectId,
        events: Vec<NewEvent>,
        jobs: Vec<NewJob>,
    ) -> Result<Ingested, StoreError> {
        let (answer, ingested) = oneshot::channel();
        let sender = self.ingest.sender.lock().await.clone().ok_or(StoreError::Closed)?;
        let request = Request {
            project,
            events,
            jobs,
            answer,
        };
        sender.send(request).await.map_err(|_| StoreError::Closed)?;
        drop(sender);
        ingested.await.map_err(|_| StoreError::Closed)?
    }
}

/// Writes the requests of a group in one transaction, or, if that fails, each in its own: one that can't be written does
/// no harm to the others.
async fn commit(writer: &SqlitePool, group: Vec<Request>) {
    match write(writer, &group).await {
        Ok(all) => {
            for (request, ingested) in group.into_iter().zip(all) {
                // Whoever does not wait any more has their events kept all the same.
                let _ = request.answer.send(Ok(ingested));
            }
        }
        Err(_) => {
            for request in group {
                let one = [request];
                let outcome = write(writer, &one).await;
                let [request] = one;
                let outcome = outcome.map(|mut all| all.pop().unwrap_or_default());
                let _ = request.answer.send(outcome);
            }
        }
    }
}

async fn write(writer: &SqlitePool, group: &[Request]) -> Result<Vec<Ingested>, StoreError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut all = Vec::with_capacity(group.len());
    for request in group {
        let new = events::insert(&mut transaction, request.project, &request.events).await?;
        let new: HashSet<String> = new.into_iter().collect();
        let jobs: Vec<&NewJob> = request
            .jobs
            .iter()
            .filter(|job| new.contains(&job.event_uuid))
            .collect();
        all.push(Ingested {
            events: new.len(),
            jobs: jobs::insert(&mut transaction, request.project, &jobs).await?,
        });
    }
    transaction.commit().await?;
    Ok(all)
}
