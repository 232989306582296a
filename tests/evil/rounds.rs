//! All guests of a language, round after round on one engine.

use std::sync::Arc;

use libtest_mimic::Failed;

use crate::folder::Guest;
use crate::memory;
use crate::sandbox::{self, Way};

/// What a round of guests may leave behind.
const LEFT_BEHIND: u64 = 64 << 20;

/// The first round fills caches and pools. After that, nothing is left of another one, and the engine judges as a new one.
pub fn memory_returns(way: Way, guests: &[Arc<Guest>]) -> Result<(), Failed> {
    let _turn = memory::alone();
    let engine = way.new_engine();
    let round = || -> Result<(), Failed> {
        for guest in guests {
            // How it ends is another test's question.
            drop(sandbox::run(&engine, guest)?);
        }
        Ok(())
    };
    round()?;
    let before = [memory::resident(), memory::resident_of_workers()];
    round()?;
    let after = [memory::resident(), memory::resident_of_workers()];
    for (whose, before, after) in [
        ("this process", before[0], after[0]),
        ("its workers", before[1], after[1]),
    ] {
        let grown = after.saturating_sub(before);
        if grown > LEFT_BEHIND {
            let (grown, before) = (grown >> 20, before >> 20);
            return Err(format!("a round of guests leaves {grown} MiB in {whose}, after {before} MiB").into());
        }
    }
    let Some(guest) = guests.first() else {
        return Ok(());
    };
    let here = sandbox::innocent(&engine, guest.language)?;
    let elsewhere = sandbox::innocent(&way.new_engine(), guest.language)?;
    if here != elsewhere {
        return Err(
            format!("an engine after guests judges otherwise:\n{here:#?}\nthan a new one:\n{elsewhere:#?}").into(),
        );
    }
    Ok(())
}
