//! Namespaces: a worker has its own of every kind, with nothing in them.

use std::fs;
use std::path::PathBuf;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use super::identity::NOBODY;
use super::report::{Measure, MeasureName, MeasureState};

/// A kind of namespace: the measure, the flag of `unshare`, and the name in `/proc/self/ns`.
struct Kind(MeasureName, CloneFlags, &'static str);

const USER: Kind = Kind(MeasureName::UserNamespace, CloneFlags::CLONE_NEWUSER, "user");

/// All kinds but that of users.
const OTHERS: [Kind; 6] = [
    Kind(MeasureName::NetworkNamespace, CloneFlags::CLONE_NEWNET, "net"),
    Kind(MeasureName::IpcNamespace, CloneFlags::CLONE_NEWIPC, "ipc"),
    Kind(MeasureName::HostNameNamespace, CloneFlags::CLONE_NEWUTS, "uts"),
    Kind(MeasureName::MountNamespace, CloneFlags::CLONE_NEWNS, "mnt"),
    Kind(MeasureName::CgroupNamespace, CloneFlags::CLONE_NEWCGROUP, "cgroup"),
    Kind(MeasureName::ProcessNamespace, CloneFlags::CLONE_NEWPID, "pid"),
];

/// How going into new namespaces went, and in which the process was before.
#[derive(Debug)]
pub struct Entry {
    before: Vec<(MeasureName, Option<PathBuf>)>,
    refused: Vec<(MeasureName, String)>,
    unmapped: Option<String>,
}

/// Which namespaces are the worker's own, as far as what follows depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// The user namespace.
    pub user: bool,
    /// The mount namespace.
    pub mount: bool,
}

fn kinds() -> impl Iterator<Item = &'static Kind> {
    [&USER].into_iter().chain(&OTHERS)
}

/// Goes into new namespaces of all kinds that this system permits. Into the one of processes go only the children.
pub fn enter() -> Entry {
    let before = kinds().map(|Kind(name, _, link)| (*name, current(link))).collect();
    let mut refused = Vec::new();
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let all = kinds().fold(CloneFlags::empty(), |flags, Kind(_, flag, _)| flags | *flag);
    if unshare(all).is_err() {
        // Then as many as can be. The one of users comes first, as it brings the right to make the others; who is
        // privileged can make them without.
        for Kind(name, flag, _) in kinds() {
            if let Err(error) = unshare(*flag) {
                refused.push((*name, reason(error)));
            }
        }
    }
    let mut entry = Entry {
        before,
        refused,
        unmapped: None,
    };
    if entry.refusal(MeasureName::UserNamespace).is_none() {
        entry.unmapped = map(user, group).err();
        // No more of them: in one of its own the worker would be privileged again. The filter of system calls forbids to
        // make one, so that nothing is lost where this can't be written.
        let _ = fs::write("/proc/sys/user/max_user_namespaces", "0");
    }
    entry
}

impl Entry {
    /// Looks which namespaces the process is in now.
    pub fn verify(&self) -> (Own, Vec<Measure>) {
        let states = kinds().map(|kind| Measure::new(kind.0, self.state(kind)));
        let measures: Vec<Measure> = states.collect();
        let is_own = |name| {
            let mut found = measures.iter().filter(|measure| measure.name == name);
            found.all(|measure| !matches!(measure.state, MeasureState::Missing(_)))
        };
        let own = Own {
            user: is_own(MeasureName::UserNamespace),
            mount: is_own(MeasureName::MountNamespace),
        };
        (own, measures)
    }

    fn state(&self, Kind(name, _, link): &Kind) -> MeasureState {
        let before = self.before.iter().find(|(kind, _)| kind == name);
        let before = before.and_then(|(_, namespace)| namespace.as_ref());
        match (self.refusal(*name), before, current(link)) {
            (Some(why), ..) => MeasureState::Missing(why.to_owned()),
            (None, Some(before), Some(now)) if *before == now => {
                MeasureState::Missing("it is still that of the host".to_owned())
            }
            (None, Some(_), Some(_)) => match &self.unmapped {
                Some(why) if *name == MeasureName::UserNamespace => MeasureState::Partly(why.clone()),
                _ => MeasureState::InForce,
            },
            _ => MeasureState::Partly("it can't be verified, because /proc can't be read".to_owned()),
        }
    }

    fn refusal(&self, name: MeasureName) -> Option<&str> {
        let mut refused = self.refused.iter();
        refused.find(|(kind, _)| *kind == name).map(|(_, why)| why.as_str())
    }
}

fn reason(error: nix::Error) -> String {
    match error {
        // What the kernel says is about storage, and misleads.
        nix::Error::ENOSPC => "no more of them may be made: the limit is reached, or 0".to_owned(),
        error => error.desc().to_owned(),
    }
}

fn current(link: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/ns/{link}")).ok()
}

/// Makes the user and group that the process has outside nobody inside, and no others anything.
fn map(user: u32, group: u32) -> Result<(), String> {
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/self/{file}"), text).map_err(|error| format!("{file} can't be written: {error}"))
    };
    // Without this, nobody but a privileged process of the parent namespace may map groups.
    write("setgroups", "deny".to_owned())?;
    write("gid_map", format!("{NOBODY} {group} 1"))?;
    write("uid_map", format!("{NOBODY} {user} 1"))
}
