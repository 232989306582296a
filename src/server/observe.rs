//! What the service tells about itself: the figures at `/metrics`, in Prometheus' text format.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jurybox::workers::Role;
use jurybox::{Language, Status, Verdict};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::problem::Problem;
use super::state::AppState;

const EVALUATIONS: &str = "jurybox_evaluations_total";
const FUEL: &str = "jurybox_fuel_total";
const EVALUATION_SECONDS: &str = "jurybox_evaluation_seconds";
const COMPILATIONS: &str = "jurybox_compilations_total";
const COMPILATION_SECONDS: &str = "jurybox_compilation_seconds";
const WAIT_SECONDS: &str = "jurybox_queue_wait_seconds";
const REQUESTS: &str = "jurybox_requests_total";
const REQUEST_SECONDS: &str = "jurybox_request_seconds";
const EVENTS: &str = "jurybox_events_total";
const RUNNING: &str = "jurybox_queue_running";
const WAITING: &str = "jurybox_queue_waiting";
const OPEN_JOBS: &str = "jurybox_jobs_open";
const WORKERS: &str = "jurybox_workers";
const WORKERS_REPLACED: &str = "jurybox_workers_replaced_total";

/// How long times are kept one by one.
const SUM_UP_EVERY: Duration = Duration::from_secs(2);
/// Upper bounds of the buckets of all histograms, in seconds.
const BUCKETS: [f64; 16] = [
    0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Begins to count, for the whole process.
///
/// # Errors
/// When something counts already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
        .install_recorder()?;
    metrics::describe_counter!(
        EVALUATIONS,
        "Evaluations, by language of the metric and status of the verdict"
    );
    metrics::describe_counter!(FUEL, "Fuel that evaluations consumed, by language");
    metrics::describe_histogram!(EVALUATION_SECONDS, "Time of one evaluation in its worker, by language");
    metrics::describe_counter!(COMPILATIONS, "Snippets that were compiled, by language and outcome");
    metrics::describe_histogram!(COMPILATION_SECONDS, "Time of compiling a snippet, by language");
    metrics::describe_histogram!(WAIT_SECONDS, "Time that work waited for its turn");
    metrics::describe_counter!(REQUESTS, "Requests, by route, method and status");
    metrics::describe_histogram!(REQUEST_SECONDS, "Time until an answer began, by route");
    metrics::describe_counter!(EVENTS, "Events that were kept, by platform");
    metrics::describe_gauge!(RUNNING, "Pieces of work that run");
    metrics::describe_gauge!(WAITING, "Pieces of work that wait for their turn");
    metrics::describe_gauge!(OPEN_JOBS, "Live evaluations and runs that have not ended");
    metrics::describe_gauge!(WORKERS, "Worker processes, by role and state");
    metrics::describe_counter!(
        WORKERS_REPLACED,
        "Worker processes that were replaced, by role and reason"
    );
    Ok(handle)
}

/// Evaluations of one metric ended.
pub fn judged(language: Language, verdicts: &[Verdict]) {
    let language = language.name();
    let mut by_status = BTreeMap::<Status, u64>::new();
    let seconds = histogram!(EVALUATION_SECONDS, "language" => language);
    for verdict in verdicts {
        *by_status.entry(verdict.status).or_default() += 1;
        seconds.record(verdict.usage.elapsed_us as f64 / 1e6);
    }
    for (status, count) in by_status {
        counter!(EVALUATIONS, "language" => language, "status" => status.as_str()).increment(count);
    }
    let fuel = verdicts.iter().map(|verdict| verdict.usage.fuel);
    counter!(FUEL, "language" => language).increment(fuel.fold(0, u64::wrapping_add));
}

/// A compilation ended.
pub fn compiled(language: Language, worked: bool, time: Duration) {
    let outcome = if worked { "ok" } else { "error" };
    counter!(COMPILATIONS, "language" => language.name(), "outcome" => outcome).increment(1);
    histogram!(COMPILATION_SECONDS, "language" => language.name()).record(time);
}

/// A piece of work waited for its turn.
pub fn waited(time: Duration) {
    histogram!(WAIT_SECONDS).record(time);
}

/// A request was answered. `route` is the pattern of its path, never the path.
pub fn answered(route: &str, method: &'static str, status: u16, time: Duration) {
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.to_string()),
    ];
    counter!(REQUESTS, &labels).increment(1);
    histogram!(REQUEST_SECONDS, "route" => route.to_owned()).record(time);
}

/// Events were kept.
pub fn ingested(platform: &'static str, events: usize) {
    counter!(EVENTS, "platform" => platform).increment(events as u64);
}

/// Sums up what was counted, from time to time and for ever: until then every single time is kept, and there may be nobody
/// who asks for the figures.
pub async fn sum_up(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(SUM_UP_EVERY).await;
        figures.run_upkeep();
    }
}

/// The figures, for Prometheus.
pub async fn figures(State(state): State<AppState>) -> Result<Response, Problem> {
    let (running, waiting) = state.judging.load();
    gauge!(RUNNING).set(running as f64);
    gauge!(WAITING).set(waiting as f64);
    gauge!(OPEN_JOBS).set(state.store.count_open_jobs().await? as f64);
    for (role, name) in [(Role::Run, "run"), (Role::Compile, "compile")] {
        let Some(workers) = state.judging.engine().worker_statistics(role) else {
            continue;
        };
        let busy = workers.live.saturating_sub(workers.idle);
        for (in_state, count) in [("idle", workers.idle), ("busy", busy), ("starting", workers.starting)] {
            gauge!(WORKERS, "role" => name, "state" => in_state).set(count as f64);
        }
        for (reason, count) in workers.replaced {
            let reason = format!("{reason:?}").to_lowercase();
            counter!(WORKERS_REPLACED, "role" => name, "reason" => reason).absolute(count);
        }
    }
    let text = state.figures.render();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
