//! Python, JavaScript and TypeScript: the interpreter with the snippet in its memory.

use jurybox::{Event, Language, MetricSection, Snippet};

use super::host::Metric;
use super::{engine, events, metric, runs_as_a_module, same};

/// Compiling an interpreter takes seconds, so that one example stands for all.
fn judges_as_before(language: Language, source: Vec<u8>) {
    let (engine, events) = (engine(), events());
    let snippet = Snippet::new(language, source);
    let evaluator = engine.compile(&snippet).expect("it compiles");
    let wasm = engine.build(&snippet).expect("it builds");
    let section = MetricSection::read(&wasm).expect("the section");
    assert_eq!(
        (section.language, section.convention),
        (language, evaluator.convention())
    );

    let metric = Metric::new(&wasm);
    assert_eq!(metric.exports(), ["alloc", "evaluate", "memory"]);
    let known = ["jurybox.log", "jurybox.now", "jurybox.random"];
    for import in metric.imports() {
        let is_known = known.contains(&import.as_str()) || import.starts_with("wasi_snapshot_preview1.");
        assert!(is_known, "{import}");
    }
    for event in events.iter().step_by(4) {
        same(language.extension(), &evaluator, event, &metric.judge(event.document()));
    }
    let runs = metric.judge_all(events.iter().map(Event::document));
    for (event, run) in events.iter().zip(&runs) {
        same(language.extension(), &evaluator, event, run);
    }
    runs_as_a_module(&engine, wasm, &evaluator, &events);
}

#[test]
fn python_judges_as_before() {
    judges_as_before(Language::Python, metric("regex_safety_checks.py"));
}

#[test]
fn typescript_judges_as_before() {
    judges_as_before(Language::TypeScript, metric("regex_safety_checks.ts"));
}

#[test]
fn javascript_judges_as_before() {
    let source = "export default ({ input, output }) => {
        console.log(output.length, 'characters');
        if (output.length > 300) throw new RangeError('too long');
        return { score: output.length / 300, reason: typeof input };
    }";
    judges_as_before(Language::JavaScript, source.into());
}
