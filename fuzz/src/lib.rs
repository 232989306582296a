//! What the fuzz targets share.

use jurybox::fuzzing::mutate::{Numbers, Vocabulary, mutate};

/// Changes an input: half of the time by its tokens, else as libFuzzer does. Returns its new size.
pub fn change(data: &mut [u8], size: usize, max_size: usize, vocabulary: Vocabulary, numbers: &mut Numbers) -> usize {
    if numbers.below(2) == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let source = data.get(..size).unwrap_or_default();
    let changed = mutate(source, vocabulary, numbers);
    put(data, &changed, max_size)
}

/// Replaces an input, cut to the size that it may have. Returns its size.
pub fn put(data: &mut [u8], new: &[u8], max_size: usize) -> usize {
    let size = new.len().min(max_size).min(data.len());
    if let (Some(to), Some(from)) = (data.get_mut(..size), new.get(..size)) {
        to.copy_from_slice(from);
    }
    size
}
