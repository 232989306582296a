//! Every example metric on every example event: the verdicts and the fuel, as a snapshot for each language. A change of
//! fuel is a change of speed; look at it, and accept it with `cargo insta accept` if it is meant.

#[expect(dead_code, reason = "not all tables need all of it")]
#[path = "support/engine.rs"]
mod engine;

use std::collections::BTreeMap;
use std::path::Path;

use jurybox::reader::EventReader;
use jurybox::{Convention, EvaluationOptions, Event, Isolation, Language, Snippet, Verdict};

use engine::{Engine, Evaluator};

/// The languages that every metric is written in.
const LANGUAGES: [Language; 3] = [Language::Hog, Language::Python, Language::TypeScript];

/// The metrics of a language by name.
fn metrics(language: Language) -> BTreeMap<String, Snippet> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/metrics");
    let entries = std::fs::read_dir(directory).expect("the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == language.extension())
        })
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let source = std::fs::read_to_string(&path).expect("a metric");
            let snippet = match language {
                Language::Hog => Snippet::hog(source),
                language => Snippet::new(language, source),
            };
            (name, snippet)
        })
        .collect()
}

fn events() -> Vec<Event> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/events.jsonl");
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the events"));
    EventReader::new(file).collect::<Result<_, _>>().expect("events")
}

/// One letter for a verdict: pass, fail, n/a, or the status of an error.
fn word(verdict: &Verdict) -> String {
    match verdict.passed {
        Some(true) => "pass".to_owned(),
        Some(false) => "fail".to_owned(),
        None => verdict.status.to_string(),
    }
}

fn options() -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.allows_na = true;
    options.now_ns = Some(1_800_000_000_000_000_000);
    options
}

/// What a metric says about every event.
fn verdicts(engine: &Engine, name: &str, snippet: &Snippet, events: &[Event]) -> Vec<Verdict> {
    let evaluator = engine
        .compile(snippet)
        .unwrap_or_else(|error| panic!("{name} in {}: {error}", snippet.language.name()));
    assert_eq!(evaluator.warnings(), [], "{name} in {}", snippet.language.name());
    let mut judge = evaluator.judge();
    events.iter().map(|event| judge.evaluate(event, &options())).collect()
}

#[test]
fn there_are_fourteen_metrics_in_each_language_and_thirty_events() {
    let names: Vec<_> = metrics(Language::Hog).into_keys().collect();
    assert_eq!(names.len(), 14);
    for language in LANGUAGES {
        assert!(
            metrics(language).into_keys().eq(names.iter().cloned()),
            "{}",
            language.name()
        );
    }
    assert!(events().len() >= 30);
}

#[test]
fn verdicts_and_fuel() {
    let (engine, events) = (Engine::new(Isolation::Auto, "code"), events());
    for language in LANGUAGES {
        let mut table = String::new();
        for (name, snippet) in metrics(language) {
            for (number, verdict) in (1..).zip(verdicts(&engine, &name, &snippet, &events)) {
                assert_eq!(verdict.error, None, "{name} in {} on event {number}", language.name());
                table += &format!("{name} {number:2} {:14} {:8}\n", word(&verdict), verdict.usage.fuel);
            }
        }
        // The same snapshots, whichever target this is part of.
        insta::with_settings!({prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format!("examples__verdicts_and_fuel_of_{}", language.name()), table);
        });
    }
}

/// Every habit has an example, in both languages, and shows.
#[test]
fn conventions_are_recognised() {
    let engine = Engine::new(Isolation::Auto, "code");
    for language in [Language::Python, Language::TypeScript] {
        for (name, snippet) in metrics(language) {
            let expected = match name.as_str() {
                "conversation_length"
                | "cost_latency"
                | "error_detection"
                | "input_relevance"
                | "print_messages"
                | "tools_called" => Convention::HoneyHive,
                "min_output_length" => Convention::OpenAi,
                "contains_keywords" => Convention::LangSmith,
                "output_not_empty" => Convention::Braintrust,
                "output_quality" | "quickstart" => Convention::Phoenix,
                "regex_safety_checks" => Convention::Langfuse,
                "refusal_detection" => Convention::Vertex,
                "na_guard" => Convention::Promptfoo,
                name => panic!("{name} is new"),
            };
            let evaluator = engine.compile(&snippet).expect("it compiles");
            assert_eq!(evaluator.convention(), expected, "{name} in {}", language.name());
        }
    }
}

/// One idea, three languages, one verdict: whoever moves a metric from one to another must be able to trust it.
#[test]
fn the_languages_agree() {
    let (engine, events) = (Engine::new(Isolation::Auto, "code"), events());
    let of = |language| -> BTreeMap<String, Vec<Verdict>> {
        let judged = metrics(language).into_iter().map(|(name, snippet)| {
            let verdicts = verdicts(&engine, &name, &snippet, &events);
            (name, verdicts)
        });
        judged.collect()
    };
    let expected = of(Language::Hog);
    for language in LANGUAGES {
        for (name, verdicts) in of(language) {
            for (number, (verdict, expected)) in (1..).zip(verdicts.iter().zip(&expected[&name])) {
                assert_eq!(
                    (verdict.status, &verdict.value, verdict.passed),
                    (expected.status, &expected.value, expected.passed),
                    "{name} in {} on event {number}",
                    language.name()
                );
            }
        }
    }
}

#[test]
fn the_bill_is_the_same_ten_thousand_times_on_two_threads() {
    let (engine, events) = (Engine::new(Isolation::Auto, "code"), events());
    let evaluators: Vec<_> = metrics(Language::Hog)
        .values()
        .map(|snippet| engine.compile(snippet).expect("it compiles"))
        .collect();
    let options = options();
    let bill = |evaluator: &Evaluator, event: &Event| {
        let verdict = evaluator.evaluate_with(event, &options);
        (
            verdict.status,
            verdict.value,
            verdict.reasoning,
            verdict.usage.fuel,
            verdict.usage.memory,
        )
    };
    let expected: Vec<Vec<_>> = evaluators
        .iter()
        .map(|evaluator| events.iter().map(|event| bill(evaluator, event)).collect())
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10 {
                    for (evaluator, expected) in evaluators.iter().zip(&expected) {
                        for (event, expected) in events.iter().zip(expected) {
                            assert_eq!(&bill(evaluator, event), expected);
                        }
                    }
                }
            });
        }
    });
}
