//! Code in requests and in saved evaluations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jurybox::{Convention, Language, Snippet};

/// How WebAssembly binaries begin.
const MAGIC: &[u8] = b"\0asm";

/// A snippet from what a request says. Hog is an evaluation of PostHog unless another convention is named. WebAssembly is
/// in text form, or a binary in Base64.
pub fn snippet(language: Language, source: &str, convention: Option<Convention>, entry: Option<&str>) -> Snippet {
    let binary = (language == Language::Wasm).then(|| binary(source)).flatten();
    let mut snippet = Snippet::new(language, binary.unwrap_or_else(|| source.as_bytes().to_vec()));
    let default = match language {
        Language::Hog => Convention::PostHog,
        _ => Convention::Auto,
    };
    snippet.convention = match convention {
        None | Some(Convention::Auto) => default,
        Some(convention) => convention,
    };
    snippet.entry = entry.map(str::to_owned);
    snippet
}

/// A WebAssembly binary in Base64; line breaks in it make no difference.
fn binary(source: &str) -> Option<Vec<u8>> {
    let text: String = source.split_whitespace().collect();
    let bytes = STANDARD.decode(text).ok()?;
    bytes.starts_with(MAGIC).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webassembly_is_text_or_base64() {
        let source = |source| snippet(Language::Wasm, source, None, None).source;
        assert_eq!(source("(module)"), b"(module)");
        assert_eq!(source("AGFz\nbQEAAAA=\n"), b"\0asm\x01\0\0\0");
        // Base64 of something else is left as it is, for the compiler to refuse.
        assert_eq!(source("bW9kdWxl"), b"bW9kdWxl");
    }

    #[test]
    fn hog_is_an_evaluation_unless_told_otherwise() {
        let convention = |language, convention| snippet(language, "", convention, None).convention;
        assert_eq!(convention(Language::Hog, None), Convention::PostHog);
        assert_eq!(convention(Language::Hog, Some(Convention::Auto)), Convention::PostHog);
        assert_eq!(
            convention(Language::Hog, Some(Convention::Program)),
            Convention::Program
        );
        assert_eq!(convention(Language::Python, None), Convention::Auto);
    }
}
