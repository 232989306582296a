//! What a worker reports of its confinement.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What confines a worker: each measure, and whether it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// The measures, in the order of [`MeasureName`].
    pub measures: Vec<Measure>,
}

/// One measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Which one.
    pub name: MeasureName,
    /// Whether it is in force.
    pub state: MeasureState,
}

/// What a worker gives up. `docs/confinement.md` says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MeasureName {
    /// No environment variables.
    Environment,
    /// No descriptors but its own: the socket to the host, and `/dev/null`.
    Descriptors,
    /// It is not root.
    NotRoot,
    /// Its own user namespace, so that it has no privileges outside.
    UserNamespace,
    /// Its own network namespace, with no interface in it.
    NetworkNamespace,
    /// Its own namespace of System V and POSIX inter-process communication.
    IpcNamespace,
    /// Its own namespace of host names.
    HostNameNamespace,
    /// Its own mount namespace.
    MountNamespace,
    /// Its own cgroup namespace.
    CgroupNamespace,
    /// Its own process namespace, in which there is no other process.
    ProcessNamespace,
    /// A warden, which ends it when the host is gone.
    Warden,
    /// An empty, read-only directory as its root.
    EmptyRoot,
    /// A Landlock ruleset that denies all files and network ports.
    Landlock,
    /// Resource limits: no core dumps, no bytes written to files, no processes, few descriptors.
    ResourceLimits,
    /// No capabilities, not even in its own namespaces.
    Capabilities,
    /// No privileges to be gained by executing a program.
    NoNewPrivileges,
    /// Its memory can't be read by other processes of its user, nor be dumped.
    Undumpable,
    /// A seccomp filter that allows only the system calls that it needs.
    Seccomp,
}

/// Whether a measure is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureState {
    /// It is.
    InForce,
    /// In part only, and why.
    Partly(String),
    /// It is not, and why.
    Missing(String),
}

impl Confinement {
    /// The confinement of a worker that told nothing: every measure is missing.
    #[must_use]
    pub fn unknown() -> Self {
        let missing = |name| Measure::new(name, MeasureState::Missing("not known".to_owned()));
        Self {
            measures: MeasureName::ALL.into_iter().map(missing).collect(),
        }
    }

    /// Whether every measure is in force.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let in_force = |name| {
            let mut measures = self.measures.iter().filter(|measure| measure.name == name).peekable();
            measures.peek().is_some() && measures.all(|measure| measure.state == MeasureState::InForce)
        };
        MeasureName::ALL.into_iter().all(in_force)
    }

    /// The measures that are not or only in part in force.
    pub fn missing(&self) -> impl Iterator<Item = &Measure> {
        self.measures
            .iter()
            .filter(|measure| measure.state != MeasureState::InForce)
    }
}

/// A line for each measure.
impl fmt::Display for Confinement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.measures
            .iter()
            .try_for_each(|measure| writeln!(formatter, "{measure}"))
    }
}

impl Measure {
    /// A measure.
    #[must_use]
    pub fn new(name: MeasureName, state: MeasureState) -> Self {
        Self { name, state }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.state)
    }
}

impl MeasureName {
    /// All of them, in the order in which they are taken, roughly.
    pub const ALL: [Self; 18] = [
        Self::Environment,
        Self::Descriptors,
        Self::NotRoot,
        Self::UserNamespace,
        Self::NetworkNamespace,
        Self::IpcNamespace,
        Self::HostNameNamespace,
        Self::MountNamespace,
        Self::CgroupNamespace,
        Self::ProcessNamespace,
        Self::Warden,
        Self::EmptyRoot,
        Self::Landlock,
        Self::ResourceLimits,
        Self::Capabilities,
        Self::NoNewPrivileges,
        Self::Undumpable,
        Self::Seccomp,
    ];

    /// What the worker does not have, in a few words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Environment => "no environment variables",
            Self::Descriptors => "no files opened by the host",
            Self::NotRoot => "not root",
            Self::UserNamespace => "no privileges outside",
            Self::NetworkNamespace => "no network",
            Self::IpcNamespace => "no shared memory, semaphores or queues of others",
            Self::HostNameNamespace => "no host name of the machine",
            Self::MountNamespace => "no mounts of the machine",
            Self::CgroupNamespace => "no cgroups of the machine",
            Self::ProcessNamespace => "no processes of the machine",
            Self::Warden => "no life beyond the host's",
            Self::EmptyRoot => "no files",
            Self::Landlock => "no right to any file or port",
            Self::ResourceLimits => "no core dumps, files or processes; few descriptors",
            Self::Capabilities => "no capabilities",
            Self::NoNewPrivileges => "no privileges to gain",
            Self::Undumpable => "no look into its memory",
            Self::Seccomp => "no system calls but those it needs",
        }
    }
}

impl fmt::Display for MeasureName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Environment => "environment",
            Self::Descriptors => "descriptors",
            Self::NotRoot => "not root",
            Self::UserNamespace => "user namespace",
            Self::NetworkNamespace => "network namespace",
            Self::IpcNamespace => "ipc namespace",
            Self::HostNameNamespace => "host name namespace",
            Self::MountNamespace => "mount namespace",
            Self::CgroupNamespace => "cgroup namespace",
            Self::ProcessNamespace => "process namespace",
            Self::Warden => "warden",
            Self::EmptyRoot => "empty root",
            Self::Landlock => "landlock",
            Self::ResourceLimits => "resource limits",
            Self::Capabilities => "capabilities",
            Self::NoNewPrivileges => "no new privileges",
            Self::Undumpable => "undumpable",
            Self::Seccomp => "seccomp",
        })
    }
}

impl fmt::Display for MeasureState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InForce => formatter.pad("in force"),
            Self::Partly(why) => write!(formatter, "in part: {why}"),
            Self::Missing(why) => write!(formatter, "missing: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_in_force() -> Confinement {
        let in_force = |name| Measure::new(name, MeasureState::InForce);
        Confinement {
            measures: MeasureName::ALL.into_iter().map(in_force).collect(),
        }
    }

    #[test]
    fn it_is_complete_when_all_measures_are_in_force() {
        assert!(all_in_force().is_complete());
        assert!(!Confinement::unknown().is_complete());
        assert_eq!(Confinement::unknown().missing().count(), MeasureName::ALL.len());

        let mut one_in_part = all_in_force();
        one_in_part.measures[3].state = MeasureState::Partly("half".to_owned());
        assert!(!one_in_part.is_complete());

        let mut contradicted = all_in_force();
        let missing = MeasureState::Missing("gone".to_owned());
        contradicted.measures.push(Measure::new(MeasureName::Seccomp, missing));
        assert!(!contradicted.is_complete());
    }

    #[test]
    fn a_measure_that_is_not_reported_is_missing() {
        let mut confinement = all_in_force();
        confinement.measures.remove(5);
        assert!(!confinement.is_complete());
        assert!(!Confinement { measures: Vec::new() }.is_complete());
    }

    #[test]
    fn it_survives_both_encodings() {
        let mut confinement = all_in_force();
        confinement.measures[0].state = MeasureState::Partly("half".to_owned());
        confinement.measures[1].state = MeasureState::Missing("gone".to_owned());

        let frame = postcard::to_stdvec(&confinement).expect("it can be encoded");
        assert_eq!(postcard::from_bytes::<Confinement>(&frame), Ok(confinement.clone()));

        let json = serde_json::to_string(&confinement).expect("it can be encoded");
        assert!(
            json.contains(r#"{"name":"descriptors","state":{"missing":"gone"}}"#),
            "{json}"
        );
        assert!(json.contains(r#"{"name":"seccomp","state":"in_force"}"#), "{json}");
        let read: Confinement = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(read, confinement);
    }

    #[test]
    fn the_order_of_all_is_the_order_of_names() {
        assert!(MeasureName::ALL.is_sorted());
    }
}
