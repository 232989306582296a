//! What a program has at its top: functions, exports, the names it uses without declaring them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxc::ast::ast::{
    Argument, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget, AwaitExpression, BindingPattern,
    CallExpression, Declaration, Decorator, ExportDefaultDeclaration, ExportDefaultDeclarationKind, ExportSpecifier,
    Expression, ExpressionStatement, FormalParameters, Function, IdentifierReference, ModuleExportName, NewExpression,
    ObjectPropertyKind, Program, PropertyKey, ReturnStatement, Statement, TSExportAssignment, VariableDeclaration,
};
use oxc::ast_visit::{Visit, walk};
use oxc::semantic::{Scoping, SymbolId};
use oxc::span::GetSpan;
use oxc::syntax::scope::ScopeFlags;

use crate::diagnostic::{LineIndex, Span};

/// The names that HoneyHive's evaluators find as globals.
const INJECTED: [&str; 18] = [
    "event",
    "inputs",
    "outputs",
    "feedback",
    "metadata",
    "metrics",
    "config",
    "event_type",
    "event_name",
    "event_id",
    "session_id",
    "project_id",
    "source",
    "start_time",
    "end_time",
    "duration",
    "error",
    "user_properties",
];

/// What a function is called that is made of a file without a name for it.
pub const WRAPPED: &str = "metric";

/// A parameter of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, unless it is a pattern or collects the rest.
    pub name: Option<String>,
    /// The keys that an object pattern takes out.
    pub keys: Option<Vec<String>>,
    /// Whether a call must pass it.
    pub is_required: bool,
    /// Whether TypeScript calls it optional: `name?`.
    pub is_optional_argument: bool,
    /// Whether it is `...rest`.
    pub is_rest: bool,
    /// As it is written, without types and defaults.
    pub text: String,
}

/// A function at the top of the program.
#[derive(Clone, Debug)]
pub struct Callable {
    /// What it is called, or `default` and the like.
    pub name: String,
    /// What the guest finds it by.
    pub entry: String,
    /// The place of its head.
    pub span: Span,
    /// The line of its head.
    pub line: u32,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// Its variable.
    symbol: Option<SymbolId>,
    /// The first and last byte of the function itself: what identifies it in the tree.
    node: Span,
    /// Whether a `return` with a value is in it, or it is an expression.
    pub returns: bool,
    /// Whether it reads `arguments`.
    pub uses_arguments: bool,
    /// Whether another function of the snippet mentions it, or it is a decorator.
    pub is_helper: bool,
    /// Whether code at the top puts it into a table, passes it to a call, or calls it for a value.
    pub is_used_at_top: bool,
    /// Regular expressions that it makes from constants.
    pub constant_regexes: Vec<Span>,
}

impl Callable {
    /// `name(a, b)`.
    #[must_use]
    pub fn signature(&self) -> String {
        let parameters: Vec<_> = self
            .parameters
            .iter()
            .map(|parameter| parameter.text.as_str())
            .collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

/// What else a name at the top, or an export, is.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it is called.
    pub name: String,
    /// What the guest finds it by.
    pub entry: String,
    /// Whether it is exported.
    pub is_exported: bool,
    /// Where.
    pub span: Span,
    /// "a class" and the like; `None` for a value that only running the program shows.
    pub what: Option<&'static str>,
}

/// The whole file, if it is not a list of declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// One function, without a name: where it starts and ends.
    Function(Span),
    /// One expression that uses `output` or `context`.
    Expression(Span),
}

/// What a program has at its top.
#[derive(Debug, Default)]
pub struct Survey {
    /// Functions, in the order of the program.
    pub functions: Vec<Callable>,
    /// Indices of the functions that are exported. A default export is alone here.
    pub exported: Vec<usize>,
    /// Whether what is exported is one thing: a default export, `module.exports = f`.
    pub has_default_export: bool,
    /// Names that aren't functions.
    pub others: Vec<Other>,
    /// Where a variable `result` gets a value at the top.
    pub result: Option<Span>,
    /// Whether code at the top uses names that HoneyHive injects.
    pub runs_on_event: bool,
    /// Whether a function uses such names.
    pub uses_injected: bool,
    /// Whether it is a module: because of `import`, `export`, or an `await` at its top.
    pub is_module: bool,
    /// Whether it has `import` or `export`.
    pub has_module_syntax: bool,
    /// Whether `module`, `exports` or `require` are used without being declared.
    pub is_commonjs: bool,
    /// Whether it has `export = ...`.
    pub has_export_assignment: bool,
    /// A `return` outside of functions.
    pub top_return: Option<Span>,
    /// An `await` outside of functions.
    pub has_top_await: bool,
    /// The first decorator.
    pub decorator: Option<Span>,
    /// The file as one thing.
    pub whole: Option<Whole>,
}

impl Survey {
    /// Looks at a program.
    #[must_use]
    pub fn of(program: &Program<'_>, scoping: &Scoping, lines: &LineIndex<'_>) -> Self {
        let mut collector = Collector {
            scoping,
            lines,
            survey: Self::default(),
            exports: Vec::new(),
            default_is_other: false,
        };
        collector.statements(program);
        let mut survey = collector.survey;
        let mut mentions = Mentions::new(scoping, &survey.functions);
        mentions.visit_program(program);
        mentions.into_survey(&mut survey);
        survey.is_module = program.source_type.is_module();
        survey.has_module_syntax = program.body.iter().any(Statement::is_module_declaration);
        survey.has_export_assignment = program
            .body
            .iter()
            .any(|statement| matches!(statement, Statement::TSExportAssignment(_)));
        survey.whole = whole(program, &mentions_names(program, scoping));
        survey
    }
}

/// Names that the one expression of a program uses without declaring them.
fn mentions_names(program: &Program<'_>, scoping: &Scoping) -> HashSet<String> {
    if program.body.len() != 1 {
        return HashSet::new();
    }
    let names = scoping.root_unresolved_references().keys();
    names.map(|name| name.to_string()).collect()
}

fn whole(program: &Program<'_>, names: &HashSet<String>) -> Option<Whole> {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else {
        return None;
    };
    if !program.directives.is_empty() {
        return None;
    }
    let span = span(statement.expression.span());
    match statement.expression.get_inner_expression() {
        Expression::FunctionExpression(function) if !function.generator => Some(Whole::Function(span)),
        Expression::ArrowFunctionExpression(_) => Some(Whole::Function(span)),
        Expression::AssignmentExpression(_) => None,
        _ if names.contains("output") || names.contains("context") => Some(Whole::Expression(span)),
        _ => None,
    }
}

/// A span of oxc as one of ours.
#[must_use]
pub fn span(span: oxc::span::Span) -> Span {
    Span::new(span.start, span.end)
}

/// A function in any form.
#[derive(Clone, Copy)]
enum FunctionNode<'n, 'a> {
    Function(&'n Function<'a>),
    Arrow(&'n ArrowFunctionExpression<'a>),
}

impl FunctionNode<'_, '_> {
    fn parameters(&self) -> &FormalParameters<'_> {
        match self {
            Self::Function(function) => &function.params,
            Self::Arrow(arrow) => &arrow.params,
        }
    }

    fn span(&self) -> oxc::span::Span {
        match self {
            Self::Function(function) => function.span,
            Self::Arrow(arrow) => arrow.span,
        }
    }
}

/// The function that an expression is, generators aside.
fn function_node<'n, 'a>(expression: &'n Expression<'a>) -> Option<FunctionNode<'n, 'a>> {
    match expression.get_inner_expression() {
        Expression::FunctionExpression(function) if !function.generator => Some(FunctionNode::Function(function)),
        Expression::ArrowFunctionExpression(arrow) => Some(FunctionNode::Arrow(arrow)),
        _ => None,
    }
}

fn what_is(expression: &Expression<'_>) -> Option<&'static str> {
    match expression.get_inner_expression() {
        Expression::ClassExpression(_) => Some("a class"),
        Expression::FunctionExpression(_) => Some("a generator"),
        Expression::ObjectExpression(_) => Some("an object"),
        Expression::ArrayExpression(_) => Some("an array"),
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => Some("a text"),
        Expression::NumericLiteral(_) => Some("a number"),
        Expression::BooleanLiteral(_) => Some("a boolean"),
        Expression::RegExpLiteral(_) => Some("a regular expression"),
        Expression::NullLiteral(_) => Some("null"),
        _ => None,
    }
}

/// What an export leads to.
enum Target {
    Function(usize),
    Symbol(SymbolId),
}

struct Export {
    name: String,
    is_default: bool,
    target: Target,
}

/// Reads the statements at the top.
struct Collector<'s> {
    scoping: &'s Scoping,
    lines: &'s LineIndex<'s>,
    survey: Survey,
    exports: Vec<Export>,
    /// A default export that is no function.
    default_is_other: bool,
}

impl Collector<'_> {
    fn statements(&mut self, program: &Program<'_>) {
        for statement in &program.body {
            match statement {
                Statement::ExportDeclaration(export) => {
                    let before = self.survey.functions.len();
                    let others_before = self.survey.others.len();
                    self.declaration(&export.declaration);
                    for other in &mut self.survey.others[others_before..] {
                        other.is_exported = true;
                    }
                    for index in before..self.survey.functions.len() {
                        let name = self.survey.functions[index].name.clone();
                        self.export(name, false, Target::Function(index));
                    }
                }
                Statement::ExportNamedDeclaration(export) if export.export_kind.is_value() => {
                    for specifier in &export.specifiers {
                        if let ModuleExportName::IdentifierReference(local) = &specifier.local
                            && let Some(symbol) = self.symbol(local)
                        {
                            let name = specifier.exported.name().to_string();
                            let is_default = name == "default";
                            self.export(name, is_default, Target::Symbol(symbol));
                        }
                    }
                }
                Statement::ExportDefaultDeclaration(export) => self.export_default(&export.declaration),
                Statement::TSExportAssignment(export) => {
                    self.module_exports(&export.expression);
                }
                Statement::IfStatement(statement) => match &statement.consequent {
                    // `if (typeof module !== 'undefined') module.exports = ...`
                    Statement::BlockStatement(block) => block.body.iter().for_each(|inner| self.assignment(inner)),
                    inner => self.assignment(inner),
                },
                Statement::ExpressionStatement(whole) if program.body.len() == 1 => {
                    match function_node(&whole.expression) {
                        Some(node) => self.function(name_of(node).unwrap_or_default(), WRAPPED, head(node), None, node),
                        None => self.assignment(statement),
                    }
                }
                Statement::ExpressionStatement(_) => self.assignment(statement),
                Statement::FunctionDeclaration(function) => self.function_declaration(function),
                Statement::VariableDeclaration(variables) => self.variables(variables),
                Statement::ClassDeclaration(class) => {
                    if let Some(id) = &class.id {
                        self.other(&id.name, &id.name, span(id.span), Some("a class"));
                    }
                }
                _ => {}
            }
        }
        self.resolve_exports();
    }

    fn declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::FunctionDeclaration(function) => self.function_declaration(function),
            Declaration::VariableDeclaration(variables) => self.variables(variables),
            Declaration::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    self.other(&id.name, &id.name, span(id.span), Some("a class"));
                }
            }
            _ => {}
        }
    }

    fn function_declaration(&mut self, function: &Function<'_>) {
        let Some(id) = function
            .id
            .as_ref()
            .filter(|_| function.body.is_some() && !function.declare)
        else {
            return;
        };
        if function.generator {
            self.other(&id.name, &id.name, span(id.span), Some("a generator"));
        } else {
            let node = FunctionNode::Function(function);
            self.function(&id.name, &id.name, span(id.span), id.symbol_id.get(), node);
        }
    }

    fn variables(&mut self, variables: &VariableDeclaration<'_>) {
        if variables.declare {
            return;
        }
        for declarator in &variables.declarations {
            let BindingPattern::BindingIdentifier(id) = &declarator.id else {
                if names_result(&declarator.id) {
                    self.survey.result = Some(span(declarator.span));
                }
                continue;
            };
            if id.name == "result" && declarator.init.is_some() {
                self.survey.result = Some(span(id.span));
            }
            match declarator.init.as_ref().map(|init| (init, function_node(init))) {
                Some((_, Some(node))) => self.function(&id.name, &id.name, span(id.span), id.symbol_id.get(), node),
                Some((init, None)) => self.other(&id.name, &id.name, span(id.span), what_is(init)),
                None => self.other(&id.name, &id.name, span(id.span), None),
            }
        }
    }

    fn export_default(&mut self, declaration: &ExportDefaultDeclarationKind<'_>) {
        let name = "default";
        match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) if function.body.is_some() => {
                let named = function.id.as_ref();
                let place = named.map_or(function.params.span, |id| id.span);
                let display = named.map_or(name, |id| id.name.as_str());
                if function.generator {
                    self.other(display, name, span(place), Some("a generator"));
                    self.default_is_other = true;
                } else {
                    let symbol = named.and_then(|id| id.symbol_id.get());
                    let node = FunctionNode::Function(function);
                    self.function(display, name, span(place), symbol, node);
                    self.export_last(display, true);
                }
            }
            ExportDefaultDeclarationKind::FunctionDeclaration(_)
            | ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => {}
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                self.other(name, name, span(class.span), Some("a class"));
                self.default_is_other = true;
            }
            expression => {
                if let Some(expression) = expression.as_expression() {
                    self.exported_value(name, name, true, expression);
                }
            }
        }
    }

    /// `export default X`, `module.exports = X`, `exports.name = X`.
    fn exported_value(&mut self, name: &str, entry: &str, is_default: bool, value: &Expression<'_>) {
        if let Some(node) = function_node(value) {
            let display = name_of(node).unwrap_or(name);
            self.function(display, entry, head(node), None, node);
            self.export_last(display, is_default);
        } else if let Expression::Identifier(identifier) = value.get_inner_expression()
            && let Some(symbol) = self.symbol(identifier)
        {
            let name = if is_default { identifier.name.as_str() } else { name };
            self.export(name.to_owned(), is_default, Target::Symbol(symbol));
        } else {
            self.other(name, entry, span(value.span()), what_is(value));
            if let Some(other) = self.survey.others.last_mut() {
                other.is_exported = true;
            }
            self.default_is_other |= is_default;
        }
    }

    /// `module.exports = ...`, `exports.name = ...`, `result = ...`.
    fn assignment(&mut self, statement: &Statement<'_>) {
        let Statement::ExpressionStatement(statement) = statement else {
            return;
        };
        let Expression::AssignmentExpression(assignment) = statement.expression.get_inner_expression() else {
            return;
        };
        let AssignmentTarget::StaticMemberExpression(target) = &assignment.left else {
            return;
        };
        let property = target.property.name.as_str();
        let is_exports = match target.object.get_inner_expression() {
            Expression::Identifier(object) if object.name == "module" && property == "exports" => {
                if self.symbol(object).is_none() {
                    self.module_exports(innermost(&assignment.right));
                }
                return;
            }
            Expression::Identifier(object) => object.name == "exports" && self.symbol(object).is_none(),
            Expression::StaticMemberExpression(member) => {
                member.property.name == "exports" && member.object.is_specific_id("module")
            }
            _ => false,
        };
        if is_exports {
            let value = innermost(&assignment.right);
            self.exported_value(property, &format!("exports.{property}"), property == "default", value);
        }
    }

    fn module_exports(&mut self, value: &Expression<'_>) {
        let Expression::ObjectExpression(object) = value.get_inner_expression() else {
            self.exported_value("module.exports", "module.exports", true, value);
            return;
        };
        for property in &object.properties {
            if let ObjectPropertyKind::ObjectProperty(property) = property
                && let Some(key) = static_name(&property.key)
                && !property.computed
            {
                self.exported_value(&key, &format!("exports.{key}"), key == "default", &property.value);
            }
        }
    }

    fn function(&mut self, name: &str, entry: &str, place: Span, symbol: Option<SymbolId>, node: FunctionNode<'_, '_>) {
        self.survey.functions.push(Callable {
            name: name.to_owned(),
            entry: entry.to_owned(),
            span: place,
            line: self.lines.position(place.start).line,
            parameters: parameters(node.parameters()),
            symbol,
            node: span(node.span()),
            returns: matches!(node, FunctionNode::Arrow(arrow) if arrow.body.is_expression()),
            uses_arguments: false,
            is_helper: false,
            is_used_at_top: false,
            constant_regexes: Vec::new(),
        });
    }

    fn other(&mut self, name: &str, entry: &str, place: Span, what: Option<&'static str>) {
        self.survey.others.push(Other {
            name: name.to_owned(),
            entry: entry.to_owned(),
            is_exported: false,
            span: place,
            what,
        });
    }

    fn export(&mut self, name: String, is_default: bool, target: Target) {
        self.exports.push(Export {
            name,
            is_default,
            target,
        });
    }

    fn export_last(&mut self, name: &str, is_default: bool) {
        if let Some(index) = self.survey.functions.len().checked_sub(1) {
            self.export(name.to_owned(), is_default, Target::Function(index));
        }
    }

    fn symbol(&self, identifier: &IdentifierReference<'_>) -> Option<SymbolId> {
        let reference = identifier.reference_id.get()?;
        self.scoping.get_reference(reference).symbol_id()
    }

    fn resolve_exports(&mut self) {
        let mut exported = BTreeSet::new();
        let mut default = None;
        let by_symbol = self.survey.functions.iter().enumerate();
        let by_symbol: HashMap<SymbolId, usize> = by_symbol
            .filter_map(|(index, function)| Some((function.symbol?, index)))
            .collect();
        for export in std::mem::take(&mut self.exports) {
            let index = match export.target {
                Target::Function(index) => Some(index),
                Target::Symbol(symbol) => by_symbol.get(&symbol).copied(),
            };
            match index {
                Some(index) if export.is_default => default = Some(index),
                Some(index) => {
                    self.survey.functions[index].name = export.name;
                    exported.insert(index);
                }
                None => self.default_is_other |= export.is_default,
            }
        }
        self.survey.has_default_export = default.is_some() || self.default_is_other;
        self.survey.exported = match default {
            Some(index) => vec![index],
            None => exported.into_iter().collect(),
        };
    }
}

/// The last value of `a = b = value`.
fn innermost<'n, 'a>(mut value: &'n Expression<'a>) -> &'n Expression<'a> {
    while let Expression::AssignmentExpression(assignment) = value.get_inner_expression() {
        value = &assignment.right;
    }
    value
}

/// The name that a function gives itself.
fn name_of<'n>(node: FunctionNode<'n, '_>) -> Option<&'n str> {
    match node {
        FunctionNode::Function(function) => function.id.as_ref().map(|id| id.name.as_str()),
        FunctionNode::Arrow(_) => None,
    }
}

/// Where the head of a function without a name is.
fn head(node: FunctionNode<'_, '_>) -> Span {
    let start = node.span().start;
    Span::new(start, node.parameters().span.end)
}

/// `module.exports`, `module.exports.name`, `exports.name`.
fn is_exports(target: &AssignmentTarget<'_>) -> bool {
    let AssignmentTarget::StaticMemberExpression(member) = target else {
        return false;
    };
    match member.object.get_inner_expression() {
        Expression::Identifier(object) => object.name == "module" || object.name == "exports",
        Expression::StaticMemberExpression(inner) => inner.object.is_specific_id("module"),
        _ => false,
    }
}

fn names_result(pattern: &BindingPattern<'_>) -> bool {
    let identifiers = pattern.get_binding_identifiers();
    identifiers.iter().any(|identifier| identifier.name == "result")
}

fn static_name(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(|name| name.to_string())
}

fn parameters(parameters: &FormalParameters<'_>) -> Vec<Parameter> {
    let items = parameters.items.iter().map(|item| {
        let mut parameter = Parameter {
            is_required: item.initializer.is_none() && !item.optional,
            is_optional_argument: item.optional,
            ..Parameter::default()
        };
        match &item.pattern {
            BindingPattern::BindingIdentifier(id) => {
                parameter.text = id.name.to_string();
                parameter.name = Some(id.name.to_string());
            }
            BindingPattern::ObjectPattern(pattern) => {
                let keys = pattern.properties.iter().map(|property| static_name(&property.key));
                let keys: Option<Vec<String>> = keys.collect();
                let mut shown = keys.clone().unwrap_or_else(|| vec!["...".to_owned()]);
                if pattern.rest.is_some() {
                    shown.push("...".to_owned());
                }
                parameter.text = format!("{{{}}}", shown.join(", "));
                parameter.keys = keys;
            }
            _ => "[...]".clone_into(&mut parameter.text),
        }
        parameter
    });
    let rest = parameters.rest.as_ref().map(|rest| {
        let name = rest.rest.argument.get_identifier_name();
        Parameter {
            is_rest: true,
            text: name.map_or_else(|| "...".to_owned(), |name| format!("...{name}")),
            ..Parameter::default()
        }
    });
    items.chain(rest).collect()
}

/// Reads everything: who mentions whom, and what is used without being declared.
struct Mentions<'s> {
    scoping: &'s Scoping,
    /// By the span of the function.
    functions: HashMap<(u32, u32), usize>,
    symbols: HashMap<SymbolId, usize>,
    facts: BTreeMap<usize, Facts>,
    /// The function at the top that is being read.
    current: Option<usize>,
    /// Whether what is read is exported as it is.
    is_exporting: bool,
    /// How many functions are around.
    depth: u32,
    /// How many decorators are around.
    decorator_depth: u32,
    /// How many functions with an `arguments` of their own are around.
    argument_depth: u32,
    result: Option<Span>,
    runs_on_event: bool,
    uses_injected: bool,
    is_commonjs: bool,
    top_return: Option<Span>,
    has_top_await: bool,
    decorator: Option<Span>,
}

#[derive(Default)]
struct Facts {
    returns: bool,
    uses_arguments: bool,
    is_helper: bool,
    is_used_at_top: bool,
    constant_regexes: Vec<Span>,
}

impl<'s> Mentions<'s> {
    fn new(scoping: &'s Scoping, functions: &[Callable]) -> Self {
        let by_span = functions.iter().enumerate();
        let by_symbol = functions.iter().enumerate();
        Self {
            scoping,
            functions: by_span
                .map(|(index, function)| ((function.node.start, function.node.end), index))
                .collect(),
            symbols: by_symbol
                .filter_map(|(index, function)| Some((function.symbol?, index)))
                .collect(),
            facts: BTreeMap::new(),
            current: None,
            is_exporting: false,
            depth: 0,
            decorator_depth: 0,
            argument_depth: 0,
            result: None,
            runs_on_event: false,
            uses_injected: false,
            is_commonjs: false,
            top_return: None,
            has_top_await: false,
            decorator: None,
        }
    }

    fn into_survey(self, survey: &mut Survey) {
        for (index, facts) in self.facts {
            let function = &mut survey.functions[index];
            function.returns |= facts.returns;
            function.uses_arguments = facts.uses_arguments;
            function.is_helper = facts.is_helper;
            function.is_used_at_top = facts.is_used_at_top;
            function.constant_regexes = facts.constant_regexes;
        }
        survey.result = survey.result.or(self.result);
        survey.runs_on_event = self.runs_on_event;
        survey.uses_injected = self.uses_injected;
        survey.is_commonjs |= self.is_commonjs;
        survey.top_return = self.top_return;
        survey.has_top_await = self.has_top_await;
        survey.decorator = self.decorator;
    }

    /// What is known of the function at the top that is being read.
    fn facts(&mut self) -> Option<&mut Facts> {
        Some(self.facts.entry(self.current?).or_default())
    }

    fn enter(&mut self, node: oxc::span::Span) -> Option<usize> {
        let before = self.current;
        if self.depth == 0 {
            self.current = self.functions.get(&(node.start, node.end)).copied();
        }
        self.depth += 1;
        before
    }

    fn leave(&mut self, before: Option<usize>) {
        self.depth -= 1;
        self.current = before;
    }

    fn unresolved(&mut self, name: &str) {
        match name {
            "module" | "exports" | "require" => self.is_commonjs = true,
            "arguments" if self.argument_depth == 1 => {
                if let Some(facts) = self.facts() {
                    facts.uses_arguments = true;
                }
            }
            _ if INJECTED.contains(&name) => {
                // A function without a name may be called where it stands.
                if self.current.is_none() {
                    self.runs_on_event = true;
                } else {
                    self.uses_injected = true;
                }
            }
            _ => {}
        }
    }

    fn regex(&mut self, callee: &Expression<'_>, arguments: &[Argument<'_>], place: oxc::span::Span) {
        let is_constant = |argument: &Argument<'_>| match argument {
            Argument::StringLiteral(_) | Argument::RegExpLiteral(_) => true,
            Argument::TemplateLiteral(template) => template.expressions.is_empty(),
            _ => false,
        };
        if callee.is_specific_id("RegExp")
            && !arguments.is_empty()
            && arguments.iter().all(is_constant)
            && let Some(facts) = self.facts()
        {
            facts.constant_regexes.push(span(place));
        }
    }
}

impl<'a> Visit<'a> for Mentions<'_> {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let before = self.enter(function.span);
        self.argument_depth += 1;
        walk::walk_function(self, function, flags);
        self.argument_depth -= 1;
        self.leave(before);
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        let before = self.enter(arrow.span);
        walk::walk_arrow_function_expression(self, arrow);
        self.leave(before);
    }

    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        let Some(reference) = identifier.reference_id.get() else {
            return;
        };
        let reference = self.scoping.get_reference(reference);
        if !reference.is_value() {
            return;
        }
        match reference.symbol_id() {
            None => self.unresolved(&identifier.name),
            Some(symbol) => {
                if let Some(&index) = self.symbols.get(&symbol) {
                    if self.depth + self.decorator_depth == 0 {
                        self.facts.entry(index).or_default().is_used_at_top |= !self.is_exporting;
                    } else if self.current != Some(index) {
                        self.facts.entry(index).or_default().is_helper = true;
                    }
                }
            }
        }
    }

    fn visit_export_specifier(&mut self, _: &ExportSpecifier<'a>) {}

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        // `export default f` is no use of it, `export default wrap(f)` is.
        self.is_exporting = matches!(export.declaration, ExportDefaultDeclarationKind::Identifier(_));
        walk::walk_export_default_declaration(self, export);
        self.is_exporting = false;
    }

    fn visit_ts_export_assignment(&mut self, export: &TSExportAssignment<'a>) {
        self.is_exporting = true;
        walk::walk_ts_export_assignment(self, export);
        self.is_exporting = false;
    }

    fn visit_expression_statement(&mut self, statement: &ExpressionStatement<'a>) {
        // `main()` alone is no use either: what it gives is dropped.
        if self.depth == 0
            && let Expression::CallExpression(call) = &statement.expression
            && call.callee.is_identifier_reference()
        {
            call.arguments.iter().for_each(|argument| self.visit_argument(argument));
        } else {
            walk::walk_expression_statement(self, statement);
        }
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        if self.depth == 0 {
            self.top_return = self.top_return.or(Some(span(statement.span)));
        } else if self.depth == 1
            && statement.argument.is_some()
            && let Some(facts) = self.facts()
        {
            facts.returns = true;
        }
        walk::walk_return_statement(self, statement);
    }

    fn visit_decorator(&mut self, decorator: &Decorator<'a>) {
        self.decorator.get_or_insert(span(decorator.span));
        self.decorator_depth += 1;
        walk::walk_decorator(self, decorator);
        self.decorator_depth -= 1;
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        self.has_top_await |= self.depth == 0;
        walk::walk_await_expression(self, expression);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if self.depth == 0
            && let AssignmentTarget::AssignmentTargetIdentifier(target) = &assignment.left
            && target.name == "result"
        {
            self.result = self.result.or(Some(span(target.span)));
        }
        let before = self.is_exporting;
        self.is_exporting |= self.depth == 0 && is_exports(&assignment.left);
        walk::walk_assignment_expression(self, assignment);
        self.is_exporting = before;
    }

    fn visit_new_expression(&mut self, expression: &NewExpression<'a>) {
        self.regex(&expression.callee, &expression.arguments, expression.span);
        walk::walk_new_expression(self, expression);
    }

    fn visit_call_expression(&mut self, expression: &CallExpression<'a>) {
        self.regex(&expression.callee, &expression.arguments, expression.span);
        walk::walk_call_expression(self, expression);
    }
}
