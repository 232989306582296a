//! What work costs. The bounds are generous: they catch a cost that grows with the square of the work.

use jurybox::{EvaluationOptions, Snippet, Status};

use super::harness::judge;

fn fuel(source: &str) -> u64 {
    let verdict = judge(&Snippet::hog_program(source), "{}", &EvaluationOptions::default());
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}");
    verdict.usage.fuel
}

#[test]
fn keys_of_every_type_are_found_fast() {
    for key in ["i", "toString(i)", "i * 0.5", "i * 1000000007", "(i, 'x')"] {
        let fuel = fuel(&format!(
            "let o := {{}} for (let i := 0; i < 5000; i := i + 1) {{ o[{key}] := 1 }}"
        ));
        assert!(fuel < 25_000_000, "{key}: {fuel}");
    }
}

#[test]
fn twice_the_work_costs_twice_the_fuel() {
    for work in [
        "splitByString(' ', text)",
        "jsonParse('[' || arrayStringConcat(splitByString(' ', trim(text)), ',') || ']')",
        "lower(text)",
        "position(text, 'zz')",
        "replaceAll(text, '1', 'one')",
        "text ilike '%zz%'",
        "text =~ 'a+b'",
        "arraySort(range(length(text)))",
        "arrayMap(x -> x + 1, range(length(text)))",
        "reverse(text)",
        "jsonStringify(range(length(text)))",
        "sha256Hex(text)",
    ] {
        let cost = |doublings: u32| {
            fuel(&format!(
                "let text := '123 ' for (let i := 0; i < {doublings}; i := i + 1) {{ text := text || text }} let r := {work}"
            ))
        };
        let (once, twice) = (cost(10), cost(11));
        assert!(twice < once * 5 / 2, "{work}: {once}, then {twice}");
    }
}
