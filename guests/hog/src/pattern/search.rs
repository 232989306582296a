//! The machines that answer whether a pattern matches anywhere in a text.

mod idle;

use std::sync::Mutex;

use memchr::memmem::Finder;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::hybrid::dfa as hybrid;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::{Hir, HirKind};

use super::Effort;
use super::syntax::TOO_LARGE;
use idle::Idle;

/// The largest full automaton, in bytes.
const DFA_LIMIT: usize = 256 << 10;
/// The memory that building a full automaton may take besides, in bytes.
const DETERMINIZE_LIMIT: usize = 1 << 20;
/// The largest non-deterministic automaton, in bytes: about what RE2's budget of 8 MiB allows.
const NFA_LIMIT: usize = 8 << 20;
/// The memory for states worked out on the way, in bytes; when full it is emptied.
const LAZY_LIMIT: usize = 1 << 20;

/// Texts that lead a lazy automaton through its common states.
const SAMPLES: [&str; 4] = [
    "The quick brown fox jumps over the lazy dog, and 12 more in 2024.",
    "Please mail jane.doe@example.com or see https://example.com/a-b?c=d_e#f",
    "{\"role\": \"user\", \"content\": [1.5, true, null]}\n- **Bold** `code`; it's (so) 100%!",
    "\n\n\tSorry: I can't. Call +1 (555) 123-4567 \u{2014} or \u{201c}write\u{201d}\u{2026} caf\u{e9}",
];

/// A machine for one pattern.
#[derive(Debug)]
pub(super) enum Search {
    /// Matches in every text.
    Always,
    /// Matches where this text is.
    Literal(Finder<'static>),
    /// Matches where an automaton says, if the text contains what every match contains.
    Automaton {
        /// A text that is part of every match.
        required: Option<Required>,
        /// The automaton.
        machine: Machine,
    },
}

/// A text that every match contains.
#[derive(Debug)]
pub(super) struct Required {
    finder: Finder<'static>,
    /// Whether every match begins with it.
    first: bool,
}

/// An automaton that has all its states, or makes them as it goes.
#[derive(Debug)]
pub(super) enum Machine {
    Full(Box<Full>),
    Lazy(Box<Lazy>),
}

/// An automaton with all its states made.
#[derive(Debug)]
pub(super) struct Full {
    dfa: dense::DFA<Vec<u32>>,
    idle: Option<Box<Idle>>,
}

/// An automaton that makes its states as it goes.
#[derive(Debug)]
pub(super) struct Lazy {
    dfa: hybrid::DFA,
    cache: Mutex<hybrid::Cache>,
}

impl Search {
    /// Builds the machine for a reduced pattern. Fails when it would take too much memory.
    pub(super) fn build(hir: &Hir, effort: Effort) -> Result<Search, String> {
        match hir.kind() {
            HirKind::Empty => Ok(Search::Always),
            HirKind::Literal(text) => Ok(Search::Literal(Finder::new(&text.0).into_owned())),
            _ => {
                let machine = Machine::build(hir, effort)?;
                Ok(Search::Automaton {
                    required: Required::of(hir),
                    machine,
                })
            }
        }
    }

    /// Whether the pattern matches anywhere.
    pub(super) fn is_match(&self, text: &str) -> bool {
        match self {
            Search::Always => true,
            Search::Literal(finder) => finder.find(text.as_bytes()).is_some(),
            Search::Automaton {
                required: None,
                machine,
            } => machine.is_match(text, 0),
            Search::Automaton {
                required: Some(required),
                machine,
            } => match required.finder.find(text.as_bytes()) {
                None => false,
                Some(at) => machine.is_match(text, if required.first { at } else { 0 }),
            },
        }
    }

    /// The bytes of memory it holds on the heap.
    pub(super) fn size(&self) -> usize {
        match self {
            Search::Always => 0,
            Search::Literal(finder) => finder.needle().len(),
            Search::Automaton { required, machine } => {
                let machine = match machine {
                    Machine::Full(full) => {
                        size_of::<Full>()
                            + full.dfa.memory_usage()
                            + full.idle.as_ref().map_or(0, |_| size_of::<Idle>())
                    }
                    Machine::Lazy(lazy) => {
                        let cache = lazy.cache.lock().map_or(0, |cache| cache.memory_usage());
                        size_of::<Lazy>() + lazy.dfa.memory_usage() + cache
                    }
                };
                machine + required.as_ref().map_or(0, |required| required.finder.needle().len())
            }
        }
    }
}

impl Required {
    /// The longest text that every match of a pattern contains, the first of several.
    fn of(hir: &Hir) -> Option<Required> {
        let literal = |hir: &Hir, first| match hir.kind() {
            HirKind::Literal(text) => Some((text.0.clone(), first)),
            _ => None,
        };
        let (text, first) = match hir.kind() {
            HirKind::Concat(parts) => {
                let mut longest: Option<(Box<[u8]>, bool)> = None;
                for (index, part) in parts.iter().enumerate() {
                    let found = match part.kind() {
                        HirKind::Concat(_) | HirKind::Repetition(_) => Required::of(part)
                            .map(|required| (required.finder.needle().into(), required.first && index == 0)),
                        _ => literal(part, index == 0),
                    };
                    if let Some(found) = found
                        && longest.as_ref().is_none_or(|longest| longest.0.len() < found.0.len())
                    {
                        longest = Some(found);
                    }
                }
                longest?
            }
            HirKind::Repetition(repetition) if repetition.min > 0 => return Required::of(&repetition.sub),
            _ => literal(hir, true)?,
        };
        Some(Required {
            finder: Finder::new(&text).into_owned(),
            first,
        })
    }
}

impl Machine {
    fn build(hir: &Hir, effort: Effort) -> Result<Machine, String> {
        let too_large = || TOO_LARGE.to_owned();
        // As in RE2, a match of nothing may lie within a character, where `\B` holds.
        let config = NFA::config()
            .which_captures(WhichCaptures::None)
            .utf8(false)
            .nfa_size_limit(Some(NFA_LIMIT));
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_from_hir(hir)
            .map_err(|_| too_large())?;
        if effort == Effort::Eager {
            let config = dense::Config::new()
                .match_kind(MatchKind::LeftmostFirst)
                .start_kind(StartKind::Unanchored)
                .dfa_size_limit(Some(DFA_LIMIT))
                .determinize_size_limit(Some(DETERMINIZE_LIMIT));
            if let Ok(dfa) = dense::Builder::new().configure(config).build_from_nfa(&nfa) {
                let idle = Idle::of(&dfa).map(Box::new);
                return Ok(Machine::Full(Box::new(Full { dfa, idle })));
            }
        }
        let config = hybrid::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .cache_capacity(LAZY_LIMIT)
            .skip_cache_capacity_check(true);
        let dfa = hybrid::Builder::new()
            .configure(config)
            .build_from_nfa(nfa)
            .map_err(|_| too_large())?;
        let cache = Mutex::new(dfa.create_cache());
        let machine = Machine::Lazy(Box::new(Lazy { dfa, cache }));
        if effort == Effort::Eager {
            // The states that ordinary text needs are worth having before the first text comes.
            for sample in SAMPLES {
                machine.is_match(sample, 0);
            }
        }
        Ok(machine)
    }

    fn is_match(&self, text: &str, from: usize) -> bool {
        let input = Input::new(text).range(from..).anchored(Anchored::No).earliest(true);
        // Neither automaton can give up: no byte stops them, and the lazy one empties its memory
        // as often as it needs to.
        match self {
            Machine::Full(full) => match &full.idle {
                Some(idle) => idle.is_match(&full.dfa, &input),
                None => full.dfa.try_search_fwd(&input).is_ok_and(|end| end.is_some()),
            },
            Machine::Lazy(lazy) => match lazy.cache.try_lock() {
                Ok(mut cache) => lazy
                    .dfa
                    .try_search_fwd(&mut cache, &input)
                    .is_ok_and(|end| end.is_some()),
                // Another thread is at it.
                Err(_) => {
                    let mut cache = lazy.dfa.create_cache();
                    lazy.dfa
                        .try_search_fwd(&mut cache, &input)
                        .is_ok_and(|end| end.is_some())
                }
            },
        }
    }
}
