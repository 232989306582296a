//! Seccomp: a list of the system calls that a worker needs ([`calls`]); all others fail with `EPERM`.
//!
//! They fail rather than end the process, because libraries try calls that they can do without (and because tests can
//! then see them refused). Two of them must fail with `ENOSYS` to be done without: see [`calls::UNKNOWN`].

pub mod calls;

use std::collections::BTreeMap;
use std::fs::File;

use nix::libc;
use rustix::thread::{SecureComputingMode, secure_computing_mode};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};

use super::super::Role;
use super::report::MeasureState;
use calls::{Call, When};

/// Whose list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A run worker's.
    Run,
    /// A compile worker's.
    Compile,
    /// The warden's of a worker, whose process number this is.
    Warden(u32),
}

impl From<Role> for Who {
    fn from(role: Role) -> Self {
        match role {
            Role::Run => Self::Run,
            Role::Compile => Self::Compile,
        }
    }
}

/// Allows only the calls on the list, to all threads, for good.
pub fn allow_only(who: Who) -> MeasureState {
    match install(who) {
        Ok(()) if is_in_force() => MeasureState::InForce,
        Ok(()) => MeasureState::Missing("the filter has no effect".to_owned()),
        Err(why) => MeasureState::Missing(why),
    }
}

fn install(who: Who) -> Result<(), String> {
    // Of two filters, the stricter one wins: the first makes unknown what the second allows.
    let unknown = program(
        calls::UNKNOWN.iter().map(|(_, number)| (*number, Vec::new())).collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
    )?;
    let mut allowed = BTreeMap::new();
    for call in calls::of(who) {
        allowed.insert(call.number, rules(call, who)?);
    }
    allowed.extend(calls::UNKNOWN.iter().map(|(_, number)| (*number, Vec::new())));
    let allowed = program(
        allowed,
        SeccompAction::Errno(libc::EPERM.unsigned_abs()),
        SeccompAction::Allow,
    )?;
    let apply = |program: &BpfProgram| apply_filter_all_threads(program).map_err(|error| error.to_string());
    apply(&unknown)?;
    apply(&allowed)
}

fn program(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    then: SeccompAction,
) -> Result<BpfProgram, String> {
    let architecture = std::env::consts::ARCH.try_into();
    architecture
        .and_then(|architecture| SeccompFilter::new(rules, otherwise, then, architecture)?.try_into())
        .map_err(|error: seccompiler::BackendError| error.to_string())
}

/// One comparison: the argument, how much of it the kernel looks at, and with what.
type Comparison = (u8, SeccompCmpArgLen, SeccompCmpOp, u64);

/// The rules for one call: any of them allows it. No rules allow it always.
fn rules(call: &Call, who: Who) -> Result<Vec<SeccompRule>, String> {
    let is = |argument, value| (argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
    let rules: Vec<Vec<Comparison>> = match call.when {
        When::Always => return Ok(Vec::new()),
        When::OneOf { argument, values } => values.iter().map(|value| vec![is(argument, *value)]).collect(),
        When::Masked { argument, mask, value } => {
            vec![vec![(
                argument,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(mask),
                value,
            )]]
        }
        When::OwnAndNothingNew => vec![vec![is(0, 0), (2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)]],
        When::Itself => vec![vec![is(0, u64::from(std::process::id()))]],
        When::Worker => match who {
            Who::Warden(worker) => vec![vec![is(0, u64::from(worker))]],
            Who::Run | Who::Compile => return Err(format!("{} is for the warden", call.name)),
        },
    };
    let rule = |comparisons: Vec<Comparison>| {
        let conditions = comparisons
            .into_iter()
            .map(|(argument, length, operator, value)| SeccompCondition::new(argument, length, operator, value));
        SeccompRule::new(conditions.collect::<Result<_, _>>()?)
    };
    let rules: Result<Vec<_>, seccompiler::BackendError> = rules.into_iter().map(rule).collect();
    rules.map_err(|error| error.to_string())
}

/// Whether a filter is in force, and refuses. Opening a file would otherwise succeed, or be refused for other reasons.
fn is_in_force() -> bool {
    let refused = File::open("/").is_err_and(|error| error.raw_os_error() == Some(libc::EPERM));
    refused && secure_computing_mode() == Ok(SecureComputingMode::Filter)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use calls::{CALLS, To};

    /// The table in the documentation is the table in the code.
    #[test]
    fn the_documentation_has_the_table() {
        let rows: BTreeSet<String> = CALLS.iter().map(row).collect();
        assert_eq!(rows.len(), CALLS.len());
        let documentation = include_str!("../../../../docs/confinement.md");
        let is_row = |line: &&str| line.starts_with("| `") && line.split(" | ").count() == 4;
        let documented: BTreeSet<String> = documentation.lines().filter(is_row).map(str::to_owned).collect();
        let missing: Vec<_> = rows.difference(&documented).collect();
        let others: Vec<_> = documented
            .difference(&rows)
            .filter(|row| !row.contains("(aarch64)"))
            .collect();
        assert!(
            missing.is_empty() && others.is_empty(),
            "missing: {missing:#?}, too many: {others:#?}"
        );
        for (name, _) in calls::UNKNOWN {
            assert!(documentation.contains(&format!("`{name}`")), "{name}");
        }
    }

    fn row(call: &Call) -> String {
        let to = match call.to {
            To::All => "all",
            To::Workers => "workers",
            To::Compile => "compile workers",
            To::Warden => "wardens",
        };
        let condition = match call.condition {
            "" => "any",
            condition => condition,
        };
        format!("| `{}` | {to} | {condition} | {} |", call.name, call.why)
    }

    /// What would undo the rest has no place on the list, whatever else is added to it.
    #[test]
    fn some_calls_are_never_allowed() {
        for never in [
            "open",
            "openat",
            "openat2",
            "socket",
            "connect",
            "bind",
            "execve",
            "execveat",
            "fork",
            "vfork",
            "clone3",
            "ptrace",
            "process_vm_readv",
            "process_vm_writev",
            "mount",
            "unshare",
            "setns",
            "bpf",
            "io_uring_setup",
            "userfaultfd",
            "perf_event_open",
            "keyctl",
            "memfd_create",
            "pidfd_open",
            "pidfd_getfd",
            "seccomp",
            "setuid",
            "chroot",
        ] {
            assert!(CALLS.iter().all(|call| call.name != never), "{never}");
        }
        let is_conditional = |name| {
            let mut calls = CALLS.iter().filter(|call| call.name == name);
            calls.all(|call| !matches!(call.when, When::Always) && !call.condition.is_empty())
        };
        for conditional in [
            "ioctl",
            "fcntl",
            "prctl",
            "clone",
            "tgkill",
            "kill",
            "prlimit64",
            "statx",
        ] {
            assert!(is_conditional(conditional), "{conditional}");
        }
    }

    #[test]
    fn filters_can_be_made_for_all() {
        for who in [Who::Run, Who::Compile, Who::Warden(7)] {
            let allowed = calls::of(who).map(|call| Ok::<_, String>((call.number, rules(call, who)?)));
            let allowed: BTreeMap<_, _> = allowed.collect::<Result<_, _>>().expect("rules");
            assert_eq!(allowed.len(), calls::of(who).count(), "no call twice");
            let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
            program(allowed, denied, SeccompAction::Allow).expect("a program");
        }
    }
}
