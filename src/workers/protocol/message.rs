//! The messages.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::engine::interpreter::{Hint, LoadError};
use crate::engine::product::Product;
use crate::engine::run::Run;
use crate::limits::Limits;
use crate::snippet::{Convention, Language};
use crate::verdict::Replay;
use crate::workers::confinement::Confinement;

/// The version of the protocol. Host and worker are the same program, so another version is somebody else.
pub const VERSION: u32 = 1;

/// A runtime that snippets are linked to or loaded into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Runtime {
    /// The runtime of Hog.
    Hog,
    /// The Python interpreter.
    Python,
    /// The JavaScript interpreter.
    JavaScript,
}

/// From the host to a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request<'a> {
    /// To a compile worker: compile a runtime. Answered by [`Response::Code`].
    CompileRuntime(Runtime),
    /// To a compile worker: compile a snippet. Answered by [`Response::Compiled`].
    #[serde(borrow)]
    Compile(Compile<'a>),
    /// To a run worker, with a descriptor: the machine code of a runtime. Not answered.
    Runtime(Runtime),
    /// To a run worker: load what was compiled. Answered by [`Response::Loaded`].
    #[serde(borrow)]
    Load(Load<'a>),
    /// To a run worker: run what was loaded on events. Answered by a [`Response::Ran`] for each, in order, or by one
    /// [`Response::NotLoaded`].
    #[serde(borrow)]
    RunAll(RunAll<'a>),
}

/// A snippet to compile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compile<'a> {
    /// Its source.
    #[serde(borrow, with = "serde_bytes")]
    pub source: &'a [u8],
    /// Its language.
    pub language: Language,
    /// Whose habit it follows.
    pub convention: Convention,
    /// The function to call.
    pub entry: Option<&'a str>,
    /// What tracebacks call it.
    pub file: Option<&'a str>,
    /// The most bytes of a module.
    pub max_module: usize,
}

/// A compiled snippet to load. The machine code of a module comes with it as a descriptor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load<'a> {
    /// What it is called from now on.
    pub handle: u64,
    /// A [`Product`], encoded.
    #[serde(borrow, with = "serde_bytes")]
    pub product: &'a [u8],
    /// What loading may use.
    pub bounds: Bounds,
}

/// Events for one metric.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunAll<'a> {
    /// The metric.
    pub handle: u64,
    /// What each evaluation may use.
    pub bounds: Bounds,
    /// Whether each answer is sent before the next event is begun, so that it is known which one a worker died of.
    pub careful: bool,
    /// The events.
    #[serde(borrow)]
    pub events: Vec<RunOne<'a>>,
}

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunOne<'a> {
    /// In the form that the metric's language takes.
    #[serde(borrow)]
    pub event: EventForm<'a>,
    /// Clock and seed.
    pub replay: Replay,
}

/// An event in the form that a language takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EventForm<'a> {
    /// For Hog.
    Image {
        /// The event's image.
        #[serde(borrow, with = "serde_bytes")]
        bytes: &'a [u8],
        /// The globals object in it.
        globals: u64,
        /// Whether a value is wanted as Python text.
        python: bool,
    },
    /// For all others: the event document.
    Document(#[serde(borrow)] &'a str),
}

/// The bounds of [`Limits`] that a worker needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// See [`Limits::fuel`].
    pub fuel: u64,
    /// See [`Limits::memory`].
    pub memory: u64,
    /// See [`Limits::result`].
    pub result: usize,
    /// See [`Limits::logs`].
    pub logs: usize,
    /// See [`Limits::deadline`].
    pub deadline: Duration,
}

/// From a worker to the host.
#[derive(Debug, Serialize, Deserialize)]
pub enum Response {
    /// The worker is ready: the first message.
    Hello(Hello),
    /// The machine code of a runtime, or why there is none.
    Code(Result<ByteBuf, String>),
    /// A compiled snippet, or the diagnostics as JSON.
    Compiled(Result<Box<Compiled>, ByteBuf>),
    /// Whether what was compiled is loaded.
    Loaded(Result<Loaded, LoadFailure>),
    /// There is no metric of this handle, or not any more.
    NotLoaded,
    /// What came of an event.
    Ran(Run),
    /// The worker panicked, and ends.
    Panicked(String),
}

/// What a worker says first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol.
    pub version: u32,
    /// What confines the worker.
    pub confinement: Confinement,
}

/// What a compile worker made of a snippet.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// The convention that was named or found; for Python it is found when the snippet is loaded.
    pub convention: Convention,
    /// What a run worker loads.
    pub product: Product,
    /// Diagnostics, as JSON.
    #[serde(with = "serde_bytes")]
    pub warnings: Vec<u8>,
    /// The machine code of [`Product::Hog`] and [`Product::Module`]; empty for the others.
    #[serde(with = "serde_bytes")]
    pub code: Vec<u8>,
}

/// What loading found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// The name of the convention that an interpreter found; empty for Hog and modules.
    pub convention: String,
    /// What an interpreter noticed, with positions in what it was given.
    pub hints: Vec<Hint>,
}

/// Why a compiled snippet can't be loaded.
#[derive(Debug, Serialize, Deserialize)]
pub enum LoadFailure {
    /// An interpreter says so, with positions in what it was given.
    Interpreter(LoadError),
    /// The sandbox refuses it: a diagnostic, as JSON.
    Refused(#[serde(with = "serde_bytes")] Vec<u8>),
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self {
            fuel: limits.fuel,
            memory: limits.memory,
            result: limits.result,
            logs: limits.logs,
            deadline: limits.deadline,
        }
    }
}

impl From<Bounds> for Limits {
    fn from(bounds: Bounds) -> Self {
        Self {
            fuel: bounds.fuel,
            memory: bounds.memory,
            result: bounds.result,
            logs: bounds.logs,
            deadline: bounds.deadline,
            ..Self::default()
        }
    }
}

impl RunOne<'_> {
    /// Bytes of the event.
    pub fn bytes(&self) -> usize {
        match self.event {
            EventForm::Image { bytes, .. } => bytes.len(),
            EventForm::Document(document) => document.len(),
        }
    }
}
