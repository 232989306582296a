//! The directory of compiled code, treated badly.

use std::fs;
use std::path::Path;

use jurybox::{Event, Isolation, Snippet};

use super::harness::engine;

fn works(directory: &Path, source: &str) {
    let event = Event::from_json("{}").expect("an event");
    let engine = engine(Isolation::Auto, directory);
    let verdict = engine
        .compile(&Snippet::hog(source))
        .expect("it compiles")
        .evaluate(&event);
    assert_eq!(verdict.passed, Some(true), "{verdict:?}");
}

/// A directory with the runtime in it, so that tests need not compile it. Its key comes along.
fn filled() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let shared = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/hostile-cache"));
    works(shared, "return true");
    for entry in fs::read_dir(shared).expect("the cache") {
        let entry = entry.expect("an entry");
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            fs::copy(entry.path(), directory.path().join(entry.file_name())).expect("copied");
        }
    }
    directory
}

fn code_files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory)
        .expect("the cache")
        .map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "code"))
        .collect()
}

#[test]
fn directories_in_the_place_of_files_do_no_harm() {
    let directory = filled();
    for path in code_files(directory.path()) {
        // The runtime's own code stays: compiling it takes seconds.
        if fs::metadata(&path).expect("metadata").len() < 500_000 {
            fs::remove_file(&path).expect("removed");
            fs::create_dir(&path).expect("made");
        }
    }
    works(directory.path(), "return true");
}

#[cfg(unix)]
#[test]
fn links_in_the_place_of_files_do_no_harm() {
    let directory = filled();
    for path in code_files(directory.path()) {
        if fs::metadata(&path).expect("metadata").len() < 500_000 {
            fs::remove_file(&path).expect("removed");
            std::os::unix::fs::symlink("/dev/null", &path).expect("made");
        }
    }
    works(directory.path(), "return true");
}

#[test]
fn a_directory_that_vanishes_does_no_harm() {
    let directory = filled();
    let engine = engine(Isolation::Auto, directory.path());
    let event = Event::from_json("{}").expect("an event");
    let judge = |source: &str| {
        engine
            .compile(&Snippet::hog(source))
            .expect("it compiles")
            .evaluate(&event)
            .passed
    };
    assert_eq!(judge("return true"), Some(true));
    fs::remove_dir_all(directory.path()).expect("removed");
    assert_eq!(judge("return true or false"), Some(true));
    fs::write(directory.path(), "a file").expect("written");
    assert_eq!(judge("return true and true"), Some(true));
    fs::remove_file(directory.path()).expect("removed");
    // What is dropped at the end is a directory again.
    fs::create_dir(directory.path()).expect("made");
}

#[test]
fn a_key_that_was_cut_is_replaced() {
    let directory = filled();
    fs::write(directory.path().join("key"), [7; 5]).expect("written");
    drop(engine(Isolation::Auto, directory.path()));
    assert_eq!(fs::metadata(directory.path().join("key")).expect("metadata").len(), 32);
}
