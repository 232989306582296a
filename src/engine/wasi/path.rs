//! Paths as guests give them, before the file system sees them.

use super::errno::Errno;

/// The longest path, in bytes.
const MAX_PATH: usize = 4096;

/// A path relative to an open directory.
#[derive(Debug, PartialEq, Eq)]
pub struct GuestPath<'a> {
    /// Its parts: names and `..`.
    parts: Vec<&'a str>,
    /// Whether it ends with a slash: then it must lead to a directory.
    pub wants_directory: bool,
}

impl<'a> GuestPath<'a> {
    /// Reads a path.
    pub fn of(path: &'a [u8]) -> Result<Self, Errno> {
        if path.len() > MAX_PATH {
            return Err(Errno::NAMETOOLONG);
        }
        let path = std::str::from_utf8(path).map_err(|_| Errno::ILSEQ)?;
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        // Backslashes separate names on some systems and are parts of names on others.
        if path.contains(['\0', '\\']) {
            return Err(Errno::INVAL);
        }
        if path.starts_with('/') {
            return Err(Errno::PERM);
        }
        Ok(Self {
            parts: path.split('/').filter(|part| !matches!(*part, "" | ".")).collect(),
            wants_directory: path.ends_with('/') || path.ends_with("/."),
        })
    }

    /// The path below the root: the name of a grant and the path in it; `None` for the root itself.
    pub fn below_root(mut self) -> Result<Option<(&'a str, Self)>, Errno> {
        loop {
            match *self.parts.as_slice() {
                [] => return Ok(None),
                ["..", ..] => return Err(Errno::PERM),
                // Right below the root there are no symbolic links that could make this another place.
                [_, "..", ..] => {
                    self.parts.drain(..2);
                }
                [name, ..] => {
                    self.parts.remove(0);
                    return Ok(Some((name, self)));
                }
            }
        }
    }

    /// The path for the file system.
    pub fn for_system(&self) -> String {
        if self.parts.is_empty() {
            ".".to_owned()
        } else {
            self.parts.join("/")
        }
    }

    /// The name of the place as seen from the root, if `base` is that of the directory. It goes by the letters alone and
    /// serves to make up numbers of files.
    pub fn seen_from(&self, base: &str) -> String {
        let mut names: Vec<&str> = base.split('/').filter(|name| !name.is_empty()).collect();
        for part in &self.parts {
            if *part == ".." {
                names.pop();
            } else {
                names.push(part);
            }
        }
        names.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below_root(path: &str) -> Result<Option<(String, String)>, Errno> {
        let found = GuestPath::of(path.as_bytes())?.below_root()?;
        Ok(found.map(|(name, rest)| (name.to_owned(), rest.for_system())))
    }

    #[test]
    fn paths_lead_to_a_grant_or_nowhere() {
        let place = |name: &str, rest: &str| Ok(Some((name.to_owned(), rest.to_owned())));
        assert_eq!(below_root("data"), place("data", "."));
        assert_eq!(below_root("./data//a/./b/"), place("data", "a/b"));
        assert_eq!(below_root("data/../other/x"), place("other", "x"));
        assert_eq!(below_root("data/a/../b"), place("data", "a/../b"));
        assert_eq!(below_root("."), Ok(None));
        assert_eq!(below_root("data/.."), Ok(None));
        for outside in ["..", "../x", "data/../../x", "./..", "/", "/data"] {
            assert_eq!(below_root(outside), Err(Errno::PERM), "{outside}");
        }
        assert_eq!(below_root(""), Err(Errno::NOENT));
        assert_eq!(below_root("a\0b"), Err(Errno::INVAL));
        assert_eq!(below_root("..\\x"), Err(Errno::INVAL));
        assert_eq!(GuestPath::of(b"\xff"), Err(Errno::ILSEQ));
        assert_eq!(GuestPath::of(&[b'a'; 5000]), Err(Errno::NAMETOOLONG));
    }

    #[test]
    fn a_trailing_slash_wants_a_directory() {
        assert!(GuestPath::of(b"a/").expect("a path").wants_directory);
        assert!(GuestPath::of(b"a/.").expect("a path").wants_directory);
        assert!(!GuestPath::of(b"a").expect("a path").wants_directory);
    }
}
