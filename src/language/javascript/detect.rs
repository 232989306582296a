//! Whose habit a program follows: what is called, and with what. The rules are in `docs/conventions.md`.

use super::survey::{Callable, Other, Parameter, Survey, WRAPPED, Whole};
use crate::diagnostic::{Diagnostic, Span, javascript};
use crate::snippet::{Convention, Snippet};

/// How arguments are passed: the forms of `guests/javascript/REQUESTS.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The program runs for every event and leaves its result in a variable.
    Program,
    /// Nothing is passed; the names of the event are globals.
    Globals,
    /// `(event)`.
    Event,
    /// `(generation, metadata)`.
    Generation,
    /// `(sample, item)`.
    Sample,
    /// `(run, example)`.
    Run,
    /// `(ctx)`.
    Context,
    /// `(instance)`.
    Instance,
    /// `(output, context)`.
    Promptfoo,
    /// `({ input, output, expected, metadata })`.
    Object,
    /// `(input, output, expected, metadata)`, as the parameters are named.
    Position,
}

impl Form {
    /// The name in the request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Globals => "globals",
            Self::Event => "event",
            Self::Generation => "generation",
            Self::Sample => "sample",
            Self::Run => "run",
            Self::Context => "ctx",
            Self::Instance => "instance",
            Self::Promptfoo => "promptfoo",
            Self::Object => "object",
            Self::Position => "position",
        }
    }
}

/// What is called, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whose habit it is.
    pub convention: Convention,
    /// How arguments are passed.
    pub form: Form,
    /// What the guest finds it by.
    pub entry: String,
    /// The names of the parameters.
    pub parameters: Vec<Option<String>>,
    /// Which function of the survey it is.
    pub function: Option<usize>,
    /// What has to be put around the source.
    pub wrap: Option<Wrap>,
}

/// What makes a function of a file that has none to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// The file is a function without a name.
    Named,
    /// The file is an expression.
    Expression,
    /// The file is the body of a function.
    Body,
}

/// Phoenix' parameters and their synonyms.
const PHOENIX: [&str; 8] = [
    "output",
    "reference",
    "input",
    "metadata",
    "expected",
    "ground_truth",
    "inputs",
    "outputs",
];
/// Braintrust's parameters.
const BRAINTRUST: [&str; 4] = ["input", "output", "expected", "metadata"];
/// The names that decide between functions that fit equally well.
const USUAL: [&str; 6] = ["evaluate", "evaluator", "score", "metric", "judge", "main"];

type How = (Convention, Form);
type Candidate<'s> = (usize, &'s Callable, How);

/// Decides what to call.
///
/// # Errors
///
/// When nothing can be called, or it is unclear what.
pub fn decide(snippet: &Snippet, survey: &Survey) -> Result<Decision, Box<Diagnostic>> {
    if let Some(decision) = whole_file(snippet, survey)? {
        return Ok(decision);
    }
    if let Some(name) = &snippet.entry {
        return named_entry(snippet, survey, name);
    }
    let candidates = Candidates::of(survey);
    match snippet.convention {
        Convention::Auto => recognise(survey, &candidates),
        convention => follow(survey, &candidates, convention),
    }
}

/// A file that is one function, one expression or one body.
fn whole_file(snippet: &Snippet, survey: &Survey) -> Result<Option<Decision>, Box<Diagnostic>> {
    let (wrap, span, what) = match (survey.top_return, survey.whole) {
        (Some(place), _) => {
            if let Some(reason) = no_body(survey) {
                return Err(javascript::return_outside(place, reason).into());
            }
            (Wrap::Body, place, "the body of a function")
        }
        (None, Some(Whole::Function(_))) => return Ok(None),
        (None, Some(Whole::Expression(span))) => (Wrap::Expression, span, "a single expression"),
        (None, None) => return Ok(None),
    };
    if !matches!(snippet.convention, Convention::Auto | Convention::Promptfoo) || snippet.entry.is_some() {
        return Err(javascript::only_promptfoo(span, what).into());
    }
    Ok(Some(Decision {
        convention: Convention::Promptfoo,
        form: Form::Promptfoo,
        entry: WRAPPED.to_owned(),
        parameters: vec![Some("output".to_owned()), Some("context".to_owned())],
        function: None,
        wrap: Some(wrap),
    }))
}

/// Why a file with a `return` at its top is not the body of a function.
fn no_body(survey: &Survey) -> Option<&'static str> {
    if survey.has_module_syntax {
        Some("has `import` or `export`")
    } else if survey.is_commonjs {
        Some("uses `module`, `exports` or `require`")
    } else {
        None
    }
}

/// The functions that are looked at.
struct Candidates<'s> {
    functions: Vec<(usize, &'s Callable)>,
    are_exported: bool,
}

impl<'s> Candidates<'s> {
    fn of(survey: &'s Survey) -> Self {
        let indexed = |index: &usize| Some((*index, survey.functions.get(*index)?));
        let are_exported = !survey.exported.is_empty() || survey.has_default_export;
        let functions = if are_exported {
            survey.exported.iter().filter_map(indexed).collect()
        } else {
            let all = survey.functions.iter().enumerate();
            all.filter(|(_, function)| !function.name.starts_with('_')).collect()
        };
        Self {
            functions,
            are_exported,
        }
    }

    /// The one that stands out among these: the only one, the only one that nothing else in the program uses, the one with a
    /// usual name, the one that is plainly given an output and what is expected of it.
    fn choose(functions: &[Candidate<'s>], names: &[&str]) -> Option<Candidate<'s>> {
        let unused = without_helpers(functions);
        if let [only] = unused.as_slice() {
            return Some(*only);
        }
        for names in [names, USUAL.as_slice()] {
            if let Some(only) = only(&unused, |(_, function, _)| names.contains(&function.name.as_str())) {
                return Some(only);
            }
        }
        let plain = only(&unused, |(_, function, _)| known_names(function) >= 2)?;
        let others_are_small = unused.iter().filter(|(index, ..)| *index != plain.0).all(
            |(_, function, _)| matches!(function.parameters.as_slice(), [one] if one.name.as_deref() != Some("event")),
        );
        others_are_small.then_some(plain)
    }
}

/// Those that no other function mentions and, if any are left then, that code at the top doesn't use.
fn without_helpers<'s>(functions: &[Candidate<'s>]) -> Vec<Candidate<'s>> {
    let filtered = |functions: &[Candidate<'s>], is_helper: fn(&Callable) -> bool| {
        let kept: Vec<_> = functions
            .iter()
            .filter(|(_, function, _)| !is_helper(function))
            .copied()
            .collect();
        if kept.is_empty() { functions.to_vec() } else { kept }
    };
    let independent = filtered(functions, |function| function.is_helper);
    filtered(&independent, |function| function.is_used_at_top)
}

fn only<'s>(functions: &[Candidate<'s>], fits: impl Fn(&Candidate<'s>) -> bool) -> Option<Candidate<'s>> {
    let mut fitting = functions.iter().filter(|function| fits(function));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(*first)
}

/// How many of Phoenix' names a function takes.
fn known_names(function: &Callable) -> usize {
    let names = function
        .parameters
        .iter()
        .filter_map(|parameter| parameter.name.as_ref());
    let keys = function
        .parameters
        .iter()
        .filter_map(|parameter| parameter.keys.as_ref())
        .flatten();
    names
        .chain(keys)
        .filter(|name| PHOENIX.contains(&name.as_str()))
        .count()
}

/// The rules of the page, in their order.
fn recognise(survey: &Survey, candidates: &Candidates<'_>) -> Result<Decision, Box<Diagnostic>> {
    if let Some(other) = exported_value(survey, candidates) {
        return Err(javascript::unseen_parameters(other.span, &other.name).into());
    }
    let told: Vec<_> = candidates
        .functions
        .iter()
        .filter_map(|(index, function)| Some((*index, *function, by_name(function)?)))
        .collect();
    if let [(index, function, how)] = told.as_slice() {
        return Ok(decision(survey, *index, function, *how));
    }
    if survey.result.is_some() && !candidates.are_exported {
        return Ok(program());
    }
    let fitting: Vec<_> = if told.is_empty() {
        let fitting = candidates.functions.iter();
        fitting
            .filter_map(|(index, function)| Some((*index, *function, by_parameters(function)?)))
            .collect()
    } else {
        told
    };
    match Candidates::choose(&fitting, &[]) {
        Some((index, function, how)) => Ok(decision(survey, index, function, how)),
        None => Err(unclear(survey, candidates, &fitting).into()),
    }
}

/// A function of a convention that was named.
fn follow(survey: &Survey, candidates: &Candidates<'_>, convention: Convention) -> Result<Decision, Box<Diagnostic>> {
    if let Some(other) = exported_value(survey, candidates) {
        return Ok(made(other, convention));
    }
    let of = |how: fn(&Callable) -> Option<How>| -> Vec<_> {
        let all = candidates.functions.iter();
        let how = all.filter_map(|(index, function)| Some((*index, *function, how(function)?)));
        how.filter(|(_, _, how)| how.0 == convention).collect()
    };
    let told = of(by_name);
    if let [(index, function, how)] = told.as_slice() {
        return Ok(decision(survey, *index, function, *how));
    }
    if convention == Convention::HoneyHive && survey.result.is_some() && !candidates.are_exported {
        return Ok(program());
    }
    let all = candidates.functions.iter();
    let forced: Vec<_> = all
        .filter_map(|(index, function)| Some((*index, *function, (convention, forced(function, convention)?))))
        .collect();
    match Candidates::choose(&forced, platform_names(convention)) {
        Some((index, function, how)) => Ok(decision(survey, index, function, how)),
        None => match (candidates.functions.as_slice(), forced.is_empty()) {
            ([(_, only)], true) => Err(unfit(only, convention).into()),
            _ => Err(unclear(survey, candidates, &forced).into()),
        },
    }
}

/// A function that was named.
fn named_entry(snippet: &Snippet, survey: &Survey, name: &str) -> Result<Decision, Box<Diagnostic>> {
    let is_result = name == "result" && survey.result.is_some();
    let matching = |function: &Callable| function.name == name || function.entry == name;
    let Some(index) = survey.functions.iter().position(matching) else {
        if is_result && matches!(snippet.convention, Convention::Auto | Convention::HoneyHive) {
            return Ok(program());
        }
        let other = survey
            .others
            .iter()
            .find(|other| other.name == name || other.entry == name);
        return match other {
            Some(other) => match other.what {
                Some(what) => Err(javascript::not_a_function(name, other.span, what).into()),
                None => Ok(made(other, snippet.convention)),
            },
            None => {
                let there: Vec<_> = survey.functions.iter().map(Callable::signature).collect();
                Err(javascript::unknown_entry(name, &there).into())
            }
        };
    };
    let function = &survey.functions[index];
    let how = match snippet.convention {
        Convention::Auto => by_name(function)
            .or_else(|| by_parameters(function))
            .ok_or_else(|| Box::new(javascript::unclear_parameters(function.span, &function.signature())))?,
        convention => match by_name(function).filter(|how| how.0 == convention) {
            Some(how) => how,
            None => (
                convention,
                forced(function, convention).ok_or_else(|| Box::new(unfit(function, convention)))?,
            ),
        },
    };
    Ok(decision(survey, index, function, how))
}

fn decision(survey: &Survey, index: usize, function: &Callable, (convention, form): How) -> Decision {
    let is_whole = matches!(survey.whole, Some(Whole::Function(_)));
    Decision {
        convention,
        form,
        entry: function.entry.clone(),
        parameters: function
            .parameters
            .iter()
            .map(|parameter| parameter.name.clone())
            .collect(),
        function: Some(index),
        wrap: is_whole.then_some(Wrap::Named),
    }
}

/// What a call made may well be a function; what it takes, only the convention says.
fn made(other: &Other, convention: Convention) -> Decision {
    Decision {
        convention: match convention {
            Convention::Auto => Convention::HoneyHive,
            convention => convention,
        },
        form: usual_form(convention),
        entry: other.entry.clone(),
        parameters: Vec::new(),
        function: None,
        wrap: None,
    }
}

/// The value that a program exports, if only running it shows what it is, and the functions only help to make it.
fn exported_value<'s>(survey: &'s Survey, candidates: &Candidates<'_>) -> Option<&'s Other> {
    let help = candidates
        .functions
        .iter()
        .all(|(_, function)| function.is_helper || function.is_used_at_top);
    let mut exported = survey
        .others
        .iter()
        .filter(|other| other.is_exported && other.what.is_none());
    let first = exported.next()?;
    (help && survey.exported.is_empty() && exported.next().is_none()).then_some(first)
}

fn program() -> Decision {
    Decision {
        convention: Convention::HoneyHive,
        form: Form::Program,
        entry: "result".to_owned(),
        parameters: Vec::new(),
        function: None,
        wrap: None,
    }
}

/// What the function's own name and the names of its parameters tell.
fn by_name(function: &Callable) -> Option<How> {
    let parameters = &function.parameters;
    let plain: Option<Vec<&str>> = parameters.iter().map(|parameter| parameter.name.as_deref()).collect();
    let plain = plain.unwrap_or_default();
    let how = match (function.name.as_str(), parameters.len(), plain.as_slice()) {
        ("grade", 2, _) | (_, 2, ["sample", "item"]) => (Convention::OpenAi, Form::Sample),
        ("perform_eval" | "performEval", 2, _) | (_, 2, ["run", "example"]) => (Convention::LangSmith, Form::Run),
        ("get_assert" | "getAssert", 2, _) | (_, 2, ["output", "context"]) => (Convention::Promptfoo, Form::Promptfoo),
        (_, 2, ["generation", "metadata"]) => (Convention::HoneyHive, Form::Generation),
        (_, 1, ["ctx"]) | ("evaluate", 1, ["context"]) => (Convention::Langfuse, Form::Context),
        (_, 1, ["instance"]) => (Convention::Vertex, Form::Instance),
        ("evaluate", 1, _) if has_keys(parameters, &["observation", "experiment"]) => {
            (Convention::Langfuse, Form::Context)
        }
        ("evaluate", 1, _) if has_keys(parameters, &["prompt", "response"]) => (Convention::Vertex, Form::Instance),
        ("handler", 1..=4, _) => (Convention::Braintrust, braintrust(parameters)?),
        _ => return None,
    };
    Some(how)
}

/// Whether the one parameter takes something of these out, and nothing that isn't among these or usual anywhere.
fn has_keys(parameters: &[Parameter], keys: &[&str]) -> bool {
    let taken = parameters.first().and_then(|parameter| parameter.keys.as_ref());
    taken.is_some_and(|taken| {
        taken.iter().any(|key| keys.contains(&key.as_str()))
            && taken
                .iter()
                .all(|key| keys.contains(&key.as_str()) || matches!(key.as_str(), "reference" | "metadata"))
    })
}

fn braintrust(parameters: &[Parameter]) -> Option<Form> {
    let is_known = |parameter: &Parameter| parameter.name.as_deref().is_some_and(|name| BRAINTRUST.contains(&name));
    match parameters {
        _ if parameters.iter().all(is_known) => Some(Form::Position),
        [only] if !only.is_rest => Some(Form::Object),
        _ => None,
    }
}

/// What the parameters tell.
fn by_parameters(function: &Callable) -> Option<How> {
    let parameters = &function.parameters;
    let is_phoenix = |parameter: &Parameter| parameter.name.as_deref().is_some_and(|name| PHOENIX.contains(&name));
    let mut required = parameters.iter().filter(|parameter| parameter.is_required);
    let event = (Convention::HoneyHive, Form::Event);
    let Some(first) = parameters.first() else {
        let form = if function.uses_arguments {
            Form::Event
        } else {
            Form::Globals
        };
        return Some((Convention::HoneyHive, form));
    };
    let others_are_optional = required.clone().all(|parameter| std::ptr::eq(parameter, first));
    if others_are_optional && first.keys.as_ref().is_some_and(|keys| is_phoenix_object(keys)) {
        return Some((Convention::Phoenix, Form::Object));
    }
    let count = required.clone().count();
    let all_fit = required.all(is_phoenix);
    match count {
        0 if parameters.iter().all(is_phoenix) => Some((Convention::Phoenix, Form::Position)),
        // `(event?: Event)`, `(event = {})`, `({ outputs } = {})`, `(...events)`
        0 if first.is_optional_argument || first.is_rest || first.keys.is_some() => Some(event),
        0 if first.name.as_deref() == Some("event") => Some(event),
        0 => Some((Convention::HoneyHive, Form::Globals)),
        _ if all_fit => Some((Convention::Phoenix, Form::Position)),
        1 if first.is_required => Some(event),
        _ => None,
    }
}

fn is_phoenix_object(keys: &[String]) -> bool {
    !keys.is_empty() && keys.iter().all(|key| PHOENIX.contains(&key.as_str()))
}

/// How a function is called when the convention is named, if it can be.
fn forced(function: &Callable, convention: Convention) -> Option<Form> {
    let parameters = &function.parameters;
    let required = parameters.iter().filter(|parameter| parameter.is_required).count();
    let takes = |most: usize| (required <= most && !parameters.is_empty()) || function.uses_arguments;
    let (most, form) = match convention {
        Convention::HoneyHive => match parameters.len() {
            0 if function.uses_arguments => (1, Form::Event),
            0 => return Some(Form::Globals),
            1 => (1, Form::Event),
            _ if required <= 1 => (1, Form::Event),
            _ => (2, Form::Generation),
        },
        Convention::OpenAi => (2, Form::Sample),
        Convention::LangSmith => (2, Form::Run),
        Convention::Langfuse => (1, Form::Context),
        Convention::Vertex => (1, Form::Instance),
        Convention::Promptfoo => (2, Form::Promptfoo),
        Convention::Braintrust | Convention::Phoenix => return by_key(parameters, required),
        Convention::Auto | Convention::PostHog | Convention::Program => return None,
    };
    takes(most).then_some(form)
}

/// Braintrust's and Phoenix' calls: by the names of the parameters, or with one object.
fn by_key(parameters: &[Parameter], required: usize) -> Option<Form> {
    let is_known = |parameter: &Parameter| parameter.name.as_deref().is_some_and(|name| PHOENIX.contains(&name));
    let first = parameters.first()?;
    if first.keys.is_some() || (first.name.is_some() && !is_known(first)) {
        return (required <= 1 && (first.is_required || required == 0)).then_some(Form::Object);
    }
    let mut needed = parameters.iter().filter(|parameter| parameter.is_required);
    needed.all(is_known).then_some(Form::Position)
}

fn usual_form(convention: Convention) -> Form {
    match convention {
        Convention::OpenAi => Form::Sample,
        Convention::LangSmith => Form::Run,
        Convention::Langfuse => Form::Context,
        Convention::Vertex => Form::Instance,
        Convention::Promptfoo => Form::Promptfoo,
        Convention::Braintrust | Convention::Phoenix => Form::Object,
        _ => Form::Event,
    }
}

fn platform_names(convention: Convention) -> &'static [&'static str] {
    match convention {
        Convention::OpenAi => &["grade"],
        Convention::LangSmith => &["performEval", "perform_eval"],
        Convention::Promptfoo => &["getAssert", "get_assert"],
        Convention::Braintrust => &["handler"],
        _ => &["evaluate"],
    }
}

fn unfit(function: &Callable, convention: Convention) -> Diagnostic {
    let takes = match convention {
        Convention::HoneyHive => "one `event`, or `generation` and `metadata`",
        Convention::OpenAi => "`sample` and `item`",
        Convention::LangSmith => "`run` and `example`",
        Convention::Langfuse => "`ctx` alone",
        Convention::Vertex => "`instance` alone",
        Convention::Promptfoo => "`output` and `context`",
        _ => "`input`, `output`, `expected` and `metadata` by name, or one object with them",
    };
    javascript::unfit(function.span, &function.signature(), convention, takes)
}

fn unclear(survey: &Survey, candidates: &Candidates<'_>, fitting: &[Candidate<'_>]) -> Diagnostic {
    let shown: Vec<&Callable> = if fitting.is_empty() {
        candidates.functions.iter().map(|(_, function)| *function).collect()
    } else {
        without_helpers(fitting)
            .iter()
            .map(|(_, function, _)| *function)
            .collect()
    };
    match shown.as_slice() {
        [] => no_metric(survey),
        [only] => javascript::unclear_parameters(only.span, &only.signature()),
        [first, second, ..] => {
            let named: Vec<_> = shown
                .iter()
                .map(|function| (function.signature(), function.line))
                .collect();
            javascript::unclear(second.span, first.span, &named, &first.name)
        }
    }
}

fn no_metric(survey: &Survey) -> Diagnostic {
    let odd = survey.others.iter().find(|other| {
        other.entry == "default" || other.entry == "module.exports" || USUAL.contains(&other.name.as_str())
    });
    match odd.and_then(|other| Some((other, other.what?))) {
        Some((other, what)) => javascript::not_a_function(&other.name, other.span, what),
        None => javascript::no_metric(Span::default()),
    }
}
