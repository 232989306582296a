//! Regular expressions in RE2's syntax, and SQL's `like`.
//!
//! [`Pattern::compile`] is for patterns that are constants of a program: it spends up to some
//! milliseconds on a full automaton, after which [`Pattern::is_match`] needs no warm-up and no
//! memory. [`Pattern::compile_quick`] is for patterns only known at run time. Both give the same
//! answers, in time linear in the text.
//!
//! A pattern passes through three stages: `syntax` reads it, `existence` reduces it to what matters
//! for "does it match anywhere", `search` builds the machine for that question. What was matched is
//! a question of its own, for which `extraction` builds another machine when first asked.

mod existence;
mod extraction;
mod like;
mod search;
mod syntax;

use regex_syntax::hir::Hir;
use std::sync::OnceLock;

pub use like::like;

use extraction::Extraction;
use search::Search;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Pattern {
    search: Search,
    hir: Hir,
    groups: usize,
    effort: Effort,
    extraction: OnceLock<Extraction>,
}

/// How much to spend on compiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Everything is worked out at once.
    Eager,
    /// Automaton states are worked out when a text needs them.
    Lazy,
}

impl Pattern {
    /// Compiles a constant pattern: slower to make, fastest to use.
    ///
    /// `insensitive` is the `(?i)` of `=~*`. Fails with RE2's message for a bad pattern, such as
    /// `missing ): (`, or `pattern too large - compile failed`.
    pub fn compile(source: &str, insensitive: bool) -> Result<Pattern, String> {
        Self::compile_with(source, insensitive, Effort::Eager)
    }

    /// Compiles a pattern that is only known at run time: automaton states are made when first
    /// needed. Same answers and same errors as [`Pattern::compile`].
    pub fn compile_quick(source: &str, insensitive: bool) -> Result<Pattern, String> {
        Self::compile_with(source, insensitive, Effort::Lazy)
    }

    fn compile_with(source: &str, insensitive: bool, effort: Effort) -> Result<Pattern, String> {
        let syntax::Parsed { hir, groups } = syntax::parse(source, insensitive)?;
        let search = Search::build(&existence::reduce(&hir), effort)?;
        Ok(Pattern {
            search,
            hir,
            groups,
            effort,
            extraction: OnceLock::new(),
        })
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.search.is_match(text)
    }

    /// What `extractRegex` extracts from the leftmost match: the first capture group if any group
    /// took part in it (`""` when only others did), else the whole match. `None` without a match.
    ///
    /// The machine for this is made at the first call that matches; see
    /// [`Pattern::prepare_extract`].
    pub fn extract<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !self.is_match(text) {
            return None;
        }
        self.extraction().extract(text)
    }

    /// Makes the machine for [`Pattern::extract`] now rather than at its first call.
    pub fn prepare_extract(&self) {
        self.extraction().extract("");
    }

    fn extraction(&self) -> &Extraction {
        self.extraction
            .get_or_init(|| Extraction::build(&self.hir, self.groups, self.effort))
    }

    /// About how many bytes of memory the compiled pattern holds.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.search.size() + self.extraction.get().map_or(0, Extraction::size)
    }
}

#[cfg(test)]
mod tests;
