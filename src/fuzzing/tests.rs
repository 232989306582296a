//! Every seed, every input that once broke a promise, and some hundred texts like them.

use std::fs;
use std::path::Path;

use super::mutate::{Numbers, Vocabulary, mutate};
use super::*;

/// How many changed inputs each target gets; set `FUZZING_INPUTS` for more.
fn changed_inputs() -> usize {
    let number = std::env::var("FUZZING_INPUTS").ok();
    number.and_then(|text| text.parse().ok()).unwrap_or(300)
}

/// The files of a folder, in order.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .map(|path| {
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.display().to_string(), bytes)
        })
        .collect();
    files.sort();
    files
}

/// Gives a target its regressions and seeds, and as many inputs made of them.
fn check(target: &str, vocabulary: Vocabulary, run: fn(&[u8])) {
    let seeds = files(&format!("fuzz/seeds/{target}"));
    assert!(!seeds.is_empty(), "no seeds for {target}");
    for (name, bytes) in files(&format!("fuzz/regressions/{target}")).iter().chain(&seeds) {
        println!("{name}");
        run(bytes);
    }
    for seed in 0..changed_inputs() {
        let mut numbers = Numbers::new(seed as u64);
        let (name, bytes) = &seeds[numbers.below(seeds.len())];
        let input = mutate(bytes, vocabulary, &mut numbers);
        println!(
            "{name}, changed with the seed {seed}:\n{}",
            String::from_utf8_lossy(&input)
        );
        run(&input);
    }
}

fn text(bytes: &[u8], run: fn(&str)) {
    run(&String::from_utf8_lossy(bytes));
}

#[test]
fn hog_programs() {
    let metrics: Vec<_> = files("examples/metrics")
        .into_iter()
        .filter(|(name, _)| name.ends_with(".hog"))
        .collect();
    for (name, bytes) in metrics {
        println!("{name}");
        text(&bytes, hog_front_end);
    }
    check("hog_front_end", Vocabulary::Hog, |bytes| text(bytes, hog_front_end));
}

#[test]
fn events() {
    check("event_image", Vocabulary::Json, |bytes| text(bytes, event_image));
    check("event_reader", Vocabulary::Json, event_reader);
}

#[test]
fn answers() {
    check("guest_answers", Vocabulary::Json, guest_answers);
}

#[test]
fn modules() {
    check("module_loading", Vocabulary::Wat, module_loading);
}

#[test]
fn javascript() {
    check("javascript_front_end", Vocabulary::JavaScript, |bytes| {
        text(bytes, javascript_front_end)
    });
}

#[test]
#[cfg(target_os = "linux")]
fn frames() {
    check("worker_frames", Vocabulary::Json, worker_frames);
}
