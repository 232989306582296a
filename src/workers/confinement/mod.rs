//! What a worker gives up before it meets anything of a stranger's: files, network, other processes, and nearly all
//! system calls.
//!
//! It happens in two steps, because a worker needs a few files while it starts. [`separate`] closes the descriptors that
//! were inherited, leaves root and goes into namespaces of its own; [`close`] then takes the rest away, system calls
//! last. Neither ever fails: a measure that this system refuses is reported as missing, with the reason, and the host
//! decides whether to go on without it. Every measure is looked at after it was taken, so that the report tells what is
//! in force rather than what was asked for.
//!
//! Each measure has its file; `docs/confinement.md` explains them all.

mod examination;
mod report;

#[cfg(target_os = "linux")]
mod capabilities;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod root;
#[cfg(target_os = "linux")]
mod seccomp;
#[cfg(target_os = "linux")]
mod warden;

pub use examination::{Examination, examine};
pub use report::{Confinement, Measure, MeasureName, MeasureState};

#[cfg(target_os = "linux")]
pub(crate) use linux::{close, separate};

#[cfg(target_os = "linux")]
mod linux {
    use super::super::Role;
    use super::report::{Confinement, Measure, MeasureName, MeasureState};
    use super::{capabilities, descriptors, identity, landlock, limits, namespaces, root, seccomp, warden};

    /// What [`separate`] achieved.
    #[derive(Debug)]
    pub struct Separation {
        measures: Vec<Measure>,
        namespaces: namespaces::Own,
    }

    /// The first step, at the very start of a worker's process: its descriptors, its user, its namespaces.
    ///
    /// The process forks (only so does it become the first one of its process namespace). The half that stays behind is
    /// the warden, and never returns from here; the worker does.
    ///
    /// Standard input must be the socket to the host. The first four bytes on it are the worker's process number as the
    /// host sees it.
    #[must_use]
    pub fn separate() -> Separation {
        let mut measures = vec![
            environment(),
            Measure::new(MeasureName::Descriptors, descriptors::close_others()),
        ];
        let identity = identity::leave_root();
        let entry = namespaces::enter();
        let warden = warden::split();
        let (namespaces, states) = entry.verify();
        measures.push(Measure::new(MeasureName::NotRoot, identity));
        measures.extend(states);
        measures.push(Measure::new(MeasureName::Warden, warden));
        Separation { measures, namespaces }
    }

    /// The second step, after the worker has opened what it needs: from here on it reaches nothing but its descriptors.
    #[must_use]
    pub fn close(separation: Separation, role: Role) -> Confinement {
        let Separation {
            mut measures,
            namespaces,
        } = separation;
        let threads = threads();
        let mut take = |name, state| measures.push(Measure::new(name, state));
        take(MeasureName::EmptyRoot, root::empty(namespaces.mount));
        take(MeasureName::ResourceLimits, limits::lower(role, namespaces.user));
        take(MeasureName::NoNewPrivileges, capabilities::no_new_privileges());
        take(MeasureName::Landlock, for_all_threads(landlock::deny_all(), threads));
        take(
            MeasureName::Capabilities,
            for_all_threads(capabilities::drop_all(), threads),
        );
        take(MeasureName::Undumpable, identity::forbid_dumps());
        take(MeasureName::Seccomp, seccomp::allow_only(role.into()));
        measures.sort_by_key(|measure| measure.name);
        Confinement { measures }
    }

    fn environment() -> Measure {
        let variables = std::env::vars_os().count();
        let state = match variables {
            0 => MeasureState::InForce,
            _ => MeasureState::Missing(format!("the worker was started with {variables} environment variables")),
        };
        Measure::new(MeasureName::Environment, state)
    }

    /// The threads of this process, where they can be counted.
    fn threads() -> Option<usize> {
        std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
    }

    /// Landlock and capabilities are each thread's own: threads that run already keep what they have.
    fn for_all_threads(state: MeasureState, threads: Option<usize>) -> MeasureState {
        match (state, threads) {
            (MeasureState::InForce, Some(threads)) if threads > 1 => {
                MeasureState::Partly(format!("{} threads were started before", threads - 1))
            }
            (state, _) => state,
        }
    }
}
