//! The functions on files, as guests call them.

use super::errno::Errno;
use super::files::{Entry, Kind, ROOT, Request, Status};
use super::guest::Guest;

/// The fuel that a system call costs.
const SYSTEM_CALL: u64 = 1_000;
/// The fuel that looking up a path costs.
const LOOKUP: u64 = 5_000;
/// The fuel that an entry of a directory costs when the directory is read.
const ENTRY: u64 = 200;
/// Bytes that one call reads at most; programs ask again for the rest.
const MAX_READ: usize = 1 << 20;

/// `path_open` with `O_CREAT`, `O_EXCL` or `O_TRUNC`.
const OPEN_TO_CHANGE: u32 = 1 | 4 | 8;
const OPEN_DIRECTORY: u32 = 2;
/// The flag of descriptors that are extended.
const APPEND: u32 = 1;
/// The right to write to a file.
const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_READ: u64 = 1 << 1;
/// The rights on files that are read: reading, seeking, telling, hints, attributes, waiting.
const FILE_RIGHTS: u64 = RIGHT_READ | 1 << 2 | 1 << 5 | 1 << 7 | 1 << 21 | 1 << 27;
/// The rights on directories: opening, listing, links, attributes.
const DIRECTORY_RIGHTS: u64 = 1 << 13 | 1 << 14 | 1 << 15 | 1 << 18 | 1 << 21;
/// What is opened in a directory may ask for these. Writing is among them so that programs ask for it when they want it,
/// and learn that it is not to be had, instead of leaving it out and wondering later.
const INHERITED_RIGHTS: u64 = FILE_RIGHTS | DIRECTORY_RIGHTS | RIGHT_WRITE;

/// The arguments of `path_open`.
pub struct OpenArguments {
    /// The directory that the path starts from.
    pub directory: u32,
    /// Whether the last part of the path may be a symbolic link.
    pub lookup: u32,
    /// The path: its pointer and its length.
    pub path: (u32, u32),
    /// How to open.
    pub flags: u32,
    /// What for.
    pub rights: u64,
    /// How to write.
    pub descriptor_flags: u32,
    /// Where the descriptor goes.
    pub result: u32,
}

/// `fd_prestat_get`.
pub fn prestat(guest: &mut Guest<'_>, descriptor: u32, result: u32) -> Result<(), Errno> {
    if descriptor != ROOT {
        return Err(Errno::BADF);
    }
    // A directory whose name has one byte.
    guest.put_u64(result, 1 << 32)
}

/// `fd_prestat_dir_name`.
pub fn prestat_name(guest: &mut Guest<'_>, descriptor: u32, path: u32, length: u32) -> Result<(), Errno> {
    match (descriptor, length) {
        (ROOT, 0) => Err(Errno::NAMETOOLONG),
        (ROOT, _) => guest.put(path, b"/"),
        _ => Err(Errno::BADF),
    }
}

/// `path_open`.
pub fn open(guest: &mut Guest<'_>, arguments: &OpenArguments) -> Result<(), Errno> {
    guest.pay(LOOKUP)?;
    let path = guest.bytes(arguments.path.0, arguments.path.1)?.to_vec();
    // Before anything is opened that could not be told about.
    guest.buffer(arguments.result, 4)?;
    let request = Request {
        follow: arguments.lookup & 1 != 0,
        directory: arguments.flags & OPEN_DIRECTORY != 0,
        write: arguments.flags & OPEN_TO_CHANGE != 0
            || arguments.rights & RIGHT_WRITE != 0
            || arguments.descriptor_flags & APPEND != 0,
    };
    let descriptor = guest.wasi().files.open(arguments.directory, &path, request)?;
    guest.put_u32(arguments.result, descriptor)
}

/// `fd_read` and, with a position, `fd_pread`.
pub fn read(
    guest: &mut Guest<'_>,
    descriptor: u32,
    (buffers, count): (u32, u32),
    from: Option<u64>,
    result: u32,
) -> Result<(), Errno> {
    let mut total = 0;
    for mut buffer in guest.buffers(buffers, count)? {
        buffer.length = buffer.length.min(MAX_READ - total);
        if buffer.length == 0 {
            continue;
        }
        guest.pay(SYSTEM_CALL)?;
        let from = from.map(|position| position.saturating_add(total as u64));
        let (bytes, state) = guest.split(buffer);
        let read = state.wasi.files.read(descriptor, from, bytes)?;
        guest.pay(read as u64)?;
        total += read;
        if read < buffer.length {
            break;
        }
    }
    guest.put_u32(result, u32::try_from(total).map_err(|_| Errno::OVERFLOW)?)
}

/// `fd_seek`, and `fd_tell` as a seek to where the file is.
pub fn seek(guest: &mut Guest<'_>, descriptor: u32, offset: i64, whence: u32, result: u32) -> Result<(), Errno> {
    guest.pay(SYSTEM_CALL)?;
    let position = guest.wasi().files.seek(descriptor, offset, whence)?;
    guest.put_u64(result, position)
}

/// `fd_fdstat_get`.
pub fn descriptor_status(guest: &mut Guest<'_>, descriptor: u32, result: u32) -> Result<(), Errno> {
    guest.pay(SYSTEM_CALL)?;
    let kind = guest.wasi().files.status(descriptor)?.kind;
    let (rights, inherited) = match (kind, descriptor) {
        (Kind::Terminal, 0) => (RIGHT_READ, 0),
        (Kind::Terminal, _) => (RIGHT_WRITE, 0),
        (Kind::Directory, _) => (DIRECTORY_RIGHTS, INHERITED_RIGHTS),
        _ => (FILE_RIGHTS, 0),
    };
    let mut status = [0; 24];
    status[0] = kind as u8;
    status[8..16].copy_from_slice(&rights.to_le_bytes());
    status[16..24].copy_from_slice(&inherited.to_le_bytes());
    guest.put(result, &status)
}

/// `fd_filestat_get`.
pub fn file_status(guest: &mut Guest<'_>, descriptor: u32, result: u32) -> Result<(), Errno> {
    guest.pay(SYSTEM_CALL)?;
    let status = guest.wasi().files.status(descriptor)?;
    guest.put(result, &encode_status(status))
}

/// `path_filestat_get`.
pub fn path_status(
    guest: &mut Guest<'_>,
    descriptor: u32,
    lookup: u32,
    (path, length): (u32, u32),
    result: u32,
) -> Result<(), Errno> {
    guest.pay(LOOKUP)?;
    let path = guest.bytes(path, length)?.to_vec();
    let status = guest.wasi().files.status_of(descriptor, &path, lookup & 1 != 0)?;
    guest.put(result, &encode_status(status))
}

/// `path_readlink`: where links lead is not told, because it may be outside.
pub fn read_link(guest: &mut Guest<'_>, descriptor: u32, (path, length): (u32, u32)) -> Result<(), Errno> {
    guest.pay(LOOKUP)?;
    let path = guest.bytes(path, length)?.to_vec();
    guest.wasi().files.status_of(descriptor, &path, false)?;
    Err(Errno::INVAL)
}

/// Everything that would change what a path leads to.
pub fn change_path(guest: &mut Guest<'_>, descriptor: u32, (path, length): (u32, u32)) -> Result<(), Errno> {
    guest.bytes(path, length)?;
    match guest.wasi().files.status(descriptor)?.kind {
        Kind::Directory => Err(Errno::ROFS),
        _ => Err(Errno::NOTDIR),
    }
}

/// Everything that would change an open file.
pub fn change_file(guest: &mut Guest<'_>, descriptor: u32) -> Result<(), Errno> {
    guest.pay(SYSTEM_CALL)?;
    guest.wasi().files.status(descriptor)?;
    Err(Errno::ROFS)
}

/// What has no effect on an open file.
pub fn leave_file(guest: &mut Guest<'_>, descriptor: u32) -> Result<(), Errno> {
    if guest.wasi().files.exists(descriptor) {
        Ok(())
    } else {
        Err(Errno::BADF)
    }
}

/// `fd_readdir`. The cookie of an entry is the number of those up to it.
pub fn list(
    guest: &mut Guest<'_>,
    descriptor: u32,
    (pointer, length): (u32, u32),
    cookie: u64,
    result: u32,
) -> Result<(), Errno> {
    guest.pay(SYSTEM_CALL)?;
    let mut buffer = guest.buffer(pointer, length)?;
    buffer.length = buffer.length.min(MAX_READ);
    let files = &mut guest.wasi().files;
    let anew = files.lists_anew(descriptor, cookie == 0);
    let entries = files.list(descriptor, cookie == 0)?;
    let count = entries.len() as u64;
    let skipped = usize::try_from(cookie).unwrap_or(usize::MAX);
    let mut encoded = Vec::new();
    for (entry, next) in entries.iter().zip(1_u64..).skip(skipped) {
        if encoded.len() >= buffer.length {
            break;
        }
        encode_entry(entry, next, &mut encoded);
    }
    encoded.truncate(buffer.length);
    guest.pay(encoded.len() as u64)?;
    if anew {
        guest.pay(count * ENTRY)?;
    }
    guest.put(pointer, &encoded)?;
    guest.put_u32(result, u32::try_from(encoded.len()).map_err(|_| Errno::OVERFLOW)?)
}

fn encode_entry(entry: &Entry, next: u64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&next.to_le_bytes());
    bytes.extend_from_slice(&entry.number.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(entry.name.len()).unwrap_or_default().to_le_bytes());
    bytes.extend_from_slice(&[entry.kind as u8, 0, 0, 0]);
    bytes.extend_from_slice(entry.name.as_bytes());
}

/// A status as guests read it. All times are 1970: when files were touched is not for a verdict to depend on.
fn encode_status(status: Status) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..8].copy_from_slice(&1_u64.to_le_bytes());
    bytes[8..16].copy_from_slice(&status.number.to_le_bytes());
    bytes[16] = status.kind as u8;
    bytes[24..32].copy_from_slice(&1_u64.to_le_bytes());
    bytes[32..40].copy_from_slice(&status.size.to_le_bytes());
    bytes
}
