//! Directories that a metric may read.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

/// The longest name of a granted directory, in bytes.
const MAX_NAME: usize = 64;

/// Read-only directories that a metric is granted, by name. Metrics see them as `/NAME`. None by default.
///
/// A metric reads what is in such a directory and below, and nothing else: no path and no symbolic link leads out, and
/// only ordinary files can be opened. It can't write. What it reads is no part of what a verdict is replayed from:
/// verdicts repeat as long as the files stay the same.
#[derive(Default)]
pub struct Directories {
    granted: BTreeMap<String, Granted>,
}

pub(crate) struct Granted {
    /// The open directory: it stays the same when something else takes its place.
    pub(crate) directory: Dir,
    /// Where it was found.
    pub(crate) path: PathBuf,
}

/// Why a directory can't be granted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// The name can't be one.
    #[error("{0:?} can't be the name of a directory: it takes 1 to {MAX_NAME} letters, digits, `.`, `_` or `-`")]
    Name(String),
    /// The name is taken.
    #[error("there are two directories of the name {0:?}")]
    Taken(String),
    /// The directory can't be opened.
    #[error("the directory {path} can't be opened: {source}", path = path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Directories {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Grants a directory, which metrics see as `/NAME`.
    ///
    /// # Errors
    ///
    /// When the name is taken or can't be a name (letters, digits, `.`, `_` and `-`, at most 64), or there is no such
    /// directory.
    pub fn grant(&mut self, name: impl Into<String>, path: impl AsRef<Path>) -> Result<(), DirectoryError> {
        let name = name.into();
        let path = path.as_ref();
        if !is_name(&name) {
            return Err(DirectoryError::Name(name));
        }
        if self.granted.contains_key(&name) {
            return Err(DirectoryError::Taken(name));
        }
        let opened = std::path::absolute(path)
            .and_then(|absolute| Ok((Dir::open_ambient_dir(&absolute, ambient_authority())?, absolute)));
        let (directory, path) = opened.map_err(|source| DirectoryError::Open {
            path: path.to_owned(),
            source,
        })?;
        self.granted.insert(name, Granted { directory, path });
        Ok(())
    }

    /// The names of what was granted, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.granted.keys().map(String::as_str)
    }

    /// Whether nothing was granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.granted.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Granted> {
        self.granted.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Granted)> {
        self.granted.iter().map(|(name, granted)| (name.as_str(), granted))
    }
}

impl fmt::Debug for Directories {
    /// Names only: where the directories are is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.granted.keys()).finish()
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain) && name != "." && name != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["a", "data-1.2_x", "...", &"x".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "ä", "a b", "a\0", "\\", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn only_directories_are_granted_and_names_once() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = place.path().join("file");
        std::fs::write(&file, "").expect("written");
        let mut directories = Directories::new();
        directories.grant("data", place.path()).expect("granted");
        assert!(matches!(
            directories.grant("data", place.path()),
            Err(DirectoryError::Taken(_))
        ));
        assert!(matches!(
            directories.grant("file", &file),
            Err(DirectoryError::Open { .. })
        ));
        assert!(matches!(
            directories.grant("a/b", place.path()),
            Err(DirectoryError::Name(_))
        ));
        assert_eq!(format!("{directories:?}"), r#"{"data"}"#);
    }
}
