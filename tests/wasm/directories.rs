//! Directories that a run was granted.

use std::fs;
use std::sync::Arc;

use jurybox::{Directories, EvaluationOptions};

use super::engine::in_workers;
use super::harness::{judge, line};

/// A module that opens a file, reads it and prints what it holds; it answers with the error number of opening it.
fn reading(path: &str) -> String {
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
            (import "jurybox" "log" (func $log (param i32 i32)))
            (memory (export "memory") 2)
            (data (i32.const 1024) "{path}")
            (func (export "alloc") (param i32) (result i32) (i32.const 65536))
            (func (export "evaluate") (param i32 i32) (result i64)
                (local $error i32)
                (local.set $error
                    (call $open (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const {length})
                        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
                (if (i32.eqz (local.get $error))
                    (then
                        (i32.store (i32.const 8) (i32.const 4096))
                        (i32.store (i32.const 12) (i32.const 1000))
                        (drop (call $read (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 4)))
                        (call $log (i32.const 4096) (i32.load (i32.const 4)))))
                (i32.store8 (i32.const 32) (i32.add (i32.const 0x30) (i32.div_u (local.get $error) (i32.const 10))))
                (i32.store8 (i32.const 33) (i32.add (i32.const 0x30) (i32.rem_u (local.get $error) (i32.const 10))))
                (if (result i64) (i32.lt_u (local.get $error) (i32.const 10))
                    (then (i64.const 0x2100000001))
                    (else (i64.const 0x2000000002)))))"#,
        length = path.len()
    )
}

#[test]
fn a_granted_directory_is_read_and_nothing_else() {
    // Workers reach no files.
    if in_workers() {
        return;
    }
    let place = tempfile::tempdir().expect("a directory");
    fs::create_dir(place.path().join("data")).expect("made");
    fs::write(place.path().join("data/words"), "good bad").expect("written");
    fs::write(place.path().join("secret"), "secret").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret", place.path().join("data/way-out")).expect("linked");
    let mut directories = Directories::new();
    directories.grant("data", place.path().join("data")).expect("granted");
    let mut options = EvaluationOptions::default();
    options.directories = Arc::new(directories);
    let read = |path: &str| line(&judge(reading(path), "{}", &options));
    assert_eq!(read("data/words"), "good bad | 0");
    // 44 is "no such file", 63 "not permitted".
    assert_eq!(read("data/none"), "44");
    assert_eq!(read("secret"), "44");
    for path in ["../secret", "data/../../secret", "/etc/passwd"] {
        assert_eq!(read(path), "63", "{path}");
    }
    #[cfg(unix)]
    assert_eq!(read("data/way-out"), "63");
    let none = EvaluationOptions::default();
    assert_eq!(line(&judge(reading("data/words"), "{}", &none)), "44");
}

#[test]
fn reading_costs_fuel() {
    // Workers reach no files.
    if in_workers() {
        return;
    }
    let place = tempfile::tempdir().expect("a directory");
    fs::write(place.path().join("words"), "x".repeat(1000)).expect("written");
    let mut directories = Directories::new();
    directories.grant("data", place.path()).expect("granted");
    let mut options = EvaluationOptions::default();
    options.directories = Arc::new(directories);
    let fuel = judge(reading("data/words"), "{}", &options).usage.fuel;
    assert!(fuel > 6_000, "{fuel}");
    assert_eq!(judge(reading("data/words"), "{}", &options).usage.fuel, fuel);
}
