//! Expressions as conditions: comparisons and logic, which give an `i32` that branches can use.

use jurybox_hog_abi::Value;
use wasm_encoder::{BlockType, ValType};

use super::Generator;
use crate::diagnostic::Span;
use crate::language::hog::ast::BinaryOperator;
use crate::language::hog::codegen::arithmetic::{Arithmetic, Ordering};
use crate::language::hog::codegen::runtime::Runtime;
use crate::language::hog::resolved::{Expression, ExpressionKind};

impl<'p> Generator<'_, 'p> {
    /// Pushes the boolean value of an expression that [`Self::condition`] handles by itself.
    pub(super) fn test(&mut self, expression: &'p Expression) {
        self.condition(expression);
        self.out.boolean();
    }

    /// Pushes whether an expression is true, as an `i32`.
    pub(super) fn condition(&mut self, expression: &'p Expression) {
        if self.is_too_large() {
            return;
        }
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

    pub(super) fn comparison(&mut self, operator: BinaryOperator, left: u32, right: u32, span: Span) {
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

    pub(super) fn between(&mut self, operands: &'p [Expression; 3], negated: bool, span: Span) {
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

    pub(super) fn switch(
        &mut self,
        operand: &'p Expression,
        arms: &'p [(Expression, Expression)],
        otherwise: &'p Expression,
    ) {
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
}

pub(super) fn arithmetic(operator: BinaryOperator) -> Option<Arithmetic> {
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
