//! Base64 as Python's `base64` module does it: lenient about foreign characters, strict about padding.

use std::fmt;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Why a text could not be decoded, in the words of the Python exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The letters do not make whole bytes (Python's `binascii.Error`).
    Malformed(String),
    /// The decoded bytes are no text (Python's `UnicodeDecodeError`).
    NotText(String),
}

impl DecodeError {
    /// The name of the Python exception type, as `type(e).__name__` gives it.
    pub fn kind(&self) -> &'static str {
        match self {
            DecodeError::Malformed(_) => "Error",
            DecodeError::NotText(_) => "UnicodeDecodeError",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Malformed(message) | DecodeError::NotText(message) => out.write_str(message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The padded standard form of some bytes. Never fails; four letters for each three bytes begun.
pub fn encode(bytes: &[u8]) -> String {
    encode_with(bytes, STANDARD, true)
}

/// The URL-safe form (`-` and `_`) without padding, as PostHog's `base64url` digests have it.
pub fn encode_url_unpadded(bytes: &[u8]) -> String {
    encode_with(bytes, URL_SAFE, false)
}

fn encode_with(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for letter in 0..4 {
            if letter <= chunk.len() {
                text.push(char::from(alphabet[(group >> (18 - 6 * letter)) as usize & 63]));
            } else if padded {
                text.push('=');
            }
        }
    }
    text
}

/// The text that a Base64 text stands for (`base64Decode`).
///
/// Characters outside the alphabet are skipped; everything after complete padding is ignored.
/// Fails when the letters do not make whole bytes or the bytes are not UTF-8.
pub fn decode(text: &str) -> Result<String, DecodeError> {
    String::from_utf8(decode_bytes(text)?).map_err(|error| {
        let reason = describe_bad_utf8(error.as_bytes(), error.utf8_error());
        DecodeError::NotText(reason)
    })
}

/// The bytes that a Base64 text stands for, by the same rules as [`decode`].
pub fn decode_bytes(text: &str) -> Result<Vec<u8>, DecodeError> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut filled = 0_u8;
    let mut pending = 0_u8;
    let mut pads = 0_u8;
    for letter in text.bytes() {
        if letter == b'=' {
            if filled >= 2 {
                pads += 1;
                if filled + pads >= 4 {
                    return Ok(bytes);
                }
            }
            continue;
        }
        let Some(sextet) = sextet(letter) else { continue };
        pads = 0;
        match filled {
            0 => {}
            1 => bytes.push(pending << 2 | sextet >> 4),
            2 => bytes.push(pending << 4 | sextet >> 2),
            _ => bytes.push(pending << 6 | sextet),
        }
        pending = sextet;
        filled = (filled + 1) % 4;
    }
    match filled {
        0 => Ok(bytes),
        1 => Err(DecodeError::Malformed(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            bytes.len() / 3 * 4 + 1
        ))),
        _ => Err(DecodeError::Malformed("Incorrect padding".to_owned())),
    }
}

fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

fn describe_bad_utf8(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let start = error.valid_up_to();
    let first = bytes.get(start).copied().unwrap_or(0);
    let (length, reason) = match error.error_len() {
        None => (bytes.len().saturating_sub(start), "unexpected end of data"),
        Some(length) if (0xc2..=0xf4).contains(&first) => (length, "invalid continuation byte"),
        Some(length) => (length, "invalid start byte"),
    };
    if length <= 1 {
        format!("'utf-8' codec can't decode byte 0x{first:02x} in position {start}: {reason}")
    } else {
        let last = start + length - 1;
        format!("'utf-8' codec can't decode bytes in position {start}-{last}: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_with_padding() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("é", "w6k="),
            ("??>", "Pz8+"),
        ] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Ok(plain));
        }
        assert_eq!(encode_url_unpadded(b"??>f"), "Pz8-Zg");
        assert_eq!(encode_url_unpadded(&[0xff]), "_w");
    }

    #[test]
    fn skips_what_is_not_of_the_alphabet() {
        for coded in ["Zm9v", "Zm 9v\n", "*Zm9v*", "Z=m9v", "Zm9v=", "=Zm9v", "Zm9vé"] {
            assert_eq!(decode(coded).as_deref(), Ok("foo"), "{coded}");
        }
        assert_eq!(decode("Zg==Zm9v").as_deref(), Ok("f"));
    }

    #[test]
    fn refuses_in_pythons_words() {
        for (coded, kind, message) in [
            ("Zg", "Error", "Incorrect padding"),
            ("Zg=", "Error", "Incorrect padding"),
            (
                "Z",
                "Error",
                "Invalid base64-encoded string: number of data characters (1) cannot be 1 more than a multiple of 4",
            ),
            (
                "Zm9vZ",
                "Error",
                "Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4",
            ),
            (
                "/w==",
                "UnicodeDecodeError",
                "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
            ),
            (
                "YeKC",
                "UnicodeDecodeError",
                "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data",
            ),
            (
                "wyg=",
                "UnicodeDecodeError",
                "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte",
            ),
        ] {
            let error = decode(coded).expect_err(coded);
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
        }
    }
}
