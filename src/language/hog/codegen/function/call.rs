//! Calls, and the two functions that calls through values take: one per module, one per function of the program.

use jurybox_hog_abi::{Kind, Value, layout};
use wasm_encoder::{BlockType, ValType};

use super::Generator;
use crate::diagnostic::Span;
use crate::language::hog::codegen::runtime::Runtime;
use crate::language::hog::codegen::writer::{self, CLOSURE, FRAME, Writer, half_word};
use crate::language::hog::resolved::{Expression, FunctionId, Intrinsic, Place};

impl<'p> Generator<'_, 'p> {
    pub(super) fn call_function(
        &mut self,
        function: FunctionId,
        closure: Option<Place>,
        arguments: &'p [Expression],
        span: Span,
    ) {
        let arguments = self.operands(&arguments.iter().collect::<Vec<_>>(), false);
        self.out.finish_frame();
        match closure {
            Some(place) => self.read(place),
            None if function == self.id => {
                self.out.op().local_get(CLOSURE);
            }
            None => self.out.constant(Value::NULL),
        }
        self.push(&arguments);
        for _ in arguments.len()..self.module.program.functions[function.0].parameters {
            self.out.constant(Value::NULL);
        }
        self.mark(span);
        let index = self.module.function_index(function);
        self.out.op().call(index);
        self.release(&arguments);
        self.check_exception();
    }

    pub(super) fn call_value(&mut self, callee: &'p Expression, arguments: &'p [Expression], span: Span) {
        let first = self.store_all(arguments.iter());
        self.value(callee);
        let callee = self.out.stash();
        self.out.finish_frame();
        self.out.op().local_get(callee);
        self.out.temporary_address(first);
        self.out
            .op()
            .i32_const(i32::try_from(arguments.len()).unwrap_or(i32::MAX));
        self.mark(span);
        let index = self.module.call_value_index();
        self.out.op().call(index);
        self.out.unroot_to(first);
        self.out.release(callee);
        self.check_exception();
    }

    /// Leaves the value of a call on the stack, unless the callee threw.
    pub(super) fn check_exception(&mut self) {
        let result = self.out.stash();
        self.out.op().local_get(result);
        self.out.constant(Value::EXCEPTION);
        self.out.op().i64_eq();
        self.out.if_(BlockType::Empty);
        self.unwind();
        self.out.end();
        self.out.op().local_get(result);
        self.out.release(result);
    }

    pub(super) fn call_library(&mut self, number: usize, arguments: &'p [Expression], span: Span) {
        self.module.note_library_pattern(number, arguments);
        let first = self.store_all(arguments.iter());
        self.out.op().i32_const(i32::try_from(number).unwrap_or(i32::MAX));
        self.list(Runtime::CallLibrary, first, arguments.len(), span);
    }

    pub(super) fn intrinsic(&mut self, intrinsic: Intrinsic, arguments: &'p [Expression], span: Span) {
        let function = match intrinsic {
            Intrinsic::Values => Runtime::IterateValues,
            Intrinsic::Array => Runtime::ArrayWithCapacity,
            Intrinsic::Append => Runtime::Append,
            Intrinsic::SortableSemver => Runtime::SortableSemver,
        };
        let operands = self.operands(&arguments.iter().collect::<Vec<_>>(), false);
        self.push(&operands);
        self.call(function, span);
        self.release(&operands);
        if intrinsic == Intrinsic::Append {
            self.out.constant(Value::NULL);
        }
    }
}

/// The body of the function that calls whatever a value is: `(frame, callee, arguments, count) -> value`.
pub fn call_value(trampoline_type: u32) -> Writer {
    const CALLEE: u32 = 1;
    const ARGUMENTS: u32 = 2;
    const COUNT: u32 = 3;
    let kind = |kind: Kind| (Value::TAG_REF << 16 | kind as u64).cast_signed();
    let mut out = Writer::new(0);
    out.op()
        .local_get(CALLEE)
        .i64_const(32)
        .i64_shr_u()
        .i64_const(kind(Kind::Closure))
        .i64_eq();
    out.if_(BlockType::Result(ValType::I64));
    out.op()
        .local_get(FRAME)
        .local_get(CALLEE)
        .local_get(ARGUMENTS)
        .local_get(COUNT);
    out.op()
        .local_get(CALLEE)
        .i32_wrap_i64()
        .i32_load(half_word(layout::CLOSURE_FUNCTION));
    out.op().call_indirect(0, trampoline_type);
    out.else_();
    out.op()
        .local_get(CALLEE)
        .i64_const(32)
        .i64_shr_u()
        .i64_const(kind(Kind::Library))
        .i64_eq();
    out.if_(BlockType::Result(ValType::I64));
    out.op()
        .local_get(CALLEE)
        .i32_wrap_i64()
        .local_get(ARGUMENTS)
        .local_get(COUNT);
    out.call(Runtime::CallLibrary);
    out.else_();
    out.op().local_get(CALLEE);
    out.call(Runtime::FailCallee);
    out.op().unreachable();
    out.end();
    out.end();
    out
}

/// The body of a function's trampoline, `(frame, closure, arguments, count) -> value`: missing arguments are null.
pub fn trampoline(function_index: u32, parameters: u32) -> Writer {
    const ARGUMENTS: u32 = 2;
    const COUNT: u32 = 3;
    let mut out = Writer::new(0);
    out.op().local_get(COUNT).i32_const(parameters.cast_signed()).i32_gt_u();
    out.if_(BlockType::Empty);
    out.op().local_get(COUNT).i32_const(parameters.cast_signed());
    out.call(Runtime::FailArguments);
    out.op().unreachable();
    out.end();
    out.op().local_get(FRAME).local_get(CLOSURE);
    for index in 0..parameters {
        out.op().local_get(COUNT).i32_const(index.cast_signed()).i32_gt_u();
        out.if_(BlockType::Result(ValType::I64));
        out.op().local_get(ARGUMENTS).i64_load(writer::word(8 * index));
        out.else_();
        out.constant(Value::NULL);
        out.end();
    }
    out.op().call(function_index);
    out
}
