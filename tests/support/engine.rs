//! The engines of the test tables. In the target `in_workers`, which runs the tables of other targets once more, snippets
//! are compiled and run in workers; whatever comes of that is compared with what comes of it in this process.

use std::ops::Deref;
use std::path::Path;

use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, CompileError, EngineOptions, EvaluationOptions, Event, Isolation, Snippet, Status, Verdict};

/// Whether tables are run in workers.
pub fn in_workers() -> bool {
    env!("CARGO_CRATE_NAME") == "in_workers"
}

/// An engine, which has a twin in this process if it has workers.
pub struct Engine {
    engine: jurybox::Engine,
    twin: Option<jurybox::Engine>,
}

/// An evaluator of an [`Engine`].
#[derive(Debug)]
pub struct Evaluator {
    evaluator: jurybox::Evaluator,
    /// The same in this process, if it is one of workers.
    pub twin: Option<jurybox::Evaluator>,
}

/// A judge of an [`Evaluator`].
pub struct Judge<'a> {
    judge: jurybox::Judge<'a>,
    twin: Option<jurybox::Judge<'a>>,
}

impl Engine {
    /// An engine that keeps its code in this directory; with workers, in the target that has them.
    pub fn new(isolation: Isolation, cache: impl AsRef<Path>) -> Self {
        let mut options = EngineOptions::default();
        options.isolation = isolation;
        options.cache = CodeStore::Directory(Path::new(env!("CARGO_TARGET_TMPDIR")).join(cache));
        let new = |options: &EngineOptions| jurybox::Engine::new(options.clone()).expect("an engine");
        if !in_workers() {
            return Self {
                engine: new(&options),
                twin: None,
            };
        }
        let twin = Some(new(&options));
        // Only the feature `cli` has it.
        let program = option_env!("CARGO_BIN_EXE_jurybox").unwrap_or("no program");
        let mut workers = WorkerOptions::new(program);
        // One of each is enough for one test, and most tests are processes of their own.
        workers.runners = 1;
        workers.compilers = 1;
        options.workers = Some(workers);
        Self {
            engine: new(&options),
            twin,
        }
    }

    /// What a snippet compiles to, or why it does not.
    #[track_caller]
    pub fn compile(&self, snippet: &Snippet) -> Result<Evaluator, CompileError> {
        let compiled = self.engine.compile(snippet);
        let Some(twin) = &self.twin else {
            return compiled.map(|evaluator| Evaluator { evaluator, twin: None });
        };
        match (compiled, twin.compile(snippet)) {
            (Ok(evaluator), Ok(twin)) => {
                let known = |of: &jurybox::Evaluator| {
                    (
                        of.convention(),
                        of.warnings().to_owned(),
                        of.wasm().map(<[u8]>::to_owned),
                    )
                };
                assert_eq!(known(&evaluator), known(&twin), "in workers and not");
                let twin = Some(twin);
                Ok(Evaluator { evaluator, twin })
            }
            (Err(error), Err(expected)) => {
                assert_eq!(error, expected, "in workers and not");
                Err(error)
            }
            (compiled, expected) => panic!(
                "in workers: {:?}; not: {:?}",
                compiled.map(|evaluator| evaluator.convention()),
                expected.map(|evaluator| evaluator.convention())
            ),
        }
    }
}

impl Evaluator {
    /// Judges an event with default options.
    #[track_caller]
    pub fn evaluate(&self, event: &Event) -> Verdict {
        self.evaluate_with(event, &EvaluationOptions::default())
    }

    /// Judges an event.
    #[track_caller]
    pub fn evaluate_with(&self, event: &Event, options: &EvaluationOptions) -> Verdict {
        self.judge().evaluate(event, options)
    }

    /// Judges events one after the other.
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            judge: self.evaluator.judge(),
            twin: self.twin.as_ref().map(jurybox::Evaluator::judge),
        }
    }
}

impl Judge<'_> {
    /// Judges an event.
    #[track_caller]
    pub fn evaluate(&mut self, event: &Event, options: &EvaluationOptions) -> Verdict {
        let verdict = self.judge.evaluate(event, options);
        // Files and state that are kept are for this process alone.
        if let Some(twin) = &mut self.twin
            && options.directories.is_empty()
            && !options.keep_state
        {
            let mut options = options.clone();
            options.now_ns = Some(verdict.replay.now_ns);
            assert_same(&verdict, &twin.evaluate(event, &options));
        }
        verdict
    }
}

impl Deref for Engine {
    type Target = jurybox::Engine;

    fn deref(&self) -> &Self::Target {
        &self.engine
    }
}

impl Deref for Evaluator {
    type Target = jurybox::Evaluator;

    fn deref(&self) -> &Self::Target {
        &self.evaluator
    }
}

/// Checks that a verdict from workers is the one from here.
#[track_caller]
pub fn assert_same(verdict: &Verdict, expected: &Verdict) {
    let [verdict, expected] = [verdict, expected].map(repeatable);
    if verdict != expected {
        let [verdict, expected] = [verdict, expected].map(|verdict| {
            let text = format!("{verdict:?}");
            let end = text.char_indices().nth(5000).map_or(text.len(), |(index, _)| index);
            text[..end].to_owned()
        });
        panic!("in workers: {verdict}\n  not: {expected}");
    }
}

/// What of a verdict is the same every time.
fn repeatable(verdict: &Verdict) -> Verdict {
    let mut verdict = verdict.clone();
    verdict.usage.elapsed_us = 0;
    // How far a metric comes within a time depends on the machine.
    if verdict.status == Status::TimedOut {
        verdict.usage = jurybox::Usage::default();
        verdict.logs.clear();
    }
    verdict
}
