//! Running saved metrics on stored events.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::state::AppState;

/// Who runs the jobs of the store. Cheap to clone.
#[derive(Clone, Default)]
pub struct Runner {
    news: Arc<Notify>,
}

impl Runner {
    /// There are new jobs in the store.
    pub fn wake(&self) {
        self.news.notify_one();
    }
}

/// Runs jobs until it is told to stop.
pub async fn run(state: AppState, mut stopped: watch::Receiver<bool>) {
    let _ = state;
    let _ = stopped.wait_for(|stop| *stop).await;
}
