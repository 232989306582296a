//! The error numbers of WASI preview 1 that the stand-ins use.

use std::io;

/// An error number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(u16);

impl Errno {
    /// No error.
    pub const SUCCESS: Self = Self(0);
    /// Permission denied.
    pub const ACCES: Self = Self(2);
    /// No such descriptor.
    pub const BADF: Self = Self(8);
    /// A pointer outside of memory.
    pub const FAULT: Self = Self(21);
    /// A text that is not UTF-8.
    pub const ILSEQ: Self = Self(25);
    /// An argument that makes no sense.
    pub const INVAL: Self = Self(28);
    /// Anything else that went wrong.
    pub const IO: Self = Self(29);
    /// A directory where a file is needed.
    pub const ISDIR: Self = Self(31);
    /// A symbolic link where none is wanted.
    pub const LOOP: Self = Self(32);
    /// Too many open files.
    pub const MFILE: Self = Self(33);
    /// A path that is too long.
    pub const NAMETOOLONG: Self = Self(37);
    /// No such file.
    pub const NOENT: Self = Self(44);
    /// A file where a directory is needed.
    pub const NOTDIR: Self = Self(54);
    /// Not supported.
    pub const NOTSUP: Self = Self(58);
    /// A number that does not fit.
    pub const OVERFLOW: Self = Self(61);
    /// Not permitted: a path that leads out of what was granted.
    pub const PERM: Self = Self(63);
    /// A write to something that can only be read.
    pub const ROFS: Self = Self(69);
    /// Seeking in a stream.
    pub const SPIPE: Self = Self(70);

    /// The number as the guest gets it.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NOENT,
            io::ErrorKind::NotADirectory => Self::NOTDIR,
            io::ErrorKind::IsADirectory => Self::ISDIR,
            io::ErrorKind::InvalidFilename => Self::NAMETOOLONG,
            io::ErrorKind::InvalidInput => Self::INVAL,
            // What the system refuses has a number; what cap-std refuses because it leads outside has none.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_some() => Self::ACCES,
            io::ErrorKind::PermissionDenied => Self::PERM,
            _ => Self::IO,
        }
    }
}
