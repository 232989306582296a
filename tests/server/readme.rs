//! What the README tells a newcomer to paste works as it stands there.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::Server;

/// The commands of the chapter `Serve`.
fn commands() -> String {
    let readme = include_str!("../../README.md");
    let (_, chapter) = readme.split_once("\n## Serve\n").expect("the chapter");
    let (_, commands) = chapter.split_once("\n```sh\n").expect("its commands");
    let (commands, _) = commands.split_once("\n```\n").expect("their end");
    commands.to_owned()
}

#[test]
fn the_commands_of_the_readme_work_when_pasted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let events = root.join("examples/events.jsonl");
    let server = Server::with(&["--events", events.to_str().expect("a path")]);
    let directory = tempfile::tempdir().expect("a directory");
    symlink(root.join("examples"), directory.path().join("examples")).expect("a link");
    symlink(server.data(), directory.path().join("jurybox-data")).expect("a link");
    let program = Path::new(env!("CARGO_BIN_EXE_jurybox"))
        .parent()
        .expect("its directory");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a path"));
    let script = commands().replace("http://127.0.0.1:8080", &server.url);
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("PATH", path)
        .current_dir(directory.path())
        .output()
        .expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    for shown in [
        "\"results\":[{",
        "\"name\":\"concise\"",
        "\"result\":2",
        "\"status\":\"ok\"",
        "pass rate",
    ] {
        assert!(text.contains(shown), "{shown} is not shown:\n{text}\n{errors}");
    }
}
