//! Who gets which worker, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jurybox::workers::Tenancy;
use jurybox::{EvaluationOptions, Event, Snippet, Status};
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use crate::engines::{compile, engine_with, equal, numbered, obedient, order_with};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tenancy/no worker meets two projects", never_shared),
        Trial::test("tenancy/workers are shared where that is allowed", shared),
        Trial::test(
            "tenancy/endless loops delay another project by few turns, shared",
            || hostile_neighbour(Tenancy::Shared),
        ),
        Trial::test(
            "tenancy/endless loops delay another project by few turns, apart",
            || hostile_neighbour(Tenancy::PerProject),
        ),
    ]
}

/// Several projects at once, each on several threads; which workers met how many projects.
fn meetings(tenancy: Tenancy) -> Result<Vec<(String, String)>, Failed> {
    const PROJECTS: [&str; 3] = ["red", "green", "blue"];
    let engine = engine_with(2, |workers| workers.tenancy = tenancy)?;
    let mut found = Vec::new();
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for thread in 0..6 {
            let project = PROJECTS[thread % 3];
            let engine = engine.for_project(project);
            threads.push(scope.spawn(move || {
                let evaluator = compile(&engine, &obedient(0))?;
                let mut seen = Vec::new();
                for round in 0..30 {
                    let events: Vec<Event> = (0..=round).map(|_| order_with("identity", &json!(project))).collect();
                    for verdict in evaluator.evaluate_batch(&events, &EvaluationOptions::default()) {
                        match verdict.value.as_str().and_then(|identity| identity.split_once('/')) {
                            Some((worker, met)) => seen.push((worker.to_owned(), met.to_owned(), project)),
                            None => return Err(Failed::from(format!("{verdict:?}"))),
                        }
                    }
                }
                Ok(seen)
            }));
        }
        for thread in threads {
            found.extend(thread.join().map_err(|_| "it panicked")??);
        }
        Ok::<(), Failed>(())
    })?;
    Ok(found
        .into_iter()
        .map(|(worker, met, project)| (format!("{worker} {met}"), project.to_owned()))
        .collect())
}

fn never_shared() -> Result<(), Failed> {
    let found = meetings(Tenancy::PerProject)?;
    let mut projects: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (identity, project) in &found {
        let (worker, met) = identity.split_once(' ').unwrap_or_default();
        equal(&met, &"1")?;
        projects.entry(worker).or_default().insert(project);
    }
    match projects.iter().find(|(_, projects)| projects.len() != 1) {
        None => Ok(()),
        Some(shared) => Err(format!("a worker of two projects: {shared:?}").into()),
    }
}

fn shared() -> Result<(), Failed> {
    let found = meetings(Tenancy::Shared)?;
    let workers: BTreeSet<&str> = found
        .iter()
        .filter_map(|(identity, _)| identity.split(' ').next())
        .collect();
    equal(&workers.len(), &2)
}

/// One project has many threads of which each evaluates endless loops, that fuel ends after a while. Another one evaluates
/// small events, one after the other. Each of them waits for few of the loops: those that are running, and those that
/// get a worker while it is given a new one.
fn hostile_neighbour(tenancy: Tenancy) -> Result<(), Failed> {
    const CROWD: u64 = 30;
    const ROUNDS: u64 = 20;
    let engine = engine_with(2, |workers| workers.tenancy = tenancy)?;
    let endless = compile(
        &engine.for_project("hostile"),
        &Snippet::hog("while (true) {} return 1"),
    )?;
    let small = compile(&engine.for_project("small"), &obedient(0))?;
    let mut options = EvaluationOptions::default();
    options.limits.fuel = 30_000_000;
    options.limits.deadline = Duration::from_secs(100);
    let stop = AtomicBool::new(false);
    let loops = AtomicU64::new(0);
    let mut most = 0;
    let result = std::thread::scope(|scope| {
        for _ in 0..CROWD {
            scope.spawn(|| {
                let event = Event::from_json("{}").expect("an event");
                while !stop.load(Ordering::Relaxed) {
                    let verdict = endless.evaluate_with(&event, &options);
                    assert_eq!(verdict.status, Status::OutOfFuel, "{verdict:?}");
                    loops.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let mut judge = || {
            crate::processes::wait_until("the loops are going on", || loops.load(Ordering::SeqCst) > CROWD)?;
            for round in 0..ROUNDS {
                let before = loops.load(Ordering::SeqCst);
                let verdict = small.evaluate(&numbered(round));
                let delay = loops.load(Ordering::SeqCst) - before;
                most = most.max(delay);
                equal(&verdict.value, &json!(round))?;
            }
            Ok(())
        };
        let result = judge();
        stop.store(true, Ordering::Relaxed);
        result
    });
    println!("{tenancy:?}: at most {most} loops while a small event waited");
    // One loop for each worker until a worker is given back; where it must be replaced, the other workers go on until the
    // next one is there; and some more on a machine that is busy with other things. Without turns, every event would wait
    // for the whole crowd.
    let bound = CROWD / 3;
    if most > bound {
        return Err(format!("a small event waited for {most} loops").into());
    }
    result
}
