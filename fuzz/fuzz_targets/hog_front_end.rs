//! Hog programs: see `jurybox::fuzzing::hog_front_end`.
#![no_main]

#[path = "../../tests/hostile/generator.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod generator;

use jurybox::fuzzing::mutate::{Numbers, Vocabulary};
use jurybox_fuzz::{change, put};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(init: jurybox::fuzzing::prepare_hog(), |source: &str| jurybox::fuzzing::hog_front_end(source));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut numbers = Numbers::new(seed.into());
    match numbers.below(16) {
        // A new program by the grammar.
        0 => put(data, generator::program(numbers.draw()).as_bytes(), max_size),
        _ => change(data, size, max_size, Vocabulary::Hog, &mut numbers),
    }
});
