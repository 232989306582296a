//! The machine that tells what a pattern matched.

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_syntax::hir::Hir;

use super::Effort;

/// Full automata up to these sizes are worth making for a constant pattern.
const EAGER_STATES: usize = 2_000;
const EAGER_BYTES: usize = 128 << 10;

/// A machine for one pattern.
#[derive(Debug)]
pub(super) struct Extraction {
    /// `None` if the machine took too much memory, in which case nothing is extracted.
    regex: Option<Regex>,
    /// How many groups the pattern has.
    groups: usize,
}

impl Extraction {
    pub(super) fn build(hir: &Hir, groups: usize, effort: Effort) -> Extraction {
        let config = match effort {
            Effort::Eager => Regex::config()
                .dfa(true)
                .dfa_state_limit(Some(EAGER_STATES))
                .dfa_size_limit(Some(EAGER_BYTES)),
            Effort::Lazy => Regex::config().dfa(false),
        };
        let regex = Regex::builder()
            .configure(config.nfa_size_limit(None).utf8_empty(false))
            .build_from_hir(hir)
            .ok();
        Extraction { regex, groups }
    }

    /// The first group of the leftmost match if any group took part in it, else the whole match.
    pub(super) fn extract<'t>(&self, text: &'t str) -> Option<&'t str> {
        let regex = self.regex.as_ref()?;
        let input = Input::new(text);
        if self.groups == 0 {
            return Some(text.get(regex.search(&input)?.range()).unwrap_or(""));
        }
        let mut slots = vec![None; 2 * self.groups + 2];
        regex.search_slots(&input, &mut slots)?;
        let group = if slots[2..].iter().any(Option::is_some) { 1 } else { 0 };
        match (slots[2 * group], slots[2 * group + 1]) {
            // Only a match of nothing can lie within a character.
            (Some(start), Some(end)) => Some(text.get(start.get()..end.get()).unwrap_or("")),
            _ => Some(""),
        }
    }

    /// The bytes of memory it holds on the heap.
    pub(super) fn size(&self) -> usize {
        self.regex.as_ref().map_or(0, Regex::memory_usage)
    }
}
