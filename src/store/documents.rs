//! Documents: what users make, list, change and delete. The store knows what lists are made by; what a document says is
//! the platform's business.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteExecutor};

use super::{ProjectId, Store, StoreError, from_micros, to_micros};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PostHog's evaluation.
    Evaluation,
    /// PostHog's dataset.
    Dataset,
    /// PostHog's dataset item; its parent is the dataset.
    DatasetItem,
    /// `HoneyHive`'s task (generation B), which owns metrics as part of its body.
    Task,
    /// `HoneyHive`'s metric, of either generation.
    Metric,
    /// A version of a metric; its parent is the metric.
    MetricVersion,
    /// `HoneyHive`'s dataset.
    HoneyHiveDataset,
    /// `HoneyHive`'s datapoint; its parent is the dataset, if it has one.
    Datapoint,
    /// `HoneyHive`'s run of an experiment.
    Run,
    /// `HoneyHive`'s project, session, configuration and the like: kept and given back.
    Other,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "evaluation",
            Self::Dataset => "dataset",
            Self::DatasetItem => "dataset_item",
            Self::Task => "task",
            Self::Metric => "metric",
            Self::MetricVersion => "metric_version",
            Self::HoneyHiveDataset => "honeyhive_dataset",
            Self::Datapoint => "datapoint",
            Self::Run => "run",
            Self::Other => "other",
        }
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Unique within project and kind.
    pub id: String,
    /// The document that it belongs to; `""` for none.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// What searches look at besides the name.
    pub description: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// Whether it counts as deleted.
    pub deleted: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it says.
    pub body: Value,
}

impl Document {
    /// A new document, made now, with a time-ordered id.
    pub fn new(name: impl Into<String>, body: Value) -> Self {
        let now = from_micros(to_micros(Timestamp::now()));
        Self {
            id: uuid::Uuid::now_v7().to_string(),
            parent: String::new(),
            name: name.into(),
            description: String::new(),
            enabled: false,
            deleted: false,
            created_at: now,
            updated_at: now,
            body,
        }
    }

    /// Notes that it is changed now.
    pub fn touch(&mut self) {
        self.updated_at = from_micros(to_micros(Timestamp::now()));
    }

    fn search_text(&self) -> String {
        format!("{}\n{}", self.name, self.description).to_lowercase()
    }
}

/// What lists are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// [`Document::created_at`]
    CreatedAt,
    /// [`Document::updated_at`]
    UpdatedAt,
    /// [`Document::name`]
    Name,
}

/// One part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: Sort,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// What to list. The default lists everything that is not deleted, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those with this parent.
    pub parent: Option<String>,
    /// Only the one of exactly this name.
    pub name: Option<String>,
    /// Only those whose name or description contains this, in any case.
    pub search: Option<String>,
    /// Only those that are (not) enabled.
    pub enabled: Option<bool>,
    /// Only these.
    pub ids: Option<Vec<String>>,
    /// Those that are deleted, too.
    pub with_deleted: bool,
    /// The order; ties, and no order at all, are the newest first.
    pub order: Vec<Order>,
    /// How many at most.
    pub limit: Option<u32>,
    /// How many to leave out first.
    pub offset: u64,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The documents of this part.
    pub documents: Vec<Document>,
    /// How many the whole list has.
    pub total: u64,
}

/// Why a document was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError<E> {
    /// The change was refused, and nothing was written.
    #[error("refused")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<sqlx::Error> for UpdateError<E> {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Keeps a new document.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of that id.
    pub async fn insert(&self, project: ProjectId, kind: Kind, document: &Document) -> Result<(), StoreError> {
        insert(&self.writer, project, kind, document).await
    }

    /// Keeps new documents, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of an id already.
    pub async fn insert_all(&self, project: ProjectId, documents: &[(Kind, Document)]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (kind, document) in documents {
            insert(&mut *transaction, project, *kind, document).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The document of this id, also if it counts as deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, project: ProjectId, kind: Kind, id: &str) -> Result<Option<Document>, StoreError> {
        fetch(&self.readers, project, kind, id).await
    }

    /// Changes a document; `None` when there is none of that id. Nobody else changes it in between. Its time of change is
    /// set to now.
    ///
    /// # Errors
    /// When the change is refused by its author or the database fails; nothing is written then.
    pub async fn update<E>(
        &self,
        project: ProjectId,
        kind: Kind,
        id: &str,
        change: impl FnOnce(&mut Document) -> Result<(), E> + Send,
    ) -> Result<Option<Document>, UpdateError<E>> {
        let mut changes = self.begin(project).await?;
        let Some(mut document) = changes.get(kind, id).await? else {
            return Ok(None);
        };
        change(&mut document).map_err(UpdateError::Refused)?;
        document.touch();
        changes.save(kind, &document).await?;
        changes.commit().await?;
        Ok(Some(document))
    }

    /// Removes a document for good; whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove(&self, project: ProjectId, kind: Kind, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM documents WHERE project_id = ? AND kind = ? AND id = ?")
            .bind(project)
            .bind(kind.name())
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A part of a list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, project: ProjectId, kind: Kind, listing: &Listing) -> Result<Page, StoreError> {
        let mut count = QueryBuilder::new("SELECT COUNT(*) AS total");
        select(&mut count, project, kind, listing);
        let row = count.build().fetch_one(&self.readers).await?;
        let total: i64 = row.try_get("total")?;

        let mut query = QueryBuilder::new("SELECT *");
        select(&mut query, project, kind, listing);
        query.push(" ORDER BY ");
        for order in &listing.order {
            query.push(match order.by {
                Sort::CreatedAt => "created_at",
                Sort::UpdatedAt => "updated_at",
                Sort::Name => "name",
            });
            query.push(if order.descending { " DESC, " } else { ", " });
        }
        query.push("created_at DESC, id DESC LIMIT ");
        query.push_bind(listing.limit.map_or(i64::MAX, i64::from));
        query.push(" OFFSET ");
        query.push_bind(i64::try_from(listing.offset).unwrap_or(i64::MAX));
        let rows = query.build().fetch_all(&self.readers).await?;
        Ok(Page {
            documents: rows.iter().map(document).collect::<Result<_, _>>()?,
            total: u64::try_from(total).unwrap_or_default(),
        })
    }
}

/// Keeps a new document.
pub(super) async fn insert(
    executor: impl SqliteExecutor<'_>,
    project: ProjectId,
    kind: Kind,
    document: &Document,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO documents (project_id, kind, id, parent, name, description, search_text, enabled, deleted, \
         created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(project)
    .bind(kind.name())
    .bind(&document.id)
    .bind(&document.parent)
    .bind(&document.name)
    .bind(&document.description)
    .bind(document.search_text())
    .bind(document.enabled)
    .bind(document.deleted)
    .bind(to_micros(document.created_at))
    .bind(to_micros(document.updated_at))
    .bind(document.body.to_string())
    .execute(executor)
    .await?;
    Ok(())
}

/// The document of this id.
pub(super) async fn fetch(
    executor: impl SqliteExecutor<'_>,
    project: ProjectId,
    kind: Kind,
    id: &str,
) -> Result<Option<Document>, StoreError> {
    let row = sqlx::query("SELECT * FROM documents WHERE project_id = ? AND kind = ? AND id = ?")
        .bind(project)
        .bind(kind.name())
        .bind(id)
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(document).transpose()
}

/// The oldest document of this name and parent that does not count as deleted.
pub(super) async fn find(
    executor: impl SqliteExecutor<'_>,
    project: ProjectId,
    kind: Kind,
    (parent, name): (&str, &str),
) -> Result<Option<Document>, StoreError> {
    let row = sqlx::query(
        "SELECT * FROM documents WHERE project_id = ? AND kind = ? AND name = ? AND parent = ? AND deleted = ? \
         ORDER BY created_at, id LIMIT 1",
    )
    .bind(project)
    .bind(kind.name())
    .bind(name)
    .bind(parent)
    .bind(false)
    .fetch_optional(executor)
    .await?;
    row.as_ref().map(document).transpose()
}

/// Writes a document that is there already.
pub(super) async fn save(
    executor: impl SqliteExecutor<'_>,
    project: ProjectId,
    kind: Kind,
    document: &Document,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE documents SET parent = ?, name = ?, description = ?, search_text = ?, enabled = ?, deleted = ?, \
         updated_at = ?, body = ? WHERE project_id = ? AND kind = ? AND id = ?",
    )
    .bind(&document.parent)
    .bind(&document.name)
    .bind(&document.description)
    .bind(document.search_text())
    .bind(document.enabled)
    .bind(document.deleted)
    .bind(to_micros(document.updated_at))
    .bind(document.body.to_string())
    .bind(project)
    .bind(kind.name())
    .bind(&document.id)
    .execute(executor)
    .await?;
    Ok(())
}

/// The end of a statement that says which documents a list has.
fn select(query: &mut QueryBuilder<Sqlite>, project: ProjectId, kind: Kind, listing: &Listing) {
    query.push(" FROM documents WHERE project_id = ").push_bind(project);
    query.push(" AND kind = ").push_bind(kind.name());
    if !listing.with_deleted {
        query.push(" AND deleted = ").push_bind(false);
    }
    if let Some(parent) = &listing.parent {
        query.push(" AND parent = ").push_bind(parent.clone());
    }
    if let Some(name) = &listing.name {
        query.push(" AND name = ").push_bind(name.clone());
    }
    if let Some(enabled) = listing.enabled {
        query.push(" AND enabled = ").push_bind(enabled);
    }
    if let Some(search) = &listing.search {
        query
            .push(" AND search_text LIKE ")
            .push_bind(contains(search))
            .push(r" ESCAPE '\'");
    }
    if let Some(ids) = &listing.ids {
        // No id is `''`, and a list must not be empty.
        query.push(" AND id IN (''");
        for id in ids {
            query.push(", ").push_bind(id.clone());
        }
        query.push(")");
    }
}

/// Characters of a text that is looked for: SQLite takes no pattern of more than 50,000 bytes. Of longer texts the
/// beginning is looked for.
const SEARCHED: usize = 5_000;

/// A pattern of `LIKE` for texts that contain this one.
pub(super) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars().take(SEARCHED) {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn document(row: &SqliteRow) -> Result<Document, StoreError> {
    let text: String = row.try_get("body")?;
    Ok(Document {
        id: row.try_get("id")?,
        parent: row.try_get("parent")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        enabled: row.try_get("enabled")?,
        deleted: row.try_get("deleted")?,
        created_at: from_micros(row.try_get("created_at")?),
        updated_at: from_micros(row.try_get("updated_at")?),
        body: serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(error.to_string()))?,
    })
}
