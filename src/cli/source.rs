//! Snippets and other text from files.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jurybox::{Convention, Language, Limits, Snippet};

/// A snippet and the file that it came from.
#[derive(Clone, Debug)]
pub struct SnippetFile {
    /// What results call it: the stem of the file's name, or the path where stems collide.
    pub name: String,
    /// The path as it was given.
    pub shown: String,
    /// What it says.
    pub snippet: Snippet,
}

impl SnippetFile {
    /// The source as text; empty for a binary.
    pub fn text(&self) -> &str {
        self.snippet.text().unwrap_or_default()
    }
}

/// Reads snippets.
///
/// # Errors
/// With one sentence about the first file that can't be read, is in an unknown language, too large or no text.
pub fn read_snippets(paths: &[PathBuf], convention: Convention) -> anyhow::Result<Vec<SnippetFile>> {
    let mut stems: HashMap<String, usize> = HashMap::new();
    for path in paths {
        *stems.entry(stem(path)).or_default() += 1;
    }
    let name = |path: &Path| {
        let stem = stem(path);
        if stems.get(&stem) == Some(&1) {
            stem
        } else {
            path.display().to_string()
        }
    };
    paths
        .iter()
        .map(|path| read_snippet(path, name(path), convention))
        .collect()
}

/// Reads one snippet.
///
/// # Errors
/// As [`read_snippets`].
pub fn read_snippet(path: &Path, name: String, convention: Convention) -> anyhow::Result<SnippetFile> {
    let shown = path.display().to_string();
    let language = path
        .extension()
        .and_then(|extension| extension.to_str())
        .and_then(Language::from_extension);
    let Some(language) = language else {
        open(path)
            .map_err(|error| explain(&error))
            .with_context(|| shown.clone())?;
        bail!("{shown}: can't tell the language; the name of a Hog file ends in .hog");
    };
    let source = read_text(path, Limits::default().source)?;
    let snippet = Snippet::new(language, source).with_convention(convention);
    Ok(SnippetFile { name, shown, snippet })
}

/// The text of a file of at most so many bytes.
///
/// # Errors
/// With one sentence that names the file.
pub fn read_text(path: &Path, limit: usize) -> anyhow::Result<String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let read = |bytes: &mut Vec<u8>| open(path)?.take(limit as u64 + 1).read_to_end(bytes);
    read(&mut bytes)
        .map_err(|error| explain(&error))
        .with_context(|| shown.to_string())?;
    if bytes.len() > limit {
        bail!("{shown}: the file is larger than the limit of {limit} bytes");
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
        anyhow::anyhow!("{shown}: the file is not text in UTF-8 (line {line})")
    })
}

/// Opens a file for reading; unlike [`File::open`], refuses directories.
///
/// # Errors
/// When it can't be opened.
pub fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Ok(file)
    }
}

/// An error of the system in the words of people.
pub fn explain(error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => anyhow::anyhow!("there is no such file"),
        io::ErrorKind::PermissionDenied => anyhow::anyhow!("reading it is not permitted"),
        io::ErrorKind::IsADirectory => anyhow::anyhow!("is a directory, not a file"),
        _ => anyhow::anyhow!("can't be read: {error}"),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
