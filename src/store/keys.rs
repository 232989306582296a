//! API keys: kept as hashes, never as what they are.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{ProjectId, Store, StoreError, from_micros, to_micros};

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The public half of the key, which names it.
    pub id: String,
    /// Whose it is.
    pub project: ProjectId,
    /// What it is for, in its owner's words.
    pub label: String,
    /// The SHA-256 of the whole key.
    pub hash: Vec<u8>,
    /// What it opens, as names of scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it opens nothing any more.
    pub revoked_at: Option<Timestamp>,
}

/// A key to keep.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// See [`Key::id`].
    pub id: String,
    /// See [`Key::project`].
    pub project: ProjectId,
    /// See [`Key::label`].
    pub label: String,
    /// See [`Key::hash`].
    pub hash: Vec<u8>,
    /// See [`Key::scopes`].
    pub scopes: Vec<String>,
}

impl Store {
    /// Keeps a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of that id.
    pub async fn insert_key(&self, key: &NewKey) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO keys (id, project_id, label, hash, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(&key.id)
            .bind(key.project)
            .bind(&key.label)
            .bind(&key.hash)
            .bind(key.scopes.join(" "))
            .bind(to_micros(Timestamp::now()))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The key of this id, also if it was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key(&self, id: &str) -> Result<Option<Key>, StoreError> {
        let row = sqlx::query("SELECT * FROM keys WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(key).transpose()
    }

    /// All keys, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        let rows = sqlx::query("SELECT * FROM keys ORDER BY created_at, id")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(key).collect()
    }

    /// Revokes a key; whether there was one to revoke.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_key(&self, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
            .bind(to_micros(Timestamp::now()))
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn key(row: &SqliteRow) -> Result<Key, StoreError> {
    let scopes: String = row.try_get("scopes")?;
    Ok(Key {
        id: row.try_get("id")?,
        project: row.try_get("project_id")?,
        label: row.try_get("label")?,
        hash: row.try_get("hash")?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: from_micros(row.try_get("created_at")?),
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(from_micros),
    })
}
