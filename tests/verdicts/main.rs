//! From what a metric returns to a verdict, across languages and conventions: what `docs/conventions.md` promises.

mod arguments;
#[path = "../support/engine.rs"]
mod engine;
mod page;
mod returned;
mod rules;

use std::sync::LazyLock;

use jurybox::{Event, Isolation, Snippet};

use engine::{Engine, Evaluator};

/// One engine for all tests: its language runtimes are compiled once.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Isolation::Auto, "code"));

fn compile(snippet: &Snippet) -> Evaluator {
    let source = snippet.text().expect("text").to_owned();
    ENGINE
        .compile(snippet)
        .unwrap_or_else(|error| panic!("{error}\n{source}"))
}

fn event(text: &str) -> Event {
    Event::from_json(text).expect(text)
}
