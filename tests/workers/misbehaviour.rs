//! Each way in which a worker can misbehave costs the event that it did it on, and no other.

use std::time::Duration;

use jurybox::{EvaluationOptions, Event};
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use crate::engines::{compile, engine_with, equal, judge, numbered, obedient, order, order_with};

/// Orders, and the status of the events that are such.
const ORDERS: [(&str, &str); 10] = [
    ("abort", "crashed"),
    ("segfault", "crashed"),
    ("exit", "crashed"),
    ("panic", "crashed"),
    ("overflow", "crashed"),
    ("garbage", "crashed"),
    ("descriptors", "crashed"),
    // The rest is waited for.
    ("half", "timed_out"),
    ("hang", "timed_out"),
    ("eat", "out_of_memory"),
];

/// A deadline that a hanging worker soon misses. For what does not hang it is one that is never missed.
fn options(expected: &str) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.limits.deadline = Duration::from_millis(if expected == "timed_out" { 100 } else { 60_000 });
    options
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, status) in ORDERS {
        trials.push(Trial::test(format!("misbehaviour/{name} alone"), move || {
            alone(name, status)
        }));
        trials.push(Trial::test(format!("misbehaviour/{name} among others"), move || {
            among_others(name, status)
        }));
        trials.push(Trial::test(format!("misbehaviour/{name} three times"), move || {
            three_times(name, status)
        }));
    }
    trials
}

fn event(name: &str) -> Event {
    match name {
        // A frame with descriptors that do not come.
        "descriptors" => order_with("bytes", &json!([1, 0, 0, 0, 3, 9])),
        name => order(name),
    }
}

fn engine(quarantine_after: u32) -> Result<jurybox::Engine, Failed> {
    Ok(engine_with(2, |workers| {
        workers.grace = Duration::from_millis(200);
        workers.memory = 192 << 20;
        workers.quarantine_after = quarantine_after;
    })?)
}

fn status(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

fn alone(name: &str, expected: &str) -> Result<(), Failed> {
    let engine = engine(u32::MAX)?;
    let evaluator = compile(&engine, &obedient(0))?;
    let verdict = evaluator.evaluate_with(&event(name), &options(expected));
    equal(&verdict.status.as_str(), &expected)?;
    // The worker that follows is none the worse for it.
    equal(
        &judge(&evaluator, &[numbered(7)], &options(expected)),
        &vec!["ok 7".to_owned()],
    )
}

/// Every place in a batch, so that what was answered before and what was not yet begun are both there.
fn among_others(name: &str, expected: &str) -> Result<(), Failed> {
    let engine = engine(u32::MAX)?;
    let evaluator = compile(&engine, &obedient(0))?;
    let options = options(expected);
    // A batch grows while all goes well.
    let warm: Vec<Event> = (0..600).map(numbered).collect();
    judge(&evaluator, &warm, &options);
    for place in [0, 1, 57, 99] {
        let mut events: Vec<Event> = (0..100).map(numbered).collect();
        events[place] = event(name);
        let verdicts = judge(&evaluator, &events, &options);
        equal(&verdicts.len(), &100)?;
        for (number, verdict) in verdicts.iter().enumerate() {
            if number == place {
                equal(&status(verdict), &expected)?;
            } else {
                equal(verdict, &format!("ok {number}"))?;
            }
        }
    }
    Ok(())
}

/// The third kill is the last, and harms nobody else.
fn three_times(name: &str, expected: &str) -> Result<(), Failed> {
    let engine = engine(3)?;
    let evaluator = compile(&engine, &obedient(1))?;
    let other = compile(&engine, &obedient(2))?;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let verdict = evaluator.evaluate_with(&event(name), &options(expected));
        statuses.push(verdict.status.as_str());
        equal(
            &judge(&other, &[numbered(7)], &options(expected)),
            &vec!["ok 7".to_owned()],
        )?;
    }
    let killed = statuses.iter().take_while(|status| **status == expected).count();
    // An event whose worker just dies is given another one, in case that somebody else killed it; so there are two kills
    // for it.
    let allowed = if expected == "crashed" { 2..=3 } else { 3..=3 };
    if !allowed.contains(&killed) || statuses[killed..].iter().any(|status| *status != "quarantined") {
        return Err(format!("{statuses:?}").into());
    }
    let refused = judge(&evaluator, &[numbered(7)], &options(expected));
    if !refused[0].contains("is not run any more") {
        return Err(format!("{refused:?}").into());
    }
    Ok(())
}
