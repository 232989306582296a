//! No verdict is lost, none is doubled, and every one belongs to its event, while workers are killed at random.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jurybox::{EvaluationOptions, Evaluator, Event, Snippet, Status, Verdict};
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use crate::engines::{compile, engine_with, equal, numbered, obedient};
use crate::processes::{descriptors, kill, wait_until, workers, zombies};

/// How many workers and wardens are killed. `JURYBOX_KILLS` says otherwise.
const KILLS: u64 = 2000;
/// The events of a batch.
const EVENTS: u64 = 3000;
const RUNNERS: usize = 3;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("kills/no verdict is lost or doubled", thousands_of_kills)]
}

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn thousands_of_kills() -> Result<(), Failed> {
    let kills: u64 = match std::env::var("JURYBOX_KILLS") {
        Ok(number) => number.parse()?,
        Err(_) => KILLS,
    };
    let before = descriptors();
    let engine = engine_with(RUNNERS, |workers| {
        // Nobody here is to blame.
        workers.quarantine_after = u32::MAX;
        workers.recycle_after = 20_000;
    })?;
    // In Hog and JavaScript the number goes through the language; the other metric never sees it.
    let hog = compile(&engine, &Snippet::hog("print(output) return true"))?;
    let javascript = compile(
        &engine,
        &Snippet::javascript("export const evaluate = event => Number(event.output)"),
    )?;
    let module = compile(&engine, &obedient(0))?;
    let for_language =
        |number: u64| Event::from_json(&json!({ "output": number.to_string() }).to_string()).expect("an event");
    let language_events: Vec<Event> = (0..EVENTS).map(for_language).collect();
    let module_events: Vec<Event> = (0..EVENTS).map(numbered).collect();

    let judged = [
        (&hog, &language_events),
        (&module, &module_events),
        (&javascript, &language_events),
        (&module, &module_events),
    ];
    let tally = Tally::default();
    std::thread::scope(|scope| {
        let judging: Vec<_> = judged
            .iter()
            .map(|(evaluator, events)| {
                scope.spawn(|| {
                    let judged = judge(evaluator, events, &tally);
                    // Whatever it was: without verdicts there is no point in killing.
                    tally.is_over.store(true, Ordering::SeqCst);
                    judged
                })
            })
            .collect();
        let killed = kill_workers(kills, &tally);
        tally.is_over.store(true, Ordering::SeqCst);
        for thread in judging {
            thread.join().map_err(|_| "it panicked")??;
        }
        killed
    })?;
    println!(
        "{} workers or wardens killed during {} verdicts in {} batches, of which {} are crashed",
        tally.killed.load(Ordering::SeqCst),
        tally.verdicts.load(Ordering::SeqCst),
        tally.batches.load(Ordering::SeqCst),
        tally.crashed.load(Ordering::SeqCst)
    );

    // Nothing is left of all those that were killed, and those that should be there are.
    wait_until("all workers are there", || {
        let present = workers();
        present.len() == RUNNERS + 1 && present.iter().all(|pair| pair.worker.is_some())
    })?;
    wait_until("the dead are reaped", || zombies() == 0)?;
    for (evaluator, events) in judged {
        let verdicts = evaluator.evaluate_batch(events, &EvaluationOptions::default());
        equal(
            &verdicts.iter().filter(|verdict| verdict.status != Status::Ok).count(),
            &0,
        )?;
    }
    drop((engine, hog, javascript, module));
    equal(&(workers().len(), zombies(), descriptors()), &(0, 0, before))
}

/// What happened.
#[derive(Default)]
struct Tally {
    killed: AtomicU64,
    batches: AtomicU64,
    verdicts: AtomicU64,
    crashed: AtomicU64,
    is_over: AtomicBool,
}

/// Judges batches until it is over, and looks at every verdict.
fn judge(evaluator: &Evaluator, events: &[Event], tally: &Tally) -> Result<(), Failed> {
    while !tally.is_over.load(Ordering::SeqCst) {
        let verdicts = evaluator.evaluate_batch(events, &EvaluationOptions::default());
        equal(&verdicts.len(), &events.len())?;
        for (number, verdict) in verdicts.iter().enumerate() {
            match verdict.status {
                Status::Ok if said(verdict) == number.to_string() => {}
                Status::Crashed => {
                    tally.crashed.fetch_add(1, Ordering::SeqCst);
                }
                _ => return Err(format!("event {number}: {verdict:?}").into()),
            }
        }
        tally.verdicts.fetch_add(verdicts.len() as u64, Ordering::SeqCst);
        tally.batches.fetch_add(1, Ordering::SeqCst);
    }
    Ok(())
}

/// The number that a metric answered with: what Hog printed, or the value.
fn said(verdict: &Verdict) -> String {
    let printed = [&verdict.reasoning]
        .into_iter()
        .chain(&verdict.logs)
        .find(|text| !text.is_empty());
    printed.map_or_else(|| verdict.value.to_string(), |text| text.trim().to_owned())
}

/// Kills workers and wardens, whatever they are doing: starting, idle or at work.
fn kill_workers(count: u64, tally: &Tally) -> Result<(), Failed> {
    let mut random = Random(4711);
    while tally.killed.load(Ordering::SeqCst) < count && !tally.is_over.load(Ordering::SeqCst) {
        let mut victims = Vec::new();
        wait_until("there is a worker to kill", || {
            victims = workers();
            !victims.is_empty()
        })?;
        let pair = victims[random.next(victims.len() as u64) as usize];
        let victim = match pair.worker {
            Some(worker) if random.next(2) == 0 => worker,
            _ => pair.warden,
        };
        if kill(victim) {
            tally.killed.fetch_add(1, Ordering::SeqCst);
        }
        // Sometimes several in a row, sometimes time to get going.
        if random.next(4) > 0 {
            std::thread::sleep(Duration::from_micros(random.next(30_000)));
        }
    }
    Ok(())
}
