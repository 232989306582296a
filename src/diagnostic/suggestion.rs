//! "Did you mean ...?": the Hog name for what an author of another language would have written, or the nearest name.

use jurybox_hog_abi::library::{FUNCTIONS, PRELUDE};

/// What to write instead of a function that Hog does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// The name of the function that is probably meant.
    Name(String),
    /// What to write, where it is more than another name.
    Advice(&'static str),
}

/// Functions of other languages and what Hog calls them.
const NAMES: &[(&str, &str)] = &[
    ("len", "length"),
    ("size", "length"),
    ("count", "length"),
    ("strlen", "length"),
    ("str", "toString"),
    ("string", "toString"),
    ("int", "toInt"),
    ("integer", "toInt"),
    ("parseInt", "toInt"),
    ("float", "toFloat"),
    ("number", "toFloat"),
    ("parseFloat", "toFloat"),
    ("toLowerCase", "lower"),
    ("lowercase", "lower"),
    ("lcase", "lower"),
    ("toUpperCase", "upper"),
    ("uppercase", "upper"),
    ("ucase", "upper"),
    ("includes", "has"),
    ("substr", "substring"),
    ("slice", "substring"),
    ("startswith", "startsWith"),
    ("find", "position"),
    ("index", "indexOf"),
    ("replace", "replaceAll"),
    ("split", "splitByString"),
    ("join", "arrayStringConcat"),
    ("push", "arrayPushBack"),
    ("append", "arrayPushBack"),
    ("pop", "arrayPopBack"),
    ("shift", "arrayPopFront"),
    ("unshift", "arrayPushFront"),
    ("sort", "arraySort"),
    ("sorted", "arraySort"),
    ("reversed", "arrayReverse"),
    ("map", "arrayMap"),
    ("filter", "arrayFilter"),
    ("reduce", "arrayReduce"),
    ("any", "arrayExists"),
    ("some", "arrayExists"),
    ("strip", "trim"),
    ("lstrip", "trimLeft"),
    ("rstrip", "trimRight"),
    ("println", "print"),
    ("printf", "print"),
    ("log", "print"),
    ("echo", "print"),
    ("min", "min2"),
    ("max", "max2"),
    ("random", "randomFloat"),
    ("uuid", "generateUUIDv4"),
    ("type", "typeof"),
    ("json_loads", "jsonParse"),
    ("json_dumps", "jsonStringify"),
    ("regexMatch", "match"),
    ("test", "match"),
    ("date", "toDate"),
    ("datetime", "toDateTime"),
    ("Exception", "Error"),
    ("isEmpty", "empty"),
    ("nvl", "ifNull"),
];

/// Functions of other languages that have no counterpart of one word.
const ADVICE: &[(&str, &str)] = &[
    (
        "contains",
        "write `has(list, value)` for lists, `text ilike '%word%'` or `position(text, 'word') > 0` for text",
    ),
    ("format", "write a template string: `f'score: {score}'`"),
    ("sprintf", "write a template string: `f'score: {score}'`"),
    ("endsWith", "write `text =~ 'ending$'`"),
    ("endswith", "write `text =~ 'ending$'`"),
    ("abs", "write `x < 0 ? -x : x`"),
    ("ceil", "write `-floor(-x)`"),
    ("sum", "write `arrayReduce((total, x) -> total + x, list, 0)`"),
    ("all", "write `not arrayExists(x -> not (...), list)`"),
    ("every", "write `not arrayExists(x -> not (...), list)`"),
    ("bool", "write `x ? true : false`"),
    ("isinstance", "compare the type's name: `typeof(x) == 'string'`"),
];

/// The Hog function that a call of the unknown function `name` probably means; `declared` are the functions of the
/// program itself.
#[must_use]
pub fn for_function<'a>(name: &str, declared: impl IntoIterator<Item = &'a str>) -> Option<Suggestion> {
    let same = |entry: &&(&'static str, &'static str)| entry.0 == name;
    if let Some((_, name)) = NAMES.iter().find(same) {
        return Some(Suggestion::Name((*name).to_owned()));
    }
    if let Some((_, advice)) = ADVICE.iter().find(same) {
        return Some(Suggestion::Advice(advice));
    }
    let library = FUNCTIONS.iter().chain(PRELUDE).map(|function| function.name);
    nearest(name, declared.into_iter().chain(library)).map(|name| Suggestion::Name(name.to_owned()))
}

/// What a call of a method on an object of another language means: `console.log(x)`, `text.toLowerCase()`.
#[must_use]
pub fn for_method(object: &str, method: &str) -> Option<&'static str> {
    if matches!(object, "console" | "logger" | "logging") {
        return Some("print");
    }
    if matches!((object, method), ("JSON" | "json", "parse" | "loads")) {
        return Some("jsonParse");
    }
    if matches!((object, method), ("JSON" | "json", "stringify" | "dumps")) {
        return Some("jsonStringify");
    }
    NAMES.iter().find(|entry| entry.0 == method).map(|entry| entry.1)
}

/// The candidate that `name` is a likely misspelling of: the same but for case, or a few keystrokes away.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond this no one has misspelt anything, and the distance costs length times length.
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let allowed = name.chars().count() / 3;
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= LONGEST)
        .map(|candidate| {
            let distance = if candidate.eq_ignore_ascii_case(name) {
                0
            } else {
                strsim::damerau_levenshtein(candidate, name)
            };
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_and_misspellings_lead_to_the_library() {
        let table = [
            ("len", Some("length")),
            ("str", Some("toString")),
            ("toLowerCase", Some("lower")),
            ("includes", Some("has")),
            ("append", Some("arrayPushBack")),
            ("lstrip", Some("trimLeft")),
            ("lenght", Some("length")),
            ("JsonParse", Some("jsonParse")),
            ("arraymap", Some("arrayMap")),
            ("my_helper", None),
            ("x", None),
        ];
        for (name, expected) in table {
            let expected = expected.map(|name| Suggestion::Name(name.to_owned()));
            assert_eq!(for_function(name, []), expected, "{name}");
        }
        assert!(matches!(for_function("contains", []), Some(Suggestion::Advice(_))));
        assert_eq!(
            for_function("scoer", ["score"]),
            Some(Suggestion::Name("score".to_owned()))
        );
        assert_eq!(for_method("console", "log"), Some("print"));
        assert_eq!(for_method("output", "toLowerCase"), Some("lower"));
        assert_eq!(for_method("output", "text"), None);
    }

    #[test]
    fn every_suggested_function_exists() {
        for (habit, name) in NAMES {
            assert!(
                FUNCTIONS.iter().chain(PRELUDE).any(|function| function.name == *name),
                "{habit} -> {name}"
            );
            assert!(
                !FUNCTIONS.iter().chain(PRELUDE).any(|function| function.name == *habit),
                "{habit} exists"
            );
        }
    }
}
