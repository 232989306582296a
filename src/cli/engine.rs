//! The arguments that set up the engine, the same for all verbs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
#[cfg(feature = "server")]
use jurybox::Language;
#[cfg(feature = "server")]
use jurybox::workers::Tenancy;
use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, Engine, EngineError, EngineOptions, EvaluationOptions, Isolation};

/// How the engine is set up.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Keep compiled code in this directory instead of the user's cache directory
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
    /// Keep no compiled code; every start compiles the language runtimes again, which takes seconds
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// What an event is judged in. Verdicts and fuel are the same for the first three
    #[arg(long, global = true, value_name = "HOW", value_enum, default_value_t = IsolationArg::Event)]
    pub isolation: IsolationArg,
    /// Compile and run all code in N worker processes that hold nothing and reach nothing (docs/confinement.md); verdicts
    /// and fuel stay the same. Linux only [default: none; without N one per job]
    #[arg(long, global = true, value_name = "N", num_args = 0..=1, require_equals = true,
        value_parser = clap::value_parser!(u8).range(1..=128))]
    pub workers: Option<Option<u8>>,
    /// Use workers, and refuse to start where the system can't confine them fully; `jurybox doctor` tells why
    #[arg(long, global = true)]
    pub require_confinement: bool,
}

/// [`Isolation`] as an argument, and whether instances are clean at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum IsolationArg {
    /// A clean instance for every event, in the way that the system does best
    #[default]
    #[value(alias = "auto")]
    Event,
    /// A clean instance for every event: the one of the event before, rewound
    Rewind,
    /// A clean instance for every event: a new one
    New,
    /// One instance for all events of a metric, in their order and one at a time (only `test`; Hog stays clean). Faster,
    /// and gives up that events can't touch each other: what one leaves behind, such as a variable that the metric
    /// changes or something that a hostile text plants, is there for those after it, and verdicts and fuel depend on the
    /// order of events
    Batch,
}

impl EngineArgs {
    /// Checks that the arguments ask for nothing that makes no sense without a series of events.
    ///
    /// # Errors
    /// With one sentence, when they do.
    pub fn check_single(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.isolation != IsolationArg::Batch,
            "--isolation batch is for `jurybox test`, which judges many events"
        );
        Ok(())
    }

    /// Checks that workers are not asked for what only this process could do.
    ///
    /// # Errors
    /// With one sentence, when they are.
    pub fn check_workers(&self, options: &EvaluationOptions) -> anyhow::Result<()> {
        if !self.uses_workers() {
            return Ok(());
        }
        anyhow::ensure!(
            !options.keep_state,
            "--isolation batch needs one process for all events; it can't be used with --workers"
        );
        anyhow::ensure!(
            options.directories.is_empty(),
            "workers reach no files; --dir can't be used with --workers"
        );
        Ok(())
    }

    /// Whether code runs in worker processes.
    pub fn uses_workers(&self) -> bool {
        self.workers.is_some() || self.require_confinement
    }

    /// How workers are used, if they are, for so many evaluations at the same time.
    fn workers(&self, jobs: usize) -> Option<WorkerOptions> {
        if !self.uses_workers() {
            return None;
        }
        let mut workers = WorkerOptions::this_program();
        workers.runners = match self.workers {
            Some(Some(count)) => usize::from(count),
            _ => jobs,
        };
        workers.require_confinement = self.require_confinement;
        // What is needed is known in a moment.
        workers.warm.clear();
        Some(workers)
    }

    /// The engine of a service, which always has workers, and how many of them run metrics.
    ///
    /// # Errors
    /// As [`Self::engine`].
    #[cfg(feature = "server")]
    pub fn service(&self, processors: usize, tenancy: Tenancy) -> Result<(Engine, usize), EngineError> {
        let asked = Self {
            workers: Some(self.workers.flatten()),
            ..self.clone()
        };
        let mut workers = asked.workers(processors);
        let runners = workers.as_ref().map_or(processors, |workers| workers.runners);
        if let Some(workers) = &mut workers {
            workers.tenancy = tenancy;
            workers.warm = vec![Language::Hog];
        }
        Ok((self.start(workers)?, runners))
    }

    /// The engine, for so many evaluations at the same time.
    ///
    /// # Errors
    /// When the cache directory can't be used, or the system can't do what is asked for.
    pub fn engine(&self, jobs: usize) -> Result<Engine, EngineError> {
        self.start(self.workers(jobs))
    }

    fn start(&self, workers: Option<WorkerOptions>) -> Result<Engine, EngineError> {
        let mut options = EngineOptions::default();
        options.cache = match &self.cache_dir {
            Some(directory) => CodeStore::Directory(directory.clone()),
            None if self.no_cache => CodeStore::Memory,
            None => CodeStore::UserDirectory,
        };
        options.isolation = match self.isolation {
            IsolationArg::Event | IsolationArg::Batch => Isolation::Auto,
            IsolationArg::Rewind => Isolation::Rewind,
            IsolationArg::New => Isolation::NewInstance,
        };
        options.workers = workers;
        let engine = Engine::new(options)?;
        // What keeps workers from starting is no error of a metric.
        engine.wait_for_workers()?;
        Ok(engine)
    }
}
