//! Random programs: each ends with a status that is its own fault, the same on rewound and new instances, and whether
//! garbage was collected or not.

use jurybox::{Snippet, Status};

use super::generator::{self, Numbers};
use super::harness::{NEW, REWOUND, judge, options};

/// How many programs; set `HOSTILE_PROGRAMS` for more.
fn programs() -> impl Iterator<Item = (u64, String)> {
    let number = |name: &str, default| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let first = number("HOSTILE_FIRST", 0_u64);
    (first..first + number("HOSTILE_PROGRAMS", 40)).map(|seed| (seed, generator::program(seed)))
}

#[test]
fn random_programs_end_alike_everywhere() {
    let options = options(20_000_000, 64 << 20);
    let mut fine = 0;
    let mut compiled = 0;
    for (seed, source) in programs() {
        let evaluator = REWOUND.compile(&Snippet::hog_program(source.as_str()));
        if let Err(error) = &evaluator {
            let internal = error
                .diagnostics
                .iter()
                .any(|diagnostic| diagnostic.code == "cannot-load");
            assert!(!internal, "{error}\nseed {seed}\n{source}");
            continue;
        }
        compiled += 1;
        let [rewound, new] = [&REWOUND, &NEW].map(|engine| judge(engine, &source, &options).expect("compiled"));
        assert_ne!(rewound.status, Status::Crashed, "{rewound:?}\nseed {seed}\n{source}");
        assert_eq!(rewound, new, "seed {seed}\n{source}");
        assert_eq!(judge(&REWOUND, &source, &options), Some(new), "seed {seed}\n{source}");
        fine += usize::from(rewound.status == Status::Ok);

        // In little memory the collector runs all the time.
        for memory in [640 << 10, 1 << 20] {
            let small = judge(&REWOUND, &source, &super::harness::options(200_000_000, memory)).expect("compiled");
            assert_ne!(small.status, Status::Crashed, "{small:?}\nseed {seed}\n{source}");
            if small.status != Status::OutOfMemory && rewound.status != Status::OutOfFuel {
                assert_eq!(
                    (small.status, &small.value, &small.logs, &small.error),
                    (rewound.status, &rewound.value, &rewound.logs, &rewound.error),
                    "seed {seed}\n{source}"
                );
            }
        }
    }
    println!("{compiled} compiled, {fine} ended well");
    assert!(
        fine * 4 > compiled,
        "only {fine} of {compiled} programs end well: they test little"
    );
}

#[test]
fn mangled_programs_are_refused_or_end() {
    let mut numbers = Numbers::new(7);
    let pieces = [
        "{", "}", "(", ")", "[", "]", "'", "\"", "f'", "`", ":=", "->", "?.", "fun ", "let ", "catch", "é", "\0",
        "9e9", "--",
    ];
    let options = options(1_000_000, 8 << 20);
    for (seed, program) in programs() {
        let mut text: Vec<char> = program.chars().collect();
        for _ in 0..=numbers.below(4) {
            let start = numbers.below(text.len());
            let end = (start + numbers.below(12)).min(text.len());
            let piece = pieces[numbers.below(pieces.len())];
            text.splice(start..end, piece.chars());
        }
        let source: String = text.into_iter().collect();
        // Either convention may refuse it, with an error that people can read, and neither may panic.
        for snippet in [Snippet::hog(source.as_str()), Snippet::hog_program(source.as_str())] {
            if let Err(error) = REWOUND.compile(&snippet) {
                let internal = error
                    .diagnostics
                    .iter()
                    .any(|diagnostic| diagnostic.code == "cannot-load");
                assert!(
                    !internal && !error.diagnostics.is_empty(),
                    "{error}\nseed {seed}\n{source}"
                );
                for diagnostic in &error.diagnostics {
                    assert!(!jurybox::render(diagnostic, &source, "x.hog", jurybox::Color::Always).is_empty());
                }
            }
        }
        if let Some(verdict) = judge(&REWOUND, &source, &options) {
            assert_ne!(verdict.status, Status::Crashed, "{verdict:?}\nseed {seed}\n{source}");
        }
    }
}
