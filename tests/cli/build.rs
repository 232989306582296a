//! `jurybox build`.

use std::fs;

use crate::support::{CONCISE, EVENTS, Place};

const PYTHON: &str =
    "def concise(output):\n    return {'pass': len(output.split()) <= 5, 'score': len(output.split())}\n";
const TYPESCRIPT: &str =
    "const concise = ({ output }: { output: string }): boolean => output.split(' ').length <= 5;\n";

#[test]
fn a_built_module_judges_as_its_source_does() {
    let place = Place::with(&[
        ("a.hog", CONCISE),
        ("b.py", PYTHON),
        ("c.ts", TYPESCRIPT),
        ("events.jsonl", EVENTS),
    ]);
    for metric in ["a.hog", "b.py", "c.ts"] {
        let module = format!("{metric}.wasm");
        let built = place.call(&["build", metric, "-o", &module]);
        assert_eq!((built.code, built.stderr.as_str()), (Some(0), ""), "{built:?}");
        assert!(built.stdout.starts_with(&format!("{module}: ")), "{built:?}");
        let bytes = fs::read(place.path().join(&module)).expect("a module");
        assert!(bytes.starts_with(b"\0asm"), "{metric}");
        let judge = |file: &str| {
            let called = place.call(&["test", file, "--events", "events.jsonl", "--json"]);
            assert_eq!(called.code, Some(0), "{called:?}");
            let keep = |line: serde_json::Value| (line["value"].to_string(), line["passed"].as_bool());
            called.json().into_iter().map(keep).collect::<Vec<_>>()
        };
        assert_eq!(judge(&module), judge(metric), "{metric}");
    }
}

#[test]
fn what_is_there_is_replaced_only_by_a_module() {
    let place = Place::with(&[("a.hog", CONCISE), ("broken.hog", "return ("), ("out.wasm", "old")]);
    place.write("folder/file", b"");
    let out = || fs::read(place.path().join("out.wasm")).expect("a file");
    let broken = place.call(&["build", "broken.hog", "-o", "out.wasm"]);
    assert_eq!((broken.code, out()), (Some(2), b"old".to_vec()), "{broken:?}");
    assert_eq!(place.call(&["build", "a.hog", "-o", "out.wasm"]).code, Some(0));
    assert!(out().starts_with(b"\0asm"));
    for (output, says) in [
        (
            "folder",
            "error: folder: can't be written: is a directory, not a file\n",
        ),
        ("missing/out.wasm", "error: missing/out.wasm: can't be written: "),
    ] {
        let called = place.call(&["build", "a.hog", "-o", output]);
        assert!(called.stderr.starts_with(says), "{called:?}");
        assert_eq!(called.code, Some(2));
    }
    // Nothing is left lying about.
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 4);
}
