//! What the program says about itself.

use insta::assert_snapshot;

use crate::support::Place;

#[test]
fn help_teaches() {
    assert_snapshot!("help", Place::new().call(&["--help"]).transcript());
    assert_snapshot!("help_test", Place::new().call(&["test", "--help"]).transcript());
    assert_snapshot!("help_run", Place::new().call(&["run", "--help"]).transcript());
    assert_snapshot!("help_check", Place::new().call(&["check", "--help"]).transcript());
    assert_snapshot!("help_build", Place::new().call(&["build", "--help"]).transcript());
    assert_snapshot!("help_new", Place::new().call(&["new", "--help"]).transcript());
    assert_snapshot!("help_types", Place::new().call(&["types", "--help"]).transcript());
}

#[test]
fn the_version_is_known() {
    let called = Place::new().call(&["--version"]);
    assert_eq!(called.stdout, concat!("jurybox ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(called.code, Some(0));
}

#[test]
fn without_arguments_help_is_shown() {
    let place = Place::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jurybox"));
    let output = command.current_dir(place.path()).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Usage: jurybox"));
}
