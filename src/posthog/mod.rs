//! What PostHog's evaluations mean: which globals a program sees, how payloads read as text, and which answer a run
//! gives. Platform knowledge only; nothing here knows WebAssembly or HTTP.

pub mod globals;
pub mod result;
pub mod text;
pub mod unit;
