//! A Hog program whose names are resolved: every name is a variable, a captured variable, a function, a library
//! function or a global, and sugar is gone. The stage between the syntax tree and WebAssembly.

use std::collections::BTreeSet;

use num_bigint::BigInt;

use super::ast::BinaryOperator;
use crate::diagnostic::{Diagnostic, Span};

/// A program ready for code generation.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// All functions; the first is the program itself.
    pub functions: Vec<Function>,
    /// The globals that the program may read.
    pub globals: BTreeSet<String>,
    /// Whether any statement changes a container in place (`a.b := c`). If none does, globals need no copies.
    pub mutates: bool,
    /// What is worth telling the author although the program compiles.
    pub warnings: Vec<Diagnostic>,
}

/// The number of a function in [`Resolved::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionId(pub usize);

/// The number of a variable in [`Function::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariableId(pub usize);

/// A function: the program, a `fun` or a lambda.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name; `lambda` for lambdas, empty for the program.
    pub name: String,
    /// How many of the variables are parameters (the first ones).
    pub parameters: usize,
    /// All variables of the function, each declared once.
    pub variables: Vec<Variable>,
    /// The variables of enclosing functions that it uses.
    pub captures: Vec<Place>,
    /// What it does.
    pub body: Vec<Statement>,
    /// Whether its code belongs to the author (and not to the prelude), so that errors may point into it.
    pub visible: bool,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, for dumps.
    pub name: String,
    /// Whether an inner function uses it: it then lives in a cell on the heap.
    pub captured: bool,
}

/// Where a variable is found, seen from one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A variable of the function itself.
    Local(VariableId),
    /// Captured variable number so-and-so of the function.
    Capture(usize),
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// Gives a new variable its first value; a captured one gets a fresh cell.
    Declare {
        /// The variable.
        variable: VariableId,
        /// Its first value.
        value: Expression,
        /// Whether the value is a function that may refer to the variable, whose cell must then exist first.
        ahead: bool,
    },
    /// Changes a variable.
    Assign {
        /// Which.
        place: Place,
        /// To what.
        value: Expression,
    },
    /// `object[key] := value`.
    Set {
        /// The container.
        object: Expression,
        /// The key or position.
        key: Expression,
        /// The new value.
        value: Expression,
        /// The whole statement.
        span: Span,
    },
    /// Evaluated for its effects.
    Expression(Expression),
    /// Leaves the function.
    Return(Expression),
    /// Branch.
    If {
        /// What decides.
        condition: Expression,
        /// If it holds.
        then: Vec<Statement>,
        /// If not.
        otherwise: Vec<Statement>,
    },
    /// Loop with a test before each turn and a step after each.
    Loop {
        /// The test.
        condition: Expression,
        /// One turn.
        body: Vec<Statement>,
        /// After each turn.
        step: Vec<Statement>,
    },
    /// Loop over a container.
    Each {
        /// The variable for the key.
        key: Option<VariableId>,
        /// The variable for the value.
        value: VariableId,
        /// What is walked over.
        iterable: Expression,
        /// Hidden variables: the values, the keys.
        hidden: [VariableId; 2],
        /// One turn.
        body: Vec<Statement>,
    },
    /// Throws.
    Throw {
        /// The error object.
        error: Expression,
        /// The whole statement.
        span: Span,
    },
    /// Runs the body; an error goes to the first handler that takes it.
    Try {
        /// The guarded statements.
        body: Vec<Statement>,
        /// The handlers.
        catches: Vec<Catch>,
        /// Hidden variable: the error.
        error: VariableId,
    },
    /// A scope of its own; its variables end with it.
    Block(Vec<Statement>),
}

/// A handler.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The variable for the error.
    pub variable: VariableId,
    /// Which errors; `None` for all.
    pub error_type: Option<String>,
    /// What it does.
    pub body: Vec<Statement>,
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands; what it stands for when it was made from sugar.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(BigInt),
    /// A float.
    Float(f64),
    /// Text.
    String(String),
    /// A variable.
    Variable(Place),
    /// A global, by name.
    Global(String),
    /// A deep copy of a part of a global.
    Copy(Box<Expression>),
    /// A library function as a value.
    Library(usize),
    /// A function as a value: its closure is made here.
    Closure(FunctionId),
    /// `[..]`.
    Array(Vec<Expression>),
    /// `(..)`.
    Tuple(Vec<Expression>),
    /// `{..}`.
    Object(Vec<(Expression, Expression)>),
    /// Operators that always look at both sides.
    Binary {
        /// Which; never `Coalesce`.
        operator: BinaryOperator,
        /// Left.
        left: Box<Expression>,
        /// Right; evaluated first.
        right: Box<Expression>,
    },
    /// `not`.
    Not(Box<Expression>),
    /// `is null`.
    IsNull(Box<Expression>),
    /// Within bounds, false when any of the three is null; also when negated.
    Between {
        /// Tested value, lower and upper bound.
        operands: Box<[Expression; 3]>,
        /// Outside of the bounds.
        negated: bool,
    },
    /// The first value unless it is null, else the second, which is only then evaluated.
    Coalesce(Box<Expression>, Box<Expression>),
    /// Condition and result pairs, tried in order, then the last resort.
    Choose {
        /// The pairs.
        arms: Vec<(Expression, Expression)>,
        /// When no condition holds.
        otherwise: Box<Expression>,
    },
    /// The same, comparing a value that is evaluated once.
    Switch {
        /// The value.
        operand: Box<Expression>,
        /// What it is compared with, and the results.
        arms: Vec<(Expression, Expression)>,
        /// When nothing is equal.
        otherwise: Box<Expression>,
    },
    /// `object[key]`.
    Get {
        /// The container.
        object: Box<Expression>,
        /// The key or position.
        key: Box<Expression>,
    },
    /// `object[start:end]`.
    Slice(Box<[Expression; 3]>),
    /// `value::type`.
    Cast {
        /// What is converted.
        operand: Box<Expression>,
        /// To what.
        type_name: String,
    },
    /// A call of a function that is known; arguments fit.
    CallFunction {
        /// Which.
        function: FunctionId,
        /// Its closure: `None` if it captures nothing or is the running function itself.
        closure: Option<Place>,
        /// With what.
        arguments: Vec<Expression>,
    },
    /// A call of whatever a value is.
    CallValue {
        /// The value; evaluated after the arguments.
        callee: Box<Expression>,
        /// With what.
        arguments: Vec<Expression>,
    },
    /// A call of a library function.
    CallLibrary {
        /// Its number.
        number: usize,
        /// With what.
        arguments: Vec<Expression>,
    },
    /// A call of something that the runtime offers to the prelude only.
    CallIntrinsic {
        /// Which.
        intrinsic: Intrinsic,
        /// With what.
        arguments: Vec<Expression>,
    },
    /// An error at run time, after its arguments were evaluated.
    Fail {
        /// What it says.
        message: String,
        /// Evaluated first.
        arguments: Vec<Expression>,
    },
}

/// What the prelude may use beyond the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intrinsic {
    /// `__values(container)`.
    Values,
    /// `__array(capacity)`: empty, with room.
    Array,
    /// `__append(array, value)`: in place.
    Append,
    /// `__semver(text)`.
    SortableSemver,
}

impl Expression {
    /// Whether evaluating it may run a function of the program, in which the collector may run.
    #[must_use]
    pub fn may_call(&self) -> bool {
        use ExpressionKind as Kind;
        match &self.kind {
            Kind::CallFunction { .. } | Kind::CallValue { .. } => true,
            Kind::Null
            | Kind::Bool(_)
            | Kind::Integer(_)
            | Kind::Float(_)
            | Kind::String(_)
            | Kind::Variable(_)
            | Kind::Global(_)
            | Kind::Library(_)
            | Kind::Closure(_) => false,
            Kind::Copy(inner) | Kind::Not(inner) | Kind::IsNull(inner) => inner.may_call(),
            Kind::Cast { operand, .. } => operand.may_call(),
            Kind::Array(items) | Kind::Tuple(items) => items.iter().any(Self::may_call),
            Kind::Object(entries) => entries.iter().any(|(key, value)| key.may_call() || value.may_call()),
            Kind::Binary { left, right, .. } | Kind::Coalesce(left, right) => left.may_call() || right.may_call(),
            Kind::Get { object, key } => object.may_call() || key.may_call(),
            Kind::Between { operands, .. } | Kind::Slice(operands) => operands.iter().any(Self::may_call),
            Kind::Choose { arms, otherwise } => {
                otherwise.may_call() || arms.iter().any(|(test, value)| test.may_call() || value.may_call())
            }
            Kind::Switch {
                operand,
                arms,
                otherwise,
                ..
            } => {
                operand.may_call()
                    || otherwise.may_call()
                    || arms.iter().any(|(test, value)| test.may_call() || value.may_call())
            }
            Kind::CallLibrary { arguments, .. }
            | Kind::CallIntrinsic { arguments, .. }
            | Kind::Fail { arguments, .. } => arguments.iter().any(Self::may_call),
        }
    }
}
