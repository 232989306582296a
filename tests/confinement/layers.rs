//! The measures hold one by one: what the filter of system calls would refuse is refused without it, too.

use libtest_mimic::{Failed, Trial};

use crate::inside::equal;
use crate::launch::{Without, command_without, has_user_namespaces};
use crate::outside::{ATTACKS, HOST};

/// The tests.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("layers/without the filter of system calls", without_filter),
        Trial::test("layers/Landlock alone", landlock_alone),
        Trial::test("layers/namespaces without Landlock", namespaces_alone),
    ]
}

/// Attacks that namespaces and the empty root refuse, and how.
const BY_NAMESPACES: [(&str, &str); 15] = [
    ("open /etc/passwd", "ENOENT"),
    ("open /proc/self/environ", "ENOENT"),
    ("open the host's environment", "ENOENT"),
    ("create /tmp/x", "ENOENT"),
    ("create /x", "EROFS"),
    ("execve", "ENOENT"),
    ("execve itself", "ENOENT"),
    ("fork by the library", "EAGAIN"),
    ("signal the host", "ESRCH"),
    ("trace the host", "ESRCH"),
    ("read the host's memory", "ESRCH"),
    ("take hold of the host", "ESRCH"),
    ("mount proc", "EPERM"),
    ("unshare mounts", "EPERM"),
    ("raise the limit of cores", "EPERM"),
];

/// Attacks that Landlock refuses, capabilities and limits aside, and how.
const BY_LANDLOCK: [(&str, &str); 9] = [
    ("open /etc/passwd", "EACCES"),
    ("open /proc/self/environ", "EACCES"),
    ("open the host's environment", "EACCES"),
    ("open /dev/null", "EACCES"),
    ("create /tmp/x", "EACCES"),
    ("signal the host", "EPERM"),
    ("trace the host", "EPERM"),
    ("read the host's memory", "EPERM"),
    ("raise the limit of cores", "EPERM"),
];

fn without_filter() -> Result<(), Failed> {
    if !has_user_namespaces() {
        eprintln!("there are no user namespaces here: not tested");
        return Ok(());
    }
    are_refused(&[Without::Seccomp], &BY_NAMESPACES)?;
    are_refused(
        &[Without::Seccomp],
        &[("unshare users", "ENOSPC"), ("open /", "EACCES")],
    )
}

fn namespaces_alone() -> Result<(), Failed> {
    if !has_user_namespaces() {
        eprintln!("there are no user namespaces here: not tested");
        return Ok(());
    }
    are_refused(&[Without::Landlock, Without::Seccomp], &BY_NAMESPACES)?;
    are_refused(
        &[Without::Landlock, Without::Seccomp],
        &[("connect anew", "ENETUNREACH")],
    )
}

fn landlock_alone() -> Result<(), Failed> {
    if !has_user_namespaces() {
        eprintln!("without user namespaces there is nothing to take them away from: not tested");
        return Ok(());
    }
    are_refused(&[Without::UserNamespacesAndPrivileges, Without::Seccomp], &BY_LANDLOCK)
}

fn are_refused(without: &[Without], attacks: &[(&str, &str)]) -> Result<(), Failed> {
    let mut command = command_without(without, &std::env::current_exe()?);
    command
        .args([HOST, ATTACKS])
        .args(attacks.iter().map(|(attack, _)| attack));
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let expected = attacks
        .iter()
        .map(|(attack, errno)| format!("{attack}: refused: {errno}\n"));
    equal(&String::from_utf8_lossy(&output.stdout), &expected.collect::<String>())
}
