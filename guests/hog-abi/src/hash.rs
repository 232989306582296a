//! The hash of object keys, which host and guest must compute alike.

/// Hash of a string key: FNV-1a over the length and 8-byte words, folded. It need not resist collisions: whoever
/// provokes them pays in fuel.
#[must_use]
pub fn string(text: &[u8]) -> u32 {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let mut hash = 0xCBF2_9CE4_8422_2325 ^ text.len() as u64;
    let mut words = text.chunks_exact(8);
    for word in &mut words {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        hash = (hash ^ word).wrapping_mul(PRIME);
        hash ^= hash >> 29;
    }
    for byte in words.remainder() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    }
    (hash ^ hash >> 32) as u32
}
