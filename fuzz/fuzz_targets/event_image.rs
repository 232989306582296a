//! Events as guests see them: see `jurybox::fuzzing::event_image`.
#![no_main]

use jurybox::fuzzing::mutate::{Numbers, Vocabulary};
use jurybox_fuzz::change;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|text: &str| jurybox::fuzzing::event_image(text));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    change(data, size, max_size, Vocabulary::Json, &mut Numbers::new(seed.into()))
});
