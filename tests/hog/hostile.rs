//! Programs that mean harm. Each ends with the right status, and the host lives.

use jurybox::{EvaluationOptions, Snippet, Status, Verdict};

use super::harness::judge;

fn attack(source: &str) -> Verdict {
    judge(&Snippet::hog_program(source), "{}", &EvaluationOptions::default())
}

#[track_caller]
fn ends_with(source: &str, status: Status) -> Verdict {
    let verdict = attack(source);
    assert_eq!(verdict.status, status, "{verdict:?}\n{source}");
    verdict
}

#[test]
fn endless_loops_run_out_of_fuel() {
    for source in [
        "while (true) {}",
        "for (;true;) { }",
        "let f := x -> { while (1) {} } arrayMap(f, [1])",
        "while (true) { try { throw Error('x') } catch { } }",
        "let a := [1] while (true) { for (let x in a) { a := [x] } }",
        "sleep(1000000000000)",
    ] {
        let verdict = ends_with(source, Status::OutOfFuel);
        assert_eq!(verdict.usage.fuel, EvaluationOptions::default().limits.fuel, "{source}");
    }
}

#[test]
fn what_was_printed_before_the_end_is_kept() {
    let verdict = ends_with("print('before') while (true) {}", Status::OutOfFuel);
    assert_eq!(verdict.logs, ["before"]);
    assert_eq!(verdict.reasoning, "");
}

#[test]
fn endless_recursion_is_named() {
    for source in [
        "fun f() { return f() } f()",
        "fun f(n) { return 1 + f(n + 1) } f(0)",
        "let f := null f := x -> f(x) f(1)",
        "fun f(a, b, c, d, e, g, h, i, j, k) { return [f(a, b, c, d, e, g, h, i, j, k), 1] } f()",
        "fun f(x) { return arrayMap(f, [x]) } f(1)",
        "fun f(x) { try { return f(x) } catch { return 1 } } f(1)",
    ] {
        let verdict = ends_with(source, Status::RuntimeError);
        let error = verdict.error.expect("an error");
        assert!(
            error.message.contains("calls itself too deeply"),
            "{}\n{source}",
            error.message
        );
        assert_eq!(error.line, Some(1), "{source}");
    }
}

#[test]
fn recursion_of_a_thousand_calls_is_fine() {
    let verdict = ends_with(
        "fun f(n) { return n == 0 ? 0 : 1 + f(n - 1) } return f(1500)",
        Status::Ok,
    );
    assert_eq!(verdict.value, 1500);
}

#[test]
fn memory_bombs_run_out_of_memory() {
    for source in [
        "let s := 'x' while (true) { s := s || s }",
        "let s := 'x' for (let i := 0; i < 100; i := i + 1) { s := s + s }",
        "range(1000000000)",
        "'abc' * 1000000000",
        "let fs := [] while (true) { let big := range(1000) fs := [fs, () -> big] }",
    ] {
        ends_with(source, Status::OutOfMemory);
    }
}

#[test]
fn slow_growth_ends_at_one_limit_or_the_other() {
    for source in [
        "let n := 2 while (true) { n := n * n }",
        "let a := [] while (true) { a := [a, a, range(1000)] }",
    ] {
        let verdict = attack(source);
        assert!(
            matches!(verdict.status, Status::OutOfMemory | Status::OutOfFuel),
            "{verdict:?}"
        );
    }
}

#[test]
fn deep_json_is_an_error() {
    for source in [
        "let s := '[' for (let i := 0; i < 17; i := i + 1) { s := s || s } jsonParse(s)",
        "let s := '{\"a\":' for (let i := 0; i < 17; i := i + 1) { s := s || s } jsonParse(s)",
    ] {
        let verdict = ends_with(source, Status::RuntimeError);
        assert!(
            verdict.error.expect("an error").message.contains("recursion"),
            "{source}"
        );
    }
}

#[test]
fn deep_values_are_an_error() {
    for action in [
        "print(a)",
        "jsonStringify(a)",
        "print(a == b)",
        "toString(a)",
        "print(a in [b])",
    ] {
        let source = format!(
            "let a := [] let b := [] for (let i := 0; i < 100000; i := i + 1) {{ a := [a] b := [b] }} {action}"
        );
        let verdict = ends_with(&source, Status::RuntimeError);
        assert!(
            verdict.error.expect("an error").message.contains("recursion"),
            "{action}"
        );
    }
}

#[test]
fn deep_values_alone_are_fine() {
    ends_with(
        "let a := [] for (let i := 0; i < 200000; i := i + 1) { a := [a] } return length(a) == 1",
        Status::Ok,
    );
}

#[test]
fn cyclic_values_are_fine() {
    let verdict = ends_with(
        "let o := {} o.o := o print(o) print(jsonStringify(o)) let a := [1] a[1] := a print(a) return typeof(o)",
        Status::Ok,
    );
    assert_eq!(verdict.logs, ["{'o': null}", "{\"o\": null}", "[null]"]);
}

#[test]
fn regular_expressions_take_linear_time() {
    let verdict = ends_with(
        "let s := 'a' for (let i := 0; i < 13; i := i + 1) { s := s || s }
        return s =~ '^(a+)+$' and not (s || 'b' =~ '^(a|a)*$') and not (s =~ '(a*)*b')",
        Status::Ok,
    );
    assert_eq!(verdict.value, true);
}

#[test]
fn huge_regular_expressions_are_refused() {
    for pattern in ["((a{100}){100}){100}", "(\\\\pL{500}){500}", "a{1001}"] {
        let verdict = attack(&format!("print('aaa' =~ '{pattern}')"));
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}");
        assert!(
            verdict
                .error
                .expect("an error")
                .message
                .contains("Invalid regex pattern"),
            "{pattern}"
        );
    }
}

#[test]
fn a_flood_of_output_is_cut() {
    let verdict = ends_with(
        "for (let i := 0; i < 100000; i := i + 1) { print('spam spam spam', i) }",
        Status::Ok,
    );
    let bytes: usize = verdict.logs.iter().map(String::len).sum();
    assert!(bytes < 70_000, "{bytes}");
    assert!(verdict.logs.last().expect("a line").contains("limit"));
}

#[test]
fn a_huge_result_is_refused() {
    let verdict = attack("let s := 'x' for (let i := 0; i < 20; i := i + 1) { s := s || s } return s");
    assert_eq!(verdict.status, Status::InvalidResult, "{:?}", verdict.error);
}

#[test]
fn a_deadline_ends_a_run() {
    let mut options = EvaluationOptions::default();
    options.limits.deadline = std::time::Duration::from_millis(30);
    options.limits.fuel = u64::MAX;
    let verdict = judge(&Snippet::hog_program("print(1) while (true) {}"), "{}", &options);
    assert_eq!(verdict.status, Status::TimedOut, "{verdict:?}");
    assert_eq!(verdict.logs, ["1"]);
}

#[test]
fn watching_the_clock_changes_neither_verdict_nor_fuel() {
    let snippet = Snippet::hog_program("let n := 0 for (let i := 0; i < 300000; i := i + 1) { n := n + i } return n");
    let plain = judge(&snippet, "{}", &EvaluationOptions::default());
    let mut options = EvaluationOptions::default();
    options.limits.fuel = u64::MAX;
    let watched = judge(&snippet, "{}", &options);
    assert_eq!((watched.status, watched.value), (Status::Ok, plain.value));
    assert_eq!(watched.usage.fuel, plain.usage.fuel);
}

#[test]
fn limits_trip_at_their_figure() {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = 1000;
    let verdict = judge(
        &Snippet::hog_program("let i := 0 while (i < 1000) { i := i + 1 }"),
        "{}",
        &options,
    );
    assert_eq!((verdict.status, verdict.usage.fuel), (Status::OutOfFuel, 1000));

    let mut options = EvaluationOptions::default();
    options.limits.memory = 1 << 20;
    let verdict = judge(&Snippet::hog_program("return length(range(200000))"), "{}", &options);
    assert_eq!(verdict.status, Status::OutOfMemory, "{verdict:?}");
    options.limits.memory = 4 << 20;
    let verdict = judge(&Snippet::hog_program("return length(range(200000))"), "{}", &options);
    assert_eq!((verdict.status, verdict.value), (Status::Ok, 200_000.into()));
    assert!(
        verdict.usage.memory > 1_600_000 && verdict.usage.memory < 4 << 20,
        "{:?}",
        verdict.usage
    );

    let mut options = EvaluationOptions::default();
    options.limits.memory = 100;
    let verdict = judge(
        &Snippet::hog_program("return 1"),
        r#"{"text": "longer than a hundred bytes, with all that belongs to it: the object, the key, the text"}"#,
        &options,
    );
    assert_eq!(verdict.status, Status::OutOfMemory, "{verdict:?}");
}
