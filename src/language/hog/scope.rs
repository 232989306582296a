//! Resolves names: from the syntax tree to a [`Resolved`] program.
//!
//! A name is, in this order: a variable of the function, a variable of an enclosing function (which is then captured),
//! a global, a library function. PostHog compiles in one pass, so a function is known only after its declaration.

mod call;
mod expression;
mod statement;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ast;
use super::lexer;
use super::parser;
use super::resolved::{Function, FunctionId, Place, Resolved, Statement, Variable, VariableId};
use super::token::{Sign, TokenKind};
use crate::diagnostic::hog::scope as diagnostic;
use crate::diagnostic::suggestion;
use crate::diagnostic::{Diagnostic, Span};

/// Warnings beyond so many are not reported.
const MAX_WARNINGS: usize = 100;

/// What the surroundings of a program know about it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings<'a> {
    /// The names of globals that exist for sure; they hide library functions.
    pub globals: &'a [&'a str],
    /// Whether these are all: then another name deserves a warning.
    pub complete: bool,
}

/// Resolves the names of a parsed program.
///
/// # Errors
///
/// All errors that need scopes: redeclared names, assignments to undeclared names and to globals.
pub fn resolve(
    source: &str,
    program: &ast::Program,
    surroundings: &Surroundings<'_>,
) -> Result<Resolved, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        surroundings,
        functions: Vec::new(),
        open: Vec::new(),
        assigned: assigned_names(source),
        prelude: HashMap::new(),
        globals: BTreeSet::new(),
        mutates: false,
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    let main = resolver.begin_function("", true);
    let body = resolver.statements(&program.statements);
    resolver.end_function(main, 0, body);
    if !resolver.errors.is_empty() {
        return Err(resolver.errors);
    }
    Ok(Resolved {
        functions: resolver.functions.into_iter().flatten().collect(),
        globals: resolver.globals,
        mutates: resolver.mutates,
        warnings: resolver.warnings,
    })
}

/// All names that stand before a `:=` anywhere. A `fun` whose name is not among them is never replaced, so that calls
/// of it need not look at a variable. (A superset is fine: it costs speed, not correctness.)
fn assigned_names(source: &str) -> HashSet<String> {
    let tokens = lexer::lex(source).tokens;
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    pairs
        .filter(|(_, next)| next.kind == TokenKind::Sign(Sign::Assign))
        .map(|(name, _)| match &name.kind {
            TokenKind::QuotedName { name, .. } => name.clone(),
            _ => name.span.text(source).to_owned(),
        })
        .collect()
}

/// A name in scope.
#[derive(Clone)]
struct Binding {
    span: Span,
    variable: VariableId,
    /// The function that the name stands for at all times, if it is a `fun` that nobody replaces.
    function: Option<FunctionId>,
}

/// A function whose body is being resolved.
struct OpenFunction {
    id: FunctionId,
    name: String,
    visible: bool,
    variables: Vec<Variable>,
    captures: Vec<Place>,
    /// The number of each capture.
    capture_numbers: HashMap<Place, usize>,
    /// The names of each block, innermost last.
    blocks: Vec<BTreeMap<String, Binding>>,
}

impl OpenFunction {
    /// The number of a captured variable, which is captured now if it was not before.
    fn capture(&mut self, place: Place) -> usize {
        *self.capture_numbers.entry(place).or_insert_with(|| {
            self.captures.push(place);
            self.captures.len() - 1
        })
    }
}

struct Resolver<'a> {
    surroundings: &'a Surroundings<'a>,
    functions: Vec<Option<Function>>,
    open: Vec<OpenFunction>,
    assigned: HashSet<String>,
    prelude: HashMap<&'static str, FunctionId>,
    globals: BTreeSet<String>,
    mutates: bool,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn begin_function(&mut self, name: &str, visible: bool) -> FunctionId {
        let id = FunctionId(self.functions.len());
        self.functions.push(None);
        self.open.push(OpenFunction {
            id,
            name: name.to_owned(),
            visible,
            variables: Vec::new(),
            captures: Vec::new(),
            capture_numbers: HashMap::new(),
            blocks: vec![BTreeMap::new()],
        });
        id
    }

    fn end_function(&mut self, id: FunctionId, parameters: usize, body: Vec<Statement>) {
        if let Some(open) = self.open.pop() {
            self.functions[id.0] = Some(Function {
                name: open.name,
                parameters,
                variables: open.variables,
                captures: open.captures,
                body,
                visible: open.visible,
            });
        }
    }

    fn current(&mut self) -> &mut OpenFunction {
        self.open.last_mut().expect("the program itself is open until the end")
    }

    fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.current().blocks.push(BTreeMap::new());
        let result = work(self);
        self.current().blocks.pop();
        result
    }

    /// A variable that no name refers to.
    fn hidden(&mut self, name: &str) -> VariableId {
        let variables = &mut self.current().variables;
        variables.push(Variable {
            name: name.to_owned(),
            captured: false,
        });
        VariableId(variables.len() - 1)
    }

    fn declare(&mut self, name: &ast::Name) -> VariableId {
        let variable = self.hidden(&name.text);
        let block = self
            .current()
            .blocks
            .last_mut()
            .expect("a function has at least one block");
        let binding = Binding {
            span: name.span,
            variable,
            function: None,
        };
        if let Some(previous) = block.insert(name.text.clone(), binding) {
            self.refuse(|_| diagnostic::already_declared(&name.text, name.span, previous.span));
        }
        variable
    }

    /// Finds a variable, capturing it through all functions in between.
    fn find(&mut self, name: &str) -> Option<(Place, Option<FunctionId>)> {
        let depth = self.open.len() - 1;
        let (owner, binding) = self.open.iter().enumerate().rev().find_map(|(level, function)| {
            let binding = function.blocks.iter().rev().find_map(|block| block.get(name))?;
            Some((level, binding.clone()))
        })?;
        if let Some(function) = binding.function {
            let innermost = self.open[depth].id == function;
            let captures_nothing = self.functions[function.0]
                .as_ref()
                .is_some_and(|function| function.captures.is_empty());
            if innermost || captures_nothing {
                // The place is not used: the function is called directly.
                return Some((Place::Local(binding.variable), Some(function)));
            }
        }
        if owner == depth {
            return Some((Place::Local(binding.variable), binding.function));
        }
        self.open[owner].variables[binding.variable.0].captured = true;
        let mut place = Place::Local(binding.variable);
        for function in &mut self.open[owner + 1..] {
            place = Place::Capture(function.capture(place));
        }
        Some((place, binding.function))
    }

    /// Whether the function needs no closure where it is used now.
    fn needs_no_closure(&self, function: FunctionId) -> bool {
        self.open.last().is_some_and(|open| open.id == function)
            || self.functions[function.0]
                .as_ref()
                .is_some_and(|function| function.captures.is_empty())
    }

    /// A name in scope that is spelt alike.
    fn similar_variable(&self, name: &str) -> Option<String> {
        let variables = self.names_in_scope().chain(self.surroundings.globals.iter().copied());
        suggestion::nearest(name, variables).map(str::to_owned)
    }

    /// Adds an error, unless there are enough: a text for each costs time, and nobody reads thousands.
    fn refuse(&mut self, error: impl FnOnce(&Self) -> Diagnostic) {
        if self.errors.len() < parser::MAX_ERRORS {
            let error = error(self);
            self.errors.push(error);
        }
    }

    /// Adds a warning, unless there are enough.
    fn warn(&mut self, warning: impl FnOnce(&Self) -> Diagnostic) {
        if self.warnings.len() < MAX_WARNINGS {
            let warning = warning(self);
            self.warnings.push(warning);
        }
    }

    fn names_in_scope(&self) -> impl Iterator<Item = &str> {
        self.open
            .iter()
            .flat_map(|open| open.blocks.iter().flat_map(BTreeMap::keys))
            .map(String::as_str)
    }
}
