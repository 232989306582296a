//! The service: HTTP for evaluation platforms' clients, for the page and for the command line. It knows no engine but
//! through [`judging`], and no SQL but through the [store](crate::store).

mod auth;
mod config;
mod connections;
mod first_start;
mod headers;
mod health;
mod honeyhive;
mod json;
mod judging;
pub mod key;
mod limit;
mod live;
mod log;
mod native;
mod observe;
mod openapi;
mod page;
mod posthog;
mod problem;
mod router;
pub mod scopes;
mod snippet;
mod state;
mod warm;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jurybox::{Engine, Limits};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::store::{self, Store};
pub use config::{Config, Settings};
use connections::Patience;
use judging::{AdmissionLimits, Judging};
use state::AppState;

/// How long a connection on which nothing moves stays open, besides what the service itself may take to answer.
const SILENCE: Duration = Duration::from_secs(60);
/// How long it stays open at most.
const MAX_SILENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the head of a request may take, and how long a connection is kept for the next one.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long the store gets to close when the service stops.
const STORE_GRACE: Duration = Duration::from_secs(10);
/// Pieces of work that run at the same time, for each worker: one that it does, and one that is ready when it is done.
const WORK_PER_RUNNER: usize = 2;

/// What the service is made of, besides its configuration.
pub struct Parts {
    /// The engine, which has workers.
    pub engine: Engine,
    /// How many of its workers run metrics.
    pub runners: usize,
    /// The limits of an evaluation.
    pub limits: Limits,
    /// A file with events to load as samples.
    pub events: Option<PathBuf>,
}

/// Serves until the process is told to stop (SIGINT or SIGTERM). `listening` is told the address.
///
/// # Errors
/// When the service can't start. What a request does wrong is the request's error.
pub async fn serve(config: Config, parts: Parts, listening: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    log::init(&config)?;
    let data = &config.data;
    let store = Store::open(data).await.with_context(|| data.display().to_string())?;
    let _alone = store::lock(data).with_context(|| data.display().to_string())?;
    first_start::prepare(&store, &config).await?;

    let figures = observe::install()?;
    tokio::spawn(observe::sum_up(figures.clone()));
    let admission = AdmissionLimits {
        running: parts.runners.max(1) * WORK_PER_RUNNER,
        waiting: config.max_waiting,
        waiting_per_project: config.max_waiting_per_project,
        patience: config.patience,
    };
    // Longer than anything that a connection waits for.
    let waits = [config.request_timeout, config.patience, parts.limits.deadline];
    let silence = waits
        .into_iter()
        .fold(SILENCE, Duration::saturating_add)
        .min(MAX_SILENCE);
    let state = AppState {
        judging: Judging::new(parts.engine, parts.limits, admission),
        runner: live::Runner::default(),
        recent_keys: Arc::default(),
        figures,
        store: store.clone(),
        config: Arc::new(config),
    };
    if let Some(file) = &parts.events {
        let count = native::samples::load(&state, file).await?;
        tracing::info!(count, "events were loaded as samples");
    }

    warm::prepare(state.judging.engine()).await;
    let mut signals = Signals::new()?;
    let listener = TcpListener::bind(state.config.addr)
        .await
        .with_context(|| state.config.addr.to_string())?;
    let (stop, stopped) = watch::channel(false);
    let runner = tokio::spawn(live::run(state.clone(), stopped.clone()));
    listening(listener.local_addr()?);

    let grace = state.config.shutdown_timeout;
    let patience = Patience {
        silence,
        head: HEAD_PATIENCE,
    };
    let served = tokio::spawn(connections::serve(
        listener,
        router::service(state),
        patience,
        stopped.clone(),
    ));
    signals.told_to_stop().await;
    tracing::info!("stopping");
    let _ = stop.send(true);
    let ended = async { tokio::join!(served, runner) };
    tokio::select! {
        _ = ended => {}
        // Jobs that have not ended run when the service starts again.
        () = tokio::time::sleep(grace) => tracing::warn!("some requests or evaluations did not end in time"),
        () = signals.told_to_stop() => tracing::warn!("told to stop again: nothing is waited for"),
    }
    // What holds the store for longer than this is stuck, and what it was told is on the disk or was not answered.
    if tokio::time::timeout(STORE_GRACE, store.close()).await.is_err() {
        tracing::warn!("the store was not closed in time");
    }
    Ok(())
}

/// What tells the service to stop: SIGINT and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on, the signals no longer end the process.
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn told_to_stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
