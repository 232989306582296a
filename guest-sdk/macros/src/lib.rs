//! The `#[metric]` attribute.
