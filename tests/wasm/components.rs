//! Components: made from the world in `guest-sdk/wit`, and from text.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jurybox::{Directories, EvaluationOptions, Event, Status};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::engine::in_workers;
use super::harness::{compile, judge, line, refused, run};

/// A core module for the world, made a component as SDKs do it.
fn of_world(body: &str) -> Vec<u8> {
    let core = format!(
        r#"(module
            (import "jurybox:evaluator/host@0.1.0" "log" (func $log (param i32 i32)))
            (import "jurybox:evaluator/host@0.1.0" "now" (func $now (result i64)))
            (import "jurybox:evaluator/host@0.1.0" "random" (func $random (result i64)))
            (memory (export "memory") 4)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func $answer (param $error i32) (param $pointer i32) (param $length i32) (result i32)
                (i32.store8 (i32.const 0) (local.get $error))
                (i32.store (i32.const 4) (local.get $pointer))
                (i32.store (i32.const 8) (local.get $length))
                (i32.const 0))
            (data (i32.const 16) "true")
            (data (i32.const 32) "no luck")
            (func (export "evaluate") (param $pointer i32) (param $length i32) (result i32) {body}))"#
    );
    let mut core = wat::parse_str(core).expect("it is valid");
    let mut resolve = Resolve::default();
    let world = concat!(env!("CARGO_MANIFEST_DIR"), "/guest-sdk/wit");
    let (package, _) = resolve.push_dir(world).expect("the world can be read");
    let world = resolve.select_world(&[package], Some("evaluator")).expect("the world");
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).expect("embedded");
    let mut encoder = ComponentEncoder::default()
        .module(&core)
        .expect("a module")
        .validate(true);
    encoder.encode().expect("a component")
}

/// A component in text form. `imports` and `lowered` bring the functions that `core` imports from the module "".
fn of_text(imports: &str, lowered: &str, core: &str) -> String {
    format!(
        r#"(component
            {imports}
            (core module $libc
                (memory (export "memory") 4)
                (global $top (mut i32) (i32.const 65536))
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                    (global.get $top)
                    (global.set $top (i32.add (global.get $top) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -8))))))
            (core instance $libc (instantiate $libc))
            {lowered}
            (core module $main
                (import "libc" "memory" (memory 0))
                {core}
                (data (i32.const 16) "true")
                (func $answer (result i32)
                    (i32.store8 (i32.const 0) (i32.const 0))
                    (i32.store (i32.const 4) (i32.const 16))
                    (i32.store (i32.const 8) (i32.const 4))
                    (i32.const 0)))
            (core instance $main (instantiate $main
                (with "libc" (instance $libc))
                (with "" (instance $lowered))))
            (func (export "evaluate") (param "event" string) (result (result string (error string)))
                (canon lift (core func $main "evaluate")
                    (memory (core memory $libc "memory")) (realloc (core func $libc "cabi_realloc")))))"#
    )
}

#[test]
fn a_component_of_the_world_judges() {
    let source = of_world(
        "(call $log (local.get $pointer) (local.get $length))
         (if (i64.ne (call $now) (i64.const 42)) (then (unreachable)))
         (if (i64.eq (call $random) (call $random)) (then (unreachable)))
         (call $answer (i32.const 0) (i32.const 16) (i32.const 4))",
    );
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(42);
    let verdict = judge(source, r#"{"output": "ä"}"#, &options);
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}");
    assert_eq!(verdict.value, true);
    let document: serde_json::Value = serde_json::from_str(&verdict.logs[0]).expect("JSON");
    assert_eq!(document["output"], "ä");
    assert_eq!(verdict.usage.memory, 4 << 16);
}

#[test]
fn errors_of_a_component_are_told() {
    let judged = |body: &str| line(&judge(of_world(body), "{}", &EvaluationOptions::default()));
    assert_eq!(
        judged("(call $answer (i32.const 1) (i32.const 32) (i32.const 7))"),
        "runtime_error: no luck"
    );
    assert_eq!(
        judged("(unreachable)"),
        "runtime_error: The module trapped: wasm `unreachable` instruction executed"
    );
    for body in [
        "(call $answer (i32.const 0) (i32.const -1) (i32.const 7))",
        "(call $answer (i32.const 0) (i32.const 7) (i32.const -1))",
        "(call $answer (i32.const 9) (i32.const 0) (i32.const 0))",
        "(i32.const -4)",
        "(i32.const 1)",
        "(i32.store8 (i32.const 16) (i32.const 0xff)) (call $answer (i32.const 0) (i32.const 16) (i32.const 4))",
        "(call $answer (i32.const 0) (i32.const 32) (i32.const 7))",
    ] {
        let text = judged(body);
        assert!(text.starts_with("invalid_result: "), "{body}: {text}");
    }
}

#[test]
fn components_run_out_of_everything() {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = 1_000_000;
    let looping = of_world("(loop $again (br $again)) (i32.const 0)");
    let verdict = judge(looping.clone(), "{}", &options);
    assert_eq!(line(&verdict), "out_of_fuel: The fuel limit of 1000000 was reached");
    options.limits.fuel = u64::MAX >> 1;
    options.limits.deadline = Duration::from_millis(100);
    assert_eq!(judge(looping, "{}", &options).status, Status::TimedOut);
    let growing =
        of_world("(if (i32.eq (memory.grow (i32.const 2000)) (i32.const -1)) (then (unreachable))) (i32.const 0)");
    assert_eq!(
        line(&judge(growing, "{}", &EvaluationOptions::default())),
        "out_of_memory: The memory limit of 67108864 bytes was reached"
    );
}

#[test]
fn every_event_finds_a_new_component() {
    let source = of_world(
        "(i32.store (i32.const 48) (i32.add (i32.load (i32.const 48)) (i32.const 1)))
         (i32.store8 (i32.const 16) (i32.add (i32.const 0x30) (i32.load (i32.const 48))))
         (call $answer (i32.const 0) (i32.const 16) (i32.const 1))",
    );
    let evaluator = compile(source).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    let mut options = EvaluationOptions::default();
    let mut judge = evaluator.judge();
    let first = judge.evaluate(&event, &options);
    for _ in 0..1000 {
        let verdict = judge.evaluate(&event, &options);
        assert_eq!((line(&verdict), verdict.usage.fuel), ("1".to_owned(), first.usage.fuel));
    }
    // Metrics keep no state in workers.
    if in_workers() {
        return;
    }
    options.keep_state = true;
    assert_eq!(line(&judge.evaluate(&event, &options)), "1");
    assert_eq!(line(&judge.evaluate(&event, &options)), "2");
}

#[test]
fn waiting_takes_no_time() {
    let source = of_text(
        r#"(import "wasi:io/poll@0.2.0" (instance $poll
               (export "pollable" (type $pollable (sub resource)))
               (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
           (alias export $poll "pollable" (type $pollable))
           (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
               (alias outer 1 $pollable (type $inner))
               (export "pollable" (type $exported (eq $inner)))
               (export "subscribe-duration" (func (param "when" u64) (result (own $exported))))))"#,
        r#"(core func $subscribe (canon lower (func $clock "subscribe-duration")))
           (core func $block (canon lower (func $poll "[method]pollable.block")))
           (core instance $lowered
               (export "subscribe" (func $subscribe))
               (export "block" (func $block)))"#,
        r#"(import "" "subscribe" (func $subscribe (param i64) (result i32)))
           (import "" "block" (func $block (param i32)))
           (func (export "evaluate") (param i32 i32) (result i32)
               (call $block (call $subscribe (i64.const 3600000000000)))
               (call $answer))"#,
    );
    let started = Instant::now();
    assert_eq!(run(&source), "true");
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn resources_are_bounded() {
    let source = of_text(
        r#"(import "wasi:io/poll@0.2.0" (instance $poll
               (export "pollable" (type $pollable (sub resource)))))
           (alias export $poll "pollable" (type $pollable))
           (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
               (alias outer 1 $pollable (type $inner))
               (export "pollable" (type $exported (eq $inner)))
               (export "subscribe-duration" (func (param "when" u64) (result (own $exported))))))"#,
        r#"(core func $subscribe (canon lower (func $clock "subscribe-duration")))
           (core instance $lowered (export "subscribe" (func $subscribe)))"#,
        r#"(import "" "subscribe" (func $subscribe (param i64) (result i32)))
           (func (export "evaluate") (param i32 i32) (result i32)
               (loop $again (drop (call $subscribe (i64.const 1))) (br $again))
               (call $answer))"#,
    );
    let verdict = judge(source, "{}", &EvaluationOptions::default());
    assert_eq!(verdict.status, Status::RuntimeError, "{}", line(&verdict));
}

#[test]
fn what_is_printed_becomes_lines() {
    let source = of_text(
        r#"(import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
           (alias export $error "error" (type $error))
           (import "wasi:io/streams@0.2.0" (instance $streams
               (export "output-stream" (type $stream (sub resource)))
               (alias outer 1 $error (type $inner))
               (export "error" (type $failed (eq $inner)))
               (type $stream-error (variant (case "last-operation-failed" (own $failed)) (case "closed")))
               (export "stream-error" (type $exported (eq $stream-error)))
               (export "[method]output-stream.blocking-write-and-flush"
                   (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $exported)))))))
           (alias export $streams "output-stream" (type $stream))
           (import "wasi:cli/stdout@0.2.0" (instance $stdout
               (alias outer 1 $stream (type $inner))
               (export "output-stream" (type $exported (eq $inner)))
               (export "get-stdout" (func (result (own $exported))))))"#,
        r#"(core func $get (canon lower (func $stdout "get-stdout")))
           (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
               (memory (core memory $libc "memory"))))
           (core instance $lowered (export "get" (func $get)) (export "write" (func $write)))"#,
        r#"(import "" "get" (func $get (result i32)))
           (import "" "write" (func $write (param i32 i32 i32 i32)))
           (data (i32.const 64) "one\ntwo")
           (func (export "evaluate") (param i32 i32) (result i32)
               (call $write (call $get) (i32.const 64) (i32.const 7) (i32.const 96))
               (call $answer))"#,
    );
    assert_eq!(run(&source), "one | two | true");
}

#[test]
fn clocks_and_random_numbers_repeat() {
    let source = of_text(
        r#"(import "wasi:random/random@0.2.0" (instance $random
               (export "get-random-u64" (func (result u64)))
               (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
           (import "wasi:clocks/monotonic-clock@0.2.3" (instance $clock (export "now" (func (result u64)))))"#,
        r#"(core func $random (canon lower (func $random "get-random-u64")))
           (core func $bytes (canon lower (func $random "get-random-bytes")
               (memory (core memory $libc "memory")) (realloc (core func $libc "cabi_realloc"))))
           (core func $now (canon lower (func $clock "now")))
           (core instance $lowered
               (export "random" (func $random)) (export "bytes" (func $bytes)) (export "now" (func $now)))"#,
        r#"(import "" "random" (func $random (result i64)))
           (import "" "bytes" (func $bytes (param i64 i32)))
           (import "" "now" (func $now (result i64)))
           (func (export "evaluate") (param i32 i32) (result i32)
               (if (i64.ne (call $now) (i64.const 42)) (then (unreachable)))
               (call $bytes (i64.const 8) (i32.const 96))
               (if (i64.eq (call $random) (i64.load (i32.load (i32.const 96)))) (then (unreachable)))
               (call $bytes (i64.const 1000000000000) (i32.const 96))
               (call $answer))"#,
    );
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(42);
    assert_eq!(
        line(&judge(source, "{}", &options)),
        "runtime_error: More than 65536 random bytes were asked for at once"
    );
}

/// A component that opens a file with these flags and answers with what it holds, or with the number of the error plus
/// 100.
fn reading(path: &str, flags: u32) -> String {
    of_text(
        r#"(import "wasi:filesystem/types@0.2.0" (instance $types
               (export "descriptor" (type $descriptor (sub resource)))
               (type $code (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
                   "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory"
                   "loop" "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock"
                   "insufficient-memory" "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported"
                   "no-tty" "no-such-device" "overflow" "not-permitted" "pipe" "read-only" "invalid-seek"
                   "text-file-busy" "cross-device"))
               (export "error-code" (type $error (eq $code)))
               (type $f1 (flags "symlink-follow"))
               (export "path-flags" (type $path-flags (eq $f1)))
               (type $f2 (flags "create" "directory" "exclusive" "truncate"))
               (export "open-flags" (type $open-flags (eq $f2)))
               (type $f3 (flags "read" "write" "file-integrity-sync" "data-integrity-sync" "requested-write-sync"
                   "mutate-directory"))
               (export "descriptor-flags" (type $descriptor-flags (eq $f3)))
               (export "[method]descriptor.open-at" (func (param "self" (borrow $descriptor))
                   (param "path-flags" $path-flags) (param "path" string) (param "open-flags" $open-flags)
                   (param "flags" $descriptor-flags) (result (result (own $descriptor) (error $error)))))
               (export "[method]descriptor.read" (func (param "self" (borrow $descriptor)) (param "length" u64)
                   (param "offset" u64) (result (result (tuple (list u8) bool) (error $error)))))))
           (alias export $types "descriptor" (type $descriptor))
           (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
               (alias outer 1 $descriptor (type $inner))
               (export "descriptor" (type $exported (eq $inner)))
               (export "get-directories" (func (result (list (tuple (own $exported) string)))))))"#,
        r#"(core func $open (canon lower (func $types "[method]descriptor.open-at") (memory (core memory $libc "memory"))))
           (core func $read (canon lower (func $types "[method]descriptor.read")
               (memory (core memory $libc "memory")) (realloc (core func $libc "cabi_realloc"))))
           (core func $directories (canon lower (func $preopens "get-directories")
               (memory (core memory $libc "memory")) (realloc (core func $libc "cabi_realloc"))))
           (core instance $lowered
               (export "open" (func $open)) (export "read" (func $read)) (export "directories" (func $directories)))"#,
        &format!(
            r#"(import "" "open" (func $open (param i32 i32 i32 i32 i32 i32 i32)))
               (import "" "read" (func $read (param i32 i64 i64 i32)))
               (import "" "directories" (func $directories (param i32)))
               (data (i32.const 1024) "{path}")
               (func (export "evaluate") (param i32 i32) (result i32)
                   (call $directories (i32.const 96))
                   (if (i32.eqz (i32.load (i32.const 100)))
                       (then
                           (i32.store (i32.const 4) (i32.const 16))
                           (i32.store (i32.const 8) (i32.const 4))
                           (return (i32.const 0))))
                   (call $open (i32.load (i32.load (i32.const 96))) (i32.const 1) (i32.const 1024) (i32.const {length})
                       (i32.const {flags}) (i32.const 1) (i32.const 112))
                   (if (i32.load8_u (i32.const 112))
                       (then
                           (i32.store8 (i32.const 16) (i32.const 0x31))
                           (i32.store8 (i32.const 17) (i32.add (i32.const 0x30)
                               (i32.div_u (i32.load8_u (i32.const 116)) (i32.const 10))))
                           (i32.store8 (i32.const 18) (i32.add (i32.const 0x30)
                               (i32.rem_u (i32.load8_u (i32.const 116)) (i32.const 10))))
                           (i32.store (i32.const 4) (i32.const 16))
                           (i32.store (i32.const 8) (i32.const 3))
                           (return (i32.const 0))))
                   (call $read (i32.load (i32.const 116)) (i64.const 100) (i64.const 0) (i32.const 128))
                   (i32.store (i32.const 4) (i32.load (i32.const 132)))
                   (i32.store (i32.const 8) (i32.load (i32.const 136)))
                   (i32.const 0))"#,
            length = path.len()
        ),
    )
}

#[cfg(unix)]
#[test]
fn components_read_granted_directories_and_nothing_else() {
    // Workers reach no files.
    if in_workers() {
        return;
    }
    let place = tempfile::tempdir().expect("a directory");
    let data = place.path().join("data");
    fs::create_dir(&data).expect("made");
    fs::write(data.join("words"), "\"good\"").expect("written");
    fs::write(place.path().join("secret"), "\"secret\"").expect("written");
    std::os::unix::fs::symlink("../secret", data.join("way-out")).expect("linked");
    let made = Command::new("mkfifo").arg(data.join("pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    let mut directories = Directories::new();
    directories.grant("data", &data).expect("granted");
    let mut options = EvaluationOptions::default();
    assert_eq!(line(&judge(reading("words", 0), "{}", &options)), "true");
    options.directories = Arc::new(directories);
    let read = |path: &str, flags| line(&judge(reading(path, flags), "{}", &options));
    assert_eq!(read("words", 0), "\"good\"");
    // 0 is "access", 20 "no entry", 31 "not permitted", 33 "read-only".
    assert_eq!(read("none", 0), "120");
    assert_eq!(read("pipe", 0), "100");
    for path in ["../secret", "way-out", "/etc/passwd", "./../secret"] {
        assert_eq!(read(path, 0), "131", "{path}");
    }
    for flags in [1, 8, 9] {
        assert_eq!(read("words", flags), "133");
        assert_eq!(read("new", flags), "133");
    }
}

#[test]
fn components_without_the_world_are_refused() {
    assert_eq!(
        refused("(component)"),
        "wrong-export: the module does not export `evaluate`"
    );
    let message = refused(r#"(component (import "wasi:http/outgoing-handler@0.2.0" (instance)))"#);
    assert_eq!(
        message,
        "unknown-import: the module imports `wasi:http/outgoing-handler@0.2.0` from `the world`, which is not there"
    );
    assert!(refused(r#"(component (import "own" (func)))"#).starts_with("unknown-import: "));
    let other = of_text(
        "",
        "(core instance $lowered)",
        "(func (export \"evaluate\") (param i32 i32) (result i32) (i32.const 0))",
    )
    .replace("(error string)", "(error u32)");
    let message = refused(other);
    assert!(message.starts_with("wrong-export: "), "{message}");
}
