//! Text and bytes from files and standard input.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use super::snippet;

/// The text of a file of at most so many bytes.
///
/// # Errors
/// With one sentence that names the file.
pub fn read_text(path: &Path, limit: usize) -> anyhow::Result<String> {
    let shown = snippet::shown(path);
    String::from_utf8(read_bytes(path, limit)?).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
        anyhow::anyhow!("{shown}: the file is not text in UTF-8 (line {line})")
    })
}

/// A file of at most so many bytes.
///
/// # Errors
/// As [`read_text`].
pub fn read_bytes(path: &Path, limit: usize) -> anyhow::Result<Vec<u8>> {
    let shown = snippet::shown(path);
    let most = limit as u64 + 1;
    let mut bytes = Vec::new();
    let read = if snippet::is_standard_input(path) {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| explain(&error)).with_context(|| shown.clone())?;
    if bytes.len() > limit {
        bail!("{shown}: the file is larger than the limit of {limit} bytes");
    }
    Ok(bytes)
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
