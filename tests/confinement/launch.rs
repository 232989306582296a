//! Starts a program on a machine that can do less: this process gives something up, and becomes the program.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::LazyLock;

use nix::errno::Errno;
use nix::libc;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_capabilities_secure_bits,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// The argument that makes this program a launcher. What to give up and the program with its arguments follow.
const LAUNCH: &str = "launch";

/// The status of a launcher that can't give up what it should.
pub const UNABLE: i32 = 77;

/// What a machine can do less.
#[derive(Clone, Copy, Debug)]
pub enum Without {
    /// It has no user namespaces.
    UserNamespaces,
    /// It has none, and the program has no privileges.
    UserNamespacesAndPrivileges,
    /// It has them, and the program is nobody.
    Root,
    /// It is a container, whose filter forbids namespaces and mounts, and the program has no privileges.
    Unsharing,
    /// Its kernel has no Landlock.
    Landlock,
    /// Its kernel has no filters of system calls.
    Seccomp,
}

impl Without {
    const ALL: [(&str, Self); 6] = [
        ("user-namespaces", Self::UserNamespaces),
        ("user-namespaces-and-privileges", Self::UserNamespacesAndPrivileges),
        ("root", Self::Root),
        ("unsharing", Self::Unsharing),
        ("landlock", Self::Landlock),
        ("seccomp", Self::Seccomp),
    ];
}

/// A command that runs the program on such a machine.
pub fn command(without: Without, program: &Path) -> Command {
    command_without(&[without], program)
}

/// The same for a machine that lacks several things. They are taken away in this order.
pub fn command_without(all: &[Without], program: &Path) -> Command {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(&this);
    for (index, without) in all.iter().enumerate() {
        let (name, _) = Without::ALL[*without as usize];
        if index > 0 {
            command.arg(&this);
        }
        command.args([LAUNCH, name]);
    }
    command.arg(program);
    command
}

/// Whether this machine has user namespaces.
pub fn has_user_namespaces() -> bool {
    static HAS: LazyLock<bool> = LazyLock::new(|| {
        let mut command = command(Without::UserNamespaces, Path::new("/proc/self/exe"));
        let status = command.arg(LAUNCH).status().expect("this program can be started");
        status.code() != Some(UNABLE)
    });
    *HAS
}

/// Does it, if this process was started for that.
pub fn main() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != LAUNCH {
        return None;
    }
    let (Some(name), Some(program)) = (arguments.next(), arguments.next()) else {
        return Some(ExitCode::SUCCESS);
    };
    let (_, without) = Without::ALL.into_iter().find(|(known, _)| name == *known)?;
    let given_up = match without {
        Without::UserNamespaces => no_user_namespaces(),
        Without::UserNamespacesAndPrivileges => no_user_namespaces().and_then(|()| no_capabilities()),
        Without::Root => no_root(),
        Without::Unsharing => {
            let calls = [
                libc::SYS_unshare,
                libc::SYS_setns,
                libc::SYS_mount,
                libc::SYS_umount2,
                libc::SYS_pivot_root,
                libc::SYS_chroot,
            ];
            no_calls(&calls, Errno::EPERM).and_then(|()| no_capabilities())
        }
        Without::Landlock => {
            let calls = [libc::SYS_landlock_create_ruleset, libc::SYS_landlock_restrict_self];
            no_calls(&calls, Errno::ENOSYS)
        }
        Without::Seccomp => no_calls(&[libc::SYS_seccomp], Errno::EINVAL),
    };
    if let Err(error) = given_up {
        eprintln!("{without:?}: {error}");
        return Some(ExitCode::from(UNABLE as u8));
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("{error}");
    Some(ExitCode::FAILURE)
}

/// In a user namespace of its own, this process may say that there are no more below it.
fn no_user_namespaces() -> std::io::Result<()> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/gid_map", format!("0 {group} 1"))?;
    fs::write("/proc/self/uid_map", format!("0 {user} 1"))?;
    fs::write("/proc/sys/user/max_user_namespaces", "0")
}

/// These calls fail.
fn no_calls(calls: &[i64], errno: Errno) -> std::io::Result<()> {
    let filter = || {
        let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
        let refused = SeccompAction::Errno(errno as u32);
        SeccompFilter::new(rules, SeccompAction::Allow, refused, std::env::consts::ARCH.try_into()?)?.try_into()
    };
    let program: BpfProgram = filter().map_err(|error: seccompiler::BackendError| std::io::Error::other(error))?;
    seccompiler::apply_filter(&program).map_err(std::io::Error::other)
}

fn no_capabilities() -> std::io::Result<()> {
    // Who may not do this is not root, and gets no capabilities from programs.
    let _ = set_capabilities_secure_bits(CapabilitiesSecureBits::NO_ROOT | CapabilitiesSecureBits::NO_ROOT_LOCKED);
    for number in 0..64 {
        let _ = remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number));
    }
    clear_ambient_capability_set()?;
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    Ok(set_capabilities(None, none)?)
}

fn no_root() -> std::io::Result<()> {
    if geteuid().is_root() {
        nix::unistd::setgroups(&[])?;
        nix::unistd::setresgid(65534.into(), 65534.into(), 65534.into())?;
        nix::unistd::setresuid(65534.into(), 65534.into(), 65534.into())?;
    }
    Ok(())
}
