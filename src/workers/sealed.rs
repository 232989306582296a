//! Code that nobody can change any more: a file in memory, sealed.
//!
//! Machine code goes from the compile worker through the host to run workers as such a file. All of them can map the
//! same pages, and none can change what another one executes.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;

/// A sealed file in memory.
#[derive(Debug)]
pub struct Sealed {
    file: File,
}

impl Sealed {
    /// Makes one of these bytes.
    ///
    /// # Errors
    /// When the system has no room for it, or can't seal it.
    pub fn new(code: &[u8]) -> io::Result<Self> {
        let file = File::from(create()?);
        file.write_all_at(code, 0)?;
        rustix::fs::fcntl_add_seals(&file, seals())?;
        Ok(Self { file })
    }

    /// Takes one that was made elsewhere.
    ///
    /// # Errors
    /// When it is not a sealed file.
    pub fn of_descriptor(descriptor: OwnedFd) -> io::Result<Self> {
        let missing = seals() - rustix::fs::fcntl_get_seals(&descriptor)?;
        if !missing.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("a file without the seals {missing:?}"),
            ));
        }
        Ok(Self {
            file: File::from(descriptor),
        })
    }

    /// To hand on.
    #[must_use]
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// To map.
    #[must_use]
    pub fn into_file(self) -> File {
        self.file
    }

    #[cfg(test)]
    fn read(&self) -> io::Result<Vec<u8>> {
        // The seals say that the size stays what it is.
        let size = usize::try_from(rustix::fs::fstat(&self.file)?.st_size).map_err(io::Error::other)?;
        let mut bytes = vec![0; size];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

/// All that it takes for the bytes to stay what they are. The seal against future writing is as good as the one against
/// writing for a file that was never mapped for it, and need not wait until the system has let go of its pages: some
/// milliseconds.
fn seals() -> SealFlags {
    SealFlags::FUTURE_WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL
}

fn create() -> rustix::io::Result<OwnedFd> {
    const NAME: &str = "jurybox-code";
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // It is mapped, and never started as a program. Systems may insist on hearing that; old ones don't know the word.
    match rustix::fs::memfd_create(NAME, flags | MemfdFlags::NOEXEC_SEAL) {
        Err(Errno::INVAL) => rustix::fs::memfd_create(NAME, flags),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        for code in [
            Vec::new(),
            b"code".to_vec(),
            (0..=255).cycle().take(1_000_003).collect(),
        ] {
            let sealed = Sealed::new(&code).expect("sealed");
            let handed_on = sealed.descriptor().try_clone_to_owned().expect("a descriptor");
            drop(sealed);
            let arrived = Sealed::of_descriptor(handed_on).expect("sealed");
            assert_eq!(arrived.read().expect("read"), code);
            assert_eq!(arrived.read().expect("read again"), code);
        }
    }

    #[test]
    fn nobody_can_change_them() {
        let file = Sealed::new(b"code").expect("sealed").into_file();
        assert!(file.write_at(b"edoc", 0).is_err());
        assert!(file.write_at(b"edoc", 4).is_err());
        assert!(file.set_len(0).is_err());
        assert!(file.set_len(8).is_err());
        assert!(rustix::fs::fcntl_add_seals(&file, SealFlags::WRITE).is_err());
    }

    #[test]
    fn what_is_not_sealed_is_refused() {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let half = rustix::fs::memfd_create("half", flags).expect("a file");
        rustix::fs::fcntl_add_seals(&half, SealFlags::WRITE | SealFlags::SEAL).expect("sealed");
        assert!(Sealed::of_descriptor(half).is_err());
        let open = rustix::fs::memfd_create("open", MemfdFlags::CLOEXEC).expect("a file");
        assert!(Sealed::of_descriptor(open).is_err());
        let other = OwnedFd::from(File::open("/dev/null").expect("a file"));
        assert!(Sealed::of_descriptor(other).is_err());
    }
}
