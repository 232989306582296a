//! From the body of a request to JSON text: PostHog's SDKs compress, encode and wrap it in several ways.

use std::io::Read as _;

use axum::body::Bytes;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::refusal::Refusal;

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// What gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What the query may say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// How the body is packed: `gzip`, `gzip-js`, `base64`. Most of it is seen without being told.
    pub compression: Option<String>,
    /// The payload itself, of events that are sent by `GET`.
    pub data: Option<String>,
    /// When it was sent, in milliseconds since 1970.
    #[serde(rename = "_")]
    pub sent_at: Option<String>,
    /// Whether nobody reads the answer.
    pub beacon: Option<String>,
    /// The key.
    pub token: Option<String>,
    /// The key.
    pub api_key: Option<String>,
}

impl Query {
    /// Reads a query; what can't be read says nothing.
    pub fn read(query: Option<&str>) -> Self {
        // One that is sent twice is an error to `serde`, and says nothing either.
        serde_urlencoded::from_str(query.unwrap_or_default()).unwrap_or_default()
    }
}

/// The members of a form.
#[derive(Deserialize)]
struct Form {
    data: String,
}

/// The JSON text in a body of at most `limit` bytes, unpacked.
///
/// # Errors
/// When it is not what it says, or larger.
pub fn json(body: Bytes, query: &Query, limit: usize) -> Result<String, Refusal> {
    let body = match &query.data {
        Some(data) if body.is_empty() => data.clone().into_bytes(),
        _ => body.into(),
    };
    let body = unzip(body, limit)?;
    let is_json = |body: &[u8]| matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    // `compression=base64&data=...` as well.
    let is_form = !is_json(&body)
        && body
            .split(|byte| *byte == b'&')
            .take(8)
            .any(|pair| pair.starts_with(b"data="));
    let body = if is_form {
        let form: Form = serde_urlencoded::from_bytes(&body).map_err(|error| Refusal::Encoding(error.to_string()))?;
        form.data.into_bytes()
    } else {
        body
    };
    if body.trim_ascii().is_empty() {
        return Err(Refusal::Empty);
    }
    let body = if is_json(&body) {
        body
    } else {
        // Some encode a form's values without escaping `+`, which then reads as a space.
        let text: Vec<u8> = body
            .trim_ascii()
            .iter()
            .map(|byte| if *byte == b' ' { b'+' } else { *byte })
            .collect();
        let decoded = BASE64
            .decode(text)
            .map_err(|error| Refusal::Encoding(error.to_string()))?;
        unzip(decoded, limit)?
    };
    String::from_utf8(body).map_err(|error| Refusal::Encoding(error.to_string()))
}

fn unzip(body: Vec<u8>, limit: usize) -> Result<Vec<u8>, Refusal> {
    if !body.starts_with(&GZIP) {
        return Ok(body);
    }
    let mut unzipped = Vec::new();
    let mut reader = MultiGzDecoder::new(body.as_slice()).take(limit as u64 + 1);
    reader
        .read_to_end(&mut unzipped)
        .map_err(|error| Refusal::Encoding(error.to_string()))?;
    if unzipped.len() > limit {
        return Err(Refusal::TooLarge);
    }
    Ok(unzipped)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("it is packed");
        encoder.finish().expect("it is packed")
    }

    #[test]
    fn every_way_of_packing() {
        const TEXT: &str = r#"{"event":"a+b ü","api_key":"k"}"#;
        let base64 = BASE64.encode(TEXT);
        let escaped = serde_urlencoded::to_string([("data", TEXT)]).expect("a form");
        let escaped_base64 = serde_urlencoded::to_string([("data", &base64), ("compression", &"base64".to_owned())]);
        for body in [
            TEXT.as_bytes().to_vec(),
            gzip(TEXT),
            base64.clone().into_bytes(),
            base64.trim_end_matches('=').as_bytes().to_vec(),
            escaped.into_bytes(),
            escaped_base64.expect("a form").into_bytes(),
            format!("data={base64}").into_bytes(),
            format!("compression=base64&ip=1&data={base64}").into_bytes(),
            BASE64.encode(gzip(TEXT)).into_bytes(),
        ] {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let read = json(body.into(), &Query::default(), 1000);
            assert_eq!(read.as_deref(), Ok(TEXT), "{shown}");
        }
        let query = Query::read(Some(&format!("ip=1&_=17&data={}", base64.trim_end_matches('='))));
        assert_eq!(json(Bytes::new(), &query, 1000).as_deref(), Ok(TEXT));
        assert_eq!(query.sent_at.as_deref(), Some("17"));
    }

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        for (body, expected) in [
            (Vec::new(), "request holds no event"),
            (b"   ".to_vec(), "request holds no event"),
            (b"hello!".to_vec(), "failed to decode request"),
            (b"\x1f\x8bnot gzip".to_vec(), "failed to decode request"),
            (b"{\"a\": \"\xff\"}".to_vec(), "failed to decode request"),
            (b"data=%ff".to_vec(), "failed to decode request"),
            (gzip(&" ".repeat(2000)), "larger than the service takes"),
        ] {
            let refusal = json(body.clone().into(), &Query::default(), 1000).expect_err("a refusal");
            let shown = String::from_utf8_lossy(&body);
            assert!(refusal.to_string().contains(expected), "{shown}: {refusal}");
        }
    }
}
