//! Hashes and keyed hashes of texts, and the four ways PostHog writes them down.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::base64;

/// A hash function of the standard library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5, 16 bytes.
    Md5,
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
}

/// How a hash is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Lower-case hexadecimal, the default.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
    /// URL-safe Base64 without padding.
    Base64Url,
    /// One character (U+0000 to U+00FF) for each byte.
    Binary,
}

impl Encoding {
    /// The encoding of that exact name: `hex`, `base64`, `base64url` or `binary`.
    ///
    /// For any other name PostHog's functions give null instead of an error, hence `None`.
    pub fn from_name(name: &str) -> Option<Encoding> {
        match name {
            "hex" => Some(Encoding::Hex),
            "base64" => Some(Encoding::Base64),
            "base64url" => Some(Encoding::Base64Url),
            "binary" => Some(Encoding::Binary),
            _ => None,
        }
    }

    fn write(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Hex => {
                let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                bytes
                    .iter()
                    .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                    .collect()
            }
            Encoding::Base64 => base64::encode(bytes),
            Encoding::Base64Url => base64::encode_url_unpadded(bytes),
            Encoding::Binary => bytes.iter().copied().map(char::from).collect(),
        }
    }
}

/// A chain of keyed hashes was given fewer than two elements (a Python `ValueError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainTooShort;

impl ChainTooShort {
    /// The name of the Python exception type.
    pub fn kind(self) -> &'static str {
        "ValueError"
    }
}

impl fmt::Display for ChainTooShort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Data array must contain at least two elements.")
    }
}

impl std::error::Error for ChainTooShort {}

/// The hash of a text's UTF-8 bytes (`md5`, `sha1`, `sha256` and their `...Hex` forms).
pub fn digest(algorithm: Algorithm, text: &str, encoding: Encoding) -> String {
    let data = text.as_bytes();
    match algorithm {
        Algorithm::Md5 => encoding.write(&Md5::digest(data)),
        Algorithm::Sha1 => encoding.write(&Sha1::digest(data)),
        Algorithm::Sha256 => encoding.write(&Sha256::digest(data)),
    }
}

/// The end of a chain of keyed hashes (`sha1HmacChain`, `sha256HmacChain`): the first element is
/// the key for the second, and each result is the key for the next element.
///
/// Fails when there are fewer than two elements.
pub fn hmac_chain<T: AsRef<str>>(
    algorithm: Algorithm,
    elements: &[T],
    encoding: Encoding,
) -> Result<String, ChainTooShort> {
    let [key, first, others @ ..] = elements else {
        return Err(ChainTooShort);
    };
    let mut result = keyed(algorithm, key.as_ref().as_bytes(), first.as_ref());
    for element in others {
        result = keyed(algorithm, &result, element.as_ref());
    }
    Ok(encoding.write(&result))
}

fn keyed(algorithm: Algorithm, key: &[u8], message: &str) -> Vec<u8> {
    match algorithm {
        Algorithm::Md5 => authenticate::<Hmac<Md5>>(key, message),
        Algorithm::Sha1 => authenticate::<Hmac<Sha1>>(key, message),
        Algorithm::Sha256 => authenticate::<Hmac<Sha256>>(key, message),
    }
}

fn authenticate<M: Mac + KeyInit>(key: &[u8], message: &str) -> Vec<u8> {
    // HMAC is defined for keys of every length, so the constructor's error is never made.
    let Ok(mut state) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    state.update(message.as_bytes());
    state.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_the_well_known_texts() {
        for (algorithm, text, hex) in [
            (Algorithm::Md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
            (Algorithm::Md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                Algorithm::Sha256,
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            assert_eq!(digest(algorithm, text, Encoding::Hex), hex);
        }
    }

    #[test]
    fn writes_each_encoding() {
        let written = |name| digest(Algorithm::Md5, "abc", Encoding::from_name(name).expect(name));
        assert_eq!(written("base64"), "kAFQmDzST7DWlj99KOF/cg==");
        assert_eq!(written("base64url"), "kAFQmDzST7DWlj99KOF_cg");
        assert_eq!(written("binary").chars().count(), 16);
        assert_eq!(written("binary").chars().next(), Some('\u{90}'));
        assert_eq!(Encoding::from_name("HEX"), None);
    }

    #[test]
    fn chains_keyed_hashes() {
        let chain = |elements: &[&str]| hmac_chain(Algorithm::Sha256, elements, Encoding::Hex);
        assert_eq!(
            chain(&["key", "The quick brown fox jumps over the lazy dog"]).as_deref(),
            Ok("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
        );
        assert_eq!(
            hmac_chain(
                Algorithm::Sha1,
                &["key", "The quick brown fox jumps over the lazy dog"],
                Encoding::Hex
            )
            .as_deref(),
            Ok("de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9")
        );
        assert_ne!(chain(&["a", "b", "c"]), chain(&["a", "b"]));
        assert_eq!(chain(&["only"]), Err(ChainTooShort));
        assert_eq!(chain(&[]), Err(ChainTooShort));
        assert_eq!(
            ChainTooShort.to_string(),
            "Data array must contain at least two elements."
        );
    }
}
