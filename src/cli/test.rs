//! `jurybox test`: judges the events of a file.

mod json;
mod output;
mod pipeline;
mod progress;
pub mod remote;
mod summary;
mod table;

use std::io::{self, Read, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::Context as _;
use clap::Args;
use jurybox::{Convention, Diagnostic, EvaluationOptions};

use super::compilation::{self, Compiler};
use super::engine::{EngineArgs, IsolationArg};
use super::exit::Exit;
use super::limits::LimitArgs;
use super::rate::Rate;
use super::rules::RuleArgs;
use super::snippet::{self, SnippetArgs, SnippetFile};
use super::{complain, source, terminal};
use output::Output;
use pipeline::{Judged, Jury, Panel};
use progress::Progress;
use remote::{Metric, ServerArgs, Service};
use summary::Summary;
use table::Table;

/// Judge events with metrics.
///
/// Every metric judges every event, in a clean sandbox each time. Metrics in several languages may be mixed. The result is
/// a table with a summary, or JSON Lines.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct TestArgs {
    /// Files with metrics: Hog, Python, JavaScript, TypeScript, WebAssembly; `-` is standard input (see --language)
    #[arg(value_name = "METRIC", required = true)]
    metrics: Vec<PathBuf>,
    /// A file with events: JSON Lines, a JSON array or one object; `-` is standard input
    #[arg(long, value_name = "FILE")]
    events: PathBuf,
    /// Write one JSON object per event and metric, in the order of the input, instead of a table
    #[arg(long)]
    json: bool,
    /// Add to each JSON object the clock and the seed that repeat the evaluation (see --now and --seed)
    #[arg(long, requires = "json")]
    replay: bool,
    /// Exit with 1 when fewer of a metric's verdicts than this pass, such as 0.9 or 90%; only verdicts that pass or fail
    /// count
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    fail_under: Option<Rate>,
    /// How many events to judge at the same time; the output is the same [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=128))]
    jobs: Option<u8>,
    #[command(flatten)]
    snippets: SnippetArgs,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    server: ServerArgs,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox test concise.hog --events events.jsonl
  jurybox test metrics/*.hog --events events.json --allow-na --fail-under 90%
  jurybox test concise.hog --events - --json < events.jsonl | jq 'select(.passed == false)'
  jurybox test similar.py tone.ts --events events.jsonl --needs-ground-truth --min 0.8
  jurybox test grader.py --convention openai --entry grade --events events.jsonl
  JURYBOX_KEY=jb_... jurybox test concise.hog --events events.jsonl --server https://jurybox.example.com

An event is a JSON object: {\"input\": ..., \"output\": ..., \"expected\": ...}, a PostHog event with \
properties or a HoneyHive event. It is called by its uuid or id, else by its number (#3).

Verdicts:
  pass fail n/a   what the metric and its rules said (n/a takes --allow-na)
  ok              a value that neither passes nor fails
  skipped         not judged (see --needs-ground-truth)
  error           the metric failed        invalid    it returned what it must not
  no fuel         see --fuel               no memory  see --memory
  timed out       see --deadline           crashed    an error of jurybox, please report it; or its
                                            worker was killed (see --workers)
  quarantined     not judged, because the metric killed several workers before

Exit codes:
  0  every verdict is pass, fail, ok, n/a or skipped, and --fail-under holds
  1  some verdict is none of these, or --fail-under does not hold
  2  wrong usage, unreadable input, or a metric that does not compile";

/// Judges the events of a file.
///
/// # Errors
/// When a file can't be read, an event is broken, or writing fails. Events before a broken one have been judged and
/// written by then.
pub fn test(engine: &EngineArgs, arguments: &TestArgs) -> anyhow::Result<Exit> {
    let mut options = arguments.limits.options()?;
    arguments.rules.apply(&mut options)?;
    options.keep_state = engine.isolation == IsolationArg::Batch;
    engine.check_workers(&options)?;
    let service = arguments.server.service(engine)?.map(Arc::new);
    let jobs = jobs(arguments.jobs, options.keep_state)?;
    // What is kept is kept in instances.
    if options.keep_state && arguments.metrics.len() > pipeline::HELD_INSTANCES {
        anyhow::bail!("--isolation batch takes at most {} metrics", pipeline::HELD_INSTANCES);
    }
    let reads_metric = arguments.metrics.iter().any(|path| snippet::is_standard_input(path));
    if reads_metric && snippet::is_standard_input(&arguments.events) {
        anyhow::bail!("standard input can be a metric or the events, not both");
    }
    let files = arguments.snippets.read_all(&arguments.metrics, Convention::PostHog)?;
    let events = EventSource::open(&arguments.events)?;
    let empanelled = match &service {
        Some(service) => at_service(service, arguments, &files, &options)?,
        None => here(engine, jobs, &files)?,
    };
    let Some((jury, warnings)) = empanelled else {
        return Ok(Exit::Refused);
    };

    let progress = Progress::new(events.bytes);
    let (name, panel) = (events.name.clone(), Arc::new(Panel { jury, options }));
    let mut session = Session::new(arguments, &files, warnings, &panel, progress);
    let ended = pipeline::judge(events.source, &panel, jobs, &mut session);
    // What was judged before an error is written before the error is told.
    session.output.finish()?;
    match ended? {
        // The error alone: its sentence says what its cause would say again.
        Some(error) => Err(anyhow::anyhow!("{name}: {error}")),
        None => session.conclude(),
    }
}

/// The metrics, and the warnings about each; nothing when one does not compile, which has been told then.
type Empanelled = Option<(Jury, Vec<Vec<Diagnostic>>)>;

/// The metrics in this program.
fn here(engine: &EngineArgs, jobs: usize, files: &[SnippetFile]) -> anyhow::Result<Empanelled> {
    let Some(evaluators) = Compiler::new(engine, jobs)?.compile_or_explain(files)? else {
        return Ok(None);
    };
    let warnings = evaluators
        .iter()
        .map(|evaluator| evaluator.warnings().to_vec())
        .collect();
    let jury = Jury::Here {
        evaluators,
        in_workers: engine.uses_workers(),
    };
    Ok(Some((jury, warnings)))
}

/// The metrics at a service.
fn at_service(
    service: &Arc<Service>,
    arguments: &TestArgs,
    files: &[SnippetFile],
    options: &EvaluationOptions,
) -> anyhow::Result<Empanelled> {
    remote::check_limits(&arguments.limits)?;
    let mut metrics = Vec::with_capacity(files.len());
    let mut warnings = Vec::with_capacity(files.len());
    for (file, checked) in files.iter().zip(remote::check_all(service, files)?) {
        if checked.ok {
            metrics.push(Metric::new(service, &file.snippet, options, &arguments.limits)?);
            warnings.push(checked.diagnostics().to_vec());
        } else {
            compilation::show(checked.diagnostics(), file)?;
        }
    }
    Ok((metrics.len() == files.len()).then_some((Jury::There(metrics), warnings)))
}

/// How many events to judge at the same time.
///
/// A metric that keeps its state must see its events in their order, one at a time; then there is one thread for all
/// metrics, which keeps verdicts and fuel the same on every machine.
fn jobs(asked: Option<u8>, keeps_state: bool) -> anyhow::Result<usize> {
    match asked {
        Some(2..) if keeps_state => {
            anyhow::bail!("--isolation batch judges one event at a time; it can't be used with --jobs")
        }
        Some(jobs) => Ok(usize::from(jobs)),
        None if keeps_state => Ok(1),
        None => Ok(thread::available_parallelism().map_or(1, NonZeroUsize::get).min(128)),
    }
}

/// Where events come from.
struct EventSource {
    name: String,
    source: Box<dyn Read + Send>,
    /// How many bytes there are, if that is known.
    bytes: Option<u64>,
}

impl EventSource {
    fn open(path: &Path) -> anyhow::Result<Self> {
        if snippet::is_standard_input(path) {
            return Ok(Self {
                name: "standard input".to_owned(),
                source: Box::new(io::stdin()),
                bytes: None,
            });
        }
        let name = path.display().to_string();
        let file = source::open(path)
            .map_err(|error| source::explain(&error))
            .with_context(|| name.clone())?;
        let bytes = file
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)
            .map(|metadata| metadata.len());
        Ok(Self {
            name,
            source: Box::new(file),
            bytes,
        })
    }
}

/// One run of the verb: what is written, and what is remembered for the summary.
pub struct Session<'a> {
    arguments: &'a TestArgs,
    files: &'a [SnippetFile],
    warnings: Vec<Vec<Diagnostic>>,
    output: Output,
    table: Table,
    summaries: Vec<Summary>,
    events: u64,
}

impl<'a> Session<'a> {
    fn new(
        arguments: &'a TestArgs,
        files: &'a [SnippetFile],
        warnings: Vec<Vec<Diagnostic>>,
        panel: &Panel,
        progress: Progress,
    ) -> Self {
        let names = files.iter().map(|file| file.name.as_str());
        Self {
            arguments,
            files,
            warnings,
            output: Output::new(progress),
            table: Table::new(
                names,
                panel.options.limits.fuel,
                terminal::width(),
                terminal::color(&io::stdout()),
            ),
            summaries: vec![Summary::default(); files.len()],
            events: 0,
        }
    }

    /// Writes the verdicts on one event.
    fn take(&mut self, judged: &Judged) -> io::Result<()> {
        if self.events == 0 && !self.arguments.json {
            for (file, warnings) in self.files.iter().zip(&self.warnings) {
                compilation::show_warnings(warnings, file)?;
            }
        }
        self.events += 1;
        for (summary, verdict) in self.summaries.iter_mut().zip(&judged.verdicts) {
            summary.add(verdict);
        }
        if !self.arguments.json {
            return self.output.write_all(self.table.rows(judged).as_bytes());
        }
        for (file, verdict) in self.files.iter().zip(&judged.verdicts) {
            json::write(
                &mut self.output,
                &file.name,
                &judged.event,
                verdict,
                self.arguments.replay,
            )?;
        }
        Ok(())
    }

    /// Writes the summary and decides how the program ends.
    fn conclude(mut self) -> anyhow::Result<Exit> {
        if !self.arguments.json {
            let named = self.files.iter().map(|file| file.name.as_str()).zip(&self.summaries);
            let text = summary::table(named, self.events, &self.table);
            self.output.write_all(text.as_bytes())?;
            self.output.finish()?;
        }
        let mut exit = Exit::Success;
        for (file, summary) in self.files.iter().zip(&self.summaries) {
            if summary.errors > 0 {
                exit = Exit::Failure;
            }
            if let (Some(required), Some(rate)) = (&self.arguments.fail_under, summary.pass_rate())
                && rate < required.share
            {
                let shown = summary::percent(summary.passed, summary.failed);
                complain(&format!(
                    "{}: the pass rate is {shown}, and --fail-under asks for {required}",
                    file.name
                ));
                exit = Exit::Failure;
            }
        }
        Ok(exit)
    }
}
