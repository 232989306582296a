//! JavaScript and TypeScript: see `jurybox::fuzzing::javascript_front_end`.
#![no_main]

use jurybox::fuzzing::mutate::{Numbers, Vocabulary};
use jurybox_fuzz::change;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(init: pass_over_oxc(), |source: &str| jurybox::fuzzing::javascript_front_end(source));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    change(
        data,
        size,
        max_size,
        Vocabulary::JavaScript,
        &mut Numbers::new(seed.into()),
    )
});

/// Panics of the parser are caught, so they don't end the fuzzing as others do.
fn pass_over_oxc() {
    let ends = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|place| place.file().contains("/oxc")) {
            eprintln!("caught: {panic}");
        } else {
            ends(panic);
        }
    }));
}
