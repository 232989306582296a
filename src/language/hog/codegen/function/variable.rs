//! Variables: locals of WebAssembly, or cells on the heap for those that inner functions use.

use jurybox_hog_abi::{Value, layout};

use super::Generator;
use crate::language::hog::codegen::runtime::Runtime;
use crate::language::hog::codegen::writer::{CLOSURE, word};
use crate::language::hog::resolved::{Expression, Place, VariableId};

impl<'p> Generator<'_, 'p> {
    pub(super) fn captured(&self, variable: VariableId) -> bool {
        self.function.variables[variable.0].captured
    }

    pub(super) fn declare(&mut self, variable: VariableId, value: &'p Expression, ahead: bool) {
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

    pub(super) fn new_cell(&mut self, local: u32) {
        self.out.constant(Value::NULL);
        self.out.call(Runtime::Cell);
        self.out.op().local_set(local);
    }

    /// Declares a variable of a loop or handler whose value is set later.
    pub(super) fn declare_empty(&mut self, variable: VariableId) {
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
    pub(super) fn cell_address(&mut self, place: Place) -> Option<()> {
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
    pub(super) fn capture(&mut self, index: usize) {
        let offset = layout::CLOSURE_DATA + 8 * u32::try_from(index).unwrap_or(u32::MAX);
        self.out.op().local_get(CLOSURE).i32_wrap_i64().i64_load(word(offset));
    }

    pub(super) fn read(&mut self, place: Place) {
        if self.cell_address(place).is_some() {
            self.out.op().i64_load(word(layout::CELL_VALUE));
        } else if let Place::Local(variable) = place {
            self.out.op().local_get(self.variables[variable.0]);
        }
    }

    pub(super) fn assign(&mut self, place: Place, value: u32) {
        if self.cell_address(place).is_some() {
            self.out.op().local_get(value).i64_store(word(layout::CELL_VALUE));
        } else if let Place::Local(variable) = place {
            self.out.op().local_get(value).local_set(self.variables[variable.0]);
        }
    }
}
