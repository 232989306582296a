//! Changes to several documents that are made together or not at all.

use sqlx::{Sqlite, Transaction};

use super::documents::{self, Document, Kind};
use super::{ProjectId, Store, StoreError};

/// Changes that are being made to the documents of a project. Nobody else changes anything in between, so whoever begins
/// must not wait for anything but the store. Dropped before [`commit`](Self::commit), they were never made.
pub struct Changes {
    project: ProjectId,
    transaction: Transaction<'static, Sqlite>,
}

impl Store {
    /// Begins changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(&self, project: ProjectId) -> Result<Changes, StoreError> {
        Ok(Changes {
            project,
            transaction: self.writer.begin_with("BEGIN IMMEDIATE").await?,
        })
    }
}

impl Changes {
    /// The document of this id, also if it counts as deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&mut self, kind: Kind, id: &str) -> Result<Option<Document>, StoreError> {
        documents::fetch(&mut *self.transaction, self.project, kind, id).await
    }

    /// The oldest document of this name and parent that does not count as deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, kind: Kind, parent: &str, name: &str) -> Result<Option<Document>, StoreError> {
        documents::find(&mut *self.transaction, self.project, kind, (parent, name)).await
    }

    /// Keeps a new document.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of that id.
    pub async fn insert(&mut self, kind: Kind, document: &Document) -> Result<(), StoreError> {
        documents::insert(&mut *self.transaction, self.project, kind, document).await
    }

    /// Writes a document that is there already, as it is; [`Document::touch`] sets its time of change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save(&mut self, kind: Kind, document: &Document) -> Result<(), StoreError> {
        documents::save(&mut *self.transaction, self.project, kind, document).await
    }

    /// Makes them; they are on the disk when this returns.
    ///
    /// # Errors
    /// When the database fails; then none was made.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}
