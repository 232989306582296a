//! Who the worker is: nobody, as far as it can choose, and nobody's business.

use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getegid, geteuid, getgroups, setgroups, setresgid, setresuid};
use rustix::thread::{capabilities, set_capabilities};

use super::report::MeasureState;

/// The user and group that own nothing.
pub const NOBODY: u32 = 65534;

/// Root becomes nobody, but keeps its capabilities for now: making namespaces may need them.
pub fn leave_root() -> MeasureState {
    if !is_root() {
        return MeasureState::InForce;
    }
    // What can't be kept is missed where it is needed, and reported there.
    let _ = prctl::set_keepcaps(true);
    let groups = setgroups(&[]);
    let group = setresgid(Gid::from_raw(NOBODY), Gid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    let user = setresuid(Uid::from_raw(NOBODY), Uid::from_raw(NOBODY), Uid::from_raw(NOBODY));
    let _ = prctl::set_keepcaps(false);
    if let Ok(mut sets) = capabilities(None) {
        sets.effective = sets.permitted;
        let _ = set_capabilities(None, sets);
    }
    // Who changes user becomes undumpable, and can't open its own files in /proc then.
    let _ = prctl::set_dumpable(true);
    match (user, group, groups) {
        _ if is_root() => MeasureState::Missing(refusal("the user can't be changed", user.err().or(group.err()))),
        (Err(error), ..) | (_, Err(error), _) => {
            MeasureState::Partly(refusal("the user can't be changed", Some(error)))
        }
        (.., Err(error)) if getgroups().map_or(true, |groups| groups.iter().any(|group| *group != getegid())) => {
            MeasureState::Partly(refusal("the groups can't be left", Some(error)))
        }
        _ => MeasureState::InForce,
    }
}

/// Whether the process has anything of root.
fn is_root() -> bool {
    geteuid().is_root() || Uid::current().is_root() || getegid().as_raw() == 0 || Gid::current().as_raw() == 0
}

fn refusal(what: &str, error: Option<nix::Error>) -> String {
    match error {
        Some(error) => format!("{what}: {}", error.desc()),
        None => what.to_owned(),
    }
}

/// Keeps other processes of the same user out of this one's memory and files in `/proc`, and cores from being dumped.
pub fn forbid_dumps() -> MeasureState {
    match prctl::set_dumpable(false).and_then(|()| prctl::get_dumpable()) {
        Ok(false) => MeasureState::InForce,
        Ok(true) => MeasureState::Missing("the process stays dumpable".to_owned()),
        Err(error) => MeasureState::Missing(error.desc().to_owned()),
    }
}
