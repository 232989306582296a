//! What to do about a measure that is missing.

use std::fs;
use std::path::Path;

use jurybox::workers::confinement::{Confinement, Examination, Measure, MeasureName, MeasureState};

/// What may be in the way of confinement on this machine.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The version of the kernel.
    pub kernel: Option<String>,
    /// `user.max_user_namespaces`.
    max_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone`, which Debian's kernels have.
    unprivileged_userns_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns`, which Ubuntu's kernels have.
    apparmor_restriction: Option<u64>,
    /// Whether it is a container, whose filter of system calls applies to all in it.
    is_filtered: bool,
}

impl Machine {
    /// Reads what there is to know.
    pub fn look() -> Self {
        let read = |path: &str| fs::read_to_string(Path::new("/proc/sys").join(path)).ok();
        let number = |path| read(path)?.trim().parse().ok();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mode = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
        Self {
            kernel: read("kernel/osrelease").map(|version| version.trim().to_owned()),
            max_user_namespaces: number("user/max_user_namespaces"),
            unprivileged_userns_clone: number("kernel/unprivileged_userns_clone"),
            apparmor_restriction: number("kernel/apparmor_restrict_unprivileged_userns"),
            is_filtered: mode.is_some_and(|mode| mode.trim() != "0"),
        }
    }

    /// What stands in the way of user namespaces, and how to move it.
    fn user_namespaces(&self) -> &'static str {
        if self.max_user_namespaces == Some(0) {
            "User namespaces are switched off: sysctl -w user.max_user_namespaces=10000"
        } else if self.unprivileged_userns_clone == Some(0) {
            "User namespaces are for root alone: sysctl -w kernel.unprivileged_userns_clone=1"
        } else if self.apparmor_restriction == Some(1) {
            "AppArmor restricts user namespaces: give jurybox a profile that has `userns,`, or \
             sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        } else if self.is_filtered {
            "A filter of system calls is in the way, such as the default one of Docker: run the container with one that \
             allows unshare, mount, umount2 and pivot_root (--security-opt seccomp=FILE)"
        } else {
            "The kernel or the container does not permit user namespaces"
        }
    }
}

/// What to do about a measure that is missing; `None` where nobody can do anything.
pub fn advice(measure: &Measure, workers: &Examination, machine: &Machine) -> Option<String> {
    let is_partly = matches!(measure.state, MeasureState::Partly(_));
    let advice = match measure.name {
        MeasureName::UserNamespace => machine.user_namespaces(),
        MeasureName::NetworkNamespace
        | MeasureName::IpcNamespace
        | MeasureName::HostNameNamespace
        | MeasureName::MountNamespace
        | MeasureName::CgroupNamespace
        | MeasureName::ProcessNamespace
        | MeasureName::EmptyRoot
            if !is_in_force(MeasureName::UserNamespace, &workers.run) =>
        {
            "It comes with the user namespace"
        }
        MeasureName::NetworkNamespace
        | MeasureName::IpcNamespace
        | MeasureName::HostNameNamespace
        | MeasureName::MountNamespace
        | MeasureName::CgroupNamespace
        | MeasureName::ProcessNamespace => match machine.apparmor_restriction {
            Some(1) => machine.user_namespaces(),
            _ => "Look at the limits in /proc/sys/user, and at the rules of the container if this is one",
        },
        MeasureName::EmptyRoot => "Mounting is forbidden, by AppArmor or by the rules of the container",
        MeasureName::Landlock if is_partly => "Linux 6.12 and later have all of it",
        MeasureName::Landlock => {
            "It takes Linux 5.13 (6.12 for all of it) with Landlock switched on: `landlock` in the list of `lsm=` that the \
             kernel is started with"
        }
        MeasureName::NotRoot => {
            "Start jurybox as a user other than root, or let root change its user (CAP_SETUID and CAP_SETGID)"
        }
        MeasureName::Seccomp => "It takes a kernel with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64",
        MeasureName::Descriptors | MeasureName::Warden => "It takes /proc",
        _ => return None,
    };
    Some(advice.to_owned())
}

fn is_in_force(name: MeasureName, confinement: &Confinement) -> bool {
    let mut measures = confinement.measures.iter();
    measures.any(|measure| measure.name == name && measure.state == MeasureState::InForce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_namespaces_are_told_apart_by_what_is_in_their_way() {
        let machine = |max, clone, apparmor, is_filtered| Machine {
            max_user_namespaces: max,
            unprivileged_userns_clone: clone,
            apparmor_restriction: apparmor,
            is_filtered,
            ..Machine::default()
        };
        for (machine, expected) in [
            (machine(Some(0), Some(0), Some(1), true), "user.max_user_namespaces"),
            (
                machine(Some(9), Some(0), Some(1), true),
                "kernel.unprivileged_userns_clone",
            ),
            (
                machine(Some(9), Some(1), Some(1), true),
                "kernel.apparmor_restrict_unprivileged_userns",
            ),
            (machine(Some(9), None, Some(0), true), "Docker"),
            (machine(None, None, None, false), "does not permit"),
        ] {
            let advice = machine.user_namespaces();
            assert!(advice.contains(expected), "{advice}");
        }
    }
}
