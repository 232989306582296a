//! Statements.

use jurybox_hog_abi::{Value, layout, memory_map};
use wasm_encoder::{BlockType, ValType};

use super::Generator;
use crate::diagnostic::Span;
use crate::language::hog::codegen::runtime::Runtime;
use crate::language::hog::codegen::writer::{half_word, word};
use crate::language::hog::resolved::{Catch, Expression, Place, Statement, VariableId};

impl<'p> Generator<'_, 'p> {
    pub(super) fn statements(&mut self, statements: &'p [Statement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    pub(super) fn block(&mut self, statements: &'p [Statement]) {
        let scope = self.out.in_scope.len();
        self.statements(statements);
        self.out.in_scope.truncate(scope);
    }

    pub(super) fn statement(&mut self, statement: &'p Statement) {
        if self.is_too_large() {
            return;
        }
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

    pub(super) fn each(
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
    pub(super) fn values_of(&mut self, span: Span) {
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

    pub(super) fn load_element(&mut self, list: u32, offset: u32, variable: Option<VariableId>) {
        let Some(variable) = variable else { return };
        self.out.op().local_get(list).i32_wrap_i64().local_get(offset).i32_add();
        self.out.op().i64_load(word(layout::LIST_DATA));
        let element = self.out.stash();
        self.assign(Place::Local(variable), element);
        self.out.release(element);
    }

    /// Goes where errors go.
    pub(super) fn unwind(&mut self) {
        match self.handlers.last() {
            Some(handler) => self.out.branch(*handler),
            None => {
                self.out.constant(Value::EXCEPTION);
                self.out.op().return_();
            }
        }
    }

    pub(super) fn try_(&mut self, body: &'p [Statement], catches: &'p [Catch], error: VariableId) {
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
}
