//! `jurybox doctor`: what workers are confined by on this system, what is missing, and what to do about it.

mod advice;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use jurybox::workers::WorkerOptions;
use jurybox::workers::confinement::{Examination, Measure, MeasureName, MeasureState, examine};
use jurybox::{CodeStore, Engine, EngineOptions};
use serde::Serialize;

use super::engine::EngineArgs;
use super::exit::Exit;
use super::terminal;
use advice::{Machine, advice};

/// Show how workers are confined on this machine, and what is missing
///
/// Workers are the processes in which other people's code is compiled and run (--workers). Two of them are started and
/// asked which measures are in force; they run nothing. docs/confinement.md explains each measure.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  every measure is in force
  1  some are missing, wholly or in part
  2  no worker can be started";

/// All that is found.
#[derive(Debug, Serialize)]
struct Findings {
    complete: bool,
    kernel: Option<String>,
    workers: Examination,
    missing: Vec<Missing>,
    rewinds: bool,
    code_cache: CodeCache,
}

/// A measure that is missing, wholly or in part.
#[derive(Debug, Serialize)]
struct Missing {
    #[serde(flatten)]
    measure: Measure,
    advice: Option<String>,
}

/// Where compiled code is kept between runs of the program.
#[derive(Debug, Serialize)]
struct CodeCache {
    directory: Option<PathBuf>,
    /// Why it can't be used.
    error: Option<String>,
}

/// Examines the machine.
///
/// # Errors
/// When no worker can be started, or writing fails.
pub fn doctor(engine: &EngineArgs, arguments: &DoctorArgs) -> anyhow::Result<Exit> {
    let findings = find(engine)?;
    let mut out = io::stdout().lock();
    if arguments.json {
        for line in serde_json::to_string_pretty(&findings)?.lines() {
            writeln!(out, "{}", terminal::harmless_json(line))?;
        }
    } else {
        out.write_all(terminal::harmless(&findings.text()).as_bytes())?;
    }
    out.flush()?;
    Ok(if findings.complete {
        Exit::Success
    } else {
        Exit::Failure
    })
}

fn find(engine: &EngineArgs) -> anyhow::Result<Findings> {
    let workers = examine(&WorkerOptions::this_program())?;
    let machine = Machine::look();
    let mut missing: Vec<Missing> = Vec::new();
    for measure in workers.run.missing().chain(workers.compile.missing()) {
        if missing.iter().all(|known| known.measure != *measure) {
            let advice = advice(measure, &workers, &machine);
            missing.push(Missing {
                measure: measure.clone(),
                advice,
            });
        }
    }
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Memory;
    Ok(Findings {
        complete: workers.is_complete(),
        kernel: machine.kernel,
        rewinds: Engine::new(options)?.rewinds(),
        code_cache: CodeCache::find(engine),
        workers,
        missing,
    })
}

impl CodeCache {
    fn find(engine: &EngineArgs) -> Self {
        if engine.no_cache {
            return Self::unusable("--no-cache");
        }
        let directory = engine.cache_dir.clone();
        let Some(directory) = directory.or_else(|| Some(dirs::cache_dir()?.join("jurybox"))) else {
            return Self::unusable("this user has no cache directory; name one with --cache-dir");
        };
        let mut options = EngineOptions::default();
        options.cache = CodeStore::Directory(directory.clone());
        let error = match Engine::new(options) {
            Err(error) => Some(error.to_string()),
            Ok(_) => tempfile::tempfile_in(&directory)
                .err()
                .map(|error| format!("it can't be written to: {error}")),
        };
        Self {
            directory: Some(directory),
            error,
        }
    }

    fn unusable(why: &str) -> Self {
        Self {
            directory: None,
            error: Some(why.to_owned()),
        }
    }
}

impl Findings {
    fn text(&self) -> String {
        let kernel = self.kernel.as_deref().unwrap_or("of an unknown version");
        let mut lines = vec![format!("Workers on Linux {kernel}")];
        lines.extend(MeasureName::ALL.iter().map(|name| self.line(*name)));
        lines.push(String::new());
        for Missing { measure, advice } in &self.missing {
            lines.push(measure.to_string());
            lines.extend(advice.iter().map(|advice| format!("  {advice}")));
        }
        if !self.missing.is_empty() {
            lines.push(String::new());
        }
        lines.push(fact(
            "memory",
            match self.workers.memory_by_cgroup {
                true => "bounded by the kernel, with a control group for each worker",
                false => "watched by the host, as no control group is delegated to it",
            },
        ));
        lines.push(fact("clean state", match self.rewinds {
            true => "instances are rewound",
            false => "instances are made anew for every event (Linux 6.7 with a readable /proc/self/pagemap can do better)",
        }));
        lines.push(fact("code cache", &self.code_cache.to_string()));
        lines.push(String::new());
        lines.push(match self.missing.len() {
            0 => "The confinement is complete.".to_owned(),
            1 => "The confinement is not complete: see above for what is missing.".to_owned(),
            count => format!("The confinement is not complete: see above for the {count} measures that are missing."),
        });
        lines.join("\n") + "\n"
    }

    fn line(&self, name: MeasureName) -> String {
        let state = match (
            word(name, &self.workers.run.measures),
            word(name, &self.workers.compile.measures),
        ) {
            (run, compile) if run == compile => run.to_owned(),
            (run, compile) => format!("{run} (run), {compile} (compile)"),
        };
        format!("  {name:<20} {state:<9} {}", name.description())
    }
}

fn fact(name: &str, words: &str) -> String {
    format!("  {name:<20} {words}")
}

fn word(name: MeasureName, measures: &[Measure]) -> &'static str {
    match measures
        .iter()
        .find(|measure| measure.name == name)
        .map(|measure| &measure.state)
    {
        Some(MeasureState::InForce) => "in force",
        Some(MeasureState::Partly(_)) => "in part",
        Some(MeasureState::Missing(_)) | None => "missing",
    }
}

impl std::fmt::Display for CodeCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.directory, &self.error) {
            (Some(directory), None) => write!(formatter, "{}", directory.display()),
            (Some(directory), Some(error)) => write!(formatter, "none: {}: {error}", directory.display()),
            (None, error) => write!(formatter, "none: {}", error.as_deref().unwrap_or("not known")),
        }
    }
}
