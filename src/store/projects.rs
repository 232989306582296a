//! Projects: whose keys, documents and events are whose.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Store, StoreError, from_micros, to_micros};

/// The number of a project, as in the paths of PostHog's API.
pub type ProjectId = i64;

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its number.
    pub id: ProjectId,
    /// Its name, unique.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Makes a project.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of that name.
    pub async fn create_project(&self, name: &str) -> Result<Project, StoreError> {
        let created_at = from_micros(to_micros(Timestamp::now()));
        let row = sqlx::query("INSERT INTO projects (name, created_at) VALUES (?, ?) RETURNING id")
            .bind(name)
            .bind(to_micros(created_at))
            .fetch_one(&self.writer)
            .await?;
        Ok(Project {
            id: row.try_get("id")?,
            name: name.to_owned(),
            created_at,
        })
    }

    /// All projects, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let rows = sqlx::query("SELECT id, name, created_at FROM projects ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let project = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Project {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                created_at: from_micros(row.try_get("created_at")?),
            })
        };
        rows.iter().map(project).collect()
    }

    /// The project of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        let projects = self.projects().await?;
        Ok(projects.into_iter().find(|project| project.id == id))
    }
}
