//! What authors are told.

use insta::assert_snapshot;

use super::*;
use crate::diagnostic::{Color, render};

/// All that is said about a source, as the terminal shows it.
fn told(snippet: &Snippet) -> String {
    let source = snippet.text().expect("text");
    let diagnostics = match prepare(snippet, source) {
        Ok(prepared) => prepared.warnings,
        Err(error) => error.diagnostics,
    };
    let texts = diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, source, &snippet.file_name(), Color::Never));
    texts.collect::<Vec<_>>().join("\n")
}

fn js(source: &str) -> String {
    told(&Snippet::javascript(source))
}

fn ts(source: &str) -> String {
    told(&Snippet::typescript(source))
}

#[test]
fn syntax() {
    assert_snapshot!(
        "syntax_missing_bracket",
        js("function f(event) {\n  return (1 + 2;\n}\n")
    );
    assert_snapshot!(
        "syntax_redeclared",
        js("const ü = 'ü'; let a = 1;\nlet a = 2;\nfunction f(e) { return a }\n")
    );
    assert_snapshot!("syntax_regex", js("const f = (output) => /(a/.test(output)\n"));
    assert_snapshot!(
        "syntax_several",
        js("function f(e) {\n  break;\n  continue;\n  return #x;\n}\n")
    );
    assert_snapshot!(
        "syntax_typescript",
        js("function f(event: Event): number {\n  return 1\n}\n")
    );
    assert_snapshot!("syntax_jsx", js("export default (event) => <b>{event}</b>\n"));
    assert_snapshot!("syntax_return", js("import.meta;\nexport const a = 1\nreturn 2\n"));
}

#[test]
fn imports() {
    assert_snapshot!(
        "imports_js",
        js("import _ from 'lodash'\nexport * from './other.js'\nexport default (event) => 1\n")
    );
    assert_snapshot!(
        "imports_ts",
        ts(
            "import fs = require('fs');\nimport { T, v } from 'x';\nimport { U } from 'y';\nexport const f = (e: T & U) => v(fs, e)\n"
        )
    );
}

#[test]
fn unsupported_typescript() {
    assert_snapshot!(
        "unsupported_decorator",
        ts("const A = @dec class {\n  accessor x = 1;\n}\nfunction f(e) { return new A().x }\n")
    );
    assert_snapshot!(
        "unsupported_javascript",
        js("@dec class A {\n  accessor x = 1;\n}\nfunction f(e) { return new A().x }\n")
    );
    assert_snapshot!(
        "unsupported_namespace",
        ts("namespace N {\n  export let x = 1;\n}\nfunction f(e) { return N.x }\n")
    );
}

#[test]
fn what_to_call() {
    assert_snapshot!("call_nothing", js("const x = 1\n"));
    assert_snapshot!("call_empty", js(""));
    assert_snapshot!(
        "call_several",
        js("function a(text) {\n  return 1\n}\nfunction b(event) {\n  return 2\n}\n")
    );
    assert_snapshot!("call_parameters", js("export default (a, b) => a === b\n"));
    assert_snapshot!("call_class", js("export default class Scorer {}\n"));
    assert_snapshot!(
        "call_entry",
        told(&Snippet::javascript("function score(event) {}").with_entry("scores"))
    );
    assert_snapshot!(
        "call_convention",
        told(&Snippet::javascript("function f(a, b, c) {}").with_convention(Convention::OpenAi))
    );
}

#[test]
fn hints() {
    assert_snapshot!(
        "hints",
        js(
            "function f(output) {\n  const word = new RegExp('a+', 'g');\n  const own = new RegExp(output);\n  word.test(output);\n}\n"
        )
    );
    assert_eq!(
        js("const word = new RegExp('a');\nexport default (output) => word.test(output)\n"),
        ""
    );
}

#[test]
fn depth() {
    assert_snapshot!(
        "depth",
        js(&format!(
            "const f = (e) => {}1{};\n",
            "(".repeat(2000),
            ")".repeat(2000)
        ))
    );
}
