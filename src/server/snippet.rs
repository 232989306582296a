//! Source in requests, and problems of it in answers: the same for all platforms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jurybox::{Color, CompileError, Diagnostic, Language, Snippet, render};

/// How WebAssembly binaries begin.
const MAGIC: &[u8] = b"\0asm";

/// The source that a text stands for. WebAssembly is in text form, or a binary in Base64; line breaks in that make no
/// difference.
pub fn source(language: Language, text: &str) -> Vec<u8> {
    let binary = (language == Language::Wasm).then(|| binary(text)).flatten();
    binary.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn binary(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(text).ok()?;
    bytes.starts_with(MAGIC).then_some(bytes)
}

/// A problem drawn into its source, as a terminal would show it; nothing for binaries, which have no lines.
pub fn frame(diagnostic: &Diagnostic, snippet: &Snippet) -> String {
    match snippet.text() {
        Ok(source) if !snippet.source.starts_with(MAGIC) => {
            render(diagnostic, source, &snippet.file_name(), Color::Never)
        }
        _ => String::new(),
    }
}

/// What is wrong with a snippet in one sentence, and line and column of the first error where it has them.
pub fn summary(error: &CompileError) -> (String, Option<(u32, u32)>) {
    let first = error.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    let start = first.map(|first| first.start).filter(|start| start.line > 0);
    (error.to_string(), start.map(|start| (start.line, start.column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webassembly_is_text_or_base64() {
        let wasm = |text| source(Language::Wasm, text);
        assert_eq!(wasm("(module)"), b"(module)");
        assert_eq!(wasm("AGFz\nbQEAAAA=\n"), b"\0asm\x01\0\0\0");
        // Base64 of something else is left as it is, for the compiler to refuse.
        assert_eq!(wasm("bW9kdWxl"), b"bW9kdWxl");
        assert_eq!(source(Language::Hog, "AGFzbQEAAAA="), b"AGFzbQEAAAA=");
    }
}
