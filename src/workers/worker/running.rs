//! A run worker: loads what a compile worker made and runs it on events.

use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::compiling::json;
use super::{End, MAX_REQUEST, Probe, request};
use crate::directories::Directories;
use crate::engine::Isolation;
use crate::engine::code::{CodeCache, Given};
use crate::engine::interpreter;
use crate::engine::local::{Kept, LinkError, Local};
use crate::engine::run::{DocumentInput, Run, RunInput};
use crate::engine::session::LocalSession;
use crate::evaluator::Program;
use crate::limits::Limits;
use crate::outcome::{Failure, Outcome, Returned};
use crate::workers::MAX_LOADED;
use crate::workers::protocol::channel::{Channel, Sender};
use crate::workers::protocol::message::{EventForm, Load, LoadFailure, Loaded, RunAll, RunOne, Runtime};
use crate::workers::protocol::{Request, Response};
use crate::workers::sealed::Sealed;

/// How long answers may wait for others to travel with.
const PATIENCE: Duration = Duration::from_micros(500);
/// Bytes of answers that travel together.
const BATCH: usize = 64 << 10;

/// See the [module](self).
pub struct Runner {
    local: Local,
    given: Given,
    programs: interpreter::Kept<u64, Program>,
    directories: Arc<Directories>,
    probe: Option<Probe>,
}

impl Runner {
    pub fn new(isolation: Isolation, probe: Option<Probe>) -> Result<Self, End> {
        let given = Given::default();
        let kept = NonZeroUsize::new(MAX_LOADED).unwrap_or(NonZeroUsize::MIN);
        let kept = Kept {
            snippets: kept,
            python: kept,
        };
        let local = Local::new(isolation, CodeCache::given(given.clone()), kept)
            .map_err(|error| End::Setup(error.to_string()))?;
        // Once the door is closed there is no /proc, which engines look at when they are made.
        local.open().map_err(|error| End::Setup(format!("{error:#}")))?;
        Ok(Self {
            local,
            given,
            programs: interpreter::Kept::new(kept.snippets),
            directories: Arc::default(),
            probe,
        })
    }

    pub fn serve(&mut self, channel: &mut Channel) -> Result<(), End> {
        loop {
            let (frame, mut host) = channel.receive_to_answer(MAX_REQUEST)?;
            let mut codes = Vec::new();
            for descriptor in frame.descriptors {
                let sealed = Sealed::of_descriptor(descriptor).map_err(|error| End::Setup(error.to_string()))?;
                codes.push(sealed.into_file());
            }
            let code = codes.pop();
            match request(frame.body)? {
                Request::Runtime(runtime) => self.runtime(runtime, code)?,
                Request::Load(load) => {
                    let response = Response::Loaded(self.load(&load, code));
                    host.queue(&response, &[])?;
                    host.flush()?;
                }
                Request::RunAll(events) => self.run_all(&mut host, &events)?,
                Request::CompileRuntime(_) | Request::Compile(_) => return Err(End::NotMine),
            }
        }
    }

    fn runtime(&self, runtime: Runtime, code: Option<File>) -> Result<(), End> {
        self.given.set(code);
        let prepared = match runtime {
            Runtime::Hog => self.local.hog().prepare(),
            Runtime::Python => self.local.python().prepare(),
            Runtime::JavaScript => self.local.javascript().prepare(),
        };
        self.given.set(None);
        prepared.map_err(|error| End::Setup(format!("{error:#}")))
    }

    fn load(&mut self, load: &Load<'_>, code: Option<File>) -> Result<Loaded, LoadFailure> {
        let refused = |diagnostic| LoadFailure::Refused(json(&[diagnostic]));
        let product = postcard::from_bytes(load.product).map_err(|error| {
            refused(crate::diagnostic::snippet::cannot_load(&format!(
                "the product can't be read: {error}"
            )))
        })?;
        self.given.set(code);
        let linked = self.local.link(product, &Limits::from(load.bounds));
        self.given.set(None);
        match linked {
            Ok(linked) => {
                // Of the others, code is all there is, and that is mapped.
                let bytes = match &linked.program {
                    Program::Python(metric) | Program::JavaScript { metric, .. } => metric.bytes(),
                    _ => 0,
                };
                self.programs.put(load.handle, linked.program, bytes);
                Ok(Loaded {
                    convention: linked.convention,
                    hints: linked.hints,
                })
            }
            Err(LinkError::Interpreter(error)) => Err(LoadFailure::Interpreter(error)),
            Err(LinkError::Refused(diagnostic)) => Err(refused(*diagnostic)),
        }
    }

    fn run_all(&mut self, host: &mut Sender<'_>, request: &RunAll<'_>) -> Result<(), End> {
        let session = self
            .programs
            .get(&request.handle)
            .and_then(|program| self.local.session(program));
        let Some(mut session) = session else {
            host.queue(&Response::NotLoaded, &[])?;
            return Ok(host.flush()?);
        };
        let limits = Limits::from(request.bounds);
        let mut sent = Instant::now();
        for event in &request.events {
            let run = match (self.probe, &event.event) {
                (Some(probe), EventForm::Document(document)) => probe(document).map(probed),
                _ => None,
            };
            let run = run.unwrap_or_else(|| run_one(&mut session, event, &limits, &self.directories));
            host.queue(&Response::Ran(run), &[])?;
            // What takes long is not kept from the host, so that it knows what is being run.
            if request.careful || host.queued_bytes() >= BATCH || sent.elapsed() >= PATIENCE {
                host.flush()?;
                sent = Instant::now();
            }
        }
        Ok(host.flush()?)
    }
}

fn run_one(session: &mut LocalSession<'_>, event: &RunOne<'_>, limits: &Limits, directories: &Arc<Directories>) -> Run {
    match (&event.event, session) {
        (EventForm::Image { bytes, globals, python }, LocalSession::Hog(_, session)) => session.run(&RunInput {
            event: bytes,
            globals: jurybox_hog_abi::Value(*globals),
            limits,
            replay: event.replay,
            python: *python,
        }),
        (EventForm::Document(document), session) => session.run_document(&DocumentInput {
            document,
            limits,
            replay: event.replay,
            directories,
            keep_state: false,
        }),
        (EventForm::Image { .. }, _) => Run::failed(Failure::crashed("only Hog takes images of events")),
    }
}

fn probed(answer: String) -> Run {
    Run {
        outcome: Outcome::Returned(Returned::Json(answer)),
        ..Run::failed(Failure::crashed(""))
    }
}
