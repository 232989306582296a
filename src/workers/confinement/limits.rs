//! Resource limits: nothing that the worker needs, and nothing that could be filled up.

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

use super::super::Role;
use super::report::MeasureState;

/// Descriptors: the socket, those of code on its way in, and some to spare.
const DESCRIPTORS: rlim_t = 512;

/// Threads of a compile worker, which compiles in parallel, and the process of its warden.
const COMPILING_THREADS: rlim_t = 256;

/// Lowers the limits for good.
pub fn lower(role: Role, own_users: bool) -> MeasureState {
    let mut limits = vec![
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_MEMLOCK, 0),
        (Resource::RLIMIT_MSGQUEUE, 0),
        (Resource::RLIMIT_NICE, 0),
        (Resource::RLIMIT_RTPRIO, 0),
        (Resource::RLIMIT_NOFILE, DESCRIPTORS),
    ];
    match role {
        Role::Run => limits.push((Resource::RLIMIT_NPROC, 0)),
        // Processes are counted for each user, here all of nobody's on the machine if there is no namespace of users:
        // the worker's threads could then be refused because of others. The filter of system calls allows nothing but
        // threads, anyway.
        Role::Compile if own_users => limits.push((Resource::RLIMIT_NPROC, COMPILING_THREADS)),
        Role::Compile => {}
    }
    let refused: Vec<String> = limits
        .into_iter()
        .filter_map(|(resource, limit)| lower_one(resource, limit))
        .collect();
    match refused.is_empty() {
        true => MeasureState::InForce,
        false => MeasureState::Partly(refused.join(", ")),
    }
}

/// Lowers one limit, unless it is lower. What stands in the way, if anything does.
fn lower_one(resource: Resource, limit: rlim_t) -> Option<String> {
    let set = getrlimit(resource)
        .and_then(|(_, hard)| setrlimit(resource, limit.min(hard), limit.min(hard)))
        .and_then(|()| getrlimit(resource));
    match set {
        Ok((soft, hard)) if soft <= limit && hard <= limit => None,
        Ok(_) => Some(format!("{resource:?} is not lowered")),
        Err(error) => Some(format!("{resource:?}: {}", error.desc())),
    }
}
