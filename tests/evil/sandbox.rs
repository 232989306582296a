//! Compiling and running guests, in process and in workers.

use std::sync::LazyLock;

use jurybox::workers::WorkerOptions;
use jurybox::{
    CodeStore, Diagnostic, Engine, EngineOptions, EvaluationOptions, Event, Language, Limits, Snippet, Status, Verdict,
};

use crate::folder::{EVERYBODY, Guest};
use crate::made;

/// Where guests are compiled and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    InProcess,
    InWorkers,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::InProcess, Self::InWorkers];

    /// The engine that all guests of this process share.
    pub fn engine(self) -> &'static Engine {
        static IN_PROCESS: LazyLock<Engine> = LazyLock::new(|| Way::InProcess.new_engine());
        static IN_WORKERS: LazyLock<Engine> = LazyLock::new(|| Way::InWorkers.new_engine());
        match self {
            Self::InProcess => &IN_PROCESS,
            Self::InWorkers => &IN_WORKERS,
        }
    }

    /// An engine that has seen no guest.
    pub fn new_engine(self) -> Engine {
        let mut options = EngineOptions::default();
        options.cache = CodeStore::Directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/code").into());
        // What loading a guest may use.
        options.limits.fuel = 4 * EVERYBODY;
        options.limits.deadline = Limits::default().deadline * 6;
        if self == Self::InWorkers {
            let mut workers = WorkerOptions::new(env!("CARGO_BIN_EXE_jurybox"));
            // Most tests are processes of their own.
            workers.runners = 1;
            workers.compilers = 1;
            options.workers = Some(workers);
        }
        Engine::new(options).expect("an engine")
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InProcess => "in_process",
            Self::InWorkers => "in_workers",
        })
    }
}

/// What became of a guest: a verdict without the figure that varies, or why it does not compile.
pub type Ending = Result<Verdict, Vec<Diagnostic>>;

/// Compiles a guest and runs it on its event.
pub fn run(engine: &Engine, guest: &Guest) -> Result<Ending, String> {
    let event = Event::from_json(&guest.event()).map_err(|error| format!("its event: {error}"))?;
    let evaluator = match engine.compile(&Snippet::new(guest.language, guest.source())) {
        Ok(evaluator) => evaluator,
        Err(error) => return Ok(Err(error.diagnostics)),
    };
    Ok(Ok(comparable(
        evaluator.evaluate_with(&event, &options(guest.limits.clone())),
    )))
}

fn options(limits: Limits) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.limits = limits;
    options.now_ns = Some(1_700_000_000_000_000_000);
    options
}

fn comparable(mut verdict: Verdict) -> Verdict {
    verdict.usage.elapsed_us = 0;
    if verdict.status == Status::TimedOut {
        // How far it came depends on the machine.
        verdict.usage.fuel = 0;
    }
    verdict
}

/// The verdict of a harmless metric, which must be the same whatever ran before.
pub fn innocent(engine: &Engine, language: Language) -> Result<Verdict, String> {
    let source = match language {
        Language::Python => {
            "
import re

WORD = re.compile(r'\\w+')

def score(output):
    words = WORD.findall(output)
    print(sorted(words))
    return {'score': len(set(words)) / 10, 'reason': repr(words)}
"
        }
        Language::JavaScript => {
            "
const WORD = /\\w+/g

function score({ output }) {
  const words = output.match(WORD)
  console.log(words.toSorted())
  return { score: new Set(words).size / 10, reason: JSON.stringify(words) }
}
"
        }
        Language::TypeScript => {
            "
enum Unit { Word = 10 }

function score({ output }: { output: string }) {
  const words: string[] = output.split(' ')
  console.log(words)
  return { score: words.length / Unit.Word, reason: String(words) }
}
"
        }
        Language::Wasm => made::INNOCENT,
        _ => {
            "
let words := splitByString(' ', output)
print(length(words), 'words')
return output =~ '[0-9]+' and jsonStringify(words) ilike '%\"it\"%'
"
        }
    };
    let event = Event::from_json(made::EVENT).map_err(|error| error.to_string())?;
    let evaluator = engine
        .compile(&Snippet::new(language, source))
        .map_err(|error| format!("the harmless metric: {error}"))?;
    let verdict = comparable(evaluator.evaluate_with(&event, &options(Limits::default())));
    if verdict.passed.is_none() && verdict.value.is_null() {
        return Err(format!("the harmless metric is harmed: {verdict:#?}"));
    }
    Ok(verdict)
}
