//! A compile worker: reads strangers' source and compiles it, and runs none of it.

use serde_bytes::ByteBuf;

use super::{End, MAX_REQUEST, Probe, request, send};
use crate::diagnostic;
use crate::diagnostic::{Diagnostic, Span};
use crate::engine::code::CodeCache;
use crate::engine::local::{Kept, Local};
use crate::engine::product::Product;
use crate::engine::{CompileError, Isolation};
use crate::limits::Limits;
use crate::snippet::Snippet;
use crate::workers::protocol::channel::Channel;
use crate::workers::protocol::message::{Compile, Compiled, Runtime};
use crate::workers::protocol::{Request, Response};

/// See the [module](self).
pub struct Compiler {
    local: Local,
    probe: Option<Probe>,
}

impl Compiler {
    pub fn new(probe: Option<Probe>) -> Result<Self, End> {
        let local = Local::new(Isolation::NewInstance, CodeCache::default(), Kept::default())
            .map_err(|error| End::Setup(error.to_string()))?;
        Ok(Self { local, probe })
    }

    pub fn serve(&mut self, channel: &mut Channel) -> Result<(), End> {
        loop {
            let frame = channel.receive_blocking(MAX_REQUEST)?;
            let response = match request(frame.body)? {
                Request::CompileRuntime(runtime) => self.runtime(runtime),
                Request::Compile(snippet) => Response::Compiled(
                    self.compile(&snippet)
                        .map(Box::new)
                        .map_err(|error| ByteBuf::from(json(&error.diagnostics))),
                ),
                Request::Runtime(_) | Request::Load(_) | Request::RunAll(_) => return Err(End::NotMine),
            };
            send(channel, &response)?;
        }
    }

    fn runtime(&self, runtime: Runtime) -> Response {
        let code = match runtime {
            Runtime::Hog => self.local.hog().runtime_code(),
            Runtime::Python => self.local.python().runtime_code(),
            Runtime::JavaScript => self.local.javascript().runtime_code(),
        };
        Response::Code(code.map(ByteBuf::from).map_err(|error| format!("{error:#}")))
    }

    fn compile(&self, request: &Compile<'_>) -> Result<Compiled, CompileError> {
        if let Some(probe) = self.probe
            && let Ok(source) = std::str::from_utf8(request.source)
            && let Some(answer) = probe(source)
        {
            return Err(CompileError::new(Diagnostic::error("probe", Span::default(), answer)));
        }
        let snippet = Snippet {
            source: request.source.to_owned(),
            language: request.language,
            convention: request.convention,
            entry: request.entry.map(str::to_owned),
            file: request.file.map(str::to_owned),
        };
        let limits = Limits {
            module: request.max_module,
            ..Limits::default()
        };
        let mut prepared = self.local.prepare(&snippet, &limits)?;
        let code = match &mut prepared.product {
            Product::Hog(compiled) => self
                .local
                .hog()
                .machine_code(&compiled.wasm)
                .map_err(|error| CompileError::new(diagnostic::snippet::cannot_load(&format!("{error:#}"))))?,
            Product::Module(module) => {
                let code = self.local.modules().machine_code(module);
                // Whoever runs it needs the machine code alone.
                module.wasm = Vec::new();
                code.map_err(|refused| CompileError::new(*refused))?
            }
            Product::Python { .. } | Product::JavaScript { .. } => Vec::new(),
        };
        Ok(Compiled {
            convention: prepared.convention,
            product: prepared.product,
            warnings: json(&prepared.warnings),
            code,
        })
    }
}

/// Diagnostics are plain data, so there is nothing in them that JSON lacks.
pub fn json(diagnostics: &[Diagnostic]) -> Vec<u8> {
    serde_json::to_vec(diagnostics).unwrap_or_default()
}
