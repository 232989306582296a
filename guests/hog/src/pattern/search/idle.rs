//! Quick passage over the bytes that cannot begin a match.

use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input};

type Dfa = dense::DFA<Vec<u32>>;

/// The states in which an automaton waits for a match to begin, and the bytes that keep it waiting.
///
/// Each step of an automaton has to wait for the step before it. While the automaton waits, though,
/// a byte alone tells the next state, so that many bytes can be looked at at once. There are up to
/// two such states: after a word character and after another one.
#[derive(Debug)]
pub(super) struct Idle {
    homes: [StateID; 2],
    /// For each byte the number of the home it leads to from either home, or [`AWAY`].
    leads: [u8; 256],
}

const AWAY: u8 = 2;

impl Idle {
    /// The waiting states of an automaton, if it has such and most text leaves it in them.
    pub(super) fn of(dfa: &Dfa) -> Option<Idle> {
        let start = dfa.start_state_forward(&Input::new("").anchored(Anchored::No)).ok()?;
        let home = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|&byte| (byte, dfa.next_state(start, byte)))
                .find(|&(byte, state)| dfa.next_state(state, byte) == state && !dfa.is_special_state(state))
        };
        let (_, other) = home(b"\x01~ ;")?;
        let (_, word) = home(b"Zq_9").unwrap_or((0, other));
        let homes = [other, word];
        let mut leads = [AWAY; 256];
        for (byte, lead) in (0..=u8::MAX).zip(&mut leads) {
            let next = homes.map(|home| dfa.next_state(home, byte));
            if next[0] == next[1] {
                *lead = if next[0] == other {
                    0
                } else if next[0] == word {
                    1
                } else {
                    AWAY
                };
            }
        }
        let staying = b"etaoinsrhldcu "
            .iter()
            .filter(|&&byte| leads[usize::from(byte)] != AWAY)
            .count();
        (staying >= 8).then_some(Idle { homes, leads })
    }

    /// Whether the automaton finds a match in the input.
    pub(super) fn is_match(&self, dfa: &Dfa, input: &Input<'_>) -> bool {
        let Ok(mut state) = dfa.start_state_forward(input) else {
            return false;
        };
        let bytes = &input.haystack()[..input.end()];
        let mut at = input.start();
        loop {
            if self.homes.contains(&state) {
                let rest = &bytes[at..];
                let passed = rest
                    .iter()
                    .position(|&byte| self.leads[usize::from(byte)] == AWAY)
                    .unwrap_or(rest.len());
                if let Some(&last) = rest[..passed].last() {
                    state = self.homes[usize::from(self.leads[usize::from(last)] & 1)];
                }
                at += passed;
            }
            let Some(&byte) = bytes.get(at) else { break };
            state = dfa.next_state(state, byte);
            at += 1;
            if dfa.is_special_state(state) {
                if dfa.is_match_state(state) {
                    return true;
                }
                if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
                    return false;
                }
            }
        }
        dfa.is_match_state(dfa.next_eoi_state(state))
    }
}
