//! The program from outside: what it writes, and how it ends.

mod batch;
mod build;
mod check;
mod directories;
mod help;
mod languages;
mod new;
mod refusals;
mod rules;
mod run;
mod support;
mod test;
mod types;
#[cfg(target_os = "linux")]
mod workers;
