//! The files of a run: `/`, with a folder for every granted directory, and what the guest opened. Nothing is written.
//!
//! That no path leads out of a granted directory is up to cap-std, which resolves every one of them part by part (or has
//! the kernel do it). On top of that, only directories and ordinary files are ever opened: a pipe would block the host, a
//! device might do anything.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use cap_std::fs::{Dir, File, FileType, Metadata, OpenOptions};

use super::errno::Errno;
use super::path::GuestPath;
use crate::directories::Directories;

/// The descriptor of `/`.
pub const ROOT: u32 = 3;
/// The first one that `path_open` gives out.
const FIRST: u32 = ROOT + 1;
/// Files that may be open at once.
const MAX_OPEN: usize = 64;
/// Entries of a directory that a guest is shown; a larger one can't be listed.
const MAX_ENTRIES: usize = 1 << 16;

/// What is open.
#[derive(Default)]
pub struct Files {
    /// `None` while nothing is granted.
    directories: Option<Arc<Directories>>,
    open: Vec<Option<Open>>,
    /// What the directory that was listed last holds.
    listing: Option<(u32, Vec<Entry>)>,
}

enum Open {
    Root,
    Directory { directory: Dir, path: String },
    File { file: File, path: String, position: u64 },
}

/// What there is to say about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// A number that stands for its path.
    pub number: u64,
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file; 0 for everything else.
    pub size: u64,
}

/// What a file is; the numbers are WASI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Something special.
    Unknown = 0,
    /// A stream for text.
    Terminal = 2,
    /// A directory.
    Directory = 3,
    /// An ordinary file.
    File = 4,
    /// A symbolic link.
    Link = 7,
}

/// An entry of a directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// A number that stands for its path.
    pub number: u64,
    /// What it is.
    pub kind: Kind,
}

/// What `path_open` is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Whether the last part of the path may be a symbolic link.
    pub follow: bool,
    /// Whether it must be a directory.
    pub directory: bool,
    /// Whether anything would be written: made, emptied, extended, changed.
    pub write: bool,
}

/// Where a path leads.
enum Place<'a> {
    Root,
    Inside {
        directory: &'a Dir,
        /// The path from there.
        system: String,
        /// The path from the root.
        seen: String,
        wants_directory: bool,
    },
}

impl Files {
    /// With nothing open.
    pub fn of(directories: Arc<Directories>) -> Self {
        Self {
            directories: Some(directories).filter(|directories| !directories.is_empty()),
            open: Vec::new(),
            listing: None,
        }
    }

    /// Whether a descriptor is open.
    pub fn exists(&self, descriptor: u32) -> bool {
        descriptor <= ROOT || self.slot(descriptor).is_ok()
    }

    /// Why nothing can be written to a descriptor.
    pub fn write_error(&self, descriptor: u32) -> Errno {
        match self.slot(descriptor) {
            Ok(Open::File { .. }) => Errno::ROFS,
            _ => Errno::BADF,
        }
    }

    /// What is behind a descriptor.
    pub fn status(&self, descriptor: u32) -> Result<Status, Errno> {
        match (descriptor, self.slot(descriptor)) {
            (..ROOT, _) => Ok(Status {
                number: u64::from(descriptor),
                kind: Kind::Terminal,
                size: 0,
            }),
            (_, Ok(Open::Root)) => Ok(root()),
            (_, Ok(Open::Directory { path, .. })) => Ok(Status {
                number: number(path),
                kind: Kind::Directory,
                size: 0,
            }),
            (_, Ok(Open::File { file, path, .. })) => Ok(Status {
                number: number(path),
                kind: Kind::File,
                size: file.metadata()?.len(),
            }),
            (_, Err(errno)) => Err(errno),
        }
    }

    /// What a path leads to.
    pub fn status_of(&self, descriptor: u32, path: &[u8], follow: bool) -> Result<Status, Errno> {
        match self.place(descriptor, path)? {
            Place::Root => Ok(root()),
            Place::Inside {
                directory,
                system,
                seen,
                wants_directory,
            } => {
                let metadata = metadata(directory, &system, follow || wants_directory)?;
                if wants_directory && !metadata.is_dir() {
                    return Err(Errno::NOTDIR);
                }
                Ok(Status {
                    number: number(&seen),
                    kind: kind(metadata.file_type()),
                    size: if metadata.is_file() { metadata.len() } else { 0 },
                })
            }
        }
    }

    /// Opens what a path leads to.
    pub fn open(&mut self, descriptor: u32, path: &[u8], request: Request) -> Result<u32, Errno> {
        let place = self.place(descriptor, path)?;
        if request.write {
            return Err(Errno::ROFS);
        }
        if self.open.iter().flatten().count() >= MAX_OPEN {
            return Err(Errno::MFILE);
        }
        let open = match place {
            Place::Root => Open::Root,
            Place::Inside {
                directory,
                system,
                seen,
                wants_directory,
            } => {
                let metadata = metadata(directory, &system, request.follow || wants_directory)?;
                if metadata.is_dir() {
                    let directory = directory.open_dir(&system)?;
                    Open::Directory { directory, path: seen }
                } else if request.directory || wants_directory {
                    return Err(Errno::NOTDIR);
                } else if metadata.is_symlink() {
                    return Err(Errno::LOOP);
                } else if metadata.is_file() {
                    let file = directory.open_with(&system, &reading())?;
                    // Something else may have taken its place meanwhile.
                    if !file.metadata()?.is_file() {
                        return Err(Errno::ACCES);
                    }
                    Open::File {
                        file,
                        path: seen,
                        position: 0,
                    }
                } else {
                    return Err(Errno::ACCES);
                }
            }
        };
        let index = match self.open.iter().position(Option::is_none) {
            Some(index) => index,
            None => {
                self.open.push(None);
                self.open.len() - 1
            }
        };
        if let Some(slot) = self.open.get_mut(index) {
            *slot = Some(open);
        }
        u32::try_from(index)
            .map(|index| FIRST + index)
            .map_err(|_| Errno::MFILE)
    }

    /// Closes a descriptor.
    pub fn close(&mut self, descriptor: u32) -> Result<(), Errno> {
        match descriptor {
            // Programs close their streams at the end; nothing comes after.
            ..ROOT => Ok(()),
            ROOT => Err(Errno::NOTSUP),
            _ => self.take(descriptor).map(drop),
        }
    }

    /// Gives what is behind `from` the number `to`, which must be open as well.
    pub fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        if from <= ROOT || to <= ROOT {
            return Err(Errno::NOTSUP);
        }
        self.slot(from)?;
        self.slot(to)?;
        let moved = self.take(from)?;
        self.listing = None;
        if let Some(slot) = slot_index(to).and_then(|index| self.open.get_mut(index)) {
            *slot = Some(moved);
        }
        Ok(())
    }

    /// Reads on, or from a position.
    pub fn read(&mut self, descriptor: u32, from: Option<u64>, bytes: &mut [u8]) -> Result<usize, Errno> {
        // Standard input is empty.
        if descriptor == 0 {
            return Ok(0);
        }
        let (file, position) = self.file(descriptor)?;
        file.seek(SeekFrom::Start(from.unwrap_or(*position)))?;
        let count = file.read(bytes)?;
        if from.is_none() {
            *position += count as u64;
        }
        Ok(count)
    }

    /// Moves the position of a file: from its start (0), from where it is (1), from its end (2).
    pub fn seek(&mut self, descriptor: u32, offset: i64, whence: u32) -> Result<u64, Errno> {
        let (file, position) = self.file(descriptor)?;
        let base = match whence {
            0 => 0,
            1 => *position,
            2 => file.metadata()?.len(),
            _ => return Err(Errno::INVAL),
        };
        let target = base.checked_add_signed(offset).ok_or(Errno::INVAL)?;
        // The system counts in signed numbers.
        if i64::try_from(target).is_err() {
            return Err(Errno::OVERFLOW);
        }
        *position = target;
        Ok(target)
    }

    /// The entries of a directory, by name. `anew`: not as they were when it was listed last.
    pub fn list(&mut self, descriptor: u32, anew: bool) -> Result<&[Entry], Errno> {
        let listed = matches!(&self.listing, Some((listed, _)) if *listed == descriptor);
        if anew || !listed {
            let entries = match self.slot(descriptor)? {
                Open::Root => self.root_entries(),
                Open::Directory { directory, path } => entries(directory, path)?,
                Open::File { .. } => return Err(Errno::NOTDIR),
            };
            self.listing = Some((descriptor, entries));
        }
        match &self.listing {
            Some((_, entries)) => Ok(entries),
            None => Err(Errno::BADF),
        }
    }

    /// Whether the next [`list`](Self::list) looks at the directory itself.
    pub fn lists_anew(&self, descriptor: u32, anew: bool) -> bool {
        anew || !matches!(&self.listing, Some((listed, _)) if *listed == descriptor)
    }

    fn root_entries(&self) -> Vec<Entry> {
        let granted = self.directories.iter().flat_map(|directories| directories.names());
        granted
            .map(|name| Entry {
                name: name.to_owned(),
                number: number(name),
                kind: Kind::Directory,
            })
            .collect()
    }

    fn place(&self, descriptor: u32, path: &[u8]) -> Result<Place<'_>, Errno> {
        let path = GuestPath::of(path)?;
        let (directory, path, base) = match self.slot(descriptor)? {
            Open::Root => {
                let Some((name, rest)) = path.below_root()? else {
                    return Ok(Place::Root);
                };
                let granted = self.directories.as_ref().and_then(|directories| directories.get(name));
                (&granted.ok_or(Errno::NOENT)?.directory, rest, name)
            }
            Open::Directory { directory, path: base } => (directory, path, base.as_str()),
            Open::File { .. } => return Err(Errno::NOTDIR),
        };
        Ok(Place::Inside {
            directory,
            system: path.for_system(),
            seen: path.seen_from(base),
            wants_directory: path.wants_directory,
        })
    }

    fn file(&mut self, descriptor: u32) -> Result<(&mut File, &mut u64), Errno> {
        let index = match descriptor {
            ..ROOT => return Err(Errno::SPIPE),
            ROOT => return Err(Errno::ISDIR),
            _ => slot_index(descriptor).ok_or(Errno::BADF)?,
        };
        match self.open.get_mut(index).and_then(Option::as_mut) {
            Some(Open::File { file, position, .. }) => Ok((file, position)),
            Some(_) => Err(Errno::ISDIR),
            None => Err(Errno::BADF),
        }
    }

    fn slot(&self, descriptor: u32) -> Result<&Open, Errno> {
        if descriptor == ROOT {
            return Ok(&Open::Root);
        }
        slot_index(descriptor)
            .and_then(|index| self.open.get(index)?.as_ref())
            .ok_or(Errno::BADF)
    }

    fn take(&mut self, descriptor: u32) -> Result<Open, Errno> {
        if self.listing.as_ref().is_some_and(|(listed, _)| *listed == descriptor) {
            self.listing = None;
        }
        slot_index(descriptor)
            .and_then(|index| self.open.get_mut(index)?.take())
            .ok_or(Errno::BADF)
    }
}

fn slot_index(descriptor: u32) -> Option<usize> {
    descriptor.checked_sub(FIRST).map(|index| index as usize)
}

fn root() -> Status {
    Status {
        number: number(""),
        kind: Kind::Directory,
        size: 0,
    }
}

fn metadata(directory: &Dir, path: &str, follow: bool) -> Result<Metadata, Errno> {
    let metadata = if follow {
        directory.metadata(path)
    } else {
        directory.symlink_metadata(path)
    };
    Ok(metadata?)
}

/// How files are opened: without waiting for anybody at the other end, should it turn out to be a pipe.
fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use cap_std::fs::OpenOptionsExt;
        options.custom_flags(nix::libc::O_NONBLOCK | nix::libc::O_NOCTTY);
    }
    options
}

fn entries(directory: &Dir, path: &str) -> Result<Vec<Entry>, Errno> {
    let mut entries = Vec::new();
    for entry in directory.entries()? {
        let entry = entry?;
        // A name that is not UTF-8 can't be asked for.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if entries.len() >= MAX_ENTRIES {
            return Err(Errno::OVERFLOW);
        }
        entries.push(Entry {
            number: number(&format!("{path}/{name}")),
            kind: kind(entry.file_type()?),
            name,
        });
    }
    // The system gives them in an order of its own.
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn kind(file_type: FileType) -> Kind {
    if file_type.is_dir() {
        Kind::Directory
    } else if file_type.is_file() {
        Kind::File
    } else if file_type.is_symlink() {
        Kind::Link
    } else {
        Kind::Unknown
    }
}

/// The number of a file: a hash of its path (FNV-1a), because real ones differ from machine to machine.
fn number(path: &str) -> u64 {
    path.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
