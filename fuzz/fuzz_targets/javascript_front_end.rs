//! JavaScript and TypeScript: see `jurybox::fuzzing::javascript_front_end`.
#![no_main]

use jurybox::fuzzing::mutate::{Numbers, Vocabulary};
use jurybox_fuzz::change;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|source: &str| jurybox::fuzzing::javascript_front_end(source));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    change(data, size, max_size, Vocabulary::JavaScript, &mut Numbers::new(seed.into()))
});
