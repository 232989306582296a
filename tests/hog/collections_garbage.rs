//! Programs that make far more garbage than fits into memory.

use jurybox::{EvaluationOptions, Snippet, Status};

use super::harness::judge;

fn logs(source: &str) -> (Vec<String>, u64) {
    let mut options = EvaluationOptions::default();
    options.limits.memory = 8 << 20;
    options.limits.fuel = 20_000_000_000;
    let verdict = judge(&Snippet::hog_program(source), "{}", &options);
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}\n{source}");
    (verdict.logs, verdict.usage.memory)
}

#[test]
fn garbage_of_a_loop_is_collected() {
    let (lines, memory) = logs(
        "let text := ''
        for (let i := 0; i < 20000; i := i + 1) { text := substring(text || 'x', 1, 5000) }
        print(length(text))",
    );
    assert_eq!(lines, ["5000"]);
    assert!(memory <= 8 << 20, "{memory}");
}

#[test]
fn what_is_still_needed_survives() {
    let (lines, _) = logs(
        "let kept := []
        let object := {}
        let get := () -> object
        for (let i := 0; i < 3000; i := i + 1) {
            kept := arrayPushBack(kept, toString(i))
            object[f'k{i % 100}'] := [i, f'v{i}']
        }
        print(length(kept), kept[1], kept[3000], length(keys(get())), get().k99)",
    );
    assert_eq!(lines, ["3000 0 2999 100 [2999, 'v2999']"]);
}

#[test]
fn what_an_expression_still_needs_survives() {
    let (lines, _) = logs(
        "fun waste(n) { let t := '' for (let i := 0; i < n; i := i + 1) { t := t || 'xxxxxxxxxx' } return length(t) }
        fun make(s) { return [s || '!', waste(1500)] }
        let all := [make('a'), make('b'), (make('c'), make('d')), {'k': make('e'), 'w': waste(1500)}]
        let sum := f'{make('f')} {make('g')}' || make('h')[1] || waste(1500)
        print(all)
        print(sum)
        print(arrayMap(x -> f'{x}{waste(1000)}', ['p', 'q', 'r']))
        print('left' || waste(2000) == 'right' || waste(2000), make('i')[1] in [make('i')[1], waste(2000)])
        print(case make('z')[1] when toString(waste(1500)) then 1 when 'z!' then 2 end)",
    );
    assert_eq!(
        lines,
        [
            "[['a!', 15000], ['b!', 15000], (['c!', 15000], ['d!', 15000]), {'k': ['e!', 15000], 'w': 15000}]",
            "['f!', 15000] ['g!', 15000]h!15000",
            "['p10000', 'q10000', 'r10000']",
            "false true",
            "2",
        ]
    );
}

#[test]
fn recursion_without_loops_is_collected_too() {
    let (lines, _) = logs(
        "fun tree(n) { if (n == 0) { return length('leaf' || n || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }
            return tree(n - 1) + tree(n - 1) }
        print(tree(16))",
    );
    assert_eq!(lines, ["3997696"]);
}
