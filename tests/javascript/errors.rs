//! What authors are told when something goes wrong, and where.

use jurybox::{Snippet, Status};

use super::harness::{ENGINE, check_outcomes, judge};

#[test]
#[rustfmt::skip]
fn exceptions_of_the_language() {
    check_outcomes(&[
        ("var f = e => {\n  return e.a.b.c\n}", "TypeError: cannot read property 'b' of undefined at 2:10"),
        ("var f = e => {\n  e.x.y = 1\n}", "TypeError: cannot set property 'y' of undefined at 2:3"),
        ("var f = e => {\n  return e.outputs.content.trimm()\n}", "TypeError: e.outputs.content.trimm is not a function at 2:28"),
        ("var f = e => {\n  return missing + 1\n}", "ReferenceError: missing is not defined at 2:10"),
        ("var f = e => {\n  const x = 1;\n  x = 2;\n}", "TypeError: 'x' is read-only at 3:3"),
        ("var f = e => {\n  y; let y = 2;\n}", "ReferenceError: y is not initialized at 2:3"),
        ("var f = e => {\n  const { a: { b } } = e;\n}", "TypeError: Cannot convert undefined or null to object at 2:3"),
        ("var f = e => {\n\n  for (const x of 3) {}\n}", "TypeError: value is not iterable at 3:3"),
        ("var f = e => {\n  return new Foo()\n}", "ReferenceError: Foo is not defined at 2:14"),
        ("var f = e => {\n  return BigInt(1.5)\n}", "RangeError: cannot convert to BigInt: not an integer at 2:10"),
        ("var f = e => {\n  return 'x'.repeat(-1)\n}", "RangeError: invalid repeat count at 2:14"),
        ("var f = e => {\n  return JSON.parse('{bad')\n}", "SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2) at 2:15"),
        ("var f = e => {\n  return new RegExp('(')\n}", "SyntaxError: expecting ')' at 2:14"),
        ("var f = e => {\n  return eval('1 +')\n}", "SyntaxError: unexpected token in expression: '' at 2:10"),
        ("var f = e => {\n  return new Function('return zz')()\n}", "ReferenceError: zz is not defined at 2:35"),
        ("var f = e => {\n  return decodeURIComponent('%')\n}", "URIError: expecting hex digit at 2:10"),
        ("var f = e => {\n  return structuredClone(() => 1)\n}", "DataCloneError: () => 1 could not be cloned. at 2:10"),
    ]);
}

/// What is called has its name and its place, whatever stands among the arguments.
#[test]
#[rustfmt::skip]
fn what_is_no_function() {
    check_outcomes(&[
        ("var f = ({output}) => {\n  return output.foo(output);\n}", "TypeError: output.foo is not a function at 2:17"),
        ("var f = ({output, metadata}) => {\n  return output.has(output, metadata.c)\n}", "TypeError: output.has is not a function at 2:17"),
        ("var f = event => {\n  const words = ['a']; return event.outputs.content.contains(words[0])\n}", "TypeError: event.outputs.content.contains is not a function at 2:53"),
        ("var f = e => {\n  return ['a'].map(w => w.trim().capitalise(w))\n}", "TypeError: w.trim(...).capitalise is not a function at 2:34"),
        ("var f = e => {\n  const x = 'x';\n  return x\n    .split(')')\n    .unique(x)\n}", "TypeError: x.split(...).unique is not a function at 5:6"),
        ("var f = e => {\n  const k = 'k', all = {};\n  return all[k](e)\n}", "TypeError: all[k] is not a function at 3:16"),
        ("var f = e => {\n  const g = () => 1;\n  return g(e)(e)\n}", "TypeError: g(...) is not a function at 3:14"),
        ("var f = e => {\n  return (e.x || e.y)(e)\n}", "TypeError: (e.x || e.y) is not a function at 2:22"),
        ("var f = e => {\n  return 'é'.foo(...[e], e)\n}", "TypeError: 'é'.foo is not a function at 2:14"),
        ("var f = e => {\n  return e.inputs?.foo(e)\n}", "TypeError: e.inputs?.foo is not a function at 2:20"),
        ("var f = e => {\n  return e.inputs.foo`a ${e}`\n}", "TypeError: e.inputs.foo is not a function at 2:19"),
        ("const f = e => e.inputs.foo(e)", "TypeError: e.inputs.foo is not a function at 1:25"),
        ("export default e => e.inputs.foo(e)", "TypeError: e.inputs.foo is not a function at 1:30"),
        ("module.exports = e => e.inputs.foo(e)", "TypeError: e.inputs.foo is not a function at 1:32"),
        ("var f = e => {\n  return new e.Thing(e)\n}", "TypeError: e.Thing is not a constructor at 2:14"),
        ("var f = e => {\n  const g = () => 1;\n  return new g(e)\n}", "TypeError: g is not a constructor at 3:14"),
        ("var f = e => {\n  return [1].map(e)\n}", "TypeError: not a function at 2:14"),
        ("var f = e => {\n  return [e].toSorted((a, b) => a - b).map(g(e))\n}", "ReferenceError: g is not defined at 2:44"),
    ]);
}

#[test]
#[rustfmt::skip]
fn thrown_values() {
    check_outcomes(&[
        ("var f = e => {\n  throw new RangeError('far')\n}", "RangeError: far at 2:13"),
        ("var f = e => {\n  throw 'a text'\n}", "Error: a text at 2:9"),
        ("var f = e => {\n  throw { code: 7 }\n}", "Error: { code: 7 } at 2:9"),
        ("var f = e => {\n  throw { name: 'Refusal', message: 'no' }\n}", "Refusal: no at 2:9"),
        ("var f = e => {\n  throw null\n}", "Error: null at 2:9"),
        ("var f = e => {\n  throw undefined\n}", "Error: undefined at 2:9"),
        ("var f = e => {\n  throw Symbol('s')\n}", "Error: Symbol(s) at 2:9"),
        ("class Refusal extends Error {}\nvar f = e => {\n  throw new Refusal('no')\n}", "Refusal: no at 3:13"),
        ("class Refusal extends Error {\n  constructor(m) {\n    super(m)\n  }\n}\nvar f = e => {\n  throw new Refusal('no')\n}", "Refusal: no at 7:13"),
        ("var f = e => {\n  throw new AggregateError([1], 'many')\n}", "AggregateError: many at 2:13"),
        ("var f = e => Promise.any([Promise.reject(1), 2].slice(0, 1))", "AggregateError: All promises were rejected"),
        ("var f = e => Promise.any([])", "AggregateError: All promises were rejected"),
        ("var f = async e => {\n  await null;\n  throw new Error('late')\n}", "Error: late at 3:13"),
        ("var f = async e => {\n  await null;\n  throw 'late'\n}", "Error: late at 3:9"),
        ("var f = e => Promise.reject(new Error('rejected'))", "Error: rejected at 1:33"),
        ("var f = e => new Promise((_, no) => setTimeout(() => {\n  no(new Error('in time'))\n}, 5))", "Error: in time at 2:10"),
        ("var f = e => new Promise(() => setTimeout(() => {\n  throw new Error('in a timer')\n}))", "Error: in a timer at 2:13"),
        ("var f = async e => {\n  queueMicrotask(() => { throw new Error('in a job') });\n  await new Promise(() => {})\n}", "Error: in a job at 2:36"),
        ("var f = e => ({\n  get score() { throw new Error('in a getter') }\n})", "Error: in a getter at 2:27"),
        ("var f = e => ({\n  toJSON() { throw new Error('in toJSON') }\n})", "Error: in toJSON at 2:24"),
        ("var f = e => 'a'.replace(/a/, () => {\n  throw new Error('inside')\n})", "Error: inside at 2:13"),
    ]);
}

/// Columns count characters, whatever they take in UTF-8 or UTF-16.
#[test]
#[rustfmt::skip]
fn columns_are_characters() {
    check_outcomes(&[
        ("/* 😀é */ module.exports = () => { null.x }", "TypeError: cannot read property 'x' of null at 1:35"),
        ("var f = e => { const s = 'é日本😀'; throw s }", "Error: é日本😀 at 1:40"),
    ]);
}

#[test]
fn tracebacks() {
    let source = "function inner(x) {\n  return x.y.z\n}\nconst middle = x => inner(x)\nfunction score(event) {\n  return \
                  [event].map(middle)\n}";
    let error = judge(source).error.expect("an error");
    assert_eq!(
        error.traceback,
        [
            "at inner (metric.js:2:10)",
            "at middle (metric.js:4:21)",
            "at score (metric.js:6:18)"
        ]
    );
    let error = judge("function f(event) { return f(event) + 1 }")
        .error
        .expect("an error");
    assert_eq!(
        (error.traceback.len(), error.message.as_str()),
        (20, "RangeError: Maximum call stack size exceeded")
    );
}

/// What an author does to the machinery of errors changes nothing about what is told.
#[test]
#[rustfmt::skip]
fn machinery_of_errors() {
    let expected = "TypeError: cannot read property 'x' of null at 2:3";
    for before in [
        "Error.prepareStackTrace = () => 'nothing'",
        "Error.prepareStackTrace = () => { throw 1 }",
        "Error.stackTraceLimit = 0",
        "Error.prototype.toString = () => { throw 1 }",
        "Object.defineProperty(Error.prototype, 'stack', { get() { throw 2 } })",
        "delete Error.prototype.stack",
        "String.prototype.split = RegExp.prototype.exec = Array.prototype.map = () => { throw 3 }",
        "Function.prototype.call = Function.prototype.apply = null",
    ] {
        check_outcomes(&[(&format!("var f = e => {{ {before};\n  null.x\n}}"), expected)]);
    }
    check_outcomes(&[
        ("var f = e => {\n  const x = new Error('m'); x.stack = 'at f (metric.js:99:99)'; throw x\n}", "Error: m at 2:17"),
        ("var f = e => {\n  throw new Proxy({}, { get() { throw 1 } })\n}", "Error: {} at 2:13"),
    ]);
}

#[test]
fn what_can_not_be_loaded() {
    for (source, part) in [
        ("const f = e => e.x\nconst g = f(null)", "at 1:16"),
        ("import _ from 'lodash'\nexport default e => 1", "at 1:1"),
        ("const _ = require('lodash')\nmodule.exports = e => 1", "lodash"),
        ("const f = e => 1\nthrow new Error('at the top')", "at the top"),
        ("function f(e) {\n  return (\n}", "3"),
        ("await new Promise(() => {})\nexport default e => 1", "never resolves"),
        ("while (true) {}\nfunction f(e) {}", "fuel"),
    ] {
        let Err(error) = ENGINE.compile(&Snippet::javascript(source)) else {
            panic!("it loads:\n{source}")
        };
        let first = &error.diagnostics[0];
        let told = format!("{} at {}:{}", first.message, first.start.line, first.start.column);
        assert!(told.contains(part), "{source}\n{told}");
    }
}

#[test]
fn a_sandbox_without_memory_says_so() {
    let verdict = judge("var f = e => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }");
    assert_eq!(verdict.status, Status::OutOfMemory, "{verdict:?}");
}
