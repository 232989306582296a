//! Directories that a metric may read.

/// Read-only directories that a metric is granted, by name. Metrics see them as `/NAME`. None by default.
#[derive(Debug, Default)]
pub struct Directories {}
