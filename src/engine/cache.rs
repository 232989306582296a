//! Compiled code on disk.
//!
//! Machine code is trusted blindly once it is loaded, so nothing is loaded that this program did not write: every file
//! carries a keyed hash (HMAC-SHA-256) over its name and content, the key lies beside the files, readable by the user
//! alone, and a directory that others may write to is not used. A file that is damaged, foreign or outdated is ignored
//! and written anew.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const KEY_FILE: &str = "key";
const EXTENSION: &str = "code";
const MAC_SIZE: usize = 32;
/// More files than this, or more bytes, and those go that were not used for the longest, until half is left.
const MAX_FILES: usize = 2048;
/// See [`MAX_FILES`]. The language runtimes take about 40 MiB together, an author's module up to 60.
const MAX_BYTES: u64 = 2 << 30;
/// Code of this size makes a look at the bytes of the whole cache worthwhile.
const LARGE: usize = 1 << 20;
/// How exactly it is known when a file was last used.
const PRECISION: Duration = Duration::from_secs(3600);

/// What code is stored under: a hash of everything it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of code that was made from these parts.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// All of it.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Eight bytes of it, as a number.
    pub fn short(&self) -> u64 {
        self.0
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn file_name(&self) -> String {
        let mut name: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        name.push('.');
        name.push_str(EXTENSION);
        name
    }
}

/// A directory of compiled code.
#[derive(Clone, Debug)]
pub struct DiskCache {
    directory: PathBuf,
    secret: [u8; 32],
}

impl DiskCache {
    /// Opens the cache in a directory, which is made if need be.
    ///
    /// # Errors
    ///
    /// When the directory can't be made or read, or when others may write to it.
    pub fn open(directory: &Path) -> io::Result<Self> {
        make(directory)?;
        check_directory(directory)?;
        let secret = read_or_make_secret(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            secret,
        })
    }

    /// Whether something is stored under a key; it may still turn out to be of no use.
    pub fn has(&self, key: &Key) -> bool {
        self.directory.join(key.file_name()).is_file()
    }

    /// The code under a key, if it is there and ours.
    pub fn load(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.directory.join(key.file_name());
        let mut file = open_own(&path).ok()?;
        let metadata = file.metadata().ok()?;
        // A pipe or a device would never end.
        if !metadata.is_file() {
            return None;
        }
        let mut mac = [0; MAC_SIZE];
        file.read_exact(&mut mac).ok()?;
        let mut code = Vec::with_capacity(usize::try_from(metadata.len()).ok()?.saturating_sub(MAC_SIZE));
        file.read_to_end(&mut code).ok()?;
        self.mac(key, &code).verify_slice(&mac).ok()?;
        if metadata
            .modified()
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > PRECISION))
        {
            // It was just used. A cache that can't be written to forgets that, which costs time, not correctness.
            drop(file.set_modified(SystemTime::now()));
        }
        Some(code)
    }

    /// Stores code under a key. A cache that can't be written to costs time, not correctness: errors are ignored.
    pub fn store(&self, key: &Key, code: &[u8]) {
        drop(self.write(key, code));
        if let Ok(files) = self.files()
            && (files.len() > MAX_FILES || code.len() > LARGE && total_bytes(&files) > MAX_BYTES)
        {
            delete_least_used(files, MAX_FILES / 2, MAX_BYTES / 2);
        }
    }

    fn write(&self, key: &Key, code: &[u8]) -> io::Result<()> {
        // Written aside and renamed: a reader sees a whole file or none.
        let mut file = tempfile::Builder::new().prefix("new-").tempfile_in(&self.directory)?;
        file.write_all(&self.mac(key, code).finalize().into_bytes())?;
        file.write_all(code)?;
        file.persist(self.directory.join(key.file_name()))?;
        Ok(())
    }

    fn mac(&self, key: &Key, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        mac.update(&key.0);
        mac.update(code);
        mac
    }

    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.directory)?;
        Ok(entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
            .collect())
    }
}

fn total_bytes(files: &[PathBuf]) -> u64 {
    files
        .iter()
        .filter_map(|path| Some(fs::metadata(path).ok()?.len()))
        .sum()
}

/// Deletes the files that were not used for the longest, until no more than these are left.
fn delete_least_used(files: Vec<PathBuf>, most_files: usize, most_bytes: u64) {
    let mut newest_first: Vec<_> = files
        .into_iter()
        .filter_map(|path| {
            let metadata = fs::metadata(&path).ok()?;
            Some((metadata.modified().ok()?, metadata.len(), path))
        })
        .collect();
    newest_first.sort_by(|one, other| other.cmp(one));
    let mut bytes = 0;
    for (number, (_, length, path)) in newest_first.iter().enumerate() {
        bytes += length;
        if number >= most_files || bytes > most_bytes {
            // Another process may have been faster.
            drop(fs::remove_file(path));
        }
    }
}

/// Makes a directory, which the user alone can enter, unless it is there.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Opens a file for reading that is a plain file of this user, and no way to another one.
#[cfg(unix)]
fn open_own(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    // A pipe would keep whoever opens it waiting.
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    check_owner(&file.metadata()?)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_own(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}

#[cfg(unix)]
fn check_owner(metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    if metadata.uid() == nix::unistd::geteuid().as_raw() {
        Ok(())
    } else {
        Err(refused("it belongs to another user"))
    }
}

/// Refuses a directory that others may write to. What they have put there can't be told from what this program has, so
/// there is no use in changing that now.
#[cfg(unix)]
fn check_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    let metadata = fs::metadata(directory)?;
    check_owner(&metadata)?;
    match metadata.mode() & 0o022 {
        0 => Ok(()),
        _ => Err(refused(
            "others may write to it; name a directory of your own, or empty it and make it yours alone (chmod 700)",
        )),
    }
}

#[cfg(not(unix))]
fn check_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// The secret, if there is one that nobody else can know.
fn read_secret(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let mut file = match open_own(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(&format!("its secret can't be used ({error}); empty it"))),
    };
    let metadata = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if metadata.mode() & 0o077 != 0 || metadata.nlink() != 1 {
            return Err(refused("others may know its secret; empty it"));
        }
    }
    let mut secret = [0; 32];
    if !metadata.is_file() || metadata.len() != secret.len() as u64 {
        return Ok(None);
    }
    file.read_exact(&mut secret)?;
    Ok(Some(secret))
}

fn read_or_make_secret(directory: &Path) -> io::Result<[u8; 32]> {
    let path = directory.join(KEY_FILE);
    if let Some(secret) = read_secret(&path)? {
        return Ok(secret);
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(io::Error::other)?;
    // Temporary files are made readable by the user alone.
    let mut file = tempfile::Builder::new().prefix("new-").tempfile_in(directory)?;
    file.write_all(&secret)?;
    match file.persist_noclobber(&path) {
        Ok(_) => Ok(secret),
        // Damaged, or another process was faster: in the second case its key counts.
        Err(error) => match read_secret(&path)? {
            Some(secret) => Ok(secret),
            None => {
                error.file.persist(&path)?;
                Ok(secret)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, DiskCache) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let cache = DiskCache::open(directory.path()).expect("a cache");
        (directory, cache)
    }

    #[test]
    fn what_was_stored_is_loaded() {
        let (directory, cache) = cache();
        let key = Key::of(&[b"source", b"configuration"]);
        assert_eq!(cache.load(&key), None);
        cache.store(&key, b"machine code");
        assert_eq!(cache.load(&key).as_deref(), Some(&b"machine code"[..]));
        let again = DiskCache::open(directory.path()).expect("a cache");
        assert_eq!(again.load(&key).as_deref(), Some(&b"machine code"[..]));
    }

    #[test]
    fn nothing_is_loaded_that_we_did_not_write() {
        let (directory, cache) = cache();
        let key = Key::of(&[b"a"]);
        let other = Key::of(&[b"b"]);
        cache.store(&key, b"machine code");
        let path = directory.path().join(key.file_name());
        let original = fs::read(&path).expect("the file");

        for position in 0..original.len() {
            let mut damaged = original.clone();
            damaged[position] ^= 1;
            fs::write(&path, damaged).expect("written");
            assert_eq!(cache.load(&key), None, "byte {position} was changed");
        }
        for length in 0..original.len() {
            fs::write(&path, &original[..length]).expect("written");
            assert_eq!(cache.load(&key), None, "cut to {length} bytes");
        }
        fs::write(directory.path().join(other.file_name()), &original).expect("written");
        assert_eq!(cache.load(&other), None, "a file under another's name");

        let (_elsewhere, foreign) = self::cache();
        foreign.store(&key, b"foreign code");
        fs::copy(foreign.directory.join(key.file_name()), &path).expect("copied");
        assert_eq!(cache.load(&key), None, "a file of another cache");

        cache.store(&key, b"machine code");
        assert_eq!(
            cache.load(&key).as_deref(),
            Some(&b"machine code"[..]),
            "a damaged file is replaced"
        );
    }

    #[test]
    fn what_was_used_lately_stays() {
        let (directory, cache) = cache();
        let keys: Vec<_> = (0..4_u8).map(|number| Key::of(&[&[number]])).collect();
        for (key, age) in keys.iter().zip([4, 3, 2, 1]) {
            cache.store(key, &[0; 100]);
            let file = fs::File::open(directory.path().join(key.file_name())).expect("the file");
            let time = SystemTime::now() - age * 10 * PRECISION;
            file.set_modified(time).expect("a time");
        }
        assert!(cache.load(&keys[0]).is_some(), "it is used, and so the youngest");
        let files = || cache.files().expect("files");
        delete_least_used(files(), 3, 1_000_000);
        let kept = || keys.iter().map(|key| cache.has(key)).collect::<Vec<_>>();
        assert_eq!(kept(), [true, false, true, true]);
        delete_least_used(files(), 3, 2 * 132);
        assert_eq!(kept(), [true, false, false, true]);
    }

    #[test]
    fn keys_tell_parts_apart() {
        assert_ne!(Key::of(&[b"ab", b"c"]), Key::of(&[b"a", b"bc"]));
    }

    #[cfg(unix)]
    #[test]
    fn what_others_may_have_written_is_refused_and_left_as_it_is() {
        use std::os::unix::fs::PermissionsExt;

        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o7777;
        let set_mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
        };
        let refusal = |directory: &Path| DiskCache::open(directory).expect_err("refused").to_string();

        let (directory, _) = cache();
        let key = directory.path().join(KEY_FILE);
        assert_eq!(mode(&key), 0o600);
        for open in [0o777, 0o1777, 0o775, 0o770] {
            set_mode(directory.path(), open);
            assert!(refusal(directory.path()).starts_with("others may write to it"));
            // It may be somebody's shared directory.
            assert_eq!(mode(directory.path()), open);
        }
        set_mode(directory.path(), 0o755);
        DiskCache::open(directory.path()).expect("a cache");

        set_mode(&key, 0o644);
        assert_eq!(refusal(directory.path()), "others may know its secret; empty it");
        set_mode(&key, 0o600);
        let link = directory.path().join("link");
        fs::hard_link(&key, &link).expect("a link");
        assert_eq!(refusal(directory.path()), "others may know its secret; empty it");
        fs::remove_file(&link).expect("no link");
        // Any file of 32 bytes that the user owns would do as a secret if links were followed.
        fs::rename(&key, &link).expect("moved");
        std::os::unix::fs::symlink(&link, &key).expect("a link");
        assert!(refusal(directory.path()).starts_with("its secret can't be used"));
    }
}
