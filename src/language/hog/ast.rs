//! The syntax tree of a Hog program: what the author wrote, with positions, and nothing resolved yet.

use num_bigint::BigInt;

use crate::diagnostic::Span;

/// A whole program.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The statements at top level, in order.
    pub statements: Vec<Statement>,
}

/// A statement and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// From its first to its last token.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `let name := value`; without a value the variable is null.
    Let {
        /// The new variable.
        name: Name,
        /// Its first value.
        value: Option<Expression>,
    },
    /// `target := value`; the target is a name, a property or an index.
    Assign {
        /// What is assigned to.
        target: Expression,
        /// The new value.
        value: Expression,
    },
    /// An expression whose value is dropped.
    Expression(Expression),
    /// `return value`; without a value it returns null.
    Return(Option<Expression>),
    /// `if (condition) then else otherwise`.
    If {
        /// What decides.
        condition: Expression,
        /// Runs when the condition holds.
        then: Box<Statement>,
        /// Runs otherwise.
        otherwise: Option<Box<Statement>>,
    },
    /// `while (condition) body`.
    While {
        /// Tested before each turn.
        condition: Expression,
        /// One turn.
        body: Box<Statement>,
    },
    /// `for (start; condition; step) body`.
    For {
        /// Runs once, in a scope around the loop.
        start: Option<Box<Statement>>,
        /// Tested before each turn.
        condition: Expression,
        /// Runs after each turn.
        step: Option<Box<Statement>>,
        /// One turn.
        body: Box<Statement>,
    },
    /// `for (let key, value in iterable) body`.
    ForIn {
        /// The variable for the key (0-based for lists), if asked for.
        key: Option<Name>,
        /// The variable for the value.
        value: Name,
        /// What is walked over; evaluated once.
        iterable: Expression,
        /// One turn.
        body: Box<Statement>,
    },
    /// `fun name(parameters) { body }`.
    Function {
        /// Its name.
        name: Name,
        /// Its parameters.
        parameters: Vec<Name>,
        /// Its statements.
        body: Vec<Statement>,
    },
    /// `throw error`.
    Throw(Expression),
    /// `try { body } catch (e: Type) { ... }`; there is at least one catch.
    Try {
        /// The guarded statements.
        body: Vec<Statement>,
        /// The handlers, in order.
        catches: Vec<Catch>,
    },
    /// `{ ... }`.
    Block(Vec<Statement>),
    /// A lone `;`.
    Empty,
}

/// One `catch` of a `try`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    /// The variable that holds the error; `e` when none is named.
    pub variable: Option<Name>,
    /// Only errors of this type; `None` and `Error` stand for all.
    pub error_type: Option<Name>,
    /// The handler.
    pub body: Vec<Statement>,
    /// The whole clause.
    pub span: Span,
}

/// A name as written, quotes and escapes resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// From its first to its last token.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// An integer literal of any size.
    Integer(BigInt),
    /// A number literal with a dot or an exponent, `inf`, `nan`.
    Float(f64),
    /// A string literal, escapes resolved.
    String(String),
    /// `f'...{...}...'` with at least two parts (a single part collapses to that part itself), and `a || b`.
    Template(Vec<Expression>),
    /// A name.
    Name(String),
    /// `[a, b]`.
    Array(Vec<Expression>),
    /// `(a, b)`, `(a,)`.
    Tuple(Vec<Expression>),
    /// `{key: value}`; keys are expressions.
    Object(Vec<(Expression, Expression)>),
    /// `-x`, `not x`.
    Unary {
        /// Which.
        operator: UnaryOperator,
        /// On what.
        operand: Box<Expression>,
    },
    /// `a + b` and the like.
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// Left of it.
        left: Box<Expression>,
        /// Right of it.
        right: Box<Expression>,
    },
    /// `x is null`, `x is not null`.
    IsNull {
        /// What is tested.
        operand: Box<Expression>,
        /// `is not null`.
        negated: bool,
    },
    /// `x between low and high`, `x not between low and high`.
    Between {
        /// What is tested.
        operand: Box<Expression>,
        /// The lower bound, inclusive.
        low: Box<Expression>,
        /// The upper bound, inclusive.
        high: Box<Expression>,
        /// `not between`.
        negated: bool,
    },
    /// `condition ? then : otherwise`.
    Conditional {
        /// What decides.
        condition: Box<Expression>,
        /// The value when it holds.
        then: Box<Expression>,
        /// The value otherwise.
        otherwise: Box<Expression>,
    },
    /// `case operand when a then b else c end`.
    Case {
        /// What the arms compare with; without it their conditions decide.
        operand: Option<Box<Expression>>,
        /// Condition (or value to compare with) and result.
        arms: Vec<(Expression, Expression)>,
        /// The result when no arm fits; null when absent.
        otherwise: Option<Box<Expression>>,
    },
    /// `callee(arguments)`, also for library functions.
    Call {
        /// What is called.
        callee: Box<Expression>,
        /// With what.
        arguments: Vec<Expression>,
    },
    /// `object[index]`, `object?.[index]`.
    Index {
        /// The container.
        object: Box<Expression>,
        /// The key or 1-based position.
        index: Box<Expression>,
        /// Written with `?.`.
        nullish: bool,
    },
    /// `object.name`, `object?.name`; `object.1` is an [`ExpressionKind::Index`] with an integer.
    Property {
        /// The container.
        object: Box<Expression>,
        /// The key.
        name: Name,
        /// Written with `?.`.
        nullish: bool,
    },
    /// `object[start:end]`, both ends optional.
    Slice {
        /// What is sliced.
        object: Box<Expression>,
        /// First position.
        start: Option<Box<Expression>>,
        /// Position after the last.
        end: Option<Box<Expression>>,
    },
    /// `x::type`.
    Cast {
        /// What is converted.
        operand: Box<Expression>,
        /// To which type.
        type_name: Name,
    },
    /// `x -> body`, `(x, y) -> body`, `lambda x: body`.
    Lambda {
        /// Its parameters.
        parameters: Vec<Name>,
        /// Its body.
        body: LambdaBody,
    },
}

/// What a lambda does.
#[derive(Clone, Debug, PartialEq)]
pub enum LambdaBody {
    /// Gives the value of an expression.
    Expression(Box<Expression>),
    /// Runs statements.
    Block(Vec<Statement>),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-x`, which is `0 - x`.
    Negate,
    /// `not x`.
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `like`.
    Like,
    /// `not like`.
    NotLike,
    /// `ilike`: without regard to case.
    LikeInsensitive,
    /// `not ilike`.
    NotLikeInsensitive,
    /// `=~`, `~`.
    Match,
    /// `!~`.
    NotMatch,
    /// `=~*`, `~*`: without regard to case.
    MatchInsensitive,
    /// `!~*`.
    NotMatchInsensitive,
    /// `and`.
    And,
    /// `or`.
    Or,
    /// `??`.
    Coalesce,
}
