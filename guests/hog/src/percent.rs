//! Percent-encoding of URL components, as Python's `urllib.parse` does it.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The text with every byte escaped that is not an ASCII letter, a digit or one of `_.-~`
/// (`encodeURLComponent`). Unlike JavaScript's function of that name it escapes `!*'()` too.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// The text with its `%XX` escapes resolved (`decodeURLComponent`).
///
/// Never fails: a `%` without two hexadecimal digits stays, bytes that are not UTF-8 become U+FFFD,
/// `+` stays a plus.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    // An escape sequence is never continued across a non-ASCII character: each run of ASCII is
    // decoded by itself.
    while !rest.is_empty() {
        let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(ascii);
        decoded.push_str(&String::from_utf8_lossy(&unescape(run.as_bytes())));
        let plain = tail.bytes().position(|byte| byte.is_ascii()).unwrap_or(tail.len());
        let (run, tail) = tail.split_at(plain);
        decoded.push_str(run);
        rest = tail;
    }
    decoded
}

/// Like [`decode`], but `None` when a `%` is not followed by two hexadecimal digits
/// (`tryDecodeURLComponent`).
pub fn try_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let sound = bytes
        .iter()
        .enumerate()
        .all(|(at, &byte)| byte != b'%' || escaped(&bytes[at..]).is_some());
    sound.then(|| decode(text))
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        match escaped(rest) {
            Some(byte) => {
                plain.push(byte);
                rest = &rest[3..];
            }
            None => {
                plain.push(first);
                rest = tail;
            }
        }
    }
    plain
}

/// The byte that an escape at the start of `bytes` stands for.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |letter: u8| char::from(letter).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_all_but_the_unreserved() {
        for (plain, encoded) in [
            ("", ""),
            ("azAZ09_.-~", "azAZ09_.-~"),
            ("a b/c?d=e&f", "a%20b%2Fc%3Fd%3De%26f"),
            ("!*'()", "%21%2A%27%28%29"),
            ("é€", "%C3%A9%E2%82%AC"),
        ] {
            assert_eq!(encode(plain), encoded);
            assert_eq!(decode(encoded), plain);
        }
    }

    #[test]
    fn decodes_leniently() {
        for (encoded, plain) in [
            ("a+b", "a+b"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%c3%a9", "é"),
            ("%ff", "\u{fffd}"),
            ("%c3é%a9", "\u{fffd}é\u{fffd}"),
            ("%e2%82x", "\u{fffd}x"),
            ("%25%34%31", "%41"),
            ("%%41", "%A"),
        ] {
            assert_eq!(decode(encoded), plain, "{encoded}");
        }
    }

    #[test]
    fn the_try_variant_refuses_stray_percent_signs() {
        for (encoded, plain) in [
            ("", Some("")),
            ("a%20b", Some("a b")),
            ("%ff", Some("\u{fffd}")),
            ("100%", None),
            ("%4", None),
            ("%zz", None),
            ("é%é", None),
        ] {
            assert_eq!(try_decode(encoded).as_deref(), plain, "{encoded}");
        }
    }
}
