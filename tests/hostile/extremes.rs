//! Limits and clocks at the ends of their ranges.

use std::time::Duration;

use jurybox::{EvaluationOptions, Status};

use super::harness::{NEW, REWOUND, judge, options};

const PROGRAM: &str = "let all := [] for (let i := 0; i < 500; i := i + 1) { all := arrayPushBack(all, f'{i}') } print(all[7]) return length(all)";

fn both(source: &str, options: &EvaluationOptions) -> jurybox::Verdict {
    let [rewound, new] = [&REWOUND, &NEW].map(|engine| judge(engine, source, options).expect("it compiles"));
    assert_eq!(rewound, new, "{:?}", options.limits);
    assert_ne!(rewound.status, Status::Crashed, "{rewound:?} {:?}", options.limits);
    rewound
}

#[test]
fn any_fuel_limit_is_kept() {
    for fuel in [0, 1, 2, 10, 100, 999, 10_000, 50_000] {
        let verdict = both(PROGRAM, &options(fuel, 64 << 20));
        assert_eq!(verdict.status, Status::OutOfFuel, "{fuel}");
        assert_eq!(verdict.usage.fuel, fuel);
    }
    let plenty = both(PROGRAM, &options(1_000_000_000, 64 << 20));
    for fuel in [
        1 << 62,
        i64::MAX.cast_unsigned(),
        i64::MAX.cast_unsigned() + 1,
        u64::MAX - 1,
        u64::MAX,
    ] {
        let verdict = both(PROGRAM, &options(fuel, 64 << 20));
        assert_eq!(verdict, plenty, "{fuel}");
    }
    let exact = both(PROGRAM, &options(plenty.usage.fuel, 64 << 20));
    assert_eq!(exact.status, Status::Ok);
}

#[test]
fn any_memory_limit_is_kept() {
    for memory in [
        0,
        1,
        7,
        8,
        9,
        63,
        500,
        4096,
        65_535,
        65_537,
        100_001,
        (1 << 20) - 3,
        3 << 20,
        (4 << 20) + 5,
    ] {
        let verdict = both(PROGRAM, &options(50_000_000, memory));
        assert!(
            matches!(verdict.status, Status::Ok | Status::OutOfMemory),
            "{memory}: {verdict:?}"
        );
        assert!(
            verdict.usage.memory <= memory.next_multiple_of(8),
            "{memory}: {:?}",
            verdict.usage
        );
    }
    let plenty = both(PROGRAM, &options(50_000_000, 64 << 20));
    for memory in [
        (2 << 30) - 1,
        2 << 30,
        (2 << 30) + 1,
        4 << 30,
        1 << 40,
        u64::MAX - 7,
        u64::MAX,
    ] {
        let verdict = both(PROGRAM, &options(50_000_000, memory));
        assert_eq!(
            (verdict.status, &verdict.value),
            (Status::Ok, &plenty.value),
            "{memory}"
        );
    }
    let greedy = "let s := 'x' for (let i := 0; i < 40; i := i + 1) { s := s || s }";
    let verdict = both(greedy, &options(u64::MAX, u64::MAX));
    assert_eq!(verdict.status, Status::OutOfMemory);
}

#[test]
fn any_deadline_is_kept() {
    for deadline in [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(20)] {
        let mut options = options(u64::MAX, 64 << 20);
        options.limits.deadline = deadline;
        let verdict = judge(&REWOUND, "while (true) {}", &options).expect("it compiles");
        assert_eq!(verdict.status, Status::TimedOut, "{deadline:?}");
    }
    let mut options = options(1_000_000_000, 64 << 20);
    options.limits.deadline = Duration::MAX;
    assert_eq!(both(PROGRAM, &options).status, Status::Ok);
}

#[test]
fn any_clock_will_do() {
    let source = "let n := now()
        print(n, toUnixTimestamp(n), formatDateTime(n, '%Y-%m-%d %H:%i:%S', 'Pacific/Apia'), today(), year(n), generateUUIDv4())
        print(dateAdd('day', 1, n), dateDiff('second', n, toDateTime('2024-02-29T12:00:00Z')), toStartOfWeek(n), toDate(n))";
    for now in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        for statement in source.lines().skip(1) {
            let mut options = options(50_000_000, 64 << 20);
            options.now_ns = Some(now);
            both(&format!("let n := now() {statement}"), &options);
        }
        for part in [
            "n",
            "toUnixTimestamp(n)",
            "formatDateTime(n, '%Y')",
            "today()",
            "dateAdd('year', 9999, n)",
        ] {
            let mut options = options(50_000_000, 64 << 20);
            options.now_ns = Some(now);
            let verdict = both(&format!("let n := now() print({part}) return true"), &options);
            assert!(
                matches!(verdict.status, Status::Ok | Status::RuntimeError),
                "{now} {part}: {verdict:?}"
            );
        }
    }
}

#[test]
fn results_and_logs_end_at_their_limit() {
    let mut options = options(50_000_000, 64 << 20);
    options.limits.result = 7;
    assert_eq!(both("return '12345'", &options).value, "12345");
    assert_eq!(both("return '123456'", &options).status, Status::InvalidResult);
    options.limits.result = 0;
    assert_eq!(both("return '1'", &options).status, Status::InvalidResult);
    assert_eq!(both("return true", &options).status, Status::Ok);

    options.limits.logs = 0;
    let verdict = both("print('x') print('') return true", &options);
    assert_eq!(verdict.logs.len(), 1, "{:?}", verdict.logs);
    options.limits.logs = usize::MAX;
    assert_eq!(both("print('x') return true", &options).logs, ["x"]);
}
