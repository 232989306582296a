//! Where metrics are: most are documents of their own, each with its versions; those of a task are a part of the task.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::body::fill;
use super::super::tasks;
use super::definition::{Kind as MetricKind, Metric};
use super::versions::Version;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, ProjectId, Store, StoreError};

/// Whose fields a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Of generations A to C: `code_snippet`, `prompt`, `pass_when`.
    Older,
    /// Of generation D: `criteria` for everything.
    Newer,
}

impl Generation {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Older => "older",
            Self::Newer => "newer",
        }
    }

    /// The one of this name.
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("newer") => Self::Newer,
            _ => Self::Older,
        }
    }
}

/// A metric that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// When it was made; of a metric in a task, the task.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whose fields its object has.
    pub generation: Generation,
    /// The object as it came, completed.
    pub metric: Map<String, Value>,
    /// The number of the version that is in use; 0 for metrics in tasks, which have none.
    pub deployed: u64,
    /// How many versions were made.
    pub versions: u64,
}

impl Kept {
    fn of(document: Document) -> Self {
        let count = |name| document.body.get(name).and_then(Value::as_u64).unwrap_or_default();
        let (deployed, versions) = (count("deployed"), count("versions"));
        let generation = Generation::of(document.body.get("generation").and_then(Value::as_str));
        let mut body = document.body;
        let metric = match body.get_mut("metric").map(Value::take) {
            Some(Value::Object(metric)) => metric,
            _ => Map::new(),
        };
        Self {
            id: document.id,
            created_at: document.created_at,
            updated_at: document.updated_at,
            generation,
            metric,
            deployed,
            versions,
        }
    }

    /// Writes what may have changed.
    fn write(self, document: &mut Document) {
        let text = |name| {
            self.metric
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        document.name = text("name");
        document.description = text("description");
        document.enabled = is_live(&self.metric);
        document.body = json!({
            "generation": self.generation.name(),
            "deployed": self.deployed,
            "versions": self.versions,
            "metric": self.metric,
        });
    }

    /// Makes the next version, of what the metric is now.
    fn next_version(&mut self, message: &str) -> (Kind, Document) {
        self.versions += 1;
        let version = Version::new(&self.id, self.versions, message, self.generation, self.metric.clone());
        (Kind::MetricVersion, version.into_document())
    }

    fn of_task(task: &Document, metric: &Map<String, Value>) -> Self {
        let mut metric = metric.clone();
        let name = task.name.clone();
        fill(&mut metric, "task", || name.into());
        Self {
            id: tasks::id_of(&metric).to_owned(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            generation: Generation::Older,
            metric,
            deployed: 0,
            versions: 0,
        }
    }
}

/// Whether a metric judges new events by itself: it is enabled, and it is code.
pub fn is_live(metric: &Map<String, Value>) -> bool {
    metric.get("enabled_in_prod").and_then(Value::as_bool) == Some(true)
        && matches!(MetricKind::of(metric), MetricKind::Code(..))
}

/// All metrics of a project, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn all(store: &Store, project: ProjectId) -> Result<Vec<Kept>, StoreError> {
    collect(store, project, &Listing::default()).await
}

/// The metrics that judge new events, in the order in which they do: the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn live(store: &Store, project: ProjectId) -> Result<Vec<(String, Metric)>, StoreError> {
    let listing = Listing {
        enabled: Some(true),
        ..Listing::default()
    };
    let kept = collect(store, project, &listing).await?;
    let live = kept.into_iter().filter(|kept| is_live(&kept.metric));
    Ok(live.map(|kept| (kept.id, Metric::of(&kept.metric))).collect())
}

async fn collect(store: &Store, project: ProjectId, listing: &Listing) -> Result<Vec<Kept>, StoreError> {
    let own = store.list(project, Kind::Metric, listing).await?;
    let mut all: Vec<Kept> = own.documents.into_iter().map(Kept::of).collect();
    for task in store.list(project, Kind::Task, listing).await?.documents {
        all.extend(tasks::metrics_of(&task).map(|metric| Kept::of_task(&task, metric)));
    }
    // The metrics of a task stay in their order.
    all.sort_by_key(|kept| kept.created_at);
    Ok(all)
}

/// The metric of this id.
///
/// # Errors
/// When the store fails.
pub async fn find(store: &Store, project: ProjectId, id: &str) -> Result<Option<Kept>, StoreError> {
    if let Some(own) = store.get(project, Kind::Metric, id).await? {
        return Ok(Some(Kept::of(own)));
    }
    let all = all(store, project).await?;
    Ok(all.into_iter().find(|kept| kept.id == id))
}

/// Keeps a new metric, with its first version in use.
///
/// # Errors
/// When there is one of that id, or the store fails.
pub async fn create(
    store: &Store,
    project: ProjectId,
    id: Option<&str>,
    generation: Generation,
    metric: Map<String, Value>,
) -> Result<String, Problem> {
    let mut document = Document::new("", Value::Null);
    if let Some(id) = id {
        id.clone_into(&mut document.id);
    }
    let id = document.id.clone();
    let mut kept = Kept {
        id: id.clone(),
        created_at: document.created_at,
        updated_at: document.updated_at,
        generation,
        metric,
        deployed: 1,
        versions: 0,
    };
    let version = kept.next_version("");
    kept.write(&mut document);
    store.insert_all(project, &[(Kind::Metric, document), version]).await?;
    Ok(id)
}

/// Changes a metric, and makes a version of what it is then; `None` when there is none of that id.
///
/// # Errors
/// When the change is refused, or the store fails; then nothing has changed.
pub async fn change(
    state: &AppState,
    project: ProjectId,
    id: &str,
    change: impl FnOnce(&mut Kept) -> Result<(), Problem> + Send,
) -> Result<Option<Kept>, Problem> {
    let store = &state.store;
    if store.get(project, Kind::Metric, id).await?.is_some() {
        return change_own(state, project, id, |kept| {
            change(kept)?;
            let version = kept.next_version("");
            kept.deployed = kept.versions;
            Ok(Some(version))
        })
        .await;
    }
    let Some(task) = task_of(store, project, id).await? else {
        return Ok(None);
    };
    let mut changes = store.begin(project).await?;
    let Some(mut task) = changes.get(Kind::Task, &task).await? else {
        return Ok(None);
    };
    let before = task.clone();
    let mut changed = None;
    tasks::change_metric(&mut task, id, |metric| {
        let mut kept = Kept::of_task(&before, metric);
        kept.metric = std::mem::take(metric);
        change(&mut kept)?;
        kept.metric.clone_into(metric);
        changed = Some(kept);
        Ok(())
    })?;
    task.touch();
    changes.save(Kind::Task, &task).await?;
    changes.commit().await?;
    Ok(changed)
}

/// The id of the task that has this metric.
async fn task_of(store: &Store, project: ProjectId, metric: &str) -> Result<Option<String>, StoreError> {
    let tasks = store.list(project, Kind::Task, &Listing::default()).await?.documents;
    let has_it = |task: &Document| tasks::metrics_of(task).any(|found| tasks::id_of(found) == metric);
    Ok(tasks.into_iter().find(has_it).map(|task| task.id))
}

/// Changes a metric that is a document of its own, and keeps the version that the change makes.
///
/// # Errors
/// When the change is refused, or the store fails; then nothing has changed.
pub async fn change_own(
    state: &AppState,
    project: ProjectId,
    id: &str,
    change: impl FnOnce(&mut Kept) -> Result<Option<(Kind, Document)>, Problem> + Send,
) -> Result<Option<Kept>, Problem> {
    let mut changes = state.store.begin(project).await?;
    let Some(mut document) = changes.get(Kind::Metric, id).await? else {
        return Ok(None);
    };
    let mut kept = Kept::of(document.clone());
    if let Some((kind, version)) = change(&mut kept)? {
        changes.insert(kind, &version).await?;
    }
    kept.write(&mut document);
    document.touch();
    changes.save(Kind::Metric, &document).await?;
    changes.commit().await?;
    Ok(Some(Kept::of(document)))
}

/// Makes a version of this content, and puts it into use if asked to.
///
/// # Errors
/// When the store fails.
pub async fn add_version(
    state: &AppState,
    project: ProjectId,
    id: &str,
    message: &str,
    content: Map<String, Value>,
    deploy: bool,
) -> Result<Option<(Kept, u64)>, Problem> {
    let mut number = 0;
    let kept = change_own(state, project, id, |kept| {
        kept.versions += 1;
        number = kept.versions;
        let version = Version::new(&kept.id, number, message, Generation::Newer, content.clone());
        if deploy {
            kept.deployed = number;
            kept.generation = Generation::Newer;
            kept.metric = content;
        }
        Ok(Some((Kind::MetricVersion, version.into_document())))
    })
    .await?;
    Ok(kept.map(|kept| (kept, number)))
}

/// Removes a metric and its versions for good; whether there was one.
///
/// # Errors
/// When the store fails.
pub async fn remove(store: &Store, project: ProjectId, id: &str) -> Result<bool, Problem> {
    if store.remove(project, Kind::Metric, id).await? {
        let versions = Listing {
            parent: Some(id.to_owned()),
            ..Listing::default()
        };
        for version in store.list(project, Kind::MetricVersion, &versions).await?.documents {
            store.remove(project, Kind::MetricVersion, &version.id).await?;
        }
        return Ok(true);
    }
    let Some(task) = task_of(store, project, id).await? else {
        return Ok(false);
    };
    let removed = store.update(project, Kind::Task, &task, |task| {
        tasks::remove_metric(task, id);
        Ok::<_, Problem>(())
    });
    removed.await.map_err(Problem::from)?;
    Ok(true)
}
