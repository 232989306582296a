//! Attacks on the sandbox: random programs, extreme limits, floods of work, a damaged cache.

mod cache;
mod crowd;
#[path = "../support/engine.rs"]
mod engine;
mod events;
mod extremes;
mod generator;
mod harness;
mod random_programs;
mod size;
