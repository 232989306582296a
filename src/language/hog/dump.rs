//! Shows a syntax tree as text: `(name part part)`, one statement a line, broken over lines where it gets too long.

use std::fmt::Write as _;

use super::ast::{
    BinaryOperator, Catch, Expression, ExpressionKind, LambdaBody, Name, Program, Statement, StatementKind,
    UnaryOperator,
};
use crate::diagnostic::Span;

/// The widest line that is not broken.
const WIDTH: usize = 100;

/// The tree of a program. Names are bare words, texts stand in single quotes, `_` marks a part that is left out.
#[must_use]
pub fn dump(program: &Program) -> String {
    Dumper { positions: false }.program(program)
}

/// The tree of a program with the byte offsets of statements and expressions.
#[cfg(test)]
pub fn dump_with_positions(program: &Program) -> String {
    Dumper { positions: true }.program(program)
}

/// What is printed, before it is broken into lines.
enum Tree {
    Leaf(String),
    Node(String, Vec<Tree>),
}

impl Tree {
    fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    fn width(&self) -> usize {
        match self {
            Self::Leaf(text) => text.len(),
            Self::Node(head, parts) => 2 + head.len() + parts.iter().map(|part| 1 + part.width()).sum::<usize>(),
        }
    }

    fn print_flat(&self, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Node(head, parts) => {
                out.push('(');
                out.push_str(head);
                for part in parts {
                    out.push(' ');
                    part.print_flat(out);
                }
                out.push(')');
            }
        }
    }

    fn print(&self, indent: usize, out: &mut String) {
        match self {
            Self::Node(head, parts) if indent + self.width() > WIDTH => {
                out.push('(');
                out.push_str(head);
                for part in parts {
                    out.push('\n');
                    out.extend(std::iter::repeat_n(' ', indent + 2));
                    part.print(indent + 2, out);
                }
                out.push(')');
            }
            _ => self.print_flat(out),
        }
    }
}

struct Dumper {
    positions: bool,
}

impl Dumper {
    fn program(&self, program: &Program) -> String {
        let mut out = String::new();
        for statement in &program.statements {
            self.statement(statement).print(0, &mut out);
            out.push('\n');
        }
        out
    }

    /// A node, with its position if wanted.
    fn node(&self, head: &str, span: Span, parts: Vec<Tree>) -> Tree {
        let mut head = head.to_owned();
        self.position(span, &mut head);
        Tree::Node(head, parts)
    }

    fn position(&self, span: Span, text: &mut String) {
        if self.positions {
            let _ = write!(text, "@{}..{}", span.start, span.end);
        }
    }

    fn statements(&self, head: &str, statements: &[Statement]) -> Tree {
        Tree::Node(
            head.to_owned(),
            statements.iter().map(|statement| self.statement(statement)).collect(),
        )
    }

    fn statement(&self, statement: &Statement) -> Tree {
        let node = |head: &str, parts: Vec<Tree>| self.node(head, statement.span, parts);
        let optional = |statement: &Option<Box<Statement>>| match statement {
            Some(statement) => self.statement(statement),
            None => Tree::leaf("_"),
        };
        match &statement.kind {
            StatementKind::Let { name, value } => node(
                "let",
                std::iter::once(name_tree(name))
                    .chain(value.iter().map(|value| self.expression(value)))
                    .collect(),
            ),
            StatementKind::Assign { target, value } => {
                node(":=", vec![self.expression(target), self.expression(value)])
            }
            StatementKind::Expression(value) => node("drop", vec![self.expression(value)]),
            StatementKind::Return(value) => node("return", value.iter().map(|value| self.expression(value)).collect()),
            StatementKind::If {
                condition,
                then,
                otherwise,
            } => {
                let mut parts = vec![self.expression(condition), self.statement(then)];
                parts.extend(otherwise.iter().map(|otherwise| self.statement(otherwise)));
                node("if", parts)
            }
            StatementKind::While { condition, body } => {
                node("while", vec![self.expression(condition), self.statement(body)])
            }
            StatementKind::For {
                start,
                condition,
                step,
                body,
            } => node(
                "for",
                vec![
                    optional(start),
                    self.expression(condition),
                    optional(step),
                    self.statement(body),
                ],
            ),
            StatementKind::ForIn {
                key,
                value,
                iterable,
                body,
            } => {
                let key = key.as_ref().map_or(Tree::leaf("_"), name_tree);
                node(
                    "for-in",
                    vec![key, name_tree(value), self.expression(iterable), self.statement(body)],
                )
            }
            StatementKind::Function { name, parameters, body } => node(
                "fun",
                vec![name_tree(name), names(parameters), self.statements("block", body)],
            ),
            StatementKind::Throw(error) => node("throw", vec![self.expression(error)]),
            StatementKind::Try { body, catches } => {
                let mut parts = vec![self.statements("block", body)];
                parts.extend(catches.iter().map(|catch| self.catch(catch)));
                node("try", parts)
            }
            StatementKind::Block(statements) => node(
                "block",
                statements.iter().map(|statement| self.statement(statement)).collect(),
            ),
            StatementKind::Empty => node("empty", Vec::new()),
        }
    }

    fn catch(&self, catch: &Catch) -> Tree {
        let optional = |name: &Option<Name>| name.as_ref().map_or(Tree::leaf("_"), name_tree);
        let parts = vec![
            optional(&catch.variable),
            optional(&catch.error_type),
            self.statements("block", &catch.body),
        ];
        self.node("catch", catch.span, parts)
    }

    fn expressions<'a>(&self, expressions: impl IntoIterator<Item = &'a Expression>) -> Vec<Tree> {
        expressions
            .into_iter()
            .map(|expression| self.expression(expression))
            .collect()
    }

    fn expression(&self, expression: &Expression) -> Tree {
        use ExpressionKind as Kind;
        let node = |head: &str, parts: Vec<Tree>| self.node(head, expression.span, parts);
        let leaf = |text: String| {
            let mut text = text;
            self.position(expression.span, &mut text);
            Tree::Leaf(text)
        };
        let optional = |expression: &Option<Box<Expression>>| match expression {
            Some(expression) => self.expression(expression),
            None => Tree::leaf("_"),
        };
        match &expression.kind {
            Kind::Null => leaf("null".to_owned()),
            Kind::Bool(value) => leaf(value.to_string()),
            Kind::Integer(value) => leaf(value.to_string()),
            Kind::Float(value) => leaf(format!("{value:?}")),
            Kind::String(text) => leaf(format!("'{}'", text.escape_debug())),
            Kind::Name(name) => leaf(name_text(name)),
            Kind::Template(parts) => node("template", self.expressions(parts)),
            Kind::Array(values) => node("array", self.expressions(values)),
            Kind::Tuple(values) => node("tuple", self.expressions(values)),
            Kind::Object(entries) => node(
                "object",
                entries.iter().map(|(key, value)| self.pair("", key, value)).collect(),
            ),
            Kind::Unary { operator, operand } => node(unary(*operator), vec![self.expression(operand)]),
            Kind::Binary { operator, left, right } => {
                node(binary(*operator), vec![self.expression(left), self.expression(right)])
            }
            Kind::IsNull { operand, negated } => node(
                if *negated { "is-not-null" } else { "is-null" },
                vec![self.expression(operand)],
            ),
            Kind::Between {
                operand,
                low,
                high,
                negated,
            } => {
                let head = if *negated { "not-between" } else { "between" };
                node(
                    head,
                    vec![self.expression(operand), self.expression(low), self.expression(high)],
                )
            }
            Kind::Conditional {
                condition,
                then,
                otherwise,
            } => node(
                "?",
                vec![
                    self.expression(condition),
                    self.expression(then),
                    self.expression(otherwise),
                ],
            ),
            Kind::Case {
                operand,
                arms,
                otherwise,
            } => {
                let mut parts = vec![optional(operand)];
                parts.extend(
                    arms.iter()
                        .map(|(condition, value)| self.pair("when", condition, value)),
                );
                parts.extend(otherwise.iter().map(|otherwise| self.expression(otherwise)));
                node("case", parts)
            }
            Kind::Call { callee, arguments } => {
                node("call", self.expressions(std::iter::once(&**callee).chain(arguments)))
            }
            Kind::Index { object, index, nullish } => node(
                if *nullish { "?.[]" } else { "[]" },
                vec![self.expression(object), self.expression(index)],
            ),
            Kind::Property { object, name, nullish } => node(
                if *nullish { "?." } else { "." },
                vec![self.expression(object), name_tree(name)],
            ),
            Kind::Slice { object, start, end } => {
                node("[:]", vec![self.expression(object), optional(start), optional(end)])
            }
            Kind::Cast { operand, type_name } => node("::", vec![self.expression(operand), name_tree(type_name)]),
            Kind::Lambda { parameters, body } => {
                let body = match body {
                    LambdaBody::Expression(value) => self.expression(value),
                    LambdaBody::Block(statements) => self.statements("block", statements),
                };
                node("->", vec![names(parameters), body])
            }
        }
    }

    fn pair(&self, head: &str, left: &Expression, right: &Expression) -> Tree {
        if head.is_empty() {
            return Tree::Node(":".to_owned(), vec![self.expression(left), self.expression(right)]);
        }
        Tree::Node(head.to_owned(), vec![self.expression(left), self.expression(right)])
    }
}

fn names(names: &[Name]) -> Tree {
    let texts: Vec<String> = names.iter().map(|name| name_text(&name.text)).collect();
    Tree::Leaf(format!("({})", texts.join(" ")))
}

fn name_tree(name: &Name) -> Tree {
    Tree::Leaf(name_text(&name.text))
}

/// A name; in backticks if it could not be written without.
fn name_text(name: &str) -> String {
    let plain = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
    if plain {
        name.to_owned()
    } else {
        format!("`{}`", name.escape_debug())
    }
}

fn unary(operator: UnaryOperator) -> &'static str {
    match operator {
        UnaryOperator::Negate => "negate",
        UnaryOperator::Not => "not",
    }
}

fn binary(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::In => "in",
        BinaryOperator::NotIn => "not-in",
        BinaryOperator::Like => "like",
        BinaryOperator::NotLike => "not-like",
        BinaryOperator::LikeInsensitive => "ilike",
        BinaryOperator::NotLikeInsensitive => "not-ilike",
        BinaryOperator::Match => "=~",
        BinaryOperator::NotMatch => "!~",
        BinaryOperator::MatchInsensitive => "=~*",
        BinaryOperator::NotMatchInsensitive => "!~*",
        BinaryOperator::And => "and",
        BinaryOperator::Or => "or",
        BinaryOperator::Coalesce => "??",
    }
}
