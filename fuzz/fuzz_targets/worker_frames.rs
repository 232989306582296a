//! What workers and their host say to each other: see `jurybox::fuzzing::worker_frames`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| jurybox::fuzzing::worker_frames(bytes));
