//! Jobs: runs of saved metrics on stored events, which end exactly once, whatever happens to the process.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::{NewEvent, ProjectId, Store, StoreError, events, to_micros};

/// Jobs in one statement.
const JOBS_PER_STATEMENT: usize = 500;

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// An evaluation of PostHog's API.
    Evaluation,
    /// A metric of `HoneyHive`'s API.
    Metric,
}

/// Why it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// An event came that the metric selects. Such a job exists once for each metric and event.
    Live,
    /// Someone asked for it.
    Manual,
}

/// A job to queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What is run.
    pub kind: JobKind,
    /// The id of the evaluation or metric.
    pub subject: String,
    /// The event that it judges.
    pub event_uuid: String,
    /// Why.
    pub trigger: Trigger,
    /// What PostHog calls the run; `""` where nobody asks.
    pub workflow_id: String,
}

/// A job that has not ended.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number; jobs are run in about this order.
    pub sequence: i64,
    /// Whose it is.
    pub project: ProjectId,
    /// What was asked for.
    pub job: NewJob,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Which job.
    pub sequence: i64,
    /// Whose it is.
    pub project: ProjectId,
    /// The name of the verdict's status, or what kept it from being made.
    pub status: String,
    /// Whether the value passes.
    pub passed: Option<bool>,
    /// The bill.
    pub fuel: u64,
    /// What it leaves behind.
    pub aftermath: Aftermath,
}

/// What a job leaves behind.
#[derive(Clone, Debug)]
pub enum Aftermath {
    /// Nothing but its end.
    Nothing,
    /// An event, such as `$ai_evaluation`.
    Emit(NewEvent),
    /// Values on the event that it judged: the members of this object are put into the event's `metrics`.
    Metrics(serde_json::Map<String, serde_json::Value>),
}

/// How many jobs of a metric ended how, from one time to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Did not apply to the event.
    pub not_applicable: u64,
    /// Gave a value that neither passes nor fails.
    pub neutral: u64,
    /// Gave no verdict.
    pub errors: u64,
}

impl JobKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "evaluation",
            Self::Metric => "metric",
        }
    }
}

impl Trigger {
    /// Its name, in the store and in `$ai_evaluation_trigger`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Manual => "manual",
        }
    }
}

impl Store {
    /// Queues jobs; those of [`Trigger::Live`] that exist already are left out. How many are new.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn queue_jobs(&self, project: ProjectId, jobs: &[NewJob]) -> Result<usize, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let jobs: Vec<&NewJob> = jobs.iter().collect();
        let queued = insert(&mut transaction, project, &jobs).await?;
        transaction.commit().await?;
        Ok(queued)
    }

    /// The projects that have jobs that have not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_with_open_jobs(&self) -> Result<Vec<ProjectId>, StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM projects \
             WHERE EXISTS (SELECT 1 FROM jobs WHERE project_id = projects.id AND finished_at IS NULL) ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// The oldest jobs of a project that have not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_jobs(&self, project: ProjectId, limit: u32) -> Result<Vec<Job>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM jobs WHERE project_id = ? AND finished_at IS NULL ORDER BY sequence LIMIT ?")
                .bind(project)
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.iter().map(job).collect()
    }

    /// How many jobs have not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_open_jobs(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS total FROM jobs WHERE finished_at IS NULL")
            .fetch_one(&self.readers)
            .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("total")?).unwrap_or_default())
    }

    /// Ends jobs, each together with what it leaves behind. A job that has ended already is left alone, and leaves nothing
    /// a second time. How many ended now.
    ///
    /// # Errors
    /// When the database fails; then no job has ended.
    pub async fn finish_jobs(&self, finished: &[Finished]) -> Result<usize, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut ended = 0;
        let mut emitted: BTreeMap<ProjectId, Vec<NewEvent>> = BTreeMap::new();
        for job in finished {
            let done = sqlx::query(
                "UPDATE jobs SET finished_at = ?, status = ?, passed = ?, fuel = ? \
                 WHERE sequence = ? AND finished_at IS NULL RETURNING event_uuid",
            )
            .bind(to_micros(Timestamp::now()))
            .bind(&job.status)
            .bind(job.passed)
            .bind(i64::try_from(job.fuel).unwrap_or(i64::MAX))
            .bind(job.sequence)
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(row) = done else { continue };
            ended += 1;
            match &job.aftermath {
                Aftermath::Nothing => {}
                Aftermath::Emit(event) => emitted.entry(job.project).or_default().push(event.clone()),
                Aftermath::Metrics(metrics) => {
                    let uuid: String = row.try_get("event_uuid")?;
                    put_metrics(&mut transaction, job.project, &uuid, metrics).await?;
                }
            }
        }
        for (project, events) in emitted {
            events::insert(&mut transaction, project, &events).await?;
        }
        transaction.commit().await?;
        Ok(ended)
    }

    /// How the jobs of a metric ended, in as many equal parts of the time from `since` to `until` as asked for, the
    /// oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outcomes(
        &self,
        project: ProjectId,
        kind: JobKind,
        subject: &str,
        (since, until): (Timestamp, Timestamp),
        parts: u32,
    ) -> Result<Vec<Outcomes>, StoreError> {
        let (since, until) = (to_micros(since), to_micros(until));
        let width = ((until - since) / i64::from(parts.max(1))).max(1);
        let rows = sqlx::query(
            "SELECT (finished_at - ?) / ? AS part, status, passed, COUNT(*) AS total FROM jobs \
             WHERE project_id = ? AND kind = ? AND subject = ? AND finished_at >= ? AND finished_at < ? \
             GROUP BY part, status, passed",
        )
        .bind(since)
        .bind(width)
        .bind(project)
        .bind(kind.name())
        .bind(subject)
        .bind(since)
        .bind(until)
        .fetch_all(&self.readers)
        .await?;
        let mut all = vec![Outcomes::default(); parts.max(1) as usize];
        for row in rows {
            let part: i64 = row.try_get("part")?;
            let last = all.len().saturating_sub(1);
            let part = usize::try_from(part).unwrap_or_default().min(last);
            let total = u64::try_from(row.try_get::<i64, _>("total")?).unwrap_or_default();
            let status: Option<String> = row.try_get("status")?;
            let passed: Option<bool> = row.try_get("passed")?;
            if let Some(outcomes) = all.get_mut(part) {
                match (passed, status.as_deref()) {
                    (Some(true), _) => outcomes.passed += total,
                    (Some(false), _) => outcomes.failed += total,
                    (None, Some("not_applicable")) => outcomes.not_applicable += total,
                    (None, Some("ok")) => outcomes.neutral += total,
                    // It was not to be run any more.
                    (None, Some("cancelled")) => {}
                    (None, _) => outcomes.errors += total,
                }
            }
        }
        Ok(all)
    }
}

pub(super) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    project: ProjectId,
    jobs: &[&NewJob],
) -> Result<usize, StoreError> {
    let queued_at = to_micros(Timestamp::now());
    let mut queued = 0;
    for jobs in jobs.chunks(JOBS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO jobs (project_id, kind, subject, event_uuid, trigger_kind, workflow_id, queued_at) ",
        );
        query.push_values(jobs, |mut row, job| {
            row.push_bind(project)
                .push_bind(job.kind.name())
                .push_bind(job.subject.as_str())
                .push_bind(job.event_uuid.as_str())
                .push_bind(job.trigger.name())
                .push_bind(job.workflow_id.as_str())
                .push_bind(queued_at);
        });
        query.push(" ON CONFLICT DO NOTHING");
        queued += query.build().execute(&mut **transaction).await?.rows_affected();
    }
    Ok(usize::try_from(queued).unwrap_or(usize::MAX))
}

/// Puts values into the `metrics` of an event.
async fn put_metrics(
    transaction: &mut Transaction<'static, Sqlite>,
    project: ProjectId,
    uuid: &str,
    values: &serde_json::Map<String, serde_json::Value>,
) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT sequence, body FROM events WHERE project_id = ? AND uuid = ?")
        .bind(project)
        .bind(uuid)
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let body: String = row.try_get("body")?;
    let mut body: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let metrics = body
        .entry("metrics")
        .or_insert_with(|| serde_json::Value::Object(serde_json::Map::new()));
    if !metrics.is_object() {
        *metrics = serde_json::Value::Object(serde_json::Map::new());
    }
    if let Some(metrics) = metrics.as_object_mut() {
        metrics.extend(values.clone());
    }
    sqlx::query("UPDATE events SET body = ? WHERE sequence = ?")
        .bind(serde_json::Value::Object(body).to_string())
        .bind(row.try_get::<i64, _>("sequence")?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn job(row: &SqliteRow) -> Result<Job, StoreError> {
    let kind: String = row.try_get("kind")?;
    let trigger: String = row.try_get("trigger_kind")?;
    Ok(Job {
        sequence: row.try_get("sequence")?,
        project: row.try_get("project_id")?,
        job: NewJob {
            kind: match kind.as_str() {
                "evaluation" => JobKind::Evaluation,
                "metric" => JobKind::Metric,
                _ => return Err(StoreError::Corrupt(format!("no job is a {kind}"))),
            },
            subject: row.try_get("subject")?,
            event_uuid: row.try_get("event_uuid")?,
            trigger: match trigger.as_str() {
                "live" => Trigger::Live,
                "manual" => Trigger::Manual,
                _ => return Err(StoreError::Corrupt(format!("no job is triggered by {trigger}"))),
            },
            workflow_id: row.try_get("workflow_id")?,
        },
    })
}
