//! Judging at a service instead of in this program: `--server`.

mod client;
mod jury;
mod request;

use std::path::Path;

use anyhow::bail;
use clap::Args;
use jurybox::{Convention, Diagnostic};

use crate::cli::engine::{EngineArgs, IsolationArg};
use crate::cli::limits::LimitArgs;
use crate::cli::snippet::SnippetFile;
pub use client::{Checked, Service};
pub use jury::Metric;

/// Where the key is, if it is not given as an argument.
const KEY: &str = "JURYBOX_KEY";
/// Certificates to trust instead of those of public authorities, as other programs know it.
const CERTIFICATES: &str = "SSL_CERT_FILE";

/// Which service does the work.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Service")]
pub struct ServerArgs {
    /// Let the service at this URL do the work (see `jurybox serve`); nothing is compiled or run here
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The key to it [env: JURYBOX_KEY]
    #[arg(long, value_name = "KEY", requires = "server")]
    key: Option<String>,
}

impl ServerArgs {
    /// The service, if one is to do the work.
    ///
    /// # Errors
    /// With one sentence, when the URL is none, or other arguments ask for what only this program could do.
    pub fn service(&self, engine: &EngineArgs) -> anyhow::Result<Option<Service>> {
        let Some(url) = &self.server else { return Ok(None) };
        check_engine(engine)?;
        let url = url.trim_end_matches('/');
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            bail!("--server takes a URL such as http://127.0.0.1:8080, not {url}");
        }
        let of_environment = || std::env::var(KEY).ok().filter(|key| !key.is_empty());
        let key = self.key.clone().or_else(of_environment);
        let certificates = std::env::var_os(CERTIFICATES).filter(|file| !file.is_empty());
        let service = Service::new(url, key, certificates.as_deref().map(Path::new))?;
        Ok(Some(service))
    }
}

/// Refuses what only an engine in this program could do.
fn check_engine(engine: &EngineArgs) -> anyhow::Result<()> {
    for (is_given, argument) in [
        (engine.cache_dir.is_some(), "--cache-dir"),
        (engine.no_cache, "--no-cache"),
        (engine.isolation != IsolationArg::Event, "--isolation"),
        (engine.workers.is_some(), "--workers"),
        (engine.require_confinement, "--require-confinement"),
    ] {
        if is_given {
            bail!("{argument} is about the engine of this program, and --server uses another one; leave it out");
        }
    }
    Ok(())
}

/// Refuses what a service can't be asked for.
///
/// # Errors
/// With one sentence, when there is such an argument.
pub fn check_limits(limits: &LimitArgs) -> anyhow::Result<()> {
    if !limits.directories.is_empty() {
        bail!("a service reaches no files of this machine; --dir can't be used with --server");
    }
    Ok(())
}

/// What the service's compiler says about the metrics, each with its diagnostics.
///
/// # Errors
/// When the service can't be asked.
pub fn check_all(service: &Service, files: &[SnippetFile]) -> anyhow::Result<Vec<Checked>> {
    files.iter().map(|file| service.check(&file.snippet)).collect()
}

impl Checked {
    /// The convention, if it compiles.
    pub fn convention(&self) -> Option<Convention> {
        self.convention.filter(|_| self.ok)
    }

    /// Errors, warnings and hints.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}
