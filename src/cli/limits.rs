//! The arguments that bound one evaluation, and those that fix what it sees.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jurybox::{Directories, EvaluationOptions, Limits};

use super::{size, timestamp};

/// What one evaluation may use and what it sees.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits and surroundings of one evaluation")]
pub struct LimitArgs {
    /// Work, about one unit per WebAssembly instruction [default: 1000000000]
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Memory, such as 65536, 512KiB or 1GiB (at most 2GiB) [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub memory: Option<u64>,
    /// Time, such as 500ms or 10s. It depends on the machine; fuel does not [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub deadline: Option<Duration>,
    /// The clock that the code sees, such as 2026-01-31T12:00:00Z [default: the time of the start]
    #[arg(long, value_name = "RFC3339", value_parser = timestamp::parse)]
    pub now: Option<i64>,
    /// The seed of its random numbers [default: made from code and event]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// A directory that metrics may read, for them at /NAME; may be given several times [default: none]
    #[arg(long = "dir", value_name = "NAME=PATH", value_parser = grant)]
    pub directories: Vec<(String, PathBuf)>,
}

impl LimitArgs {
    fn directories(&self) -> anyhow::Result<Directories> {
        let mut granted = Directories::new();
        for (name, path) in &self.directories {
            granted
                .grant(name, path)
                .map_err(|error| anyhow::anyhow!("--dir: {error}"))?;
        }
        Ok(granted)
    }

    /// The limits of a service. All else is a matter of the single request there.
    ///
    /// # Errors
    /// With one sentence, when more is asked for.
    #[cfg(feature = "server")]
    pub fn service(&self) -> anyhow::Result<Limits> {
        for (flag, is_given) in [
            ("--now", self.now.is_some()),
            ("--seed", self.seed.is_some()),
            ("--dir", !self.directories.is_empty()),
        ] {
            anyhow::ensure!(!is_given, "{flag} can't be set for a whole service");
        }
        Ok(self.options()?.limits)
    }

    /// Options of an evaluation. All evaluations of one command see the same clock.
    ///
    /// # Errors
    /// With one sentence, when a directory can't be granted.
    pub fn options(&self) -> anyhow::Result<EvaluationOptions> {
        let mut limits = Limits::default();
        limits.fuel = self.fuel.unwrap_or(limits.fuel);
        limits.memory = self.memory.unwrap_or(limits.memory);
        limits.deadline = self.deadline.unwrap_or(limits.deadline);
        let mut options = EvaluationOptions::default();
        options.limits = limits;
        options.now_ns = Some(self.now.unwrap_or_else(timestamp::now));
        options.seed = self.seed;
        options.directories = Arc::new(self.directories()?);
        Ok(options)
    }
}

fn grant(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), path.into())),
        _ => Err("expected a name and a directory, such as words=lists/english".to_owned()),
    }
}

fn memory(text: &str) -> Result<u64, String> {
    let bytes = size::parse(text)?;
    if bytes > Limits::MAX_MEMORY {
        Err("at most 2GiB".to_owned())
    } else {
        Ok(bytes)
    }
}
