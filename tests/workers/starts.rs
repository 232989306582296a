//! How workers come and go: starts that fail, workers that are replaced, and that nothing is left at the end.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use jurybox::{EvaluationOptions, Event};
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use crate::engines::{compile, engine_with, equal, judge, numbered, obedient, order, order_with, this_program};
use crate::processes::{descriptors, exists, kill, wait_until, workers, workers_of, zombies};

/// The argument that makes this program a host of workers, for tests that end it.
const HOST: &str = "host-of-workers";

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("starts/a program that does not exist", || {
            refused("/nowhere/at/all".into(), "does not exist")
        }),
        Trial::test("starts/a program that is none", || {
            refused("/etc/passwd".into(), "is not executable")
        }),
        Trial::test("starts/a program that ends at once", || {
            refused(script("exit 7")?, "its main must begin with jurybox::workers::init()")
        }),
        Trial::test("starts/a program that says something else", || {
            refused(
                script("echo 'Good morning, what can I do for you?' >&0; sleep 100")?,
                "does not answer as a worker",
            )
        }),
        Trial::test("starts/a program that says nothing", says_nothing),
        Trial::test("starts/an idle worker that dies is replaced", idle_deaths),
        Trial::test("starts/a worker is replaced after its evaluations", recycling),
        Trial::test("starts/nothing is left of an engine", nothing_left),
        Trial::test(
            "starts/nothing is left of an engine whose workers hang",
            nothing_left_of_hanging,
        ),
        Trial::test("starts/nothing is left of a host that is killed", host_killed),
    ]
}

/// A program that is a script.
fn script(text: &str) -> Result<PathBuf, Failed> {
    let mut hash = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(text, &mut hash);
    let name = format!("script-{:x}", std::hash::Hasher::finish(&hash));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Making an engine, or the first snippet, says what is wrong.
fn refused(program: PathBuf, expected: &str) -> Result<(), Failed> {
    let said = match engine_with(2, |workers| workers.program = program) {
        Err(error) => error_text(&error),
        Ok(engine) => match engine.compile(&obedient(0)) {
            Err(error) => format!("{error:?}"),
            Ok(_) => return Err("it compiles".into()),
        },
    };
    equal(&workers(), &Vec::new())?;
    if said.contains(expected) {
        Ok(())
    } else {
        Err(said.into())
    }
}

fn error_text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn says_nothing() -> Result<(), Failed> {
    let before = descriptors();
    refused(
        script("exec sleep 1000")?,
        "its main must begin with jurybox::workers::init()",
    )?;
    // Nobody waits for an engine that is dropped before.
    let engine = engine_with(2, |workers| {
        workers.program = script("exec sleep 1001").unwrap_or_default()
    })?;
    drop(engine);
    equal(&workers(), &Vec::new())?;
    equal(&(zombies(), descriptors()), &(0, before))
}

fn idle_deaths() -> Result<(), Failed> {
    let engine = engine_with(2, |_| {})?;
    let evaluator = compile(&engine, &obedient(0))?;
    wait_until("all workers are there", || {
        workers().iter().filter(|pair| pair.worker.is_some()).count() == 3
    })?;
    let mut former = workers();
    for round in 0..10 {
        for pair in &former {
            kill(if round % 2 == 0 {
                pair.warden
            } else {
                pair.worker.unwrap_or(pair.warden)
            });
        }
        wait_until("new workers are there", || {
            let present = workers();
            present.iter().filter(|pair| pair.worker.is_some()).count() == 3
                && present
                    .iter()
                    .all(|pair| former.iter().all(|former| former.warden != pair.warden))
        })?;
        former = workers();
        equal(
            &judge(&evaluator, &[numbered(round)], &EvaluationOptions::default()),
            &vec![format!("ok {round}")],
        )?;
    }
    drop(engine);
    drop(evaluator);
    equal(&(workers().len(), zombies()), &(0, 0))
}

fn recycling() -> Result<(), Failed> {
    let engine = engine_with(1, |workers| workers.recycle_after = 50)?;
    let evaluator = compile(&engine, &obedient(0))?;
    let mut identities = BTreeSet::new();
    for _ in 0..500 {
        let verdict = evaluator.evaluate(&order_with("identity", &json!("one")));
        identities.insert(verdict.value.to_string());
    }
    // Compiling loads the snippet in a worker, which is no evaluation.
    equal(&identities.len(), &10)
}

fn nothing_left() -> Result<(), Failed> {
    let before = descriptors();
    for _ in 0..10 {
        let engine = engine_with(2, |_| {})?;
        let evaluator = compile(&engine, &obedient(0))?;
        let events: Vec<Event> = (0..100).map(numbered).collect();
        equal(&judge(&evaluator, &events, &EvaluationOptions::default()).len(), &100)?;
        let present = workers();
        drop(engine);
        drop(evaluator);
        equal(&workers(), &Vec::new())?;
        equal(&zombies(), &0)?;
        equal(&descriptors(), &before)?;
        for pair in present {
            // Its parent, the warden, has reaped it.
            equal(&pair.worker.is_some_and(exists), &false)?;
        }
    }
    Ok(())
}

/// The engine is dropped by this thread while another one still waits for a worker; that one ends with it.
fn nothing_left_of_hanging() -> Result<(), Failed> {
    let before = descriptors();
    let engine = engine_with(1, |_| {})?;
    let evaluator = compile(&engine, &obedient(0))?;
    let mut options = EvaluationOptions::default();
    options.limits.deadline = std::time::Duration::from_millis(300);
    let hanging = std::thread::spawn(move || evaluator.evaluate_with(&order("hang"), &options).status.as_str());
    drop(engine);
    equal(&hanging.join().map_err(|_| "it panicked")?, &"timed_out")?;
    wait_until("all workers are gone", || workers().is_empty())?;
    wait_until("all descriptors are closed", || descriptors() == before)?;
    equal(&zombies(), &0)
}

/// Starts an engine with workers, of which some are at work, and waits to be ended.
pub fn host_main() -> Option<ExitCode> {
    if std::env::args().nth(1).as_deref() != Some(HOST) {
        return None;
    }
    let engine = engine_with(2, |_| {}).expect("an engine with workers");
    let evaluator = compile(&engine, &obedient(0)).ok()?;
    let mut options = EvaluationOptions::default();
    options.limits.deadline = std::time::Duration::from_secs(1000);
    std::thread::spawn(move || evaluator.evaluate_with(&order("hang"), &options));
    println!("ready");
    let _ = std::io::stdin().read(&mut [0]);
    Some(ExitCode::SUCCESS)
}

fn host_killed() -> Result<(), Failed> {
    for _ in 0..3 {
        let mut host = Command::new(this_program())
            .arg(HOST)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(host.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        equal(&line.as_str(), &"ready\n")?;
        let pid = host.id();
        wait_until("the host has its workers", || {
            workers_of(pid).iter().filter(|pair| pair.worker.is_some()).count() == 3
        })?;
        let present = workers_of(pid);
        host.kill()?;
        host.wait()?;
        for pair in present {
            wait_until("the worker is gone", || !pair.worker.is_some_and(exists))?;
            wait_until("the warden is gone", || !exists(pair.warden))?;
        }
    }
    Ok(())
}
