//! A compiled snippet that workers load.

use crate::engine::cache::Key;
use crate::engine::product::Product;
use crate::language::hog::codegen;
use crate::language::javascript::Positions;
use crate::workers::Project;
use crate::workers::protocol::message::{Bounds, Compiled, Runtime};

/// See the [module](self).
pub struct RemoteProgram {
    /// What workers call it; no other program of this engine is called so.
    pub handle: u64,
    /// A hash of it, the same as it would have without workers.
    pub id: u64,
    /// What quarantine knows it by.
    pub key: Key,
    /// Whose it is.
    pub project: Project,
    /// What loading it may use.
    pub bounds: Bounds,
    /// Its machine code; empty where it has none of its own.
    pub code: Vec<u8>,
    /// Its product as workers get it.
    pub encoded: Vec<u8>,
    product: Product,
}

impl RemoteProgram {
    /// # Errors
    /// When the product can't be encoded.
    pub fn new(
        handle: u64,
        key: Key,
        project: Project,
        compiled: Compiled,
        bounds: Bounds,
    ) -> Result<Self, postcard::Error> {
        Ok(Self {
            handle,
            id: compiled.product.id(),
            key,
            project,
            bounds,
            code: compiled.code,
            encoded: postcard::to_stdvec(&compiled.product)?,
            product: compiled.product,
        })
    }

    /// What the Hog compiler made.
    pub fn hog(&self) -> Option<&codegen::Compiled> {
        match &self.product {
            Product::Hog(compiled) => Some(compiled),
            _ => None,
        }
    }

    /// From what runs to what the author wrote, where they differ.
    pub fn positions(&self) -> Option<&Positions> {
        match &self.product {
            Product::JavaScript { positions, .. } => Some(positions),
            _ => None,
        }
    }

    /// What it is linked to or loaded into.
    pub fn runtime(&self) -> Option<Runtime> {
        match &self.product {
            Product::Hog(_) => Some(Runtime::Hog),
            Product::Python { .. } => Some(Runtime::Python),
            Product::JavaScript { .. } => Some(Runtime::JavaScript),
            Product::Module(_) => None,
        }
    }
}
