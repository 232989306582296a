//! A snapshot for each kind of diagnostic, as an author sees it.

use std::fmt::Write as _;

use crate::diagnostic::hog::scope;
use crate::diagnostic::suggestion::{Suggestion, for_function};
use crate::diagnostic::{Color, Diagnostic, LineIndex, Span, render};
use crate::language::hog::parser::parse;

/// Everything that is said about some sources, each after its source's name.
fn report(sources: &[&str]) -> String {
    let mut text = String::new();
    for source in sources {
        let diagnostics = match parse(source) {
            Ok(parsed) => parsed.warnings,
            Err(diagnostics) => diagnostics,
        };
        if diagnostics.is_empty() {
            let _ = writeln!(text, "nothing to say about: {source}");
        }
        for diagnostic in diagnostics {
            text += &render(&diagnostic, source, "metric.hog", Color::Never);
            text.push('\n');
        }
    }
    text
}

/// One test and one snapshot for each line.
macro_rules! snapshots {
    ($($name:ident: $($source:expr),+;)*) => {
        $(#[test] fn $name() { insta::assert_snapshot!(report(&[$($source),+])); })*
    };
}

snapshots! {
    unknown_character: "let x := 1 @ 2", "let größe := 1", "return “text”", "return a ≤ b";
    unterminated_string: "let a := 1\nlet b := 'it's here'\nreturn b\n";
    unterminated_name: "return \"abc";
    unterminated_template: "return f'hello {name";
    unterminated_template_part: "let greeting := f'hello {name'\nreturn greeting\n";
    unterminated_comment: "return 1 /* half\nof it";
    unknown_escape: "return match(output, '\\d+ \\w+')";
    octal_number: "return 0o17";
    malformed_number: "return 1_000", "return 12abc";
    unclosed_bracket: "fun f() {\n    if (a) {\n        g()\n\nreturn f()\n", "let x := f(1, [2, 3)\nreturn x";
    unmatched_bracket: "if (a) { b() } }\nreturn 1";
    unexpected_token: "return f(a b)", "fun f(a { }", "let x := [1, 2";
    expected_value: "let x := \nlet y := 2", "return 1 +", "return )";
    reserved_name: "let try := 1", "return a.null";
    nested_too_deeply: &format!("return {}1", "[".repeat(300)), &format!("return {}1{}", "[".repeat(300), "]".repeat(300));
    index_zero: "return output[0]", "return a.0";
    assign_to_call: "length(x) := 5";
    assign_to_value: "1 := 2", "(a, b) := c";
    destructuring: "let {a, b} := c", "let a, b := c";
    named_argument: "f(a := 1)", "a := b := c";
    default_argument: "fun f(a, b = 1) { }";
    type_annotation: "let x: int := 1", "fun f(a: int) { }";
    anonymous_function: "let f := fun (x) { return x }";
    missing_catch: "try { f() }";
    finally_not_supported: "try { f() } catch { } finally { g() }";
    stray_clause: "if (a) { b() };\nelse { c() }", "catch (e) { }";
    missing_condition: "for (;;) { f() }";
    object_without_value: "return {a, b}", "return {...a}";
    declaration_needs_block: "if (a) let x := 1";
    empty_parentheses: "return ()";
    empty_template_part: "return f'a{}b'";
    interval_unit: "return now() - interval 5 days", "return interval '5 moons'";
    not_supported: "return (select 1)", "return sql(select 1)", "return <div />", "return a as b",
        "return date '2024-01-01'", "return a in cohort 5", "return [...a]", "return r'\\n'";
    equals_in_let: "let x = 5";
    equals_as_statement: "let x := 1\nx = 5\nreturn x";
    triple_equals: "return a === b", "return a !== b";
    ampersands: "return a && b";
    exclamation_mark: "return !a";
    concat_as_or: "return a > 1 || b > 2", "if (a || b) { f() }", "return (a > 1) || not b";
    tight_not: "return not (a) == b";
    double_quotes: "return output == \"yes\"", "return \"two words\"", "return \"output\"", "let \"a b\" := 1 return \"a b\"";
    template_quotes: "return f\"hello\"", "return F'hello'";
    loop_jump: "while (true) { break }", "for (let x in y) { continue; }";
    increment: "x++", "++x", "for (let i := 0; i < 3; i++) { f() }";
    decrement: "let x := 1\nx--\nreturn x";
    compound_assignment: "x += 1", "text ||= 'a'";
    function_keyword: "function f(x) { return x }", "def f(x):\n    return x", "let f := function(x) { return x }";
    variable_keyword: "const x := 1", "var y = 2";
    else_if_keyword: "if (a) { b() }\nelif (c) { d() }", "if (a) { b() } elseif (c) { d() }";
    raise_keyword: "raise Error('x')";
    missing_statement: "class A { }", "switch (x) { }", "import json", "let e := new Error('x')", "pass\nf()";
    for_without_let: "for (x in y) { f(x) }", "for (x of y) { f(x) }";
    missing_parentheses: "if x > 1 { f() }", "while x { f() }", "for x in y:\n    f(x)";
    colon_block: "if (x):\n    f()";
    other_null: "return output == None", "return undefined";
    is_without_null: "return a is b";
    unary_plus: "return +x";
    bare_parameters: "return arrayMap(list, x -> x * 2)";
    unused_value: "output == 'yes'", "let x := f() x + 1; return x", "return arrayMap(x -> { x * 2 }, output)";
    fat_arrow: "return x => x", "return () => 1", "return (a, b) => a";
    missing_operator: "return 2 ** 3";
    hyphenated_property: "return properties.$ai-model", "return event.properties.ai-model == 'a'",
        "let model := 1 return properties.$ai-model", "return a.b-c";
    several_errors: "let x = 1\nlet y := f(1 2)\nif (y) {\n    return 'ok\\d'\n    z := )\n}\nreturn !x\n";
    control_characters: "let x := '\u{1b}[2J' \u{7}\nreturn \"\u{1b}]0;title\u{7}\"";
}

/// As the scope stage would report it.
fn show(source: &str, diagnostics: Vec<Diagnostic>) -> String {
    let index = LineIndex::new(source);
    diagnostics
        .into_iter()
        .map(|diagnostic| render(&diagnostic.locate(&index), source, "metric.hog", Color::Never) + "\n")
        .collect()
}

#[test]
fn scopes() {
    let source = "let x := 1\nlet x := len(y)";
    let at = |start, end| Span::new(start, end);
    let advice = for_function("contains", []);
    insta::assert_snapshot!(show(
        source,
        vec![
            scope::already_declared("x", at(15, 16), at(4, 5)),
            scope::undeclared_assignment("x", at(4, 5), None),
            scope::undeclared_assignment("xs", at(4, 5), Some("x")),
            scope::assign_to_global("output", at(4, 5)),
            scope::unknown_function("len", at(20, 23), Some(&Suggestion::Name("length".to_owned()))),
            scope::unknown_function("contains", at(20, 23), advice.as_ref()),
            scope::unknown_function("blub", at(20, 23), None),
            scope::unknown_method("toLowerCase", at(20, 23), "lower"),
            scope::wrong_argument_count("length", 2, 1, Some(1), at(20, 26)),
            scope::wrong_argument_count("trim", 3, 1, Some(2), at(20, 26)),
            scope::wrong_argument_count("coalesce", 0, 1, None, at(20, 26)),
            scope::unknown_name("y", at(24, 25), Some("x")),
        ],
    ));
}

#[test]
fn diagnostics_are_data() {
    let errors = parse("let ü := 1").err().unwrap_or_default();
    insta::assert_snapshot!(serde_json::to_string_pretty(&errors).unwrap_or_default());
}
