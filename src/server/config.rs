//! How the service is set up: by flags, by the environment (`JURYBOX_...`) and by a file, in this order of strength.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Deserialize;

/// What can be set. In a file (TOML) the names are those of the flags, with `_` for `-`.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Listen here; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "JURYBOX_ADDR")]
    pub addr: Option<SocketAddr>,
    /// Keep everything in this directory, which is made if need be [default: ./jurybox-data]
    #[arg(long, value_name = "DIR", env = "JURYBOX_DATA")]
    pub data: Option<PathBuf>,
    /// Ask nobody for a key. Only on a loopback address, and only for trying things out: whoever reaches the port may do
    /// everything
    #[arg(long, env = "JURYBOX_INSECURE_NO_AUTH", num_args = 0..=1, default_missing_value = "true")]
    pub insecure_no_auth: Option<bool>,
    /// What the log looks like [default: text]
    #[arg(long, value_name = "FORMAT", env = "JURYBOX_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// What is logged: a level (error, warn, info, debug, trace) or a filter such as `info,jurybox=debug` [default: info]
    #[arg(long, value_name = "FILTER", env = "JURYBOX_LOG")]
    pub log: Option<String>,
    /// The largest body of a request, in bytes; streams of events may be longer [default: 33554432]
    #[arg(long, value_name = "BYTES", env = "JURYBOX_MAX_BODY")]
    pub max_body: Option<usize>,
    /// Requests that are answered at the same time; the next ones get 503 [default: 1024]
    #[arg(long, value_name = "N", env = "JURYBOX_MAX_REQUESTS")]
    pub max_requests: Option<usize>,
    /// Seconds until the answer to a request must begin [default: 60]
    #[arg(long, value_name = "SECONDS", env = "JURYBOX_REQUEST_TIMEOUT")]
    pub request_timeout: Option<u64>,
    /// Evaluations that wait for a worker, of all projects together; the next ones get 429 [default: 512]
    #[arg(long, value_name = "N", env = "JURYBOX_MAX_WAITING")]
    pub max_waiting: Option<usize>,
    /// Evaluations that wait for a worker, of one project [default: 128]
    #[arg(long, value_name = "N", env = "JURYBOX_MAX_WAITING_PER_PROJECT")]
    pub max_waiting_per_project: Option<usize>,
    /// Seconds that an evaluation waits for a worker; then it gets 429 [default: 20]
    #[arg(long, value_name = "SECONDS", env = "JURYBOX_PATIENCE")]
    pub patience: Option<u64>,
    /// Seconds that requests get to end when the service is told to stop [default: 30]
    #[arg(long, value_name = "SECONDS", env = "JURYBOX_SHUTDOWN_TIMEOUT")]
    pub shutdown_timeout: Option<u64>,
    /// What happens to a saved evaluation whose code fails on a new event: `keep` leaves it on and counts the error,
    /// `disable` switches it off with status `error`, as PostHog does [default: keep]
    #[arg(long, value_name = "WHAT", env = "JURYBOX_ON_ERROR", value_enum)]
    pub on_error: Option<OnError>,
    /// Whether a worker process may serve several projects, one after the other. By default one that served a project is
    /// replaced before it serves another
    #[arg(long, env = "JURYBOX_SHARED_WORKERS", num_args = 0..=1, default_missing_value = "true")]
    pub shared_workers: Option<bool>,
}

/// What the log looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What happens to a saved evaluation whose code fails on a new event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It stays on, and the error is counted.
    #[default]
    Keep,
    /// It is switched off with status `error`, as PostHog does.
    Disable,
}

/// The settings, complete.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where everything is kept.
    pub data: PathBuf,
    /// Whether nobody needs a key.
    pub insecure_no_auth: bool,
    /// What the log looks like.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// The largest body of a request, in bytes.
    pub max_body: usize,
    /// Requests that are answered at the same time.
    pub max_requests: usize,
    /// Time until the answer to a request must begin.
    pub request_timeout: Duration,
    /// Evaluations that wait for a worker.
    pub max_waiting: usize,
    /// Evaluations that wait for a worker, of one project.
    pub max_waiting_per_project: usize,
    /// How long an evaluation waits for a worker.
    pub patience: Duration,
    /// How long requests get to end.
    pub shutdown_timeout: Duration,
    /// What happens to evaluations whose code fails.
    pub on_error: OnError,
    /// Whether a worker process may serve several projects.
    pub shared_workers: bool,
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read, or sets what can't be set.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// These settings, completed by weaker ones and the defaults.
    ///
    /// # Errors
    /// When they contradict each other.
    pub fn complete(self, weaker: Self) -> anyhow::Result<Config> {
        let seconds =
            |strong: Option<u64>, weak: Option<u64>, default| Duration::from_secs(strong.or(weak).unwrap_or(default));
        let config = Config {
            addr: self
                .addr
                .or(weaker.addr)
                .unwrap_or_else(|| ([127, 0, 0, 1], 8080).into()),
            data: self.data.or(weaker.data).unwrap_or_else(|| "jurybox-data".into()),
            insecure_no_auth: self.insecure_no_auth.or(weaker.insecure_no_auth).unwrap_or(false),
            log_format: self.log_format.or(weaker.log_format).unwrap_or_default(),
            log: self.log.or(weaker.log).unwrap_or_else(|| "info".to_owned()),
            max_body: self.max_body.or(weaker.max_body).unwrap_or(32 << 20),
            max_requests: self.max_requests.or(weaker.max_requests).unwrap_or(1024),
            request_timeout: seconds(self.request_timeout, weaker.request_timeout, 60),
            max_waiting: self.max_waiting.or(weaker.max_waiting).unwrap_or(512),
            max_waiting_per_project: self
                .max_waiting_per_project
                .or(weaker.max_waiting_per_project)
                .unwrap_or(128),
            patience: seconds(self.patience, weaker.patience, 20),
            shutdown_timeout: seconds(self.shutdown_timeout, weaker.shutdown_timeout, 30),
            on_error: self.on_error.or(weaker.on_error).unwrap_or_default(),
            shared_workers: self.shared_workers.or(weaker.shared_workers).unwrap_or(false),
        };
        anyhow::ensure!(
            !config.insecure_no_auth || config.addr.ip().is_loopback(),
            "--insecure-no-auth lets everyone in who reaches {}; it takes a loopback address such as 127.0.0.1",
            config.addr
        );
        anyhow::ensure!(config.max_requests > 0, "--max-requests 0 would answer nobody");
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        toml::from_str(text).expect(text)
    }

    #[test]
    fn the_stronger_setting_wins_and_defaults_fill_the_rest() {
        let strong = settings("addr = '127.0.0.1:9000'");
        let weak = settings("addr = '127.0.0.1:9001'\npatience = 3\non_error = 'disable'");
        let config = strong.complete(weak).expect("a configuration");
        assert_eq!(config.addr.port(), 9000);
        assert_eq!(config.patience, Duration::from_secs(3));
        assert_eq!(config.on_error, OnError::Disable);
        assert_eq!(config.max_body, 32 << 20);
    }

    #[test]
    fn unknown_settings_are_refused() {
        let error = toml::from_str::<Settings>("adress = '127.0.0.1:9000'").expect_err("a misspelt name");
        assert!(error.to_string().contains("adress"), "{error}");
    }

    #[test]
    fn without_keys_it_listens_to_this_machine_alone() {
        for (addr, allowed) in [("127.0.0.1:1", true), ("[::1]:1", true), ("0.0.0.0:1", false)] {
            let open = settings(&format!("addr = '{addr}'\ninsecure_no_auth = true"));
            assert_eq!(open.complete(Settings::default()).is_ok(), allowed, "{addr}");
        }
    }
}
