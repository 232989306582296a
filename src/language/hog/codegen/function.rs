//! From a resolved function to WebAssembly instructions.

mod call;
mod condition;
mod expression;
mod statement;
mod variable;

pub use call::{call_value, trampoline};

use jurybox_hog_abi::{Value, memory_map};
use wasm_encoder::{BlockType, ValType};

use super::module::Module;
use super::runtime::Runtime;
use super::writer::{CLOSURE, FRAME, Label, PARAMETERS, Writer};
use crate::diagnostic::Span;
use crate::language::hog::resolved::{Function, FunctionId};

/// Generates one function.
pub struct Generator<'a, 'p> {
    module: &'a mut Module<'p>,
    function: &'p Function,
    id: FunctionId,
    out: Writer,
    /// The local of each variable; it holds the value, or the cell of a captured variable.
    variables: Vec<u32>,
    /// Where errors go, innermost last.
    handlers: Vec<Label>,
    /// The most [work](Writer::work) that is of interest.
    limit: usize,
}

impl<'a, 'p> Generator<'a, 'p> {
    /// The code of a function, and the local of each of its variables. Code that takes more than `limit` to compile
    /// is cut off anywhere and of no use.
    pub fn generate(
        module: &'a mut Module<'p>,
        id: FunctionId,
        function: &'p Function,
        compact: bool,
        limit: usize,
    ) -> (Writer, Vec<u32>) {
        let mut generator = Self {
            module,
            function,
            id,
            out: Writer::new(parameter_count(function)),
            variables: Vec::new(),
            handlers: Vec::new(),
            limit,
        };
        generator.out.compact = compact;
        generator.prologue();
        generator.statements(&function.body);
        generator.out.constant(Value::NULL);
        (generator.out, generator.variables)
    }

    fn prologue(&mut self) {
        if !self.function.captures.is_empty() {
            self.out.in_scope.push(CLOSURE);
        }
        for (index, variable) in self.function.variables.iter().enumerate() {
            if index >= self.function.parameters {
                let local = self.out.local(ValType::I64);
                self.variables.push(local);
                continue;
            }
            let local = PARAMETERS + u32::try_from(index).unwrap_or(u32::MAX);
            self.variables.push(local);
            if variable.captured {
                self.out.op().local_get(local);
                self.out.call(Runtime::Cell);
                self.out.op().local_set(local);
            }
            self.out.in_scope.push(local);
        }
        if self.id.0 != 0 {
            self.out.safepoint();
        }
    }

    /// Whether the code is too large already, so that going on is a waste of time and memory.
    fn is_too_large(&self) -> bool {
        self.out.work() > self.limit
    }

    /// Pushes nothing; records that the next instruction stands for `span`, if that is the author's code.
    fn mark(&mut self, span: Span) {
        self.out.mark(span);
    }

    fn call(&mut self, function: Runtime, span: Span) {
        self.out.call_at(function, span);
    }
}

/// How many parameters the WebAssembly function has besides frame and closure.
pub fn parameter_count(function: &Function) -> u32 {
    u32::try_from(function.parameters).unwrap_or(u32::MAX)
}

/// Code that fails when the function's frame does not fit onto the shadow stack.
pub fn depth_check(frame_bytes: u32) -> Writer {
    let mut out = Writer::new(0);
    let end = memory_map::SHADOW + memory_map::SHADOW_SIZE;
    let last = end.saturating_sub(frame_bytes);
    out.op().local_get(FRAME).i32_const(last.cast_signed()).i32_gt_u();
    out.if_(BlockType::Empty);
    out.call(Runtime::FailDeep);
    out.op().unreachable();
    out.end();
    out
}
