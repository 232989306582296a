//! Whose habit a program follows.

use serde_json::Value;

use super::*;

/// `convention form entry(parameters) kind runs`, or the first error.
fn found(result: Result<Prepared, CompileError>) -> String {
    let prepared = match result {
        Ok(prepared) => prepared,
        Err(error) => return format!("{}: {}", error.diagnostics[0].code, error.diagnostics[0].message),
    };
    let request: Value = serde_json::from_str(&prepared.request).expect("JSON");
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let parameters = request["parameters"].as_array().expect("a list").iter();
    let parameters: Vec<_> = parameters.map(|name| name.as_str().unwrap_or("_").to_owned()).collect();
    assert_eq!(text("convention"), prepared.convention.name());
    format!(
        "{} {} {}({}) {} {}",
        text("convention"),
        text("form"),
        text("entry"),
        parameters.join(", "),
        text("kind"),
        text("runs")
    )
}

#[test]
fn conventions_are_recognised() {
    let table = [
        // A platform's own names.
        (
            "function grade(sample, item) {}",
            "openai sample grade(sample, item) script load",
        ),
        ("function grade(a, b) {}", "openai sample grade(a, b) script load"),
        (
            "const f = (sample, item) => 1",
            "openai sample f(sample, item) script load",
        ),
        (
            "function performEval(run, example) {}",
            "langsmith run performEval(run, example) script load",
        ),
        (
            "async function perform_eval(r, e) {}",
            "langsmith run perform_eval(r, e) script load",
        ),
        (
            "function getAssert(output, context) {}",
            "promptfoo promptfoo getAssert(output, context) script load",
        ),
        (
            "module.exports = (output, context) => true",
            "promptfoo promptfoo module.exports(output, context) commonjs load",
        ),
        (
            "module.exports = function check(output, context) {}",
            "promptfoo promptfoo module.exports(output, context) commonjs load",
        ),
        ("function evaluate(ctx) {}", "langfuse ctx evaluate(ctx) script load"),
        (
            "export function evaluate(context) {}",
            "langfuse ctx evaluate(context) module load",
        ),
        (
            "function evaluate({ observation }) {}",
            "langfuse ctx evaluate(_) script load",
        ),
        (
            "function evaluate(instance) {}",
            "vertex instance evaluate(instance) script load",
        ),
        (
            "let score = function (instance) {}",
            "vertex instance score(instance) script load",
        ),
        (
            "function evaluate(generation, metadata) {}",
            "honeyhive generation evaluate(generation, metadata) script load",
        ),
        (
            "function handler({ input, output, expected }) {}",
            "braintrust object handler(_) script load",
        ),
        (
            "function handler(args) {}",
            "braintrust object handler(args) script load",
        ),
        (
            "async function handler(output, expected) {}",
            "braintrust position handler(output, expected) script load",
        ),
        // By the parameters.
        (
            "const f = ({ output, reference }) => 1",
            "phoenix object f(_) script load",
        ),
        (
            "export default ({ output, expected }) => 1",
            "phoenix object default(_) module load",
        ),
        (
            "function f({ output, expected: truth = 1 } = {}) {}",
            "phoenix object f(_) script load",
        ),
        (
            "function f(output, reference) {}",
            "phoenix position f(output, reference) script load",
        ),
        (
            "function f(output, limit = 3) {}",
            "phoenix position f(output, limit) script load",
        ),
        (
            "function f(output = '', expected = '') {}",
            "phoenix position f(output, expected) script load",
        ),
        ("function f(event) {}", "honeyhive event f(event) script load"),
        (
            "function f(e, limit = 3, ...rest) {}",
            "honeyhive event f(e, limit, _) script load",
        ),
        (
            "function f({ outputs, feedback }) {}",
            "honeyhive event f(_) script load",
        ),
        ("function f([a]) {}", "honeyhive event f(_) script load"),
        ("function f(event = {}) {}", "honeyhive event f(event) script load"),
        ("function f(...all) {}", "honeyhive event f(_) script load"),
        (
            "function f() { return outputs.content }",
            "honeyhive globals f() script load",
        ),
        (
            "function f() { return arguments[0].outputs }",
            "honeyhive event f() script load",
        ),
        (
            "function f(limit = 3) { return outputs.content }",
            "honeyhive globals f(limit) script load",
        ),
        // Programs.
        (
            "result = outputs.content.length",
            "honeyhive program result() script event",
        ),
        (
            "const result = outputs.content === feedback.ground_truth",
            "honeyhive program result() script event",
        ),
        (
            "function help(x) { return x } let result; if (help(outputs)) result = 1; else result = 2",
            "honeyhive program result() script event",
        ),
        (
            "const { result } = score(inputs)",
            "honeyhive program result() script event",
        ),
        (
            "function grade(sample, item) {} const result = 1",
            "openai sample grade(sample, item) script load",
        ),
        // What runs when.
        (
            "const words = outputs.content.split(' '); function f() { return words.length }",
            "honeyhive globals f() script event",
        ),
        (
            "function f(event) { return metadata.x }",
            "honeyhive event f(event) script event",
        ),
        (
            "const event = 1; function f(e) { return event }",
            "honeyhive event f(e) script load",
        ),
        (
            "const n = [1].map((x) => inputs[x]); function f(output) { return n }",
            "phoenix position f(output) script event",
        ),
        // Helpers and names that decide.
        (
            "function clean(text) {} function evaluate(event) { return clean(event) }",
            "honeyhive event evaluate(event) script load",
        ),
        (
            "function a(text) {} function score(event) {}",
            "honeyhive event score(event) script load",
        ),
        (
            "function _a(text) {} function b(event) {}",
            "honeyhive event b(event) script load",
        ),
        (
            "function a(text) { return b(text) } function b(text) { return a(text) } function main(e) { return a(e) }",
            "honeyhive event main(e) script load",
        ),
        (
            "class Helper { run(x) { return tidy(x) } } function tidy(x) {} function f(e) { return new Helper().run(e) }",
            "honeyhive event f(e) script load",
        ),
        (
            "function sure(x) {} function f(e) { sure(e); return 1 }",
            "honeyhive event f(e) script load",
        ),
        // What code at the top uses is a helper, too.
        (
            "const words = read('a'); function read(text) {} function f(event) { return words }",
            "honeyhive event f(event) script load",
        ),
        (
            "function a(x) {} function b(x) {} const table = { a, b: [b] }; function f(e) { return table[e.x](e) }",
            "honeyhive event f(e) script load",
        ),
        (
            "function f(e) {} f(1); main(); function main() {}",
            "honeyhive globals main() script load",
        ),
        (
            "let score = (e) => 1; score = wrap(score)",
            "honeyhive event score(e) script load",
        ),
        (
            "function tidy(text) {} function same(output, expected) {}",
            "phoenix position same(output, expected) script load",
        ),
        (
            "function tidy(text) {} function same({ output, expected }) {}",
            "phoenix object same(_) script load",
        ),
        // Exports come first.
        (
            "function help(a) {} export default function check(event) {}",
            "honeyhive event default(event) module load",
        ),
        (
            "function a(e) {} function b(e) {} export default a",
            "honeyhive event a(e) module load",
        ),
        (
            "function a(e) {} function b(e) {} export { b as default }",
            "honeyhive event b(e) module load",
        ),
        (
            "function a(e) {} export function b(e) {}",
            "honeyhive event b(e) module load",
        ),
        (
            "function f(a, b) {} export { f as grade }",
            "openai sample f(a, b) module load",
        ),
        (
            "export const help = (x) => x; export const evaluate = (e) => help(e)",
            "honeyhive event evaluate(e) module load",
        ),
        (
            "function a(e) {} function b(e) {} module.exports = b",
            "honeyhive event b(e) commonjs load",
        ),
        (
            "function a(e) {} module.exports = { a, b(x, y) {} }",
            "honeyhive event a(e) commonjs load",
        ),
        (
            "module.exports = { evaluate(event) {}, helper: (a) => a }",
            "honeyhive event exports.evaluate(event) commonjs load",
        ),
        (
            "exports.grade = (sample, item) => 1",
            "openai sample exports.grade(sample, item) commonjs load",
        ),
        (
            "exports.a = (e) => 1; exports.default = (e) => 2",
            "honeyhive event exports.default(e) commonjs load",
        ),
        (
            "module.exports = exports = function (e) {}",
            "honeyhive event module.exports(e) commonjs load",
        ),
        (
            "function f(e) {} if (typeof module !== 'undefined') { module.exports = { f } }",
            "honeyhive event f(e) commonjs load",
        ),
        (
            "const data = await 1; const f = (event) => data",
            "honeyhive event f(event) module load",
        ),
        // Files that are one thing.
        (
            "(output, context) => output.length > 5",
            "promptfoo promptfoo metric(output, context) script load",
        ),
        (
            "// a check\n(function ({ output }) { return 1 });",
            "phoenix object metric(_) script load",
        ),
        ("async (event) => 1", "honeyhive event metric(event) script load"),
        (
            "output.length > 5 && context.vars.x",
            "promptfoo promptfoo metric(output, context) script load",
        ),
        (
            "const n = output.length;\nreturn n > 5",
            "promptfoo promptfoo metric(output, context) script load",
        ),
    ];
    for (source, expected) in table {
        assert_eq!(found(javascript(source)), expected, "{source}");
        if !source.contains("arguments") {
            assert_eq!(found(typescript(source)), expected, "as TypeScript: {source}");
        }
    }
}

#[test]
fn types_do_not_change_what_is_recognised() {
    let table = [
        (
            "export default (async ({ output }: Args): Promise<number> => 1) satisfies Scorer",
            "phoenix object default(_) module load",
        ),
        (
            "const f: Scorer<string> = <T,>(output: T, expected?: T) => 1",
            "phoenix position f(output, expected) script load",
        ),
        (
            "function f(event?: Event): number { return 1 }",
            "honeyhive event f(event) script load",
        ),
        (
            "function f(this: void, sample: Sample, item: Item) {}",
            "openai sample f(sample, item) script load",
        ),
        (
            "function f(a: string): void; function f(a: number): void; function f(a: any) {}",
            "honeyhive event f(a) script load",
        ),
        (
            "declare function other(event: E): number; function f(e: E) {}",
            "honeyhive event f(e) script load",
        ),
        (
            "const f = ((e: E) => 1) as Metric; export = f",
            "honeyhive event f(e) commonjs load",
        ),
        (
            "interface outputs {} type event = outputs; function f(output: event) {}",
            "phoenix position f(output) script load",
        ),
        (
            "import type { Scorer } from 'x'; import { Other } from 'y'; export const f: Scorer = (e: Other) => 1",
            "honeyhive event f(e) module load",
        ),
        (
            "namespace N { export function g(e) {} } function f(e) {}",
            "honeyhive event f(e) script load",
        ),
    ];
    for (source, expected) in table {
        assert_eq!(found(typescript(source)), expected, "{source}");
    }
}

#[test]
fn a_named_convention_is_followed() {
    use Convention::{Braintrust, HoneyHive, LangSmith, Langfuse, OpenAi, Phoenix, Promptfoo, Vertex};
    let table = [
        ("function f(a, b) {}", OpenAi, "openai sample f(a, b) script load"),
        ("function f(a) {}", OpenAi, "openai sample f(a) script load"),
        (
            "function f(a, b, c) {}",
            OpenAi,
            "unfit-parameters: f(a, b, c) can't be called as openai does",
        ),
        (
            "function f() {}",
            LangSmith,
            "unfit-parameters: f() can't be called as langsmith does",
        ),
        ("function f(x) {}", Langfuse, "langfuse ctx f(x) script load"),
        (
            "function f(x) {} function evaluate(y) {}",
            Vertex,
            "vertex instance evaluate(y) script load",
        ),
        (
            "function f(output) {}",
            Promptfoo,
            "promptfoo promptfoo f(output) script load",
        ),
        (
            "function f(output) {}",
            HoneyHive,
            "honeyhive event f(output) script load",
        ),
        (
            "function f(a, b) {}",
            HoneyHive,
            "honeyhive generation f(a, b) script load",
        ),
        (
            "function f(x) {} result = f(event)",
            HoneyHive,
            "honeyhive program result() script event",
        ),
        (
            "function f(args) {}",
            Braintrust,
            "braintrust object f(args) script load",
        ),
        (
            "function f(output, expected) {}",
            Braintrust,
            "braintrust position f(output, expected) script load",
        ),
        ("function f({ output }) {}", Phoenix, "phoenix object f(_) script load"),
        (
            "function f(output, x) {}",
            Phoenix,
            "unfit-parameters: f(output, x) can't be called as phoenix does",
        ),
        (
            "function f(output, context) {} function grade(x, y) {}",
            OpenAi,
            "openai sample grade(x, y) script load",
        ),
        (
            "return output",
            OpenAi,
            "unfit-parameters: the body of a function is given `output` and `context`, as promptfoo does",
        ),
    ];
    for (source, convention, expected) in table {
        let snippet = Snippet::javascript(source).with_convention(convention);
        assert_eq!(found(prepare(&snippet, source)), expected, "{source}");
    }
}

#[test]
fn what_a_call_made_needs_a_named_convention() {
    let wrap = "const wrap = (f) => (...all) => f(...all);";
    for source in [
        format!("{wrap} export default wrap((e) => 1)"),
        format!("{wrap} export const f = wrap((e) => 1)"),
        format!("{wrap} module.exports = wrap((e) => 1)"),
    ] {
        assert!(
            found(javascript(&source)).starts_with("unclear-convention: "),
            "{source}"
        );
        let snippet = Snippet::javascript(source.as_str()).with_convention(Convention::Langfuse);
        assert!(
            found(prepare(&snippet, &source)).starts_with("langfuse ctx "),
            "{source}"
        );
    }
}

#[test]
fn a_named_entry_is_called() {
    let table = [
        (
            "function a(event) {} function b(output) {}",
            "b",
            "phoenix position b(output) script load",
        ),
        (
            "function a(event) { return _b(event) } function _b(sample, item) {}",
            "_b",
            "openai sample _b(sample, item) script load",
        ),
        (
            "function a(e) {} export default function (e) {}",
            "a",
            "honeyhive event a(e) module load",
        ),
        (
            "function a(e) {} export default function (e) {}",
            "default",
            "honeyhive event default(e) module load",
        ),
        (
            "function a(e) {} let result = 1",
            "result",
            "honeyhive program result() script event",
        ),
        (
            "const made = make(); function make() {}",
            "made",
            "honeyhive event made() script load",
        ),
        (
            "function a(x, y) {}",
            "a",
            "unclear-convention: the parameters of a(x, y) fit no convention",
        ),
        (
            "function a(x) {} class B {}",
            "B",
            "unknown-entry: `B` is a class, not a function that can be called",
        ),
        (
            "function* a(x) {}",
            "a",
            "unknown-entry: `a` is a generator, not a function that can be called",
        ),
        (
            "function a(x) {}",
            "b",
            "unknown-entry: there is no function `b` at the top of the file",
        ),
    ];
    for (source, entry, expected) in table {
        let snippet = Snippet::javascript(source).with_entry(entry);
        assert_eq!(found(prepare(&snippet, source)), expected, "{source}");
    }
}
