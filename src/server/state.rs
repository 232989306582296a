//! What every request handler has at hand.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;

use super::auth::{Caller, RecentKeys};
use super::config::Config;
use super::judging::Judging;
use super::live::Runner;
use super::problem::Problem;
use super::scopes::Scopes;
use crate::store::Store;

/// The parts of the service. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// How the service is set up.
    pub config: Arc<Config>,
    /// What it remembers.
    pub store: Store,
    /// How it comes to verdicts.
    pub judging: Judging,
    /// What runs saved metrics on stored events.
    pub runner: Runner,
    /// Keys that were valid a moment ago.
    pub recent_keys: Arc<RecentKeys>,
    /// What it tells about itself.
    pub figures: PrometheusHandle,
}

impl AppState {
    /// Whoever asks without a key, if that is allowed: the oldest project's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn anonymous(&self) -> Result<Option<Caller>, Problem> {
        if !self.config.insecure_no_auth {
            return Ok(None);
        }
        let project = self.store.projects().await?.into_iter().next();
        Ok(project.map(|project| Caller {
            project,
            scopes: Scopes::everything(),
            is_anonymous: true,
        }))
    }
}
