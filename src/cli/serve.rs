//! `jurybox serve`: the service.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use anyhow::Context as _;
use clap::Args;
use jurybox::workers::Tenancy;

use super::engine::{EngineArgs, IsolationArg};
use super::exit::Exit;
use super::limits::LimitArgs;
use crate::server::{self, Parts, Settings};

/// Serve the HTTP API and the page.
///
/// Speaks the APIs of PostHog's evaluations and of HoneyHive, and shows a page to try metrics on. Metrics are compiled and
/// run in worker processes (--workers says how many). The first start makes a project and prints the key to it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ServeArgs {
    /// Read settings from this file (TOML); flags and the environment are stronger
    #[arg(long, value_name = "FILE", env = "JURYBOX_CONFIG")]
    config: Option<PathBuf>,
    /// Load the events of this file as samples: JSON Lines, a JSON array or one object
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    limits: LimitArgs,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox serve
  jurybox serve --addr 127.0.0.1:9000 --data /var/lib/jurybox --events examples/events.jsonl
  JURYBOX_ADDR=0.0.0.0:8080 jurybox serve --config jurybox.toml --log-format json";

/// Serves until the process is told to stop.
///
/// # Errors
/// When the service can't start.
pub fn serve(engine: &EngineArgs, arguments: ServeArgs) -> anyhow::Result<Exit> {
    let weaker = match &arguments.config {
        Some(file) => Settings::read(file)?,
        None => Settings::default(),
    };
    let config = arguments.settings.complete(weaker)?;
    let limits = arguments.limits.service()?;
    anyhow::ensure!(
        engine.isolation != IsolationArg::Batch,
        "--isolation batch is for `jurybox test`: what a stranger's metric leaves behind must not meet other events"
    );
    let tenancy = if config.shared_workers {
        Tenancy::Shared
    } else {
        Tenancy::PerProject
    };
    allow_many_connections();
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let (engine, runners) = engine.service(processors, tenancy)?;
    let parts = Parts {
        engine,
        runners,
        limits,
        events: arguments.events,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the service's threads")?;
    let served = runtime.block_on(server::serve(config, parts, |address| {
        // Where standard error is closed, there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "listening on http://{address}");
    }));
    // An evaluation that would not end was waited for long enough.
    runtime.shutdown_background();
    served?;
    Ok(Exit::Success)
}

/// Lets the process open as many files, connections among them, as the system allows it: what shells begin with is made
/// for programs that open a few.
fn allow_many_connections() {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
            // Without it there is room for fewer.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, most, most);
        }
    }
}
