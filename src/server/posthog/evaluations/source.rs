//! Code in requests and in saved evaluations.

use jurybox::{Convention, Language, Snippet};

use crate::server::snippet::source as source_of;

/// A snippet from what a request says. Hog is an evaluation of PostHog unless another convention is named. WebAssembly is
/// in text form, or a binary in Base64.
pub fn snippet(language: Language, source: &str, convention: Option<Convention>, entry: Option<&str>) -> Snippet {
    let mut snippet = Snippet::new(language, source_of(language, source));
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

#[cfg(test)]
mod tests {
    use super::*;

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
