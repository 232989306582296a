//! Programs as large as they may be: each is refused or runs, in bounded time.

use std::time::{Duration, Instant};

use jurybox::Snippet;

use super::engine::Engine;
use super::harness::{REWOUND, judge, options};

/// Far more than what a build without optimisation takes, far less than what used to happen.
const PATIENCE: Duration = Duration::from_secs(30);
const SOURCE: usize = 256 << 10;

/// As many repetitions as fit.
fn filled(start: &str, unit: &str, end: &str) -> String {
    let count = (SOURCE - start.len() - end.len()) / unit.len();
    format!("{start}{}{end}", unit.repeat(count))
}

fn numbered(count: usize, unit: impl Fn(usize) -> String) -> String {
    (0..count).map(unit).collect()
}

#[track_caller]
fn ends(engine: &Engine, source: &str) {
    assert!(source.len() <= SOURCE, "{}", source.len());
    let started = Instant::now();
    match engine.compile(&Snippet::hog_program(source)) {
        Ok(_) => drop(judge(engine, source, &options(10_000_000, 64 << 20))),
        Err(error) => {
            let code = error.diagnostics.first().map(|diagnostic| diagnostic.code.to_string());
            assert_ne!(code.as_deref(), Some("cannot-load"), "{error}");
        }
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[test]
fn repetition_does_not_take_the_compiler_for_ever() {
    for (start, unit, end) in [
        ("let a:=1 ", "a:=a+a*a;", ""),
        ("let a:=1 return a", " and a==1", ""),
        ("let a:=0 ", "while(a){}", ""),
        ("let b:=[1] ", "for(let k,v in b){}", ""),
        ("let a:=1 ", "if(a){a:=2}", ""),
        ("fun f(){} ", "f();", ""),
        ("", "try{}catch{}", ""),
        ("", "'a'=~'[a-z]+';", ""),
        ("let a:=1 return case", " when a==7 then a", " end"),
    ] {
        ends(&REWOUND, &filled(start, unit, end));
    }
}

#[test]
fn many_variables_and_calls_do_not_multiply() {
    let variables = numbered(5000, |number| format!("let v{number}:={number};"));
    ends(&REWOUND, &format!("fun f(){{}} {variables}{}", "f();".repeat(20_000)));
    ends(&REWOUND, &format!("{variables}{}", "while(0){}".repeat(10_000)));
    let branches = numbered(5000, |number| {
        format!("if(v{}){{v{}:=1}}", number % 300, number * 7 % 300)
    });
    let few = numbered(300, |number| format!("let v{number}:={number};"));
    ends(&REWOUND, &format!("{few}{branches}"));
    let names = numbered(5000, |number| format!("v{number},"));
    ends(
        &REWOUND,
        &format!("{variables} let f := {}[{names} 1]", "()->".repeat(150)),
    );
}

#[test]
fn large_literals_run() {
    let list = numbered(9999, |number| format!("{number}, "));
    let fields = numbered(9999, |number| format!("'k{number}': {number}, "));
    for source in [
        format!("return length([{list} 'last'])"),
        format!("return length(({list} 'last'))"),
        format!("return length(keys({{{fields} 'last': 1}}))"),
    ] {
        let verdict = judge(&REWOUND, &source, &options(1_000_000_000, 64 << 20)).expect("it compiles");
        assert_eq!(verdict.value, 10_000, "{:?}", verdict.error);
    }
}

#[test]
fn many_parameters_and_arguments_work() {
    let list = |prefix: &str| {
        (0..300)
            .map(|number| format!("{prefix}{number}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let source = format!(
        "fun f({}) {{ return p299 }} let g := f return [f({}), g({})]",
        list("p"),
        list(""),
        list("")
    );
    let verdict = judge(&REWOUND, &source, &options(1_000_000, 64 << 20)).expect("it compiles");
    assert_eq!(verdict.value, serde_json::json!([299, 299]));
}

#[test]
fn more_parameters_than_webassembly_has_are_refused() {
    let names = (0..1200)
        .map(|number| format!("p{number}"))
        .collect::<Vec<_>>()
        .join(",");
    ends(&REWOUND, &format!("fun f({names}) {{ return 1 }} return f()"));
    // A call that leaves out most arguments must not make up for them at the compiler's expense.
    let names = (0..900)
        .map(|number| format!("p{number}"))
        .collect::<Vec<_>>()
        .join(",");
    ends(
        &REWOUND,
        &format!("fun f({names}) {{ return 1 }} {}", "f();".repeat(60_000)),
    );
}

#[test]
fn many_functions_and_captures_end() {
    ends(
        &REWOUND,
        &format!("let a := 1 {}", "let f := x -> a + x; {".repeat(190) + &"}".repeat(190)),
    );
    ends(
        &REWOUND,
        &numbered(1000, |number| format!("fun f{number}(x) {{ return x + {number} }}\n")),
    );
}
