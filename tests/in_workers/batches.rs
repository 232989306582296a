//! Events that travel together get what each would get alone.

use std::fs;
use std::path::Path;

use jurybox::reader::EventReader;
use jurybox::{EvaluationOptions, Event, Language, Snippet};

use super::{equal_batches, generator};

fn options() -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.allows_na = true;
    options.now_ns = Some(1_800_000_000_000_000_000);
    options
}

/// The metrics of the examples, by the ends of their files' names.
fn metrics(extension: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/metrics");
    let entries = fs::read_dir(directory).expect("the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| fs::read_to_string(path).expect("a metric"))
        .collect()
}

#[test]
fn examples_in_batches() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/events.jsonl");
    let file = std::io::BufReader::new(fs::File::open(path).expect("the events"));
    let events: Vec<Event> = EventReader::new(file).collect::<Result<_, _>>().expect("events");
    let mut count = 0;
    for language in [Language::Hog, Language::Python, Language::TypeScript] {
        for source in metrics(language.extension()) {
            let snippet = match language {
                Language::Hog => Snippet::hog(source),
                language => Snippet::new(language, source),
            };
            equal_batches(&snippet, &events, &options());
            count += 1;
        }
    }
    assert_eq!(count, 42);
}

/// Events of which some end well, some fail, some are skipped, and some reach a limit: each keeps its place.
#[test]
fn mixed_batches() {
    let events: Vec<Event> = (0..90)
        .map(|number| {
            let expected = match number % 3 {
                0 => String::new(),
                _ => format!(r#", "expected": "{number}""#),
            };
            let output = ["fine", "throw", "loop", "hoard", "nothing", "print"][number * 7 % 6];
            Event::from_json(&format!(r#"{{"output": "{output}"{expected}}}"#)).expect("an event")
        })
        .collect();
    let mut options = options();
    options.limits.fuel = 3_000_000;
    options.limits.memory = 16 << 20;
    for needs_ground_truth in [false, true] {
        options.needs_ground_truth = needs_ground_truth;
        for snippet in [
            Snippet::hog(
                "if (output == 'throw') { throw Error('x') }
                 while (output == 'loop') {}
                 let s := 'x' while (output == 'hoard') { s := s || s }
                 if (output == 'nothing') { return null }
                 if (output == 'print') { print('a', output) print('ü') }
                 return true",
            ),
            Snippet::python(
                "def score(output):
    if output == 'throw': raise ValueError('x')
    while output == 'loop': pass
    s = 'x'
    while output == 'hoard': s = s + s
    if output == 'nothing': return None
    if output == 'print': print('a', output); print('ü')
    return {'score': 0.5, 'pass': True, 'reason': output, 'metadata': {'n': [1]}}
",
            ),
            Snippet::javascript(
                "function score({ output }) {
    if (output === 'throw') throw new TypeError('x');
    while (output === 'loop');
    let s = 'x';
    while (output === 'hoard') s = [s, s.repeat ? s.repeat(2) : s];
    if (output === 'nothing') return null;
    if (output === 'print') { console.log('a', output); console.warn('ü') }
    return { score: 0.5, pass: true, reason: output };
}",
            ),
        ] {
            equal_batches(&snippet, &events, &options);
        }
    }
}

/// More of them than the tables of hostile programs run; set `HOSTILE_PROGRAMS` for many more.
#[test]
fn random_programs_in_batches() {
    let count = std::env::var("HOSTILE_PROGRAMS")
        .ok()
        .and_then(|text| text.parse().ok());
    let events: Vec<Event> = [
        r#"{"g": [1, {"k": "v"}, "text"], "n": 5}"#,
        r#"{"g": {}, "n": "7"}"#,
        "{}",
    ]
    .map(|text| Event::from_json(text).expect("an event"))
    .into();
    let mut options = options();
    options.limits.fuel = 2_000_000;
    for seed in 1_000..1_000 + count.unwrap_or(8) {
        let source = generator::program(seed);
        equal_batches(&Snippet::hog_program(source.as_str()), &events, &options);
        // The other convention compiles otherwise, where it compiles.
        equal_batches(&Snippet::hog(source), &events, &options);
    }
}
