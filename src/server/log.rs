//! The log: what happened, and never a key, an event or a snippet.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use super::config::{Config, LogFormat};

/// Begins to log to standard error.
///
/// # Errors
/// When the filter can't be read.
pub fn init(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).with_context(|| format!("--log {}", config.log))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let begun = match config.log_format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| anyhow::anyhow!("the log: {error}"))
}
