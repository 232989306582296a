//! Sources that try to overflow the stack or to take forever.

use std::time::{Duration, Instant};

use super::*;

/// Something that nests: what opens a level, what is innermost, what closes a level.
struct Shape {
    name: &'static str,
    language: Language,
    before: &'static str,
    open: &'static str,
    inner: &'static str,
    close: &'static str,
    after: &'static str,
}

const fn shape(
    language: Language,
    name: &'static str,
    before: &'static str,
    open: &'static str,
    inner: &'static str,
    close: &'static str,
    after: &'static str,
) -> Shape {
    Shape {
        name,
        language,
        before,
        open,
        inner,
        close,
        after,
    }
}

use Language::{JavaScript as JS, TypeScript as TS};

const SHAPES: &[Shape] = &[
    shape(JS, "parentheses", "x = ", "(", "1", ")", ""),
    shape(JS, "unclosed parentheses", "x = ", "(", "", "", ""),
    shape(JS, "named parentheses", "x = ", "(a,", "1", ")", ""),
    shape(JS, "assigned parentheses", "x = ", "(a = ", "1", ")", ""),
    shape(JS, "arrays", "x = ", "[", "", "]", ""),
    shape(JS, "unclosed arrays", "x = ", "[", "", "", ""),
    shape(JS, "array patterns", "let ", "[", "a", "]", " = b"),
    shape(JS, "assigned array patterns", "", "[", "a", "]", " = b"),
    shape(JS, "objects", "x = ", "{a:", "1", "}", ""),
    shape(JS, "object patterns", "let ", "{a:", "b", "}", " = b"),
    shape(JS, "assigned object patterns", "(", "{a:", "b", "}", " = b)"),
    shape(JS, "computed keys", "x = ", "{[", "1", "]:1}", ""),
    shape(JS, "methods", "x = ", "{a(){ return ", "1", "}}", ""),
    shape(JS, "blocks", "", "{", "", "}", ""),
    shape(JS, "not", "x = ", "!", "1", "", ""),
    shape(JS, "minus", "x = ", "- ", "1", "", ""),
    shape(JS, "typeof", "x = ", "typeof ", "1", "", ""),
    shape(JS, "await", "async () => ", "await ", "1", "", ""),
    shape(JS, "top-level await", "export {}; ", "await ", "1", "", ""),
    shape(JS, "undecided await", "", "await ", "1", "", ""),
    shape(JS, "yield", "function* f() { ", "yield ", "1", "", "}"),
    shape(JS, "new", "x = ", "new ", "a", "", ""),
    shape(JS, "new with arguments", "x = ", "new (", "a", ")()", ""),
    shape(JS, "sums", "x = 1", "+1", "", "", ""),
    shape(JS, "sums of texts", "x = ''", "+''", "", "", ""),
    shape(JS, "powers", "x = 1", "**1", "", "", ""),
    shape(JS, "conjunctions", "x = 1", "&&1", "", "", ""),
    shape(JS, "nullish", "x = 1", "??1", "", "", ""),
    shape(JS, "comparisons", "x = 1", "<1", "", "", ""),
    shape(JS, "conditions right", "x = ", "a?b:", "1", "", ""),
    shape(JS, "conditions left", "x = ", "a?", "1", ":b", ""),
    shape(JS, "conditions with parentheses", "x = ", "a?(b):", "1", "", ""),
    shape(JS, "conditions with arrows", "x = ", "a?(b)=>c:", "1", "", ""),
    shape(JS, "assignments", "", "x=", "1", "", ""),
    shape(JS, "arrows", "x = ", "a=>", "1", "", ""),
    shape(JS, "arrows with parentheses", "x = ", "(a)=>", "1", "", ""),
    shape(JS, "arrows with defaults", "x = ", "(a=", "1", ")=>1", ""),
    shape(JS, "async arrows", "x = ", "async a=>", "1", "", ""),
    shape(JS, "async calls", "x = ", "async(", "1", ")", ""),
    shape(JS, "async arrows with defaults", "x = ", "async (a=", "1", ")=>1", ""),
    shape(JS, "functions", "", "function f(){", "", "}", ""),
    shape(JS, "function expressions", "x = ", "function(){return ", "1", "}", ""),
    shape(JS, "default parameters", "x = ", "function(a=", "1", "){}", ""),
    shape(JS, "classes", "x = ", "class{a=", "1", "}", ""),
    shape(JS, "heirs", "x = ", "class extends ", "a", "{}", ""),
    shape(JS, "static blocks", "", "class A{static{", "", "}}", ""),
    shape(JS, "members", "x = a", ".a", "", "", ""),
    shape(JS, "optional members", "x = a", "?.a", "", "", ""),
    shape(JS, "indices", "x = a", "[0]", "", "", ""),
    shape(JS, "nested indices", "x = ", "a[", "0", "]", ""),
    shape(JS, "calls", "x = a", "()", "", "", ""),
    shape(JS, "nested calls", "x = ", "a(", "", ")", ""),
    shape(JS, "templates", "x = ", "`${", "1", "}`", ""),
    shape(JS, "tagged templates", "x = a", "``", "", "", ""),
    shape(JS, "if", "", "if(1)", ";", "", ""),
    shape(JS, "else if", "if(1);", "else if(1);", "", "", ""),
    shape(JS, "else if with blocks", "if(1){}", "else if(1){}", "", "", ""),
    shape(JS, "while", "", "while(1)", ";", "", ""),
    shape(JS, "do", "", "do ", ";", " while(1)", ""),
    shape(JS, "for", "", "for(;;)", ";", "", ""),
    shape(JS, "for of", "", "for(a of b)", ";", "", ""),
    shape(JS, "with", "", "with(a)", ";", "", ""),
    shape(JS, "try", "", "try{", "", "}catch{}", ""),
    shape(JS, "switch", "", "switch(1){case 1:", "", "}", ""),
    shape(JS, "labels", "", "a:", ";", "", ""),
    shape(JS, "sequences", "x = (1", ",1", "", "", ")"),
    shape(JS, "spread", "x = ", "[...", "1", "]", ""),
    shape(JS, "imports", "x = ", "import(", "1", ")", ""),
    shape(JS, "groups in a regular expression", "x = /", "(", "a", ")", "/"),
    shape(JS, "classes in a regular expression", "x = /", "[", "a", "]", "/v"),
    shape(JS, "hidden after a division", "x = (1)\n/\"", "(", "", "", ""),
    shape(JS, "elements", "x = ", "<a>", "", "</a>", ""),
    shape(TS, "comparisons or type arguments", "x = ", "a<", "1", "", ""),
    shape(TS, "calls or type arguments", "x = ", "a<b>(", "1", ")", ""),
    shape(TS, "type arguments", "type A = ", "A<", "1", "> ", ""),
    shape(TS, "more type arguments", "type A = ", "A<a, ", "1", "> ", ""),
    shape(TS, "arguments of types of calls", "x = ", "a<b, ", "1", ">()", ""),
    shape(TS, "assertions", "x = ", "<a>", "1", "", ""),
    shape(TS, "generic arrows", "x = ", "<a>(a=", "1", ")=>1", ""),
    shape(TS, "generic arrow chains", "x = ", "<a>(a)=>", "1", "", ""),
    shape(TS, "as", "x = 1", " as a", "", "", ""),
    shape(TS, "satisfies", "x = 1", " satisfies a", "", "", ""),
    shape(TS, "non-null", "x = a", "!", "", "", ""),
    shape(TS, "array types", "type A = a", "[]", "", "", ""),
    shape(TS, "tuples", "type A = ", "[", "a", "]", ""),
    shape(TS, "parenthesized types", "type A = ", "(", "a", ")", ""),
    shape(TS, "function types", "type A = ", "()=>", "a", "", ""),
    shape(
        TS,
        "function types with parameters",
        "type A = ",
        "(a:",
        "a",
        ")=>a",
        "",
    ),
    shape(TS, "constructor types", "type A = ", "new ()=>", "a", "", ""),
    shape(TS, "conditional types", "type A = ", "a extends b?c:", "d", "", ""),
    shape(
        TS,
        "inferred types",
        "type A = a extends ",
        "infer B extends ",
        "c",
        "",
        " ? 1 : 2",
    ),
    shape(
        TS,
        "parenthesized inferred types",
        "type A = a extends ",
        "(infer B extends ",
        "c",
        " ? 1 : 2)",
        " ? 1 : 2",
    ),
    shape(TS, "keyof", "type A = ", "keyof ", "a", "", ""),
    shape(TS, "object types", "type A = ", "{a:", "a", "}", ""),
    shape(TS, "mapped types", "type A = ", "{[K in ", "a", "]:1}", ""),
    shape(TS, "unions", "type A = a", "|a", "", "", ""),
    shape(TS, "qualified names", "type A = a", ".a", "", "", ""),
    shape(TS, "indexed types", "type A = a", "[0]", "", "", ""),
    shape(TS, "template types", "type A = ", "`${", "a", "}`", ""),
    shape(TS, "type queries", "type A = ", "typeof a<", "1", ">", ""),
    shape(TS, "namespaces", "", "namespace A{", "export const a = 1", "}", ""),
    shape(
        TS,
        "dotted namespaces",
        "namespace A",
        ".A",
        "",
        "",
        "{ export const a = 1 }",
    ),
    shape(TS, "enums", "enum A { a = ", "(", "1", ")", "}"),
    shape(TS, "enum sums", "enum A { a = 1", "+1", "", "", "}"),
    shape(TS, "enum unary", "enum A { a = ", "-", "1", "", "}"),
    shape(TS, "decorators", "", "@a ", "class A {}", "", ""),
    shape(TS, "nested decorators", "", "@(class{@a ", "b", "})", "class A {}"),
    shape(
        TS,
        "parameter properties",
        "",
        "class A{constructor(private a = ",
        "1",
        "){}}",
        "",
    ),
    shape(TS, "parameters with types", "x = ", "(a: (", "b", ")) => 1", ""),
    shape(TS, "conditions with typed arrows", "x = ", "a?(b):c=>", "1", ":d", ""),
    shape(
        TS,
        "conditions with typed parentheses",
        "x = ",
        "a ? (b) : c => ",
        "1",
        "",
        "",
    ),
    shape(TS, "async generic arrows", "x = ", "async <a>(a=", "1", ")=>1", ""),
];

impl Shape {
    fn source(&self, levels: usize) -> String {
        let Self {
            before,
            open,
            inner,
            close,
            after,
            ..
        } = self;
        format!("{before}{}{inner}{}{after}", open.repeat(levels), close.repeat(levels))
    }

    /// The levels of a source of this size.
    fn levels(&self, size: usize) -> usize {
        size.saturating_sub(self.source(0).len()) / (self.open.len() + self.close.len())
    }

    /// The most levels that pass the check.
    fn deepest(&self) -> usize {
        let (mut passes, mut fails) = (0, self.levels(256 << 10) + 1);
        while fails - passes > 1 {
            let middle = usize::midpoint(passes, fails);
            match depth::check(&self.source(middle), self.language == TS) {
                Ok(()) => passes = middle,
                Err(_) => fails = middle,
            }
        }
        passes
    }
}

/// How a source ends, which it must do in reasonable time.
fn end(name: &str, language: Language, source: &str) -> Result<Prepared, CompileError> {
    let started = Instant::now();
    let result = prepare(&Snippet::new(language, source), source);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(30), "{name} took {took:?}");
    if let Err(error) = &result {
        assert!(
            error
                .diagnostics
                .iter()
                .all(|diagnostic| diagnostic.code != "cannot-load"),
            "{name}: {error:?}"
        );
    }
    result
}

#[test]
fn what_is_refused_is_refused_before_it_is_parsed() {
    for shape in SHAPES {
        let source = shape.source(shape.levels(256 << 10));
        let error = end(shape.name, shape.language, &source).expect_err(shape.name);
        // A sequence, and decorators of one class, are wide and not deep.
        if depth::check(&source, shape.language == TS).is_err() {
            assert_eq!(error.diagnostics[0].code, "too-deep", "{}", shape.name);
        }
    }
}

#[test]
fn what_is_accepted_fits_the_stack_four_times() {
    for shape in SHAPES {
        let source = shape.source(shape.deepest());
        let snippet = Snippet::new(shape.language, source.as_str());
        let reader = thread::Builder::new().stack_size(STACK / 4);
        let read = reader
            .spawn(move || read(&snippet, &source).map(|_| ()))
            .expect("a thread");
        let result = read.join();
        assert!(result.is_ok(), "{} makes the parser panic", shape.name);
    }
}

#[test]
fn nothing_hides_from_the_count() {
    let brackets = "(".repeat(5000);
    for before in [
        // Each of these is read as a text, a comment or a regular expression by somebody who errs about a slash.
        "x = (1)\n/\"",
        "x = a++ /\"",
        "if (1) /[/\"]/; else ",
        "x = {} /`",
        "x = y! /`",
        "var a\n/`/\n",
        "x = 1 <!-- `\n",
        "x = 1 /*\n*/ --> `\n",
        "\n--> `\n",
        "// \u{2028}",
        "x = `${'}'}${`}`}`;",
        "x = 'a\\\n';",
        "x = /[\\]/\"]/;",
        "#!/`\n",
        "x = a.return /2/",
        "({ if: 1 /",
        "x = \u{a0}/`/;",
    ] {
        let source = format!("{before}{brackets}");
        assert!(depth::check(&source, false).is_err(), "{before}");
        let _ = end(before, JS, &source);
    }
}

#[test]
fn what_people_write_is_not_too_deep() {
    let statements = "if (a < b) { c(d[1]) } else if (e) { f() }\n".repeat(4000);
    let calls = "check(a / b, (c) / d, `${e / 2}`, /['\"`(]/)\n".repeat(4000);
    let table = format!("x = {{ {} }}", "a: [1, -2, 'b'], c: { d: 1 < 2 },\n ".repeat(5000));
    let cases = format!("switch (a) {{ {} }}", "case 'b': return 1;\n".repeat(5000));
    let text = format!("x = ''{}", " +\n 'a line of text'".repeat(700));
    for source in [statements, calls, table, cases, text] {
        let start: String = source.chars().take(40).collect();
        assert_eq!(depth::check(&source, false), Ok(()), "{start}");
    }
}

#[test]
fn regular_expressions_that_may_be_divisions_are_followed_both_ways() {
    // Many lines of one-sided brackets between slashes: readings that differ in what is open.
    let source = "x = (a) / b; { c(1 / 2) }\ny = (a) /b(/ + (c) /d)/\n".repeat(100);
    let _ = end("slashes", JS, &source);
}

/// Sources of full size that are wide, not deep.
const WIDE: &[(Language, &str, &str, &str, &str)] = &[
    (JS, "sequence", "x = (1", ",1", ")"),
    (JS, "statements", "", "x;", ""),
    (JS, "lines", "", "x\n", ""),
    (JS, "empty statements", "", ";", ""),
    (JS, "functions", "", "function f(){}\n", ""),
    (JS, "exports", "", "export function f@(){}\n", ""),
    (JS, "export list", "function f(){}; export {", "f as f@,", "}"),
    (JS, "module.exports", "function f(){}; module.exports = {", "f@:f,", "}"),
    (JS, "inline module.exports", "module.exports = {", "f@(){},", "}"),
    (JS, "one name many times", "", "var a;", ""),
    (JS, "redeclarations", "", "let a;", ""),
    (JS, "variables", "var a", ",a@", ""),
    (JS, "duplicate parameters", "function f(a", ",a", "){}"),
    (JS, "parameters", "function f(a", ",a@", "){}"),
    (JS, "array", "x = [", "1,", "]"),
    (JS, "object", "x = {", "a:1,", "}"),
    (JS, "private names", "class A {", "#a@;", "}"),
    (JS, "duplicate private names", "class A {", "#a;", "}"),
    (JS, "undeclared private names", "class A { static {", "this.#a@;", "} }"),
    (JS, "labels", "", "a@:;", ""),
    (JS, "breaks", "a: {", "break b;", "}"),
    (JS, "proto", "x = {", "__proto__:1,", "}"),
    (JS, "regexes", "x = [", "/a/,", "]"),
    (JS, "alternatives", "x = /", "a|", "/"),
    (JS, "groups", "x = /", "(?<a@>a)", "/"),
    (JS, "same groups", "x = /", "(?<a>a)|", "/"),
    (JS, "backreferences", "x = /", "\\k<a@>", "/u"),
    (JS, "class of a regex", "x = /[", "a-z", "]/v"),
    (JS, "texts", "x = [", "\"ü\",", "]"),
    (JS, "errors", "", "let 1;", ""),
    (JS, "more errors", "", "break;", ""),
    (JS, "awaits", "", "await(1);", ""),
    (JS, "awaits before an export", "", "await(1);", "export {}"),
    (JS, "comments", "", "/**/", ""),
    (JS, "divisions", "x = 1", "/1", ""),
    (JS, "lines of divisions", "", "x = (1)/(2)\n", ""),
    (JS, "templates", "x = `", "${1}", "`"),
    (JS, "chain", "x", ".a\n", ""),
    (TS, "overloads", "", "function f(): void;", "function f() {}"),
    (TS, "enum", "enum A {", "a@,", "}"),
    (TS, "enum of sums", "enum A { a,", "a@ = a+1,", "}"),
    (TS, "merged enums", "", "enum A { a@ }", ""),
    (TS, "merged enums that refer", "", "enum A { a@ = b }", ""),
    (TS, "merged namespaces", "", "namespace A { export const a@ = 1 }", ""),
    (TS, "interfaces", "", "interface A { a@: 1 }", ""),
    (TS, "union", "type A = 1", "|1", ""),
    (TS, "decorators", "", "@a ", "class A {}"),
    (TS, "decorated members", "class A {", "@a a@;", "}"),
    (
        TS,
        "parameter properties",
        "class A { constructor(",
        "public a@: 1,",
        ") {} }",
    ),
    (TS, "fields", "class A { constructor(public x: 1) {}", "a@ = 1;", "}"),
    (
        TS,
        "type arguments that aren't",
        "",
        "x = a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b,a<b;",
        "",
    ),
    (
        TS,
        "aliases",
        "namespace N { export const a = 1 }",
        "import a@ = N.a;",
        "x = a0",
    ),
];

fn wide(before: &str, each: &str, after: &str) -> String {
    let mut source = before.to_owned();
    let mut number = 0;
    while source.len() + each.len() + after.len() + 6 < 256 << 10 {
        source.push_str(&each.replace('@', &number.to_string()));
        number += 1;
    }
    source + after
}

#[test]
fn wide_sources_end_in_time() {
    for (language, name, before, each, after) in WIDE {
        let _ = end(name, *language, &wide(before, each, after));
    }
}

#[test]
fn enums_do_not_grow_without_bound() {
    let mut source = "enum E { a0 = 'text',".to_owned();
    for number in 1..60 {
        source.push_str(&format!("a{number} = a{} + E.a{},", number - 1, number - 1));
    }
    source.push_str("} function f(e) { return E.a50 }");
    let error = end("enum", TS, &source).expect_err("it is too large");
    assert_eq!(error.diagnostics[0].code, "enum-too-large");
}

#[test]
#[ignore = "takes half a minute; for a new version of the parser"]
fn no_two_shapes_together_take_exponential_time() {
    for a in SHAPES {
        for b in SHAPES {
            for language in [JS, TS] {
                let levels = 8;
                let open = format!("{}{}", a.open, b.open).repeat(levels);
                let close = format!("{}{}", b.close, a.close).repeat(levels);
                let source = format!("{}{open}{}{close}{}", a.before, b.inner, a.after);
                let started = Instant::now();
                let _ = prepare(&Snippet::new(language, source.as_str()), &source);
                let took = started.elapsed().as_millis();
                assert!(took < 1000, "{took} ms: {} + {}: {source}", a.name, b.name);
            }
        }
    }
}
