//! Events: what metrics judge, as the platforms' clients sent them.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::documents::contains;
use super::{ProjectId, Store, StoreError, from_micros, to_micros};

/// Events in one statement.
const EVENTS_PER_STATEMENT: usize = 200;

/// Whose API an event came through, and whose shape it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// PostHog, and our own API.
    PostHog,
    /// `HoneyHive`.
    HoneyHive,
}

impl Platform {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PostHog => "posthog",
            Self::HoneyHive => "honeyhive",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        match name {
            "posthog" => Ok(Self::PostHog),
            "honeyhive" => Ok(Self::HoneyHive),
            _ => Err(StoreError::Corrupt(format!("no platform is called {name}"))),
        }
    }
}

/// An event to keep.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Through whose API it came.
    pub platform: Platform,
    /// Unique within the project: an event that is sent again is not kept again.
    pub uuid: String,
    /// `$ai_generation` and the like; for `HoneyHive` the event's type.
    pub name: String,
    /// Whose event it is; `""` where nobody said.
    pub distinct_id: String,
    /// The trace that it belongs to.
    pub trace_id: Option<String>,
    /// The session that it belongs to.
    pub session_id: Option<String>,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The whole event as JSON text, an object in its platform's shape.
    pub body: String,
}

/// An event that was kept.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its number, in the order of arrival.
    pub sequence: i64,
    /// The event.
    pub event: NewEvent,
}

/// Which events to list; always the newest first. Every field narrows the choice.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only those that came through this API.
    pub platform: Option<Platform>,
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those not older than this.
    pub since: Option<Timestamp>,
    /// Only those older than this.
    pub before: Option<Timestamp>,
    /// Only those of this session.
    pub session_id: Option<String>,
    /// Only those of this trace.
    pub trace_id: Option<String>,
    /// Only those whose text contains this, in any case (of ASCII letters).
    pub search: Option<String>,
    /// How many to leave out first.
    pub offset: u64,
}

impl Store {
    /// The newest events of a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_events(
        &self,
        project: ProjectId,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT *");
        select(&mut query, project, filter);
        query.push(" ORDER BY timestamp DESC, sequence DESC LIMIT ");
        query.push_bind(i64::from(limit));
        query.push(" OFFSET ");
        query.push_bind(i64::try_from(filter.offset).unwrap_or(i64::MAX));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(event).collect()
    }

    /// How many events of a project there are in all, whatever the filter's offset.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_events(&self, project: ProjectId, filter: &EventFilter) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*) AS total");
        select(&mut query, project, filter);
        let row = query.build().fetch_one(&self.readers).await?;
        Ok(u64::try_from(row.try_get::<i64, _>("total")?).unwrap_or_default())
    }

    /// The event of this uuid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event(&self, project: ProjectId, uuid: &str) -> Result<Option<StoredEvent>, StoreError> {
        let row = sqlx::query("SELECT * FROM events WHERE project_id = ? AND uuid = ?")
            .bind(project)
            .bind(uuid)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(event).transpose()
    }

    /// Replaces the body of an event by what `change` makes of it; `None` when there is none of that uuid. Nobody else
    /// changes it in between.
    ///
    /// # Errors
    /// When the database fails, or `change` refuses; nothing is written then.
    pub async fn update_event<E>(
        &self,
        project: ProjectId,
        uuid: &str,
        change: impl FnOnce(&str) -> Result<String, E> + Send,
    ) -> Result<Option<StoredEvent>, super::UpdateError<E>> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query("SELECT * FROM events WHERE project_id = ? AND uuid = ?")
            .bind(project)
            .bind(uuid)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut stored = event(&row)?;
        stored.event.body = change(&stored.event.body).map_err(super::UpdateError::Refused)?;
        sqlx::query("UPDATE events SET body = ? WHERE sequence = ?")
            .bind(&stored.event.body)
            .bind(stored.sequence)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(stored))
    }
}

/// The end of a statement that says which events are meant.
fn select(query: &mut QueryBuilder<Sqlite>, project: ProjectId, filter: &EventFilter) {
    query.push(" FROM events WHERE project_id = ").push_bind(project);
    if let Some(platform) = filter.platform {
        query.push(" AND platform = ").push_bind(platform.name());
    }
    if let Some(name) = &filter.name {
        query.push(" AND name = ").push_bind(name.clone());
    }
    if let Some(since) = filter.since {
        query.push(" AND timestamp >= ").push_bind(to_micros(since));
    }
    if let Some(before) = filter.before {
        query.push(" AND timestamp < ").push_bind(to_micros(before));
    }
    if let Some(session) = &filter.session_id {
        query.push(" AND session_id = ").push_bind(session.clone());
    }
    if let Some(trace) = &filter.trace_id {
        query.push(" AND trace_id = ").push_bind(trace.clone());
    }
    if let Some(search) = &filter.search {
        query
            .push(" AND LOWER(body) LIKE ")
            .push_bind(contains(search))
            .push(r" ESCAPE '\'");
    }
}

/// Keeps events; those whose uuid the project has already are left out. The uuids of those that are new.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    project: ProjectId,
    events: &[NewEvent],
) -> Result<Vec<String>, StoreError> {
    let received_at = to_micros(Timestamp::now());
    let mut new = Vec::with_capacity(events.len());
    for events in events.chunks(EVENTS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO events (project_id, platform, uuid, name, distinct_id, trace_id, session_id, timestamp, \
             received_at, body) ",
        );
        query.push_values(events, |mut row, event| {
            row.push_bind(project)
                .push_bind(event.platform.name())
                .push_bind(event.uuid.as_str())
                .push_bind(event.name.as_str())
                .push_bind(event.distinct_id.as_str())
                .push_bind(event.trace_id.as_deref())
                .push_bind(event.session_id.as_deref())
                .push_bind(to_micros(event.timestamp))
                .push_bind(received_at)
                .push_bind(event.body.as_str());
        });
        query.push(" ON CONFLICT (project_id, uuid) DO NOTHING RETURNING uuid");
        let rows = query.build().fetch_all(&mut **transaction).await?;
        for row in rows {
            new.push(row.try_get("uuid")?);
        }
    }
    Ok(new)
}

pub(super) fn event(row: &SqliteRow) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        sequence: row.try_get("sequence")?,
        event: NewEvent {
            platform: Platform::from_name(row.try_get("platform")?)?,
            uuid: row.try_get("uuid")?,
            name: row.try_get("name")?,
            distinct_id: row.try_get("distinct_id")?,
            trace_id: row.try_get("trace_id")?,
            session_id: row.try_get("session_id")?,
            timestamp: from_micros(row.try_get("timestamp")?),
            body: row.try_get("body")?,
        },
    })
}
