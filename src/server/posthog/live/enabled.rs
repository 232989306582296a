//! Which evaluations run on new events. Asked for each event that comes, so it is kept at hand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::posthog::evaluations::{Evaluation, Target, snippet};
use crate::server::posthog::filters::Conditions;
use crate::store::{Kind, Listing, ProjectId, Store, StoreError};

/// For how long what was read is used. Writers tell of changes at once, but one whose client goes away in the middle of
/// the write may not get so far.
const TRUST: Duration = Duration::from_secs(5);

/// An evaluation that runs on new events.
#[derive(Clone, Debug)]
pub struct Selector {
    /// Its id.
    pub id: String,
    /// Which events it selects.
    pub conditions: Conditions,
}

/// The evaluations that run on new events, by project.
#[derive(Debug, Default)]
pub struct Enabled {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// How often something changed: what was read before the last change is not kept.
    changes: u64,
    projects: HashMap<ProjectId, (Instant, Arc<[Selector]>)>,
}

impl Enabled {
    /// The evaluations of a project changed.
    pub fn forget(&self, project: ProjectId) {
        let mut known = self.lock();
        known.changes += 1;
        known.projects.remove(&project);
    }

    /// The evaluations of a project that run on new events.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, store: &Store, project: ProjectId) -> Result<Arc<[Selector]>, StoreError> {
        let changes = {
            let known = self.lock();
            if let Some((since, selectors)) = known.projects.get(&project)
                && since.elapsed() < TRUST
            {
                return Ok(Arc::clone(selectors));
            }
            known.changes
        };
        let selectors: Arc<[Selector]> = read(store, project).await?.into();
        let mut known = self.lock();
        if known.changes == changes {
            known.projects.insert(project, (Instant::now(), Arc::clone(&selectors)));
        }
        Ok(selectors)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(store: &Store, project: ProjectId) -> Result<Vec<Selector>, StoreError> {
    let enabled = Listing {
        enabled: Some(true),
        ..Listing::default()
    };
    let page = store.list(project, Kind::Evaluation, &enabled).await?;
    // One that can't be read does not keep the others from running; the log says which.
    let evaluations = page
        .documents
        .iter()
        .filter_map(|document| Evaluation::read(document).ok());
    let runs = |evaluation: &Evaluation| evaluation.target == Target::Generation && snippet(evaluation).is_some();
    let selectors = evaluations.filter(runs).map(|evaluation| Selector {
        conditions: Conditions::compile(&Value::Array(evaluation.conditions)),
        id: evaluation.id,
    });
    let selectors = selectors.filter(|selector| !selector.conditions.is_empty());
    let selectors = selectors.inspect(|selector| {
        if let Some(why) = selector.conditions.broken() {
            tracing::debug!(
                project,
                evaluation = selector.id,
                why,
                "a condition is broken: it selects nothing"
            );
        }
    });
    Ok(selectors.collect())
}
