//! `jurybox doctor` tells the truth, also on machines that can do less.

use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::launch::{self, Without, has_user_namespaces};

/// What comes with a user namespace for those who have no privileges.
const OF_USER_NAMESPACES: [&str; 8] = [
    "user_namespace",
    "network_namespace",
    "ipc_namespace",
    "host_name_namespace",
    "mount_namespace",
    "cgroup_namespace",
    "process_namespace",
    "empty_root",
];

/// The tests.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("doctor/here", here),
        Trial::test("doctor/as nobody", as_nobody),
        Trial::test("doctor/without user namespaces", without_user_namespaces),
        Trial::test("doctor/without user namespaces and privileges", without_privileges),
        Trial::test("doctor/in a container", in_container),
        Trial::test("doctor/without Landlock", without_landlock),
        Trial::test("doctor/in words", in_words),
        Trial::test("doctor/what is required and missing is named", what_is_required),
    ]
}

fn jurybox() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_jurybox"))
}

/// What doctor found, as JSON, and its exit code.
struct Examined {
    findings: Value,
    code: Option<i32>,
}

impl Examined {
    fn of(command: &mut Command) -> Result<Self, Failed> {
        let output = command.args(["doctor", "--json", "--no-cache"]).output()?;
        let findings = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        Ok(Self {
            findings,
            code: output.status.code(),
        })
    }

    /// The names of what is missing, wholly or in part.
    fn missing(&self) -> Vec<&str> {
        let missing = self.findings["missing"].as_array().into_iter().flatten();
        missing.filter_map(|measure| measure["name"].as_str()).collect()
    }

    /// The state of a measure in run workers.
    fn state(&self, name: &str) -> &Value {
        let mut measures = self.findings["workers"]["run"]["measures"]
            .as_array()
            .into_iter()
            .flatten();
        measures
            .find(|measure| measure["name"] == name)
            .map_or(&Value::Null, |measure| &measure["state"])
    }

    fn advice(&self, name: &str) -> &str {
        let mut missing = self.findings["missing"].as_array().into_iter().flatten();
        let measure = missing.find(|measure| measure["name"] == name);
        measure
            .and_then(|measure| measure["advice"].as_str())
            .unwrap_or_default()
    }

    fn check(&self, is_right: bool) -> Result<(), Failed> {
        match is_right {
            true => Ok(()),
            false => Err(format!("{:?} {:#}", self.code, self.findings).into()),
        }
    }
}

/// On a machine with user namespaces and a recent kernel, everything is in force; on others, doctor says so.
fn here() -> Result<(), Failed> {
    let examined = Examined::of(&mut Command::new(jurybox()))?;
    let missing = examined.missing();
    let is_complete = examined.findings["complete"] == true;
    examined.check(is_complete == missing.is_empty() && examined.code == Some(i32::from(!is_complete)))?;
    for kind in ["run", "compile"] {
        let measures = examined.findings["workers"][kind]["measures"].as_array();
        examined.check(measures.is_some_and(|measures| measures.len() == 18))?;
    }
    if has_user_namespaces() {
        let is_found = OF_USER_NAMESPACES.iter().all(|name| examined.state(name) == "in_force");
        return examined.check(is_found);
    }
    eprintln!("there are no user namespaces here");
    examined.check(missing.contains(&"user_namespace"))
}

/// Root is not needed for any of it.
fn as_nobody() -> Result<(), Failed> {
    let as_it_is = Examined::of(&mut Command::new(jurybox()))?;
    let mut command = launch::command(Without::Root, jurybox());
    let examined = match Examined::of(&mut command) {
        Ok(examined) => examined,
        Err(_) if !is_reachable(Without::Root)? => {
            eprintln!("nobody may not start the program here: not tested");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    examined.check(!has_user_namespaces() || examined.missing() == as_it_is.missing())
}

/// Whether a launcher can start the program at all.
fn is_reachable(without: Without) -> Result<bool, Failed> {
    let output = launch::command(without, jurybox()).arg("--version").output()?;
    Ok(output.status.success())
}

fn without_user_namespaces() -> Result<(), Failed> {
    if !has_user_namespaces() {
        eprintln!("there are no user namespaces here, which the other tests show");
        return here();
    }
    let examined = Examined::of(&mut launch::command(Without::UserNamespaces, jurybox()))?;
    examined.check(examined.code == Some(1) && examined.findings["complete"] == false)?;
    examined.check(examined.state("user_namespace")["missing"].is_string())?;
    examined.check(examined.advice("user_namespace").contains("user.max_user_namespaces"))?;
    // It has privileges in its own namespace, and makes the others with them.
    for name in OF_USER_NAMESPACES
        .into_iter()
        .skip(1)
        .chain(["landlock", "capabilities", "seccomp"])
    {
        let expected = Examined::of(&mut Command::new(jurybox()))?.state(name).clone();
        examined.check(*examined.state(name) == expected)?;
    }
    Ok(())
}

fn without_privileges() -> Result<(), Failed> {
    if !has_user_namespaces() {
        eprintln!("there are no user namespaces here, which the other tests show");
        return here();
    }
    let examined = Examined::of(&mut launch::command(Without::UserNamespacesAndPrivileges, jurybox()))?;
    examined.check(examined.code == Some(1))?;
    for name in OF_USER_NAMESPACES {
        examined.check(examined.state(name)["missing"].is_string() && !examined.advice(name).is_empty())?;
    }
    examined.check(examined.state("not_root")["missing"].is_string() && !examined.advice("not_root").is_empty())?;
    check_what_needs_nothing(&examined)
}

/// What needs neither namespaces nor privileges.
fn check_what_needs_nothing(examined: &Examined) -> Result<(), Failed> {
    for name in [
        "environment",
        "descriptors",
        "warden",
        "capabilities",
        "no_new_privileges",
        "undumpable",
        "seccomp",
    ] {
        examined.check(*examined.state(name) == "in_force")?;
    }
    Ok(())
}

fn in_container() -> Result<(), Failed> {
    let examined = Examined::of(&mut launch::command(Without::Unsharing, jurybox()))?;
    examined.check(examined.code == Some(1))?;
    for name in OF_USER_NAMESPACES {
        examined.check(examined.state(name)["missing"].is_string() && !examined.advice(name).is_empty())?;
    }
    let is_explained = examined.advice("user_namespace").contains("--security-opt seccomp=");
    examined.check(is_explained || !has_user_namespaces())?;
    check_what_needs_nothing(&examined)
}

fn without_landlock() -> Result<(), Failed> {
    let here = Examined::of(&mut Command::new(jurybox()))?;
    let examined = Examined::of(&mut launch::command(Without::Landlock, jurybox()))?;
    examined.check(examined.code == Some(1) && examined.advice("landlock").contains("Linux 5.13"))?;
    examined.check(examined.state("landlock")["missing"] == "the kernel does not have it")?;
    // It is all that is missing.
    let mut others = examined.missing();
    others.retain(|name| *name != "landlock");
    let mut others_here = here.missing();
    others_here.retain(|name| *name != "landlock");
    examined.check(others == others_here)
}

/// Who requires what is missing gets a sentence, not workers; who doesn't require it gets workers.
fn what_is_required() -> Result<(), Failed> {
    let place = tempfile::tempdir()?;
    std::fs::write(place.path().join("good.wat"), crate::outside::MODULE)?;
    let check = |required: &[&str]| {
        let mut command = launch::command(Without::Landlock, jurybox());
        command
            .current_dir(place.path())
            .args(["check", "good.wat", "--no-cache"])
            .args(required)
            .output()
    };
    let refused = check(&["--require-confinement"])?;
    let sentence = String::from_utf8_lossy(&refused.stderr);
    let names_it =
        sentence.starts_with("error: ") && sentence.contains("landlock: missing: the kernel does not have it");
    if refused.status.code() != Some(2) || !names_it {
        return Err(format!("{:?}: {sentence}", refused.status).into());
    }
    let accepted = check(&["--workers"])?;
    match accepted.status.success() {
        true => Ok(()),
        false => Err(format!("{:?}: {}", accepted.status, String::from_utf8_lossy(&accepted.stderr)).into()),
    }
}

fn in_words() -> Result<(), Failed> {
    let words = |output: Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let text = words(Command::new(jurybox()).args(["doctor", "--no-cache"]).output()?);
    for expected in [
        "Workers on Linux ",
        "seccomp              in force",
        "The confinement is",
    ] {
        if !text.contains(expected) {
            return Err(format!("there is no {expected:?} in:\n{text}").into());
        }
    }
    if !has_user_namespaces() {
        return Ok(());
    }
    let mut command = launch::command(Without::UserNamespaces, jurybox());
    let text = words(command.args(["doctor", "--no-cache"]).output()?);
    for expected in [
        "user namespace       missing",
        "User namespaces are switched off: sysctl -w user.max_user_namespaces=",
        "The confinement is not complete",
    ] {
        if !text.contains(expected) {
            return Err(format!("there is no {expected:?} in:\n{text}").into());
        }
    }
    Ok(())
}
