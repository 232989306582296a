//! Files: none can be opened, made, changed or even seen.

use std::ffi::CStr;

use nix::errno::Errno;
use nix::libc;

use super::{address, attacks, call, place};

/// The directory that relative paths are relative to.
const HERE: usize = libc::AT_FDCWD as usize;
/// The socket to the host.
const SOCKET: usize = 0;

fn open_at(directory: usize, path: &CStr, flags: libc::c_int) -> Result<String, Errno> {
    call(libc::SYS_openat, &[directory, address(path), flags as usize, 0o600])
}

fn open(path: &CStr) -> Result<String, Errno> {
    open_at(HERE, path, libc::O_RDONLY)
}

fn make(path: &CStr) -> Result<String, Errno> {
    open_at(HERE, path, libc::O_CREAT | libc::O_WRONLY)
}

attacks! {
    "open /" => |_| open(c"/"),
    "open /etc/passwd" => |_| open(c"/etc/passwd"),
    "open /etc/shadow" => |_| open(c"/etc/shadow"),
    "open /etc/resolv.conf" => |_| open(c"/etc/resolv.conf"),
    "open /proc/self/environ" => |_| open(c"/proc/self/environ"),
    "open /proc/self/maps" => |_| open(c"/proc/self/maps"),
    "open /proc/self/mem" => |_| open_at(HERE, c"/proc/self/mem", libc::O_RDWR),
    "open /proc/self/exe" => |_| open(c"/proc/self/exe"),
    "open /proc/1/environ" => |_| open(c"/proc/1/environ"),
    "open the host's environment" => |target| {
        let path = std::ffi::CString::new(format!("/proc/{}/environ", target.host)).map_err(|_| Errno::EINVAL)?;
        open(&path)
    },
    "open the host's memory" => |target| {
        let path = std::ffi::CString::new(format!("/proc/{}/mem", target.host)).map_err(|_| Errno::EINVAL)?;
        open_at(HERE, &path, libc::O_RDWR)
    },
    "open /dev" => |_| open(c"/dev"),
    "open /dev/null" => |_| open(c"/dev/null"),
    "open /dev/mem" => |_| open(c"/dev/mem"),
    "open /dev/shm" => |_| open(c"/dev/shm"),
    "open /dev/tty" => |_| open(c"/dev/tty"),
    "open /sys" => |_| open(c"/sys"),
    "open /tmp" => |_| open(c"/tmp"),
    "open a relative path" => |_| open(c"Cargo.toml"),
    "open the directory above" => |_| open(c"../../.."),
    "open from the socket" => |_| open_at(SOCKET, c"etc/passwd", libc::O_RDONLY),
    "open the socket again" => |_| open_at(SOCKET, c"", libc::O_RDONLY),
    "open by the old call" => |_| {
        #[cfg(target_arch = "x86_64")]
        return call(libc::SYS_open, &[address(c"/etc/passwd"), libc::O_RDONLY as usize, 0]);
        #[cfg(not(target_arch = "x86_64"))]
        open(c"/etc/passwd")
    },
    "open by openat2" => |_| {
        let how = [libc::O_RDONLY as u64, 0, 0];
        call(libc::SYS_openat2, &[HERE, address(c"/etc/passwd"), address(&how), size_of_val(&how)])
    },
    "open as a path" => |_| open_at(HERE, c"/", libc::O_PATH),
    "open by handle" => |_| {
        let handle = [8_u32, 1, 2, 0];
        call(libc::SYS_open_by_handle_at, &[SOCKET, address(&handle), 0])
    },
    "get a handle" => |_| {
        let (mut handle, mut mount) = ([8_u32, 1, 0, 0], 0_i32);
        let (handle, mount) = (place(&mut handle), place(&mut mount));
        call(libc::SYS_name_to_handle_at, &[HERE, address(c"/"), handle, mount, 0])
    },
    "create /tmp/x" => |_| make(c"/tmp/x"),
    "create /x" => |_| make(c"/x"),
    "create x" => |_| make(c"x"),
    "create a file without a name" => |_| open_at(HERE, c"/tmp", libc::O_TMPFILE | libc::O_RDWR),
    "create a directory" => |_| call(libc::SYS_mkdirat, &[HERE, address(c"/tmp/x"), 0o700]),
    "create a device" => |_| {
        call(libc::SYS_mknodat, &[HERE, address(c"/x"), (libc::S_IFCHR | 0o666) as usize, 0x101])
    },
    "create a pipe with a name" => |_| {
        call(libc::SYS_mknodat, &[HERE, address(c"/x"), (libc::S_IFIFO | 0o666) as usize, 0])
    },
    "create a link" => |_| call(libc::SYS_linkat, &[HERE, address(c"/etc/passwd"), HERE, address(c"/x"), 0]),
    "create a symbolic link" => |_| call(libc::SYS_symlinkat, &[address(c"/etc/passwd"), HERE, address(c"/x")]),
    "rename" => |_| call(libc::SYS_renameat2, &[HERE, address(c"/tmp"), HERE, address(c"/x"), 0]),
    "delete" => |_| call(libc::SYS_unlinkat, &[HERE, address(c"/etc/passwd"), 0]),
    "delete a directory" => |_| call(libc::SYS_unlinkat, &[HERE, address(c"/tmp"), libc::AT_REMOVEDIR as usize]),
    "truncate" => |_| call(libc::SYS_truncate, &[address(c"/etc/passwd"), 0]),
    "truncate a descriptor" => |_| call(libc::SYS_ftruncate, &[1, 1 << 20]),
    "allocate a file's blocks" => |_| call(libc::SYS_fallocate, &[1, 0, 0, 1 << 20]),
    "look at a file" => |_| {
        let mut buffer = [0_u64; 64];
        call(libc::SYS_statx, &[HERE, address(c"/etc/passwd"), 0, 0x7ff, place(&mut buffer)])
    },
    "look at a file by the old call" => |_| {
        let mut buffer = [0_u64; 64];
        call(libc::SYS_newfstatat, &[HERE, address(c"/etc/passwd"), place(&mut buffer), 0])
    },
    // Allowed for descriptors; that there is no path, the filter can't see. But there are no files.
    "look at a file as at a descriptor" = ENOENT => |_| {
        let mut buffer = [0_u64; 64];
        let (path, flags) = (address(c"/etc/passwd"), libc::AT_EMPTY_PATH as usize);
        call(libc::SYS_statx, &[HERE, path, flags, 0x7ff, place(&mut buffer)])
    },
    "look whether a file is there" => |_| call(libc::SYS_faccessat, &[HERE, address(c"/etc/passwd"), 0]),
    "read a link" => |_| {
        let mut buffer = [0_u8; 256];
        call(libc::SYS_readlinkat, &[HERE, address(c"/proc/self/exe"), place(&mut buffer), buffer.len()])
    },
    "list a directory" => |_| {
        let mut buffer = [0_u8; 256];
        call(libc::SYS_getdents64, &[SOCKET, place(&mut buffer), buffer.len()])
    },
    "ask for the directory" => |_| {
        let mut buffer = [0_u8; 256];
        call(libc::SYS_getcwd, &[place(&mut buffer), buffer.len()])
    },
    "change the directory" => |_| call(libc::SYS_chdir, &[address(c"/")]),
    "change the directory to a descriptor" => |_| call(libc::SYS_fchdir, &[SOCKET]),
    "ask for the file system" => |_| {
        let mut buffer = [0_u64; 64];
        call(libc::SYS_statfs, &[address(c"/"), place(&mut buffer)])
    },
    "chmod" => |_| call(libc::SYS_fchmodat, &[HERE, address(c"/"), 0o777]),
    "chmod a descriptor" => |_| call(libc::SYS_fchmod, &[1, 0o777]),
    "chown" => |_| call(libc::SYS_fchownat, &[HERE, address(c"/"), 0, 0, 0]),
    "chown a descriptor" => |_| call(libc::SYS_fchown, &[SOCKET, 0, 0]),
    "set times" => |_| call(libc::SYS_utimensat, &[HERE, address(c"/"), 0, 0]),
    "set an attribute" => |_| {
        call(libc::SYS_setxattr, &[address(c"/"), address(c"user.x"), address(c"x"), 1, 0])
    },
    "list attributes" => |_| call(libc::SYS_flistxattr, &[SOCKET, 0, 0]),
    "lock a file" => |_| call(libc::SYS_flock, &[1, libc::LOCK_EX as usize]),
    "lock a part of a file" => |_| {
        let mut lock = [0_u64; 8];
        call(libc::SYS_fcntl, &[1, libc::F_SETLK as usize, place(&mut lock)])
    },
    "watch files" => |_| call(libc::SYS_inotify_init1, &[0]),
    "watch the file system" => |_| call(libc::SYS_fanotify_init, &[0, 0]),
    "change the mask of new files" => |_| call(libc::SYS_umask, &[0]),
    "copy between files" => |_| call(libc::SYS_sendfile, &[SOCKET, 1, 0, 1]),
    "move between pipes" => |_| call(libc::SYS_splice, &[SOCKET, 0, 1, 0, 1, 0]),
    "read from a descriptor" => |_| {
        let mut buffer = [0_u8; 8];
        call(libc::SYS_read, &[SOCKET, place(&mut buffer), buffer.len()])
    },
    "write to a descriptor" => |_| call(libc::SYS_write, &[1, address(c"x"), 1]),
    "map a file that it was not given" = EBADF => |_| {
        call(libc::SYS_mmap, &[0, 4096, libc::PROT_READ as usize, libc::MAP_SHARED as usize, 400, 0])
    },
    "write out all files" => |_| call(libc::SYS_sync, &[]),
    "duplicate a descriptor" => |_| call(libc::SYS_dup3, &[SOCKET, 9, 0]),
    "have signals sent for a descriptor" => |target| {
        call(libc::SYS_fcntl, &[SOCKET, libc::F_SETOWN as usize, target.host as usize])
    },
    "unseal memory" => |_| call(libc::SYS_fcntl, &[1, libc::F_ADD_SEALS as usize, 0]),
}

/// What descriptors there are: the number, and what it is.
pub fn descriptors() -> String {
    let described = (0..1024).filter_map(|descriptor: libc::c_int| {
        // SAFETY: `statx` is plain data, which may be all zeros.
        let mut stat: libc::statx = unsafe { std::mem::zeroed() };
        let (path, flags) = (address(c""), libc::AT_EMPTY_PATH as usize);
        match call(
            libc::SYS_statx,
            &[descriptor as usize, path, flags, 0x7ff, place(&mut stat)],
        ) {
            Ok(_) => {}
            Err(Errno::EBADF) => return None,
            Err(errno) => return Some(format!("{descriptor} can't be looked at: {errno:?}")),
        }
        let seals = call(libc::SYS_fcntl, &[descriptor as usize, libc::F_GET_SEALS as usize]);
        let kind = match (u32::from(stat.stx_mode) & libc::S_IFMT, seals) {
            (libc::S_IFSOCK, _) => "socket".to_owned(),
            (libc::S_IFCHR, _) => format!("device {}:{}", stat.stx_rdev_major, stat.stx_rdev_minor),
            (libc::S_IFREG, Ok(seals)) => format!("memory with the seals {seals}"),
            (libc::S_IFREG, Err(_)) => format!("file of mode {:o} and {} bytes", stat.stx_mode & 0o777, stat.stx_size),
            (other, _) => format!("{other:o}"),
        };
        Some(format!("{descriptor} {kind}"))
    });
    described.collect::<Vec<_>>().join("\n")
}
