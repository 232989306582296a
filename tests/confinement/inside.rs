//! What workers can't do: every attack is tried in a run worker and in a compile worker, and must be refused.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, Engine, EngineOptions, Evaluator, Event, Snippet, Status, Verdict};
use libtest_mimic::{Failed, Trial};
use nix::errno::Errno;

use crate::attacks::{Attack, ENDS, GROUPS, order, refusal};
use crate::launch::has_user_namespaces;

/// An engine with one worker of each role.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut workers = WorkerOptions::new(std::env::current_exe().expect("this program has a path"));
    workers.runners = 1;
    // The ways to end are tried on purpose.
    workers.quarantine_after = u32::MAX;
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Memory;
    options.workers = Some(workers);
    Engine::new(options).expect("an engine with workers")
});

/// A module: what happens to these events is not up to it.
static EVALUATOR: LazyLock<Evaluator> = LazyLock::new(|| {
    let compiled = ENGINE.compile(&Snippet::wasm(crate::outside::MODULE));
    compiled.unwrap_or_else(|error| panic!("the module does not compile: {error:?}"))
});

/// The verdict on an event that makes the run worker do something.
pub fn run(name: &str) -> Verdict {
    let event = serde_json::json!({ "input": order(name) }).to_string();
    EVALUATOR.evaluate(&Event::from_json(&event).expect("an event"))
}

/// What a run worker says that came of it.
pub fn ask_run_worker(name: &str) -> Result<String, Failed> {
    let verdict = run(name);
    match verdict.value.as_str() {
        Some(answer) => Ok(answer.to_owned()),
        None => Err(format!("it did not answer: {verdict:?}").into()),
    }
}

/// What a compile worker says that came of it.
pub fn ask_compile_worker(name: &str) -> Result<String, Failed> {
    let error = match ENGINE.compile(&Snippet::hog(format!("-- {}", order(name)))) {
        Ok(_) => return Err("it did not answer, and compiled".into()),
        Err(error) => error,
    };
    let answer = error.diagnostics.iter().find(|diagnostic| diagnostic.code == "probe");
    let answer = answer.and_then(|diagnostic| serde_json::from_str(&diagnostic.message).ok());
    answer.ok_or_else(|| format!("it did not answer: {error:?}").into())
}

/// A test for each attack and role.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (group, attacks) in GROUPS {
        for attack in attacks {
            let name = |role| format!("{role}/{group}/{}", attack.name);
            trials.push(Trial::test(name("run"), || is_refused(attack, ask_run_worker)));
            trials.push(Trial::test(name("compile"), || is_refused(attack, ask_compile_worker)));
        }
    }
    for (role, ask) in [("run", ask_run_worker as Ask), ("compile", ask_compile_worker)] {
        let mut tell = |name: &str, test: fn(Ask) -> Result<(), Failed>| {
            trials.push(Trial::test(format!("{role}/{name}"), move || test(ask)));
        };
        tell("there are no environment variables", no_environment);
        tell("there are no descriptors of the host's", no_descriptors);
    }
    trials.push(Trial::test("run/limits", || {
        limits(ask_run_worker, Some("processes 0 0"))
    }));
    // Without user namespaces its processes are counted with those of others.
    let threads = || has_user_namespaces().then_some("processes 256 256");
    trials.push(Trial::test("compile/limits", move || {
        limits(ask_compile_worker, threads())
    }));
    for (name, _) in ENDS {
        trials.push(Trial::test(format!("run/ends/{name}"), || ends(name)));
    }
    trials
}

type Ask = fn(&str) -> Result<String, Failed>;

fn is_refused(attack: &Attack, ask: Ask) -> Result<(), Failed> {
    if attack.expected == Errno::ENOENT && !has_user_namespaces() {
        eprintln!("without user namespaces there are files: not tested");
        return Ok(());
    }
    equal(&ask(attack.name)?, &refusal(attack.expected))
}

fn no_environment(ask: Ask) -> Result<(), Failed> {
    equal(&ask("environment")?, "0")
}

fn no_descriptors(ask: Ask) -> Result<(), Failed> {
    let listed = ask("descriptors")?;
    let is_harmless = |line: &str| match line.split_once(' ') {
        Some(("0", kind)) => kind == "socket",
        Some(("1" | "2", kind)) => kind == "device 1:3",
        // Its own copies of the socket, code, and its page map: a file of /proc that only its owner may read.
        Some((_, kind)) => {
            kind == "socket" || kind.starts_with("memory with the seals") || kind == "file of mode 400 and 0 bytes"
        }
        None => false,
    };
    match listed.lines().find(|line| !is_harmless(line)) {
        Some(line) => Err(format!("{line}, among:\n{listed}").into()),
        None => Ok(()),
    }
}

fn limits(ask: Ask, processes: Option<&str>) -> Result<(), Failed> {
    let found = ask("limits")?;
    let (others, found_processes) = found.rsplit_once('\n').ok_or("no limits")?;
    equal(
        others,
        "core 0 0\nfile size 0 0\nlocked memory 0 0\nqueues 0 0\ndescriptors 512 512",
    )?;
    equal(found_processes, processes.unwrap_or(found_processes))
}

/// However a worker ends, it costs one event, and nothing is left of it on disk.
fn ends(name: &str) -> Result<(), Failed> {
    let verdict = run(name);
    if verdict.status != Status::Crashed {
        return Err(format!("the status is not crashed: {verdict:?}").into());
    }
    equal(&ask_run_worker("environment")?, "0")?;
    if let Some(path) = descriptors_of_workers().next() {
        return Err(format!("the host has {}", path.display()).into());
    }
    let here = std::fs::read_dir(".")?.filter_map(Result::ok);
    match here
        .map(|entry| entry.file_name())
        .find(|name| name.to_string_lossy().starts_with("core"))
    {
        Some(core) => Err(format!("there is a core: {core:?}").into()),
        None => Ok(()),
    }
}

/// Descriptors of this process, the host, that are of what only a worker opens: its own page map.
fn descriptors_of_workers() -> impl Iterator<Item = PathBuf> {
    let own = format!("/proc/{}/pagemap", std::process::id());
    let descriptors = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let paths = descriptors.filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok());
    paths.filter(move |path| path.ends_with("pagemap") && *path != Path::new(&own))
}

/// Fails unless both are the same.
pub fn equal(found: &str, expected: &str) -> Result<(), Failed> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("found {found:?}, expected {expected:?}").into()),
    }
}
