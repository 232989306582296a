//! The arguments that set up the engine, the same for all verbs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jurybox::{CodeStore, Engine, EngineError, EngineOptions, Isolation};

/// How the engine is set up.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Keep compiled code in this directory instead of the user's cache directory
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
    /// Keep no compiled code; every start compiles the language runtime again, which takes a second or two
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// How every event gets its clean instance: rewind the one before, make a new one, or whichever the system does best.
    /// Verdicts and fuel are the same
    #[arg(long, global = true, value_name = "HOW", value_enum, default_value_t = IsolationArg::Auto)]
    pub isolation: IsolationArg,
}

/// [`Isolation`] as an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum IsolationArg {
    /// [`Isolation::Auto`]
    #[default]
    #[value(help = None)]
    Auto,
    /// [`Isolation::Rewind`]
    #[value(help = None)]
    Rewind,
    /// [`Isolation::NewInstance`]
    #[value(help = None)]
    New,
}

impl EngineArgs {
    /// The engine.
    ///
    /// # Errors
    /// When the cache directory can't be used, or the system can't do what is asked for.
    pub fn engine(&self) -> Result<Engine, EngineError> {
        let mut options = EngineOptions::default();
        options.cache = match &self.cache_dir {
            Some(directory) => CodeStore::Directory(directory.clone()),
            None if self.no_cache => CodeStore::Memory,
            None => CodeStore::UserDirectory,
        };
        options.isolation = match self.isolation {
            IsolationArg::Auto => Isolation::Auto,
            IsolationArg::Rewind => Isolation::Rewind,
            IsolationArg::New => Isolation::NewInstance,
        };
        Engine::new(options)
    }
}
