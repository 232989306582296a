//! `jurybox types`: the stubs are in their languages, and cover every convention.

use std::process::{Command, Stdio};

use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;

use crate::support::Place;

fn types(language: &str) -> String {
    let called = Place::new().call(&["types", "--language", language]);
    assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""), "{called:?}");
    called.stdout
}

#[test]
fn the_types_are_typescript() {
    let text = types("typescript");
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &text, SourceType::d_ts()).parse();
    assert!(
        !parsed.panicked && parsed.diagnostics.is_empty(),
        "{:?}",
        parsed.diagnostics
    );
    for name in [
        "Event",
        "Result",
        "Returned",
        "HoneyHiveEvent",
        "Sample",
        "Item",
        "Run",
        "Example",
    ] {
        assert!(text.contains(&format!("export interface {name} ")) || text.contains(&format!("export type {name} ")));
    }
    assert_eq!(types("javascript"), text);
}

#[test]
fn the_stub_is_python() {
    let text = types("python");
    // In our own interpreter, which is there.
    let place = Place::with(&[(
        "parses.py",
        "def parses(output):\n    compile(output, 'stub', 'exec')\n    return True\n",
    )]);
    let event = serde_json::json!({ "output": text });
    place.write("event.json", event.to_string().as_bytes());
    let called = place.call(&["run", "parses.py", "--event", "event.json", "--result"]);
    assert_eq!((called.stdout.as_str(), called.stderr.as_str()), ("true\n", ""));

    // And for the machine's, that no name is used that nobody defines; where there is one.
    let mut python = Command::new("python3");
    python.args(["-c", NAMES]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = python.spawn() else { return };
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

const NAMES: &str = "
import ast, builtins, sys
tree = ast.parse(sys.stdin.read())
defined = set(dir(builtins)) | {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
defined |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
defined |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
assert used <= defined, used - defined
";

#[test]
fn both_have_the_same_names() {
    let names = |text: &str, marks: &[&str]| {
        let mut names: Vec<String> = text
            .lines()
            .filter_map(|line| marks.iter().find_map(|mark| line.strip_prefix(mark)))
            .map(|rest| {
                rest.split(|c: char| !c.is_alphanumeric())
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        names.sort();
        names
    };
    let typescript = names(&types("typescript"), &["export interface ", "export type "]);
    let python = names(&types("python"), &["class "]);
    // Smaller ones are written in place in TypeScript.
    let inlined = [
        "Choice",
        "Message",
        "PromptfooProviderResponse",
        "PromptfooTest",
        "RunExtra",
    ];
    for name in python.iter().filter(|name| !inlined.contains(&name.as_str())) {
        assert!(typescript.contains(name), "{name} is missing in TypeScript");
    }
    for name in &typescript {
        let is_known = python.contains(name)
            || ["Json", "JsonObject", "Value", "Result", "Returned"].contains(&name.as_str())
            // Its arguments are keywords in Python; promises are there only in JavaScript.
            || ["BraintrustArguments", "PhoenixArguments", "Settled"].contains(&name.as_str());
        assert!(is_known, "{name} is missing in Python");
    }
}
