//! What workers are, looked at from outside: nothing here believes what a worker says of itself.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, Engine, EngineOptions, EvaluationOptions, Event, Snippet};
use libtest_mimic::{Failed, Trial};

use crate::attacks::order;
use crate::processes::{is_alive, kill, may_leave_root, may_look, status, wait_until, workers_of};

/// The argument that makes this program a host of workers, for tests that end it.
pub const HOST: &str = "host-of-workers";

/// The argument after that for a host of which a worker is busy.
const BUSY: &str = "busy";

/// The argument after that for a host that has its worker attack. The attacks follow.
pub const ATTACKS: &str = "attacks";

/// A host with its workers: each a warden and the worker itself.
struct Host {
    process: std::process::Child,
    workers: Vec<(u32, u32)>,
}

impl Host {
    fn start(what: &str) -> Result<Self, Failed> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([HOST, what])
            .env("SECRET", "of the host")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let host = process.id();
        let mut started = Self {
            process,
            workers: Vec::new(),
        };
        if line != "ready\n" {
            return Err(format!("the host said {line:?}").into());
        }
        // One of each role, and spare ones perhaps.
        wait_until("the host has two workers", || {
            let pairs = workers_of(host)
                .into_iter()
                .filter_map(|warden| Some((warden, *workers_of(warden).first()?)));
            started.workers = pairs.collect();
            started.workers.len() >= 2
        })?;
        // Those that are still starting are not closed yet.
        wait_until("the workers are closed", || {
            let is_closed = |process: u32| filters(process) >= filters(std::process::id()) + 2;
            started
                .workers
                .iter()
                .all(|(warden, worker)| is_closed(*warden) && is_closed(*worker))
        })?;
        Ok(started)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts an engine with workers, and waits to be ended.
pub fn host_main() -> Option<ExitCode> {
    if std::env::args().nth(1).as_deref() != Some(HOST) {
        return None;
    }
    let mut workers = WorkerOptions::new(std::env::current_exe().ok()?);
    workers.runners = 1;
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Memory;
    options.workers = Some(workers);
    let engine = Engine::new(options).expect("an engine with workers");
    // It takes both roles.
    judge(&engine, &Snippet::wasm(MODULE));
    let what = std::env::args().nth(2);
    if what.as_deref() == Some(BUSY) {
        println!("ready");
        let evaluator = engine.compile(&Snippet::wasm(ENDLESS)).expect("it compiles");
        let mut options = EvaluationOptions::default();
        options.limits.fuel = u64::MAX / 2;
        options.limits.deadline = Duration::from_secs(3600);
        let _ = evaluator.evaluate_with(&Event::from_json("{}").expect("an event"), &options);
        return Some(ExitCode::SUCCESS);
    }
    if what.as_deref() == Some(ATTACKS) {
        for attack in std::env::args().skip(3) {
            let event = serde_json::json!({ "input": order(&attack) }).to_string();
            let evaluator = engine.compile(&Snippet::wasm(MODULE)).expect("it compiles");
            let verdict = evaluator.evaluate(&Event::from_json(&event).expect("an event"));
            println!("{attack}: {}", verdict.value.as_str().unwrap_or("no answer"));
        }
        return Some(ExitCode::SUCCESS);
    }
    // For `strace`, to see what workers call: docs/confinement.md.
    if what.as_deref() == Some("all-languages") {
        judge(&engine, &Snippet::hog("return length(splitByString(' ', output)) > 0"));
        judge(
            &engine,
            &Snippet::python("import re\ndef f(event):\n    return bool(re.search('a', event['output']))"),
        );
        judge(
            &engine,
            &Snippet::javascript("function f(event) { return /a/.test(event.output) }"),
        );
        return Some(ExitCode::SUCCESS);
    }
    println!("ready");
    let _ = std::io::stdin().read(&mut [0]);
    Some(ExitCode::SUCCESS)
}

/// The filters of system calls that apply to a process. This one may be under some itself.
fn filters(process: u32) -> u32 {
    let count = status(process, "Seccomp_filters").and_then(|count| count.parse().ok());
    // Kernels before 5.9 only tell whether there are any.
    let are_any = || status(process, "Seccomp").as_deref() == Some("2");
    count.unwrap_or_else(|| if are_any() { 2 } else { 0 })
}

/// A module that finds everything good.
pub const MODULE: &str = r#"(module
    (memory (export "memory") 4)
    (func (export "alloc") (param i32) (result i32) (i32.const 65536))
    (data (i32.const 16) "true")
    (func (export "evaluate") (param i32 i32) (result i64)
        (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 4))))"#;

/// A module that comes to no end.
const ENDLESS: &str = r#"(module
    (memory (export "memory") 4)
    (func (export "alloc") (param i32) (result i32) (i32.const 65536))
    (func (export "evaluate") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))"#;

fn judge(engine: &Engine, snippet: &Snippet) {
    let evaluator = engine.compile(snippet).expect("it compiles");
    for output in ["a", "b a", "a c"] {
        let event = serde_json::json!({ "output": output }).to_string();
        let verdict = evaluator.evaluate(&Event::from_json(&event).expect("an event"));
        assert_eq!(verdict.value, true, "{verdict:?}");
    }
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("outside/workers and wardens have no privileges", no_privileges),
        Trial::test("outside/workers have namespaces of their own", own_namespaces),
        Trial::test("outside/workers have an empty root", empty_root),
        Trial::test("outside/workers have no environment", no_environment),
        Trial::test("outside/the end of the host ends all", end_of_host),
        Trial::test("outside/the end of the host ends a busy worker", end_of_busy_host),
        Trial::test("outside/the end of the warden ends the worker", end_of_warden),
        Trial::test("outside/the end of the worker ends the warden", end_of_worker),
    ]
}

fn no_privileges() -> Result<(), Failed> {
    let host = Host::start("")?;
    for process in host.workers.iter().flat_map(|(warden, worker)| [*warden, *worker]) {
        for (field, expected) in [
            ("NoNewPrivs", "1"),
            ("Seccomp", "2"),
            ("CapInh", "0000000000000000"),
            ("CapPrm", "0000000000000000"),
            ("CapEff", "0000000000000000"),
            ("CapAmb", "0000000000000000"),
            ("Threads", "1"),
        ] {
            let found = status(process, field);
            // A compile worker may have started threads.
            if field == "Threads" && found.is_some() {
                continue;
            }
            if found.as_deref() != Some(expected) {
                return Err(format!("{field} of {process} is {found:?}").into());
            }
        }
        let users = status(process, "Uid").unwrap_or_default();
        if users.split_whitespace().any(|user| user == "0") && may_leave_root() {
            return Err(format!("{process} is root: {users}").into());
        }
    }
    Ok(())
}

fn own_namespaces() -> Result<(), Failed> {
    if !crate::launch::has_user_namespaces() {
        eprintln!("there are no user namespaces here: not tested");
        return Ok(());
    }
    let host = Host::start("")?;
    let namespace = |process: &str, kind: &str| std::fs::read_link(format!("/proc/{process}/ns/{kind}"));
    for (_, worker) in &host.workers {
        let numbers = status(*worker, "NSpid").unwrap_or_default();
        if numbers.split_whitespace().last() != Some("1") {
            return Err(format!("worker {worker} is not alone: {numbers}").into());
        }
        for kind in ["user", "net", "ipc", "uts", "mnt", "cgroup", "pid"] {
            match namespace(&worker.to_string(), kind) {
                Ok(own) if own == namespace("self", kind)? => {
                    return Err(format!("worker {worker} is in the {kind} namespace of the host").into());
                }
                Ok(_) => {}
                // Only root may look at processes that hide.
                Err(_) if !may_look() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn empty_root() -> Result<(), Failed> {
    if !may_look() || !crate::launch::has_user_namespaces() {
        eprintln!("only root may look: not tested");
        return Ok(());
    }
    let host = Host::start("")?;
    for process in host.workers.iter().flat_map(|(warden, worker)| [*warden, *worker]) {
        let entries = std::fs::read_dir(format!("/proc/{process}/root/"))?.count();
        let mounts = std::fs::read_to_string(format!("/proc/{process}/mounts"))?;
        if entries != 0 || mounts.lines().count() != 1 || !mounts.contains(" / tmpfs ro,nosuid,nodev,noexec") {
            return Err(format!("the root of {process} has {entries} entries, its mounts are {mounts}").into());
        }
    }
    Ok(())
}

fn no_environment() -> Result<(), Failed> {
    if !may_look() {
        eprintln!("only root may look: not tested");
        return Ok(());
    }
    let host = Host::start("")?;
    for process in host.workers.iter().flat_map(|(warden, worker)| [*warden, *worker]) {
        let environment = std::fs::read(format!("/proc/{process}/environ"))?;
        if !environment.is_empty() {
            return Err(format!("{process} has {:?}", String::from_utf8_lossy(&environment)).into());
        }
    }
    Ok(())
}

fn end_of_host() -> Result<(), Failed> {
    let mut host = Host::start("")?;
    host.process.kill()?;
    host.process.wait()?;
    let all = host.workers.clone();
    wait_until("all workers are gone", || {
        !all.iter()
            .any(|(warden, worker)| is_alive(*warden) || is_alive(*worker))
    })
}

/// A worker that does not listen is ended by its warden.
fn end_of_busy_host() -> Result<(), Failed> {
    let mut host = Host::start(BUSY)?;
    let is_busy = |process: u32| status(process, "State").is_some_and(|state| state.starts_with('R'));
    wait_until("a worker is busy", || {
        host.workers.iter().any(|(_, worker)| is_busy(*worker))
    })?;
    host.process.kill()?;
    host.process.wait()?;
    let all = host.workers.clone();
    wait_until("all workers are gone", || {
        !all.iter()
            .any(|(warden, worker)| is_alive(*warden) || is_alive(*worker))
    })
}

fn end_of_warden() -> Result<(), Failed> {
    let host = Host::start("")?;
    for (warden, worker) in &host.workers {
        kill(*warden)?;
        wait_until("the worker is gone", || !is_alive(*worker))?;
    }
    Ok(())
}

fn end_of_worker() -> Result<(), Failed> {
    let host = Host::start("")?;
    for (warden, worker) in &host.workers {
        kill(*worker)?;
        wait_until("the warden is gone", || !is_alive(*warden))?;
    }
    Ok(())
}
