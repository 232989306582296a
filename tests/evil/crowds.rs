//! Guests that do harm only together.

use jurybox::{Engine, Event, Language, Snippet, Status};
use libtest_mimic::Failed;

use crate::sandbox::{self, Way};
use crate::{made, memory};

/// Metrics, each of which keeps a large part of what memory it may have.
const METRICS: usize = 40;
/// What each of them keeps where it is loaded, in millions of bytes.
const KEPT: usize = 40;
/// What all of them together may hold.
const HELD: u64 = 800 << 20;

/// Metrics that keep as much memory as they may where they are loaded: what is loaded is kept for the next event, and all
/// of it together would be gigabytes. Nobody else's metric may suffer from that.
pub fn metrics_that_keep_memory(way: Way) -> Result<(), Failed> {
    let _turn = memory::alone();
    let engine = way.new_engine();
    let innocent = sandbox::innocent(&engine, Language::Python)?;
    let before = memory::resident() + memory::resident_of_workers();
    for number in 0..METRICS {
        greedy(&engine, number)?;
        let again = sandbox::innocent(&engine, Language::Python)?;
        if again != innocent {
            return Err(
                format!("the harmless metric notices the {number}th:\n{again:#?}\ninstead of\n{innocent:#?}").into(),
            );
        }
        let held = (memory::resident() + memory::resident_of_workers()).saturating_sub(before);
        if held > HELD {
            return Err(format!("after {} metrics, {} MiB are held", number + 1, held >> 20).into());
        }
    }
    // The first is long forgotten, and is loaded anew.
    greedy(&engine, 0)?;
    Ok(())
}

fn greedy(engine: &Engine, number: usize) -> Result<(), Failed> {
    let source = format!("KEPT = b'{number:010}' * {KEPT}_00_000\ndef score(event):\n    return len(KEPT)\n");
    let evaluator = engine
        .compile(&Snippet::python(source))
        .map_err(|error| error.to_string())?;
    let verdict = evaluator.evaluate(&Event::from_json(made::EVENT).map_err(|error| error.to_string())?);
    if verdict.status == Status::Ok && verdict.value == KEPT * 1_000_000 {
        Ok(())
    } else {
        Err(format!("the {number}th ends with {}: {:?}", verdict.status, verdict.error).into())
    }
}
