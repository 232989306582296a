//! From a resolved function to WebAssembly instructions.

use jurybox_hog_abi::{Kind, Value, layout, memory_map};
use wasm_encoder::{BlockType, ValType};

use super::arithmetic::{Arithmetic, Ordering};
use super::module::Module;
use super::runtime::Runtime;
use super::writer::{self, CLOSURE, FRAME, Label, PARAMETERS, Writer, half_word, word};
use crate::diagnostic::Span;
use crate::language::hog::ast::BinaryOperator;
use crate::language::hog::resolved::{
    Catch, Expression, ExpressionKind, Function, FunctionId, Intrinsic, Place, Statement, VariableId,
};

/// Longer literals are built element by element instead of through the shadow stack.
const LONG_LITERAL: usize = 256;

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
}

impl<'a, 'p> Generator<'a, 'p> {
    /// The code of a function, and the local of each of its variables.
    pub fn generate(module: &'a mut Module<'p>, id: FunctionId, function: &'p Function) -> (Writer, Vec<u32>) {
        let mut generator = Self {
            module,
            function,
            id,
            out: Writer::new(parameter_count(function)),
            variables: Vec::new(),
            handlers: Vec::new(),
        };
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

    /// Pushes nothing; records that the next instruction stands for `span`, if that is the author's code.
    fn mark(&mut self, span: Span) {
        self.out.mark(span);
    }

    fn call(&mut self, function: Runtime, span: Span) {
        self.out.call_at(function, span);
    }

    // Statements

    fn statements(&mut self, statements: &'p [Statement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn block(&mut self, statements: &'p [Statement]) {
        let scope = self.out.in_scope.len();
        self.statements(statements);
        self.out.in_scope.truncate(scope);
    }

    fn statement(&mut self, statement: &'p Statement) {
        match statement {
            Statement::Declare { variable, value, ahead } => self.declare(*variable, value, *ahead),
            Statement::Assign { place, value } => {
                self.value(value);
                let value = self.out.stash();
                self.assign(*place, value);
                self.out.release(value);
            }
            Statement::Set {
                object,
                key,
                value,
                span,
            } => {
                let operands = self.operands(&[object, key, value], false);
                self.push(&operands);
                self.call(Runtime::Set, *span);
                self.release(&operands);
            }
            Statement::Expression(expression) => {
                self.value(expression);
                self.out.op().drop();
            }
            Statement::Return(value) => {
                self.value(value);
                self.out.op().return_();
            }
            Statement::If {
                condition,
                then,
                otherwise,
            } => {
                self.condition(condition);
                self.out.if_(BlockType::Empty);
                self.block(then);
                if !otherwise.is_empty() {
                    self.out.else_();
                    self.block(otherwise);
                }
                self.out.end();
            }
            Statement::Loop { condition, body, step } => {
                let exit = self.out.block(BlockType::Empty);
                let again = self.out.loop_();
                self.condition(condition);
                self.out.op().i32_eqz();
                self.out.branch_if(exit);
                self.block(body);
                self.block(step);
                self.out.safepoint();
                self.out.branch(again);
                self.out.end();
                self.out.end();
            }
            Statement::Each {
                key,
                value,
                iterable,
                hidden,
                body,
            } => {
                let scope = self.out.in_scope.len();
                self.each(*key, *value, iterable, *hidden, body);
                self.out.in_scope.truncate(scope);
            }
            Statement::Throw { error, span } => {
                self.value(error);
                let error = self.out.stash();
                let site = self.module.throw_site(*span);
                self.out.op().i32_const(0).i32_const(site.cast_signed());
                self.out.op().i32_store(half_word(memory_map::STATE_THROW_SITE));
                self.out.op().local_get(error);
                self.call(Runtime::Throw, *span);
                self.out.release(error);
                self.unwind();
            }
            Statement::Try { body, catches, error } => self.try_(body, catches, *error),
            Statement::Block(statements) => self.block(statements),
        }
    }

    fn captured(&self, variable: VariableId) -> bool {
        self.function.variables[variable.0].captured
    }

    fn declare(&mut self, variable: VariableId, value: &'p Expression, ahead: bool) {
        let local = self.variables[variable.0];
        if !self.captured(variable) {
            self.value(value);
            self.out.op().local_set(local);
            self.out.in_scope.push(local);
        } else if ahead {
            self.new_cell(local);
            self.out.in_scope.push(local);
            self.value(value);
            let value = self.out.stash();
            self.assign(Place::Local(variable), value);
            self.out.release(value);
        } else {
            self.value(value);
            self.out.call(Runtime::Cell);
            self.out.op().local_set(local);
            self.out.in_scope.push(local);
        }
    }

    fn new_cell(&mut self, local: u32) {
        self.out.constant(Value::NULL);
        self.out.call(Runtime::Cell);
        self.out.op().local_set(local);
    }

    /// Declares a variable of a loop or handler whose value is set later.
    fn declare_empty(&mut self, variable: VariableId) {
        let local = self.variables[variable.0];
        if self.captured(variable) {
            self.new_cell(local);
        } else {
            self.out.constant(Value::NULL);
            self.out.op().local_set(local);
        }
        self.out.in_scope.push(local);
    }

    /// Pushes the address of the cell that a place refers to; `None` if it is a plain local.
    fn cell_address(&mut self, place: Place) -> Option<()> {
        match place {
            Place::Local(variable) if self.captured(variable) => {
                self.out.op().local_get(self.variables[variable.0]).i32_wrap_i64();
                Some(())
            }
            Place::Local(_) => None,
            Place::Capture(index) => {
                self.capture(index);
                self.out.op().i32_wrap_i64();
                Some(())
            }
        }
    }

    /// Pushes the cell of a captured variable of the function.
    fn capture(&mut self, index: usize) {
        let offset = layout::CLOSURE_DATA + 8 * u32::try_from(index).unwrap_or(u32::MAX);
        self.out.op().local_get(CLOSURE).i32_wrap_i64().i64_load(word(offset));
    }

    fn read(&mut self, place: Place) {
        if self.cell_address(place).is_some() {
            self.out.op().i64_load(word(layout::CELL_VALUE));
        } else if let Place::Local(variable) = place {
            self.out.op().local_get(self.variables[variable.0]);
        }
    }

    fn assign(&mut self, place: Place, value: u32) {
        if self.cell_address(place).is_some() {
            self.out.op().local_get(value).i64_store(word(layout::CELL_VALUE));
        } else if let Place::Local(variable) = place {
            self.out.op().local_get(value).local_set(self.variables[variable.0]);
        }
    }

    fn each(
        &mut self,
        key: Option<VariableId>,
        value: VariableId,
        iterable: &'p Expression,
        hidden: [VariableId; 2],
        body: &'p [Statement],
    ) {
        let [values, keys] = hidden.map(|variable| self.variables[variable.0]);
        self.value(iterable);
        let container = self.out.stash();
        self.out.op().local_get(container);
        self.values_of(iterable.span);
        self.out.op().local_set(values);
        self.out.in_scope.push(values);
        if let Some(key) = key {
            self.out.op().local_get(container);
            self.call(Runtime::IterateKeys, iterable.span);
            self.out.op().local_set(keys);
            self.out.in_scope.push(keys);
            self.declare_empty(key);
        }
        self.out.release(container);
        self.declare_empty(value);
        let offset = self.out.local(ValType::I32);
        self.out.op().i32_const(0).local_set(offset);

        let exit = self.out.block(BlockType::Empty);
        let again = self.out.loop_();
        self.out.op().local_get(offset);
        self.out
            .op()
            .local_get(values)
            .i32_wrap_i64()
            .i32_load(half_word(layout::LIST_LENGTH));
        self.out.op().i32_const(3).i32_shl().i32_ge_u();
        self.out.branch_if(exit);
        self.load_element(keys, offset, key);
        self.load_element(values, offset, Some(value));
        self.block(body);
        self.out.op().local_get(offset).i32_const(8).i32_add().local_set(offset);
        self.out.safepoint();
        self.out.branch(again);
        self.out.end();
        self.out.end();
    }

    /// Replaces the container on the stack by its values: a copy, or the list itself where nothing could change it.
    fn values_of(&mut self, span: Span) {
        let copies = jurybox_hog_abi::library::find("values").filter(|_| self.module.program.mutates);
        let Some(number) = copies.and_then(|number| i32::try_from(number).ok()) else {
            return self.call(Runtime::IterateValues, span);
        };
        let container = self.out.stash();
        let first = self.out.rooted();
        self.out.root(container);
        self.out.release(container);
        self.out.op().i32_const(number);
        self.list(Runtime::CallLibrary, first, 1, span);
    }

    fn load_element(&mut self, list: u32, offset: u32, variable: Option<VariableId>) {
        let Some(variable) = variable else { return };
        self.out.op().local_get(list).i32_wrap_i64().local_get(offset).i32_add();
        self.out.op().i64_load(word(layout::LIST_DATA));
        let element = self.out.stash();
        self.assign(Place::Local(variable), element);
        self.out.release(element);
    }

    /// Goes where errors go.
    fn unwind(&mut self) {
        match self.handlers.last() {
            Some(handler) => self.out.branch(*handler),
            None => {
                self.out.constant(Value::EXCEPTION);
                self.out.op().return_();
            }
        }
    }

    fn try_(&mut self, body: &'p [Statement], catches: &'p [Catch], error: VariableId) {
        let scope = self.out.in_scope.len();
        let after = self.out.block(BlockType::Empty);
        let handler = self.out.block(BlockType::Empty);
        self.handlers.push(handler);
        self.block(body);
        self.handlers.pop();
        self.out.branch(after);
        self.out.end();

        let error = self.variables[error.0];
        self.out.call(Runtime::Caught);
        self.out.op().local_set(error);
        self.out.in_scope.push(error);
        for catch in catches {
            if let Some(error_type) = &catch.error_type {
                self.out.op().local_get(error);
                let name = self.module.string(error_type);
                self.out.constant(name);
                self.out.call(Runtime::ErrorIs);
                self.out.if_(BlockType::Empty);
            } else {
                self.out.block(BlockType::Empty);
            }
            let inner = self.out.in_scope.len();
            self.declare_empty(catch.variable);
            self.assign(Place::Local(catch.variable), error);
            self.block(&catch.body);
            self.out.in_scope.truncate(inner);
            self.out.branch(after);
            self.out.end();
        }
        self.out.op().local_get(error);
        self.out.call(Runtime::Throw);
        self.unwind();
        self.out.end();
        self.out.in_scope.truncate(scope);
    }

    // Expressions

    /// Evaluates expressions in the given order into temporaries. What an expression computes before another one calls
    /// a function of the program goes to the shadow stack; the caller of this must [`Self::release`] the result.
    /// With `call_follows`, such a call comes after the last expression.
    fn operands(&mut self, expressions: &[&'p Expression], call_follows: bool) -> Vec<u32> {
        let rooted = self.out.rooted();
        let mut locals = Vec::with_capacity(expressions.len());
        for (index, expression) in expressions.iter().enumerate() {
            self.value(expression);
            let local = self.out.stash();
            if call_follows || expressions[index + 1..].iter().any(|later| later.may_call()) {
                self.out.root(local);
            }
            locals.push(local);
        }
        if !call_follows {
            self.out.unroot_to(rooted);
        }
        locals
    }

    fn push(&mut self, locals: &[u32]) {
        for local in locals {
            self.out.op().local_get(*local);
        }
    }

    fn release(&mut self, locals: &[u32]) {
        for local in locals.iter().rev() {
            self.out.release(*local);
        }
    }

    /// Evaluates two operands, the right one first, as PostHog does: left and right.
    fn sides(&mut self, left: &'p Expression, right: &'p Expression) -> (u32, u32) {
        let operands = self.operands(&[right, left], false);
        (operands[1], operands[0])
    }

    /// Stores the values of expressions into consecutive slots of the shadow stack; gives the number of the first.
    fn store_all(&mut self, expressions: impl Iterator<Item = &'p Expression>) -> u32 {
        let first = self.out.rooted();
        for expression in expressions {
            self.out.begin_store();
            self.value(expression);
            self.out.end_store();
        }
        first
    }

    /// Pushes the value of an expression.
    fn value(&mut self, expression: &'p Expression) {
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

    /// Pushes the boolean value of an expression that [`Self::condition`] handles by itself.
    fn test(&mut self, expression: &'p Expression) {
        self.condition(expression);
        self.out.boolean();
    }

    /// Pushes whether an expression is true, as an `i32`.
    fn condition(&mut self, expression: &'p Expression) {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Bool(value) => {
                self.out.op().i32_const(i32::from(*value));
            }
            ExpressionKind::Not(operand) => {
                self.condition(operand);
                self.out.op().i32_eqz();
            }
            ExpressionKind::IsNull(operand) => {
                self.value(operand);
                self.out.constant(Value::NULL);
                self.out.op().i64_eq();
            }
            ExpressionKind::Between { operands, negated } => self.between(operands, *negated, span),
            // Both sides are evaluated in any case, from left to right.
            ExpressionKind::Binary {
                operator: operator @ (BinaryOperator::And | BinaryOperator::Or),
                left,
                right,
            } => {
                self.condition(left);
                self.condition(right);
                match operator {
                    BinaryOperator::And => self.out.op().i32_and(),
                    _ => self.out.op().i32_or(),
                };
            }
            ExpressionKind::Binary { operator, left, right } if arithmetic(*operator).is_none() => {
                self.module.note_pattern(*operator, right);
                let (left, right) = self.sides(left, right);
                self.comparison(*operator, left, right, span);
                self.release(&[left, right]);
            }
            _ => {
                self.value(expression);
                self.out.truth(span);
            }
        }
    }

    fn comparison(&mut self, operator: BinaryOperator, left: u32, right: u32, span: Span) {
        use BinaryOperator as Op;
        if let Some(ordering) = ordering(operator) {
            let null_safe = self.module.null_safe;
            return self.out.ordering(ordering, left, right, null_safe, span);
        }
        let (function, insensitive) = match operator {
            Op::Equal | Op::NotEqual => {
                self.out.equality(left, right, span);
                if operator == Op::NotEqual {
                    self.out.op().i32_eqz();
                }
                return;
            }
            Op::In | Op::NotIn => (Runtime::Contains, None),
            Op::LikeInsensitive | Op::NotLikeInsensitive => (Runtime::Like, Some(1)),
            Op::Match => (Runtime::Matches, Some(0)),
            Op::MatchInsensitive => (Runtime::Matches, Some(1)),
            Op::NotMatch => (Runtime::NotMatches, Some(0)),
            Op::NotMatchInsensitive => (Runtime::NotMatches, Some(1)),
            // Everything else was handled before.
            _ => (Runtime::Like, Some(0)),
        };
        self.push(&[left, right]);
        if let Some(insensitive) = insensitive {
            self.out.op().i32_const(insensitive);
        }
        self.call(function, span);
        if matches!(operator, Op::NotIn | Op::NotLike | Op::NotLikeInsensitive) {
            self.out.op().i32_eqz();
        }
    }

    fn between(&mut self, operands: &'p [Expression; 3], negated: bool, span: Span) {
        let [operand, low, high] = operands;
        let operands = self.operands(&[operand, low, high], false);
        let [operand, low, high] = [operands[0], operands[1], operands[2]];
        self.out.is_null(operand);
        self.out.is_null(low);
        self.out.op().i32_or();
        self.out.is_null(high);
        self.out.op().i32_or();
        self.out.if_(BlockType::Result(ValType::I32));
        self.out.op().i32_const(0);
        self.out.else_();
        self.out.ordering(Ordering::GreaterOrEqual, operand, low, false, span);
        self.out.ordering(Ordering::LessOrEqual, operand, high, false, span);
        self.out.op().i32_and();
        if negated {
            self.out.op().i32_eqz();
        }
        self.out.end();
        self.release(&operands);
    }

    fn switch(&mut self, operand: &'p Expression, arms: &'p [(Expression, Expression)], otherwise: &'p Expression) {
        let rooted = self.out.rooted();
        self.value(operand);
        let operand = self.out.stash();
        self.out.root(operand);
        for (candidate, value) in arms {
            self.value(candidate);
            let candidate_local = self.out.stash();
            self.out.equality(operand, candidate_local, candidate.span);
            self.out.release(candidate_local);
            self.out.if_(BlockType::Result(ValType::I64));
            self.value(value);
            self.out.else_();
        }
        self.value(otherwise);
        for _ in arms {
            self.out.end();
        }
        self.out.unroot_to(rooted);
        self.out.release(operand);
    }

    /// Calls a function that takes values on the shadow stack: their address and number.
    fn list(&mut self, function: Runtime, first: u32, count: usize, span: Span) {
        self.out.temporary_address(first);
        self.out.op().i32_const(i32::try_from(count).unwrap_or(i32::MAX));
        self.call(function, span);
        self.out.unroot_to(first);
    }

    fn array(&mut self, items: &'p [Expression], span: Span) {
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

    fn object(&mut self, entries: &'p [(Expression, Expression)], span: Span) {
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

    fn closure(&mut self, id: FunctionId) {
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

    // Calls

    fn call_function(&mut self, function: FunctionId, closure: Option<Place>, arguments: &'p [Expression], span: Span) {
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
        self.mark(span);
        let index = self.module.function_index(function);
        self.out.op().call(index);
        self.release(&arguments);
        self.check_exception();
    }

    fn call_value(&mut self, callee: &'p Expression, arguments: &'p [Expression], span: Span) {
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
    fn check_exception(&mut self) {
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

    fn call_library(&mut self, number: usize, arguments: &'p [Expression], span: Span) {
        self.module.note_library_pattern(number, arguments);
        let first = self.store_all(arguments.iter());
        self.out.op().i32_const(i32::try_from(number).unwrap_or(i32::MAX));
        self.list(Runtime::CallLibrary, first, arguments.len(), span);
    }

    fn intrinsic(&mut self, intrinsic: Intrinsic, arguments: &'p [Expression], span: Span) {
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

fn arithmetic(operator: BinaryOperator) -> Option<Arithmetic> {
    Some(match operator {
        BinaryOperator::Add => Arithmetic::Add,
        BinaryOperator::Subtract => Arithmetic::Subtract,
        BinaryOperator::Multiply => Arithmetic::Multiply,
        BinaryOperator::Divide => Arithmetic::Divide,
        BinaryOperator::Remainder => Arithmetic::Remainder,
        _ => return None,
    })
}

fn ordering(operator: BinaryOperator) -> Option<Ordering> {
    Some(match operator {
        BinaryOperator::Less => Ordering::Less,
        BinaryOperator::LessOrEqual => Ordering::LessOrEqual,
        BinaryOperator::Greater => Ordering::Greater,
        BinaryOperator::GreaterOrEqual => Ordering::GreaterOrEqual,
        _ => return None,
    })
}
