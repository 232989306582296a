//! `HoneyHive`'s API: tasks, metrics and their runs, events, datasets, experiments.

mod access;
mod events;
mod experiments;
mod live;
mod metrics;
mod running;
mod tasks;
