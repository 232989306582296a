//! Inline fast paths: numbers are added, compared and tested where they are; everything else goes to the runtime.

use jurybox_hog_abi::Value;
use wasm_encoder::{BlockType, ValType};

use super::runtime::Runtime;
use super::writer::Writer;
use crate::diagnostic::Span;

const INT: i64 = (Value::TAG_INT << 48).cast_signed();
const PAYLOAD: i64 = (1 << 48) - 1;
/// Everything below this (unsigned) is a float.
const FIRST_TAG: i64 = (Value::TAG_SPECIAL << 48).cast_signed();
const RESULT: BlockType = BlockType::Result(ValType::I64);
const TEST: BlockType = BlockType::Result(ValType::I32);

/// An operator that has an inline path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// An ordering that has an inline path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Arithmetic {
    fn runtime(self) -> Runtime {
        match self {
            Self::Add => Runtime::Add,
            Self::Subtract => Runtime::Subtract,
            Self::Multiply => Runtime::Multiply,
            Self::Divide => Runtime::Divide,
            Self::Remainder => Runtime::Remainder,
        }
    }
}

impl Ordering {
    fn runtime(self) -> Runtime {
        match self {
            Self::Less => Runtime::Less,
            Self::LessOrEqual => Runtime::LessEqual,
            Self::Greater => Runtime::Greater,
            Self::GreaterOrEqual => Runtime::GreaterEqual,
        }
    }
}

impl Writer {
    /// Pushes whether both are small integers.
    fn both_ints(&mut self, left: u32, right: u32) {
        self.op().local_get(left).i64_const(INT).i64_xor();
        self.op().local_get(right).i64_const(INT).i64_xor();
        self.op().i64_or().i64_const(48).i64_shr_u().i64_eqz();
    }

    /// Pushes whether both are floats.
    fn both_floats(&mut self, left: u32, right: u32) {
        self.op().local_get(left).i64_const(FIRST_TAG).i64_lt_u();
        self.op().local_get(right).i64_const(FIRST_TAG).i64_lt_u();
        self.op().i32_and();
    }

    /// Pushes a small integer as an `i64`.
    fn int(&mut self, local: u32) {
        self.op()
            .local_get(local)
            .i64_const(16)
            .i64_shl()
            .i64_const(16)
            .i64_shr_s();
    }

    /// Pushes a small integer as an `f64`.
    fn int_as_float(&mut self, local: u32) {
        self.int(local);
        self.op().f64_convert_i64_s();
    }

    fn float(&mut self, local: u32) {
        self.op().local_get(local).f64_reinterpret_i64();
    }

    fn slow(&mut self, operator: Arithmetic, left: u32, right: u32, span: Span) {
        self.op().local_get(left).local_get(right);
        self.call_at(operator.runtime(), span);
    }

    /// Pops an `i64` and pushes it as a small integer, or, where it does not fit, what the runtime makes of it.
    fn fitted(&mut self, operator: Arithmetic, left: u32, right: u32, span: Span) {
        let result = self.stash();
        self.op()
            .local_get(result)
            .i64_const(1 << 47)
            .i64_add()
            .i64_const(48)
            .i64_shr_u()
            .i64_eqz();
        self.if_(RESULT);
        self.op()
            .local_get(result)
            .i64_const(PAYLOAD)
            .i64_and()
            .i64_const(INT)
            .i64_or();
        self.else_();
        self.slow(operator, left, right, span);
        self.end();
        self.release(result);
    }

    /// Pushes `left operator right`.
    pub fn arithmetic(&mut self, operator: Arithmetic, left: u32, right: u32, span: Span) {
        if self.compact {
            return self.slow(operator, left, right, span);
        }
        self.both_ints(left, right);
        self.if_(RESULT);
        self.int_arithmetic(operator, left, right, span);
        self.else_();
        if operator == Arithmetic::Remainder {
            self.slow(operator, left, right, span);
        } else {
            self.both_floats(left, right);
            if operator == Arithmetic::Divide {
                self.float(right);
                self.op().f64_const(0.0.into()).f64_ne().i32_and();
            }
            self.if_(RESULT);
            self.float(left);
            self.float(right);
            match operator {
                Arithmetic::Add => self.op().f64_add(),
                Arithmetic::Subtract => self.op().f64_sub(),
                Arithmetic::Multiply => self.op().f64_mul(),
                Arithmetic::Divide | Arithmetic::Remainder => self.op().f64_div(),
            };
            // NaNs are canonical (an option of the engine), so that the bits are those of a float.
            self.op().i64_reinterpret_f64();
            self.else_();
            self.slow(operator, left, right, span);
            self.end();
        }
        self.end();
    }

    fn int_arithmetic(&mut self, operator: Arithmetic, left: u32, right: u32, span: Span) {
        match operator {
            Arithmetic::Add | Arithmetic::Subtract => {
                self.int(left);
                self.int(right);
                match operator {
                    Arithmetic::Add => self.op().i64_add(),
                    _ => self.op().i64_sub(),
                };
                self.fitted(operator, left, right, span);
            }
            Arithmetic::Multiply => {
                // Factors of 32 bits can't overflow 64.
                for (position, local) in [left, right].into_iter().enumerate() {
                    self.int(local);
                    self.op()
                        .i64_const(1 << 31)
                        .i64_add()
                        .i64_const(32)
                        .i64_shr_u()
                        .i64_eqz();
                    if position == 1 {
                        self.op().i32_and();
                    }
                }
                self.if_(RESULT);
                self.int(left);
                self.int(right);
                self.op().i64_mul();
                self.fitted(operator, left, right, span);
                self.else_();
                self.slow(operator, left, right, span);
                self.end();
            }
            Arithmetic::Divide => {
                self.nonzero_int(right);
                self.if_(RESULT);
                self.int_as_float(left);
                self.int_as_float(right);
                self.op().f64_div().i64_reinterpret_f64();
                self.else_();
                self.slow(operator, left, right, span);
                self.end();
            }
            Arithmetic::Remainder => {
                self.nonzero_int(right);
                self.if_(RESULT);
                self.int(left);
                self.int(right);
                self.op()
                    .i64_rem_s()
                    .i64_const(PAYLOAD)
                    .i64_and()
                    .i64_const(INT)
                    .i64_or();
                self.else_();
                self.slow(operator, left, right, span);
                self.end();
            }
        }
    }

    fn nonzero_int(&mut self, local: u32) {
        self.op().local_get(local).i64_const(INT).i64_ne();
    }

    /// Pushes whether `left ordering right`, as an `i32`. With `null_safe`, comparing with null gives false.
    pub fn ordering(&mut self, ordering: Ordering, left: u32, right: u32, null_safe: bool, span: Span) {
        if self.compact {
            return self.slow_ordering(ordering, left, right, null_safe, span);
        }
        self.both_ints(left, right);
        self.if_(TEST);
        for local in [left, right] {
            self.op().local_get(local).i64_const(16).i64_shl();
        }
        match ordering {
            Ordering::Less => self.op().i64_lt_s(),
            Ordering::LessOrEqual => self.op().i64_le_s(),
            Ordering::Greater => self.op().i64_gt_s(),
            Ordering::GreaterOrEqual => self.op().i64_ge_s(),
        };
        self.else_();
        self.both_floats(left, right);
        self.if_(TEST);
        self.float(left);
        self.float(right);
        match ordering {
            Ordering::Less => self.op().f64_lt(),
            Ordering::LessOrEqual => self.op().f64_le(),
            Ordering::Greater => self.op().f64_gt(),
            Ordering::GreaterOrEqual => self.op().f64_ge(),
        };
        self.else_();
        self.slow_ordering(ordering, left, right, null_safe, span);
        self.end();
        self.end();
    }

    fn slow_ordering(&mut self, ordering: Ordering, left: u32, right: u32, null_safe: bool, span: Span) {
        if null_safe {
            self.is_null(left);
            self.is_null(right);
            self.op().i32_or();
            self.if_(TEST);
            self.op().i32_const(0);
            self.else_();
        }
        self.op().local_get(left).local_get(right);
        self.call_at(ordering.runtime(), span);
        if null_safe {
            self.end();
        }
    }

    /// Pushes whether both are equal, as an `i32`.
    pub fn equality(&mut self, left: u32, right: u32, span: Span) {
        if !self.compact {
            self.both_ints(left, right);
            self.if_(TEST);
            self.op().local_get(left).local_get(right).i64_eq();
            self.else_();
        }
        self.op().local_get(left).local_get(right);
        self.call_at(Runtime::Equals, span);
        if !self.compact {
            self.end();
        }
    }

    /// Pushes whether the local is null, as an `i32`.
    pub fn is_null(&mut self, local: u32) {
        self.op().local_get(local);
        self.constant(Value::NULL);
        self.op().i64_eq();
    }

    /// Replaces a value by its truth, as an `i32`.
    pub fn truth(&mut self, span: Span) {
        if self.compact {
            return self.call_at(Runtime::Truthy, span);
        }
        let value = self.stash();
        // Null and false differ from true in the lower bits only.
        self.op().local_get(value).i64_const(48).i64_shr_u();
        self.op().i64_const(Value::TAG_SPECIAL.cast_signed()).i64_eq();
        self.if_(TEST);
        self.op().local_get(value);
        self.constant(Value::TRUE);
        self.op().i64_eq();
        self.else_();
        self.op().local_get(value);
        self.call_at(Runtime::Truthy, span);
        self.end();
        self.release(value);
    }

    /// Replaces an `i32` by the boolean it stands for.
    pub fn boolean(&mut self) {
        self.op().i64_extend_i32_u();
        self.constant(Value::FALSE);
        self.op().i64_or();
    }
}
