//! Traces and sessions: which there are, and what belongs to them.

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::{Platform, ProjectId, Store, StoreError, StoredEvent, events, to_micros};

/// Events of `PostHog` that belong together.
#[derive(Clone, Copy, Debug)]
pub enum UnitOf<'a> {
    /// Those of this trace.
    Trace(&'a str),
    /// Those of this session.
    Session(&'a str),
}

/// How much belongs together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitSize {
    /// Events.
    pub events: u64,
    /// Characters of their JSON texts, together.
    pub text: u64,
}

impl Store {
    /// How large a trace or a session is, counting events of these names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unit_size(
        &self,
        project: ProjectId,
        unit: UnitOf<'_>,
        names: &[&str],
    ) -> Result<UnitSize, StoreError> {
        let mut query = QueryBuilder::new("SELECT COUNT(*) AS events, COALESCE(SUM(LENGTH(body)), 0) AS text");
        select(&mut query, project, names);
        belonging_to(&mut query, unit);
        let row = query.build().fetch_one(&self.readers).await?;
        let number = |name: &str| Ok::<_, StoreError>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or_default());
        Ok(UnitSize {
            events: number("events")?,
            text: number("text")?,
        })
    }

    /// The events of these names in a trace or a session, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unit_events(
        &self,
        project: ProjectId,
        unit: UnitOf<'_>,
        names: &[&str],
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut query = QueryBuilder::new("SELECT *");
        select(&mut query, project, names);
        belonging_to(&mut query, unit);
        query
            .push(" ORDER BY timestamp, sequence LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(events::event).collect()
    }

    /// The sessions whose last event of these names happened in this time, the last to end first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ended_sessions(
        &self,
        project: ProjectId,
        names: &[&str],
        since: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut query = QueryBuilder::new("SELECT session_id, MAX(timestamp) AS last");
        select(&mut query, project, names);
        query
            .push(" AND session_id <> '' AND timestamp >= ")
            .push_bind(to_micros(since));
        query
            .push(" GROUP BY session_id HAVING MAX(timestamp) <= ")
            .push_bind(to_micros(until));
        query
            .push(" ORDER BY last DESC, session_id LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok(row.try_get("session_id")?)).collect()
    }
}

fn select(query: &mut QueryBuilder<Sqlite>, project: ProjectId, names: &[&str]) {
    query.push(" FROM events WHERE project_id = ").push_bind(project);
    query.push(" AND platform = ").push_bind(Platform::PostHog.name());
    query.push(" AND name IN (");
    let mut list = query.separated(", ");
    for name in names {
        list.push_bind((*name).to_owned());
    }
    query.push(")");
}

fn belonging_to(query: &mut QueryBuilder<Sqlite>, unit: UnitOf<'_>) {
    match unit {
        UnitOf::Trace(id) => query.push(" AND trace_id = ").push_bind(id.to_owned()),
        UnitOf::Session(id) => query.push(" AND session_id = ").push_bind(id.to_owned()),
    };
}
