//! Language runtimes are made ready before the first request comes, not while its sender waits.

use std::io::Write as _;

use jurybox::{Engine, Language, Snippet};

/// A snippet for each language runtime. TypeScript runs on JavaScript's, and modules need none.
const SNIPPETS: [(Language, &str); 3] = [
    (Language::Hog, "return true"),
    (Language::Python, "def always(output):\n    return True\n"),
    (Language::JavaScript, "export default (output) => true\n"),
];

/// Compiles the language runtimes that the cache of compiled code does not hold, which takes seconds, once per machine.
pub async fn prepare(engine: &Engine) {
    for (language, source) in SNIPPETS {
        if engine.is_ready(language) {
            continue;
        }
        // Where standard error is closed, there is nobody to tell.
        let _ = writeln!(
            std::io::stderr(),
            "making {} ready (this takes seconds, once per machine) ...",
            language.name()
        );
        let engine = engine.clone();
        let made = tokio::task::spawn_blocking(move || engine.compile(&Snippet::new(language, source)).map(drop));
        // What keeps a language from being made ready keeps its snippets from compiling, which is told there.
        if !matches!(made.await, Ok(Ok(()))) {
            tracing::warn!(language = language.name(), "the language could not be made ready");
        }
    }
}
