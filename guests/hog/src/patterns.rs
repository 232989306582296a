//! Regular expressions and `like` on values. Compiled patterns are kept: those of the program from before the first
//! event on, others for the rest of the event.

use jurybox_hog_abi::Value;
use jurybox_hog_abi::memory_map::{EVENT, STATE_HEAP_LIMIT, STATE_HEAP_TOP};

use crate::heap::{self, PATTERNS, read_u32};
use crate::pattern::{self, Pattern};
use crate::text::Text;
use crate::{compare, failure, text, types};

/// Compiled patterns, in the order of their first use.
struct Cache {
    entries: Vec<Entry>,
}

struct Entry {
    /// Where the pattern's text is if it is a constant, else 0.
    address: u32,
    insensitive: bool,
    source: Box<str>,
    pattern: Pattern,
}

/// Patterns made at run time that are kept; the oldest makes room for a newer one.
const KEPT: usize = 64;
/// A snippet's region with less room than this takes no further patterns.
const ROOM_FOR_PATTERN: u32 = 2 << 20;
/// Longer patterns are compiled when they are used.
const LONGEST_PREPARED: usize = 4096;
/// So often at most a prepared pattern repeats a class of Unicode, whose automaton is large.
const MOST_REPEATED: u64 = 32;

fn cache() -> &'static mut Cache {
    let mut pointer = heap::read_u64(PATTERNS) as usize as *mut Cache;
    if pointer.is_null() {
        pointer = Box::into_raw(Box::new(Cache { entries: Vec::new() }));
        heap::write_u64(PATTERNS, pointer as usize as u64);
    }
    // SAFETY: the word holds 0 or the pointer made above, which is never freed; one call at a time uses the cache, and
    // nothing it calls comes back here.
    unsafe { &mut *pointer }
}

impl Cache {
    fn find(&mut self, source: Text, insensitive: bool) -> Option<usize> {
        self.entries.iter().position(|entry| {
            entry.insensitive == insensitive
                && (entry.address == source.address && source.address < EVENT
                    || text::same(entry.source.as_bytes(), source.text.as_bytes()))
        })
    }

    fn add(&mut self, source: Text, insensitive: bool, pattern: Pattern) -> usize {
        if self.entries.len() >= KEPT
            && let Some(oldest) = self.entries.iter().position(|entry| entry.address == 0)
        {
            self.entries.remove(oldest);
        }
        let address = if source.address < EVENT { source.address } else { 0 };
        self.entries.push(Entry {
            address,
            insensitive,
            source: source.text.into(),
            pattern,
        });
        self.entries.len() - 1
    }
}

/// The compiled pattern with this text; the error is RE2's description.
pub fn compiled(source: Text, insensitive: bool) -> Result<&'static Pattern, String> {
    let cache = cache();
    let number = match cache.find(source, insensitive) {
        Some(number) => number,
        None => {
            let pattern = Pattern::compile_quick(source.text, insensitive)?;
            cache.add(source, insensitive, pattern)
        }
    };
    Ok(&cache.entries[number].pattern)
}

/// Compiles a pattern of the program ahead of its use. One that is not valid is left to fail when it is used.
pub fn prepare(source: Value, insensitive: bool, extracts: bool) {
    let Some(source) = Text::of(source) else { return };
    let room = read_u32(STATE_HEAP_LIMIT).saturating_sub(read_u32(STATE_HEAP_TOP));
    let cache = cache();
    if room < ROOM_FOR_PATTERN || may_be_huge(source.text) || cache.find(source, insensitive).is_some() {
        return;
    }
    if let Ok(pattern) = Pattern::compile(source.text, insensitive) {
        if extracts {
            pattern.prepare_extract();
        }
        cache.add(source, insensitive, pattern);
    }
}

/// Whether a pattern might not fit into the snippet's region, where running out of room would fail the snippet.
fn may_be_huge(source: &str) -> bool {
    let mut repeated = 1u64;
    for counts in source.split('{').skip(1) {
        let counts = counts.split('}').next().unwrap_or_default();
        let most = counts.split(',').filter_map(|count| count.parse::<u64>().ok()).max();
        repeated = repeated.saturating_mul(most.unwrap_or(1).max(1));
    }
    let has_large_classes = !source.is_ascii() || source.contains("\\p") || source.contains("\\P");
    source.len() > LONGEST_PREPARED || has_large_classes && repeated > MOST_REPEATED
}

/// Whether the pattern is found in the text; none when one of them is null or empty.
pub fn matches(text: Value, pattern: Value, insensitive: bool) -> Option<bool> {
    if !compare::truthy(text) || !compare::truthy(pattern) {
        return None;
    }
    Some(search(text, pattern, insensitive))
}

/// Whether the pattern is found in the text, whatever they are.
pub fn search(text: Value, pattern: Value, insensitive: bool) -> bool {
    let required = |value: Value, name: &str| {
        Text::of(value).unwrap_or_else(|| {
            failure::vm(format_args!(
                "Function match requires {name} to be a string, got {}",
                types::python_name(value)
            ))
        })
    };
    let text = required(text, "input");
    let pattern = required(pattern, "pattern");
    match compiled(pattern, insensitive) {
        Ok(pattern) => pattern.is_match(text.text),
        Err(message) => failure::vm(format_args!("Invalid regex pattern: {message}")),
    }
}

/// `text like pattern`.
#[inline]
pub fn like(text: Value, pattern: Value, insensitive: bool) -> bool {
    if let (Some(text), Some(pattern)) = (text::of(text), text::of(pattern)) {
        return pattern::like(text, pattern, insensitive);
    }
    let other = if text::is(pattern) { text } else { pattern };
    if other == Value::NULL {
        return false;
    }
    failure::type_error(format_args!(
        "expected string or bytes-like object, got '{}'",
        types::python_name(other)
    ))
}
