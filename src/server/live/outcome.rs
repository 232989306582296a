//! What comes of judging an event that a job names.

use crate::server::judging::Busy;
use crate::store::{Aftermath, StoreError};

/// How a job ended, before it is written down.
///
/// Both platforms give these to the runner. PostHog's side is `posthog::live::judge`. `HoneyHive`'s side is
///
/// ```text
/// // src/server/honeyhive/live.rs
/// pub async fn judge(
///     state: &AppState,
///     project: ProjectId,
///     metric_id: &str,
///     trigger: Trigger,
///     events: &[StoredEvent],
/// ) -> Result<Vec<Outcome>, NotJudged>
/// ```
///
/// with one outcome for each event, in their order. It writes nothing itself: what is to be written is the
/// [`Aftermath`], and the runner writes it together with the end of the job. A metric that is gone, or is not enabled any
/// more (and was not run by hand), gives [`Outcome::cancelled`] for each event.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The name of the verdict's status, or what kept it from being made.
    pub status: String,
    /// Whether the value passes.
    pub passed: Option<bool>,
    /// The bill.
    pub fuel: u64,
    /// What it leaves behind.
    pub aftermath: Aftermath,
}

impl Outcome {
    /// The job is not to be run any more.
    pub fn cancelled() -> Self {
        Self::without_verdict("cancelled")
    }

    /// The job ended without a verdict and leaves nothing behind.
    pub fn without_verdict(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            passed: None,
            fuel: 0,
            aftermath: Aftermath::Nothing,
        }
    }
}

/// Why nothing was judged: the runner tries again later.
#[derive(Debug, thiserror::Error)]
pub enum NotJudged {
    /// There is too much to do.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
