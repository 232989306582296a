//! Which stretches of a memory are worth storing.

use std::ops::Range;

/// As many data segments as a module may have, with some room: engines stop at 100,000.
const MOST_SEGMENTS: usize = 90_000;
/// Zero bytes that cost less to store than a segment of their own would.
const SMALLEST_GAP: usize = 64;

/// The runs of bytes that aren't zero. Stretches of zeros shorter than `SMALLEST_GAP` belong to the run around them; if
/// there would be too many runs, longer ones do as well.
pub(crate) fn of(memory: &[u8]) -> Vec<Range<usize>> {
    let mut gap = SMALLEST_GAP;
    loop {
        let runs = with_gap(memory, gap);
        if runs.len() <= MOST_SEGMENTS {
            return runs;
        }
        gap *= 2;
    }
}

fn with_gap(memory: &[u8], gap: usize) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (place, _) in memory.iter().enumerate().filter(|(_, byte)| **byte != 0) {
        match runs.last_mut() {
            Some(run) if place - run.end < gap => run.end = place + 1,
            _ => runs.push(place..place + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{MOST_SEGMENTS, of};

    #[test]
    fn short_gaps_are_kept_and_long_ones_left_out() {
        let mut memory = vec![0; 1000];
        for place in [3, 66, 131, 999] {
            memory[place] = 1;
        }
        assert_eq!(of(&memory), [3..67, 131..132, 999..1000]);
        assert!(of(&[0; 100]).is_empty());
    }

    #[test]
    fn many_runs_are_merged() {
        let mut memory = vec![0; 100 * (MOST_SEGMENTS + 1)];
        memory.iter_mut().step_by(100).for_each(|byte| *byte = 1);
        let runs = of(&memory);
        assert_eq!((runs.len(), &runs[0]), (1, &(0..100 * MOST_SEGMENTS + 1)));
    }
}
