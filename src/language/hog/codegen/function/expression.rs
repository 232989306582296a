//! Expressions as values.

use jurybox_hog_abi::{Kind, Value};
use wasm_encoder::{BlockType, ValType};

use super::Generator;
use super::condition::arithmetic;
use crate::diagnostic::Span;
use crate::language::hog::codegen::runtime::Runtime;
use crate::language::hog::resolved::{Expression, ExpressionKind, FunctionId, Place};

/// Longer literals are built element by element instead of through the shadow stack.
const LONG_LITERAL: usize = 256;
impl<'p> Generator<'_, 'p> {
    /// Evaluates expressions in the given order into temporaries. What an expression computes before another one calls
    /// a function of the program goes to the shadow stack; the caller of this must [`Self::release`] the result.
    /// With `call_follows`, such a call comes after the last expression.
    pub(super) fn operands(&mut self, expressions: &[&'p Expression], call_follows: bool) -> Vec<u32> {
        let rooted = self.out.rooted();
        let mut locals = Vec::with_capacity(expressions.len());
        let last_call = if call_follows {
            Some(usize::MAX)
        } else {
            expressions.iter().rposition(|expression| expression.may_call())
        };
        for (index, expression) in expressions.iter().enumerate() {
            self.value(expression);
            let local = self.out.stash();
            if last_call.is_some_and(|last| index < last) {
                self.out.root(local);
            }
            locals.push(local);
        }
        if !call_follows {
            self.out.unroot_to(rooted);
        }
        locals
    }

    pub(super) fn push(&mut self, locals: &[u32]) {
        for local in locals {
            self.out.op().local_get(*local);
        }
    }

    pub(super) fn release(&mut self, locals: &[u32]) {
        for local in locals.iter().rev() {
            self.out.release(*local);
        }
    }

    /// Evaluates two operands, the right one first, as PostHog does: left and right.
    pub(super) fn sides(&mut self, left: &'p Expression, right: &'p Expression) -> (u32, u32) {
        let operands = self.operands(&[right, left], false);
        (operands[1], operands[0])
    }

    /// Stores the values of expressions into consecutive slots of the shadow stack; gives the number of the first.
    pub(super) fn store_all(&mut self, expressions: impl Iterator<Item = &'p Expression>) -> u32 {
        let first = self.out.rooted();
        for expression in expressions {
            self.out.begin_store();
            self.value(expression);
            self.out.end_store();
        }
        first
    }

    /// Pushes the value of an expression.
    pub(super) fn value(&mut self, expression: &'p Expression) {
        if self.is_too_large() {
            return;
        }
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Null => self.out.constant(Value::NULL),
            ExpressionKind::Integer(value) => {
                let value = self.module.integer(value);
                self.out.constant(value);
            }
            ExpressionKind::Float(value) => self.out.constant(Value::float(*value)),
            ExpressionKind::String(value) => {
                let value = self.module.string(value);
                self.out.constant(value);
            }
            ExpressionKind::Variable(place) => self.read(*place),
            ExpressionKind::Global(name) => {
                let name = self.module.string(name);
                self.out.constant(name);
                self.call(Runtime::Global, span);
            }
            ExpressionKind::Copy(inner) => {
                self.value(inner);
                if self.module.program.mutates {
                    self.call(Runtime::Copy, span);
                }
            }
            ExpressionKind::Library(number) => {
                let number = u32::try_from(*number).unwrap_or(u32::MAX);
                self.out.constant(Value::reference(Kind::Library, number));
            }
            ExpressionKind::Closure(function) => self.closure(*function),
            ExpressionKind::Array(items) => self.array(items, span),
            ExpressionKind::Tuple(items) => {
                let first = self.store_all(items.iter());
                self.list(Runtime::Tuple, first, items.len(), span);
            }
            ExpressionKind::Object(entries) => self.object(entries, span),
            ExpressionKind::Binary { operator, left, right } => match arithmetic(*operator) {
                Some(operator) => {
                    let (left, right) = self.sides(left, right);
                    self.out.arithmetic(operator, left, right, span);
                    self.release(&[left, right]);
                }
                None => self.test(expression),
            },
            ExpressionKind::Bool(_)
            | ExpressionKind::Not(_)
            | ExpressionKind::IsNull(_)
            | ExpressionKind::Between { .. } => self.test(expression),
            ExpressionKind::Coalesce(first, second) => {
                self.value(first);
                let value = self.out.stash();
                self.out.is_null(value);
                self.out.if_(BlockType::Result(ValType::I64));
                self.value(second);
                self.out.else_();
                self.out.op().local_get(value);
                self.out.end();
                self.out.release(value);
            }
            ExpressionKind::Choose { arms, otherwise } => {
                for (condition, value) in arms {
                    self.condition(condition);
                    self.out.if_(BlockType::Result(ValType::I64));
                    self.value(value);
                    self.out.else_();
                }
                self.value(otherwise);
                for _ in arms {
                    self.out.end();
                }
            }
            ExpressionKind::Switch {
                operand,
                arms,
                otherwise,
            } => self.switch(operand, arms, otherwise),
            ExpressionKind::Get { object, key } => {
                let operands = self.operands(&[object, key], false);
                self.push(&operands);
                self.call(Runtime::Get, span);
                self.release(&operands);
            }
            ExpressionKind::Slice(operands) => {
                let [object, start, end] = &**operands;
                let operands = self.operands(&[object, start, end], false);
                self.push(&operands);
                self.call(Runtime::Slice, span);
                self.release(&operands);
            }
            ExpressionKind::Cast { operand, type_name } => {
                self.value(operand);
                let name = self.module.string(type_name);
                self.out.constant(name);
                self.call(Runtime::Cast, span);
            }
            ExpressionKind::CallFunction {
                function,
                closure,
                arguments,
            } => {
                self.call_function(*function, *closure, arguments, span);
            }
            ExpressionKind::CallValue { callee, arguments } => self.call_value(callee, arguments, span),
            ExpressionKind::CallLibrary { number, arguments } => self.call_library(*number, arguments, span),
            ExpressionKind::CallIntrinsic { intrinsic, arguments } => self.intrinsic(*intrinsic, arguments, span),
            ExpressionKind::Fail { message, arguments } => {
                for argument in arguments {
                    self.value(argument);
                    self.out.op().drop();
                }
                let message = self.module.string(message);
                self.out.constant(message);
                self.call(Runtime::FailVm, span);
                self.out.op().unreachable();
            }
        }
    }

    /// Calls a function that takes values on the shadow stack: their address and number.
    pub(super) fn list(&mut self, function: Runtime, first: u32, count: usize, span: Span) {
        self.out.temporary_address(first);
        self.out.op().i32_const(i32::try_from(count).unwrap_or(i32::MAX));
        self.call(function, span);
        self.out.unroot_to(first);
    }

    pub(super) fn array(&mut self, items: &'p [Expression], span: Span) {
        if items.len() <= LONG_LITERAL {
            let first = self.store_all(items.iter());
            return self.list(Runtime::Array, first, items.len(), span);
        }
        let capacity = i64::try_from(items.len())
            .ok()
            .and_then(Value::small_int)
            .unwrap_or(Value::NULL);
        self.out.constant(capacity);
        self.call(Runtime::ArrayWithCapacity, span);
        let array = self.out.stash();
        let rooted = self.out.rooted();
        self.out.root(array);
        for item in items {
            self.out.op().local_get(array);
            self.value(item);
            self.call(Runtime::Append, span);
        }
        self.out.unroot_to(rooted);
        self.out.op().local_get(array);
        self.out.release(array);
    }

    pub(super) fn object(&mut self, entries: &'p [(Expression, Expression)], span: Span) {
        let short = &entries[..entries.len().min(LONG_LITERAL)];
        let first = self.store_all(short.iter().flat_map(|(key, value)| [key, value]));
        self.list(Runtime::Object, first, short.len(), span);
        if entries.len() == short.len() {
            return;
        }
        let object = self.out.stash();
        let rooted = self.out.rooted();
        self.out.root(object);
        for (key, value) in &entries[short.len()..] {
            let operands = self.operands(&[key, value], false);
            self.out.op().local_get(object);
            self.push(&operands);
            self.call(Runtime::Set, span);
            self.release(&operands);
        }
        self.out.unroot_to(rooted);
        self.out.op().local_get(object);
        self.out.release(object);
    }

    pub(super) fn closure(&mut self, id: FunctionId) {
        let function = &self.module.program.functions[id.0];
        let first = self.out.rooted();
        for place in &function.captures {
            self.out.begin_store();
            match place {
                Place::Local(variable) => {
                    self.out.op().local_get(self.variables[variable.0]);
                }
                Place::Capture(index) => self.capture(*index),
            }
            self.out.end_store();
        }
        let name = self.module.string(&function.name);
        self.out.op().i32_const(i32::try_from(id.0).unwrap_or(i32::MAX));
        self.out
            .op()
            .i32_const(i32::try_from(function.parameters).unwrap_or(i32::MAX));
        self.out.constant(name);
        self.out.temporary_address(first);
        self.out
            .op()
            .i32_const(i32::try_from(function.captures.len()).unwrap_or(i32::MAX));
        self.out.call(Runtime::Closure);
        self.out.unroot_to(first);
    }
}
