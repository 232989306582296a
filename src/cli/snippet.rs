//! Snippets from files: whose they are, in which language, and what results call them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jurybox::{Convention, Language, Limits, Snippet};

use super::source;

/// What is given for a path to read from standard input.
const STANDARD_INPUT: &str = "-";

/// How files with metrics are to be understood.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Metrics")]
pub struct SnippetArgs {
    /// The language of all metrics, whatever their files are called; needed for standard input [default: as the file's
    /// name ends]
    #[arg(long, value_name = "LANGUAGE", value_parser = language_parser())]
    pub language: Option<Language>,
    /// Whose calling habit the metrics follow (docs/conventions.md) [default: as names and parameters show; posthog for
    /// Hog]
    #[arg(long, value_name = "NAME", value_parser = convention_parser())]
    pub convention: Option<Convention>,
    /// The function to call, where it does not stand out
    #[arg(long, value_name = "FUNCTION")]
    pub entry: Option<String>,
}

/// The language of a snippet as an argument.
pub fn language_parser() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::name)).try_map(|name| {
        let named = Language::ALL.into_iter().find(|language| language.name() == name);
        named.ok_or("unknown language")
    })
}

fn convention_parser() -> impl TypedValueParser<Value = Convention> {
    PossibleValuesParser::new(Convention::ALL.map(Convention::name))
        .try_map(|name| Convention::from_name(&name).ok_or("unknown convention"))
}

/// A snippet and the file that it came from.
#[derive(Clone, Debug)]
pub struct SnippetFile {
    /// What results call it: the shortest of the stem of the file's name, that name, and the path that no other has.
    pub name: String,
    /// The path as it was given.
    pub shown: String,
    /// What it says.
    pub snippet: Snippet,
}

impl SnippetFile {
    /// Whether the source is no text.
    pub fn is_binary(&self) -> bool {
        self.snippet.language == Language::Wasm
            && (self.snippet.source.starts_with(b"\0asm") || self.snippet.text().is_err())
    }

    /// The source as text; empty for a binary.
    pub fn text(&self) -> &str {
        self.snippet.text().unwrap_or_default()
    }
}

impl SnippetArgs {
    /// Reads snippets. Those in Hog follow the convention `hog` unless another one is named.
    ///
    /// # Errors
    /// With one sentence about the first file that can't be read, is in an unknown language, too large or no text, or
    /// can't be called as the arguments say.
    pub fn read_all(&self, paths: &[PathBuf], hog: Convention) -> anyhow::Result<Vec<SnippetFile>> {
        if paths.iter().filter(|path| is_standard_input(path)).count() > 1 {
            bail!("standard input can be one metric, not several");
        }
        names(paths)
            .into_iter()
            .zip(paths)
            .map(|(name, path)| self.read(path, name, hog))
            .collect()
    }

    /// Reads one snippet, which results call by this name.
    ///
    /// # Errors
    /// As [`Self::read_all`].
    pub fn read(&self, path: &Path, name: String, hog: Convention) -> anyhow::Result<SnippetFile> {
        let shown = shown(path);
        let language = self.language_of(path)?;
        let snippet = match language {
            Language::Wasm => Snippet::wasm(source::read_bytes(path, Limits::default().module)?),
            _ => Snippet::new(language, source::read_text(path, Limits::default().source)?),
        };
        let mut snippet = snippet.with_convention(self.convention_for(language, hog).with_context(|| shown.clone())?);
        // The name alone: tracebacks, and with them fuel, should not depend on where somebody keeps the file.
        if let (Some(file), false) = (path.file_name(), is_standard_input(path)) {
            snippet = snippet.with_file(file.to_string_lossy());
        }
        if let Some(entry) = &self.entry {
            if matches!(language, Language::Hog | Language::Wasm) {
                bail!(
                    "{shown}: --entry names a function in Python, JavaScript or TypeScript, and this is {}",
                    title(language)
                );
            }
            snippet = snippet.with_entry(entry);
        }
        Ok(SnippetFile { name, shown, snippet })
    }

    fn convention_for(&self, language: Language, hog: Convention) -> anyhow::Result<Convention> {
        let convention = self.convention.unwrap_or_default();
        if !convention.is_for(language) {
            let fitting = Convention::ALL
                .into_iter()
                .filter(|convention| convention.is_for(language));
            let fitting: Vec<&str> = fitting.map(Convention::name).collect();
            bail!(
                "metrics in {} don't follow the convention {}; theirs: {}",
                title(language),
                convention.name(),
                fitting.join(", ")
            );
        }
        Ok(match (convention, language) {
            (Convention::Auto, Language::Hog) => hog,
            (convention, _) => convention,
        })
    }

    fn language_of(&self, path: &Path) -> anyhow::Result<Language> {
        if let Some(language) = self.language {
            return Ok(language);
        }
        if is_standard_input(path) {
            bail!("standard input: say the language of the metric with --language");
        }
        let shown = shown(path);
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        if let Some(language) = Language::from_extension(extension) {
            return Ok(language);
        }
        // That there is no such file matters more than its name.
        source::open(path)
            .map_err(|error| source::explain(&error))
            .with_context(|| shown.clone())?;
        match extension.to_ascii_lowercase().as_str() {
            "tsx" => bail!("{shown}: JSX is not supported; a metric in TypeScript is a .ts file"),
            "jsx" => bail!("{shown}: JSX is not supported; a metric in JavaScript is a .js file"),
            _ => bail!(
                "{shown}: can't tell the language; files end in .hog, .py, .js, .mjs, .cjs, .ts, .mts, .cts, .wasm or \
                 .wat, or --language says it"
            ),
        }
    }
}

/// The name of a language for people.
pub const fn title(language: Language) -> &'static str {
    match language {
        Language::Hog => "Hog",
        Language::Python => "Python",
        Language::JavaScript => "JavaScript",
        Language::TypeScript => "TypeScript",
        Language::Wasm => "WebAssembly",
        // The enum may grow.
        language => language.name(),
    }
}

/// Whether standard input is meant.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// What people call the file.
pub fn shown(path: &Path) -> String {
    if is_standard_input(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// What results call the files: each by the shortest name that no other file has.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let unique = |name: fn(&Path) -> String| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for path in paths {
            *counts.entry(name(path)).or_default() += 1;
        }
        move |path: &Path| Some(name(path)).filter(|name| counts.get(name) == Some(&1))
    };
    let (stem, file_name) = (unique(stem), unique(file_name));
    paths
        .iter()
        .map(|path| stem(path).or_else(|| file_name(path)).unwrap_or_else(|| shown(path)))
        .collect()
}

fn stem(path: &Path) -> String {
    if is_standard_input(path) {
        return "stdin".to_owned();
    }
    path.file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_the_shortest_name_that_is_theirs() {
        for (paths, expected) in [
            (&["a/x.hog", "b/y.py"][..], &["x", "y"][..]),
            (&["x.hog", "x.py", "y.py"], &["x.hog", "x.py", "y"]),
            (&["a/x.hog", "b/x.py"], &["x.hog", "x.py"]),
            (&["a/x.py", "b/x.py", "x.ts"], &["a/x.py", "b/x.py", "x.ts"]),
            (&["-", "x.py"], &["stdin", "x"]),
        ] {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            assert_eq!(names(&paths), expected);
        }
    }

    #[test]
    fn every_language_has_a_title() {
        for language in Language::ALL {
            assert_ne!(title(language), language.name());
        }
    }
}
