//! A host that is not jurybox: wasmtime, and the functions that the page of the ABI lists. Nothing of the engine is used.

use wasmtime::{Caller, Config, Engine, Extern, Linker, Module, OptLevel, RegallocAlgorithm, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p1::{self, WasiP1Ctx};

/// The clock that metrics see.
pub const NOW: i64 = 1_800_000_000_000_000_000;

/// How a call of a metric ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// With this answer.
    Answer(serde_json::Value),
    /// By `fail`, with this text.
    Failed(String),
    /// By a trap.
    Trapped(String),
}

/// What one call of a metric did.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// What it logged.
    pub logs: Vec<String>,
}

/// A module that is ready to run.
pub struct Metric {
    module: Module,
    linker: Linker<State>,
}

struct State {
    wasi: WasiP1Ctx,
    logs: Vec<String>,
    failure: Option<String>,
}

/// The text that a guest points to.
fn text(caller: &mut Caller<'_, State>, pointer: u32, length: u32) -> String {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        panic!("no memory");
    };
    let bytes = &memory.data(&caller)[pointer as usize..][..length as usize];
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

impl Metric {
    /// Compiles a module and looks at what it wants.
    pub fn new(wasm: &[u8]) -> Self {
        wasmparser::Validator::new().validate_all(wasm).expect("a valid module");
        // Quick to compile: every test has a module of its own, of two megabytes and more.
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
        let engine = Engine::new(&config).expect("an engine");
        let module = Module::new(&engine, wasm).expect("a module");
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap(
                "jurybox",
                "log",
                |mut caller: Caller<'_, State>, pointer: u32, length: u32| {
                    let line = text(&mut caller, pointer, length);
                    caller.data_mut().logs.push(line);
                },
            )
            .expect("log");
        linker
            .func_wrap(
                "jurybox",
                "fail",
                |mut caller: Caller<'_, State>, pointer: u32, length: u32| -> wasmtime::Result<()> {
                    let error = text(&mut caller, pointer, length);
                    caller.data_mut().failure = Some(error);
                    Err(wasmtime::Error::msg("the metric failed"))
                },
            )
            .expect("fail");
        linker.func_wrap("jurybox", "now", || NOW).expect("now");
        linker.func_wrap("jurybox", "random", || 4_i64).expect("random");
        p1::add_to_linker_sync(&mut linker, |state: &mut State| &mut state.wasi).expect("WASI");
        Self { module, linker }
    }

    /// The names of what it imports, in order.
    pub fn imports(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .module
            .imports()
            .map(|import| format!("{}.{}", import.module(), import.name()))
            .collect();
        names.sort();
        names
    }

    /// The names of what it exports, in order.
    pub fn exports(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.module.exports().map(|export| export.name()).collect();
        names.sort_unstable();
        names
    }

    /// Judges these event documents one after the other in one instance.
    pub fn judge_all<'a>(&self, documents: impl IntoIterator<Item = &'a str>) -> Vec<Run> {
        let state = State {
            wasi: WasiCtx::builder().build_p1(),
            logs: Vec::new(),
            failure: None,
        };
        let mut store = Store::new(self.module.engine(), state);
        let instance = self.linker.instantiate(&mut store, &self.module).expect("an instance");
        let memory = instance.get_memory(&mut store, "memory").expect("a memory");
        let alloc = instance.get_typed_func::<u32, u32>(&mut store, "alloc").expect("alloc");
        let evaluate = instance
            .get_typed_func::<(u32, u32), u64>(&mut store, "evaluate")
            .expect("evaluate");
        let mut judge = |document: &str| {
            let length = u32::try_from(document.len()).expect("a short document");
            let answer = alloc.call(&mut store, length).and_then(|pointer| {
                assert_ne!(pointer, 0, "no room");
                memory.write(&mut store, pointer as usize, document.as_bytes())?;
                evaluate.call(&mut store, (pointer, length))
            });
            let ending = match answer {
                Ok(answer) => {
                    let (pointer, length) = ((answer >> 32) as usize, (answer & 0xFFFF_FFFF) as usize);
                    let json = &memory.data(&store)[pointer..][..length];
                    Ending::Answer(serde_json::from_slice(json).expect("JSON"))
                }
                Err(error) => match store.data_mut().failure.take() {
                    Some(text) => Ending::Failed(text),
                    None => Ending::Trapped(format!("{error:?}")),
                },
            };
            let logs = std::mem::take(&mut store.data_mut().logs);
            Run { ending, logs }
        };
        documents.into_iter().map(&mut judge).collect()
    }

    /// Judges one event document in a new instance.
    pub fn judge(&self, document: &str) -> Run {
        self.judge_all([document]).pop().expect("a run")
    }
}
