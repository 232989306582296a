//! What the service remembers: projects, keys, documents (evaluations, metrics, datasets, ...), events and jobs.
//!
//! This is the only place that knows SQL. It is kept to what SQLite and Postgres share, with SQLite behind it: one
//! connection writes, several read, in WAL mode, and a commit is on the disk before it is answered.

mod changes;
mod documents;
mod events;
mod ingest;
mod jobs;
mod keys;
mod migrations;
mod projects;
#[cfg(test)]
mod tests;
mod time;
mod units;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqlitePool};

pub use changes::Changes;
pub use documents::{Document, Kind, Listing, Order, Sort, UpdateError};
pub use events::{EventFilter, NewEvent, Platform, StoredEvent};
pub use jobs::{Aftermath, Finished, Job, JobKind, NewJob, Trigger};
pub use keys::{Key, NewKey};
pub use projects::{Project, ProjectId};
pub use time::{from_micros, to_micros, to_wire};
pub use units::{UnitOf, UnitSize};

/// The database, in its directory.
const FILE: &str = "jurybox.sqlite3";
/// Held by the one service that uses the directory.
const LOCK_FILE: &str = "jurybox.lock";
/// SQLite's code for a full disk.
const SQLITE_FULL: &str = "13";
/// Connections that read at the same time.
const READERS: u32 = 8;

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// Its one connection writes.
    writer: SqlitePool,
    readers: SqlitePool,
    ingest: Arc<ingest::Queue>,
}

/// Why the store did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is something of that name or id already.
    #[error("it exists already")]
    Conflict,
    /// The data is not what this program writes.
    #[error("the store holds what it should not: {0}")]
    Corrupt(String),
    /// The database failed.
    #[error("the database: {0}")]
    Database(sqlx::Error),
    /// The database was written by a newer program.
    #[error("the database was written by a newer jurybox (this one does not know step {0} of it)")]
    Newer(i64),
    /// The database can't be brought up to date.
    #[error("the database can't be brought up to date: {0}")]
    Migration(MigrateError),
    /// The directory can't be made or used.
    #[error("the directory can't be used: {0}")]
    Directory(std::io::Error),
    /// There is no room on the disk.
    #[error("the disk is full")]
    Full,
    /// Another service uses the directory.
    #[error("another service uses this directory")]
    InUse,
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => Self::Conflict,
            Some(database) if database.code().as_deref() == Some(SQLITE_FULL) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(step) => Self::Newer(step),
            error => Self::Migration(error),
        }
    }
}

/// Takes a directory for one service alone, for as long as the file lives. Keys may be made beside it.
///
/// # Errors
/// [`StoreError::InUse`] when another service has it.
pub fn lock(directory: &Path) -> Result<File, StoreError> {
    let file = directory.join(LOCK_FILE);
    make_private(&file).map_err(StoreError::Directory)?;
    let file = File::open(file).map_err(StoreError::Directory)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(StoreError::Directory(error)),
    }
}

/// Makes a file that is its user's alone, if it is not there.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(file).map(drop)
}

impl Store {
    /// Opens the store in a directory and brings it up to date. What is not there is made; a new directory is its user's
    /// alone.
    ///
    /// # Errors
    /// When the directory can't be made, or the database can't be opened or is of a newer program.
    pub async fn open(directory: &Path) -> Result<Self, StoreError> {
        let mut private = DirBuilder::new();
        private.recursive(true);
        #[cfg(unix)]
        private.mode(0o700);
        private.create(directory).map_err(StoreError::Directory)?;
        let file = directory.join(FILE);
        make_private(&file).map_err(StoreError::Directory)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An answered write survives a power failure, too.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(256);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .before_acquire(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    // A full disk ends a transaction where nobody told it to; the connection does not get over that.
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await?;
        migrations::all().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.read_only(true))
            .await?;
        let ingest = Arc::new(ingest::Queue::start(writer.clone()));
        Ok(Self {
            writer,
            readers,
            ingest,
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Writes what is still to be written and closes the database.
    pub async fn close(&self) {
        self.ingest.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}
