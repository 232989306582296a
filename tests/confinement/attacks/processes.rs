//! Other processes: none can be started, seen, signalled or read.

use nix::errno::Errno;
use nix::libc;

use super::{Target, address, attacks, call, place};

fn host(target: &Target) -> usize {
    target.host as usize
}

fn signal_host_by(number: libc::c_long, target: &Target) -> Result<String, Errno> {
    call(number, &[host(target), libc::SIGTERM as usize])
}

fn clone(flags: libc::c_int) -> Result<String, Errno> {
    call(libc::SYS_clone, &[(flags | libc::SIGCHLD) as usize, 0, 0, 0, 0])
}

fn limit(resource: u32) -> Result<String, Errno> {
    let new = [1_u64 << 30, 1 << 30];
    call(libc::SYS_prlimit64, &[0, resource as usize, address(&new), 0])
}

attacks! {
    #[cfg(target_arch = "x86_64")]
    "fork" => |_| call(libc::SYS_fork, &[]),
    #[cfg(target_arch = "x86_64")]
    "vfork" => |_| call(libc::SYS_vfork, &[]),
    "fork by the library" => |_| {
        // SAFETY: it is refused; if not, then the child ends at once.
        match Errno::result(unsafe { libc::fork() })? {
            0 => std::process::exit(0),
            child => Ok(child.to_string()),
        }
    },
    "clone" => |_| clone(0),
    "clone with the same memory" => |_| clone(libc::CLONE_VM | libc::CLONE_VFORK),
    "clone into a user namespace" => |_| clone(libc::CLONE_NEWUSER),
    "clone a thread into a user namespace" => |_| {
        clone(libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_SYSVSEM
            | libc::CLONE_THREAD | libc::CLONE_NEWUSER)
    },
    "clone beside itself" => |_| clone(libc::CLONE_PARENT),
    "clone3" = ENOSYS => |_| {
        let arguments = [0_u64; 8];
        call(libc::SYS_clone3, &[address(&arguments), size_of_val(&arguments)])
    },
    "execve" => |_| {
        let (arguments, environment) = ([address(c"sh"), 0], [0_usize]);
        call(libc::SYS_execve, &[address(c"/bin/sh"), address(&arguments), address(&environment)])
    },
    "execve itself" => |_| {
        let (arguments, environment) = ([address(c"x"), 0], [0_usize]);
        call(libc::SYS_execve, &[address(c"/proc/self/exe"), address(&arguments), address(&environment)])
    },
    "execveat a descriptor" => |_| {
        let (arguments, environment) = ([address(c"x"), 0], [0_usize]);
        let (arguments, environment) = (address(&arguments), address(&environment));
        call(libc::SYS_execveat, &[1, address(c""), arguments, environment, libc::AT_EMPTY_PATH as usize])
    },
    "be traced" => |_| call(libc::SYS_ptrace, &[libc::PTRACE_TRACEME as usize, 0, 0, 0]),
    "trace the host" => |target| call(libc::SYS_ptrace, &[libc::PTRACE_ATTACH as usize, host(target), 0, 0]),
    "seize the host" => |target| call(libc::SYS_ptrace, &[libc::PTRACE_SEIZE as usize, host(target), 0, 0]),
    "read the host's memory" => |target| {
        let mut buffer = [0_u8; 8];
        let (local, remote) = ([place(&mut buffer), 8], [0x40_0000_usize, 8]);
        call(libc::SYS_process_vm_readv, &[host(target), address(&local), 1, address(&remote), 1, 0])
    },
    "write to the host's memory" => |target| {
        let buffer = [0_u8; 8];
        let (local, remote) = ([address(&buffer), 8], [0x40_0000_usize, 8]);
        call(libc::SYS_process_vm_writev, &[host(target), address(&local), 1, address(&remote), 1, 0])
    },
    "advise the host's memory" => |_| call(libc::SYS_process_madvise, &[1, 0, 0, libc::MADV_PAGEOUT as usize, 0]),
    "signal the host" => |target| signal_host_by(libc::SYS_kill, target),
    "signal the host's threads" => |target| {
        call(libc::SYS_tgkill, &[host(target), host(target), libc::SIGTERM as usize])
    },
    "signal a thread of the host" => |target| signal_host_by(libc::SYS_tkill, target),
    "queue a signal for the host" => |target| {
        let information = [0_u64; 16];
        call(libc::SYS_rt_sigqueueinfo, &[host(target), libc::SIGTERM as usize, address(&information)])
    },
    "queue a signal for a thread of the host" => |target| {
        let information = [0_u64; 16];
        let signal = libc::SIGTERM as usize;
        call(libc::SYS_rt_tgsigqueueinfo, &[host(target), host(target), signal, address(&information)])
    },
    "signal process 1" => |_| call(libc::SYS_kill, &[1, libc::SIGKILL as usize]),
    "signal everybody" => |_| call(libc::SYS_kill, &[usize::MAX, libc::SIGTERM as usize]),
    "signal the group" => |_| call(libc::SYS_kill, &[0, libc::SIGTERM as usize]),
    "look whether the host is there" => |target| call(libc::SYS_kill, &[host(target), 0]),
    "take hold of the host" => |target| call(libc::SYS_pidfd_open, &[host(target), 0]),
    "signal what it holds" => |_| call(libc::SYS_pidfd_send_signal, &[1, libc::SIGTERM as usize, 0, 0]),
    "take a descriptor from what it holds" => |_| call(libc::SYS_pidfd_getfd, &[1, 0, 0]),
    "compare with the host" => |target| call(libc::SYS_kcmp, &[host(target), host(target), 0, 0, 0]),
    "wait for a child" => |_| call(libc::SYS_wait4, &[usize::MAX, 0, libc::WNOHANG as usize, 0]),
    "ask for the parent" => |_| call(libc::SYS_getppid, &[]),
    "ask for the host's group" => |target| call(libc::SYS_getpgid, &[host(target)]),
    "make a session" => |_| call(libc::SYS_setsid, &[]),
    "make a group" => |_| call(libc::SYS_setpgid, &[0, 0]),
    "raise the limit of cores" => |_| limit(libc::RLIMIT_CORE),
    "raise the limit of files" => |_| limit(libc::RLIMIT_FSIZE),
    "raise the limit of processes" => |_| limit(libc::RLIMIT_NPROC),
    "raise the limit of descriptors" => |_| limit(libc::RLIMIT_NOFILE),
    "raise a limit by the old call" => |_| {
        let new = [1_u64 << 30, 1 << 30];
        call(libc::SYS_setrlimit, &[libc::RLIMIT_CORE as usize, address(&new)])
    },
    "set a limit of the host" => |target| {
        let new = [1_u64, 1];
        call(libc::SYS_prlimit64, &[host(target), libc::RLIMIT_NOFILE as usize, address(&new), 0])
    },
    "be scheduled first" => |_| {
        let parameters = [1_i32];
        call(libc::SYS_sched_setscheduler, &[0, libc::SCHED_FIFO as usize, address(&parameters)])
    },
    "be nice to nobody" => |_| call(libc::SYS_setpriority, &[0, 0, -20_isize as usize]),
    "choose a processor" => |_| {
        let mask = [1_u64];
        call(libc::SYS_sched_setaffinity, &[0, 8, address(&mask)])
    },
    "run itself on the host's processor" => |target| {
        let mask = [1_u64];
        call(libc::SYS_sched_setaffinity, &[host(target), 8, address(&mask)])
    },
}

/// The limits, and whether there is anything to raise them to.
pub fn limits() -> String {
    let limits = [
        ("core", libc::RLIMIT_CORE),
        ("file size", libc::RLIMIT_FSIZE),
        ("locked memory", libc::RLIMIT_MEMLOCK),
        ("queues", libc::RLIMIT_MSGQUEUE),
        ("descriptors", libc::RLIMIT_NOFILE),
        ("processes", libc::RLIMIT_NPROC),
    ];
    let described = limits.map(|(name, resource)| {
        let mut limit = libc::rlimit {
            rlim_cur: 7,
            rlim_max: 7,
        };
        // SAFETY: `limit` lives across the call.
        let found = unsafe { libc::prlimit(0, resource, std::ptr::null(), &raw mut limit) };
        match Errno::result(found) {
            Ok(_) => format!("{name} {} {}", limit.rlim_cur, limit.rlim_max),
            Err(errno) => format!("{name} {errno:?}"),
        }
    });
    described.join("\n")
}

/// Writes where nothing is.
pub fn fault() {
    // SAFETY: there is nothing safe about it: the process ends.
    unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) }
}

/// Calls itself until the stack ends.
pub fn exhaust_stack() {
    fn deeper(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        if frame[0] == u64::MAX {
            0
        } else {
            deeper(depth + 1) + std::hint::black_box(frame)[1]
        }
    }
    std::hint::black_box(deeper(0));
}
