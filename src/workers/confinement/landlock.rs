//! Landlock: the worker has no right to any file, port, abstract socket or foreign process. Unlike the empty root it
//! needs no namespace, so that it holds where those are not permitted.

use std::fs::File;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, RestrictionStatus,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

use super::report::MeasureState;

/// The newest version that is asked for.
const NEWEST: ABI = ABI::V9;

/// The version from which on all that matters is denied: files, TCP ports, devices, abstract sockets, signals.
const NEEDED: ABI = ABI::V6;

/// Denies everything to this thread and to those that it starts.
pub fn deny_all() -> MeasureState {
    deny(Scope::from_all(NEWEST))
}

/// The same, but it may signal processes that it has started before.
pub fn deny_all_but_signals() -> MeasureState {
    deny(Scope::AbstractUnixSocket.into())
}

fn deny(scope: BitFlags<Scope>) -> MeasureState {
    let RestrictionStatus { ruleset, landlock, .. } = match restrict(scope) {
        Ok(status) => status,
        Err(error) => return MeasureState::Missing(error.to_string()),
    };
    match (ruleset, landlock) {
        (_, LandlockStatus::NotImplemented) => MeasureState::Missing("the kernel does not have it".to_owned()),
        (_, LandlockStatus::NotEnabled) => MeasureState::Missing("the kernel has it switched off".to_owned()),
        (RulesetStatus::NotEnforced, _) => MeasureState::Missing("the kernel does not enforce it".to_owned()),
        (_, LandlockStatus::Available { effective_abi, .. }) if effective_abi < NEEDED => {
            let version = effective_abi as i32;
            MeasureState::Partly(format!(
                "the kernel has version {version} of it, and {} is needed",
                NEEDED as i32
            ))
        }
        _ if File::open("/").is_ok() => MeasureState::Missing("it has no effect".to_owned()),
        _ => MeasureState::InForce,
    }
}

fn restrict(scope: BitFlags<Scope>) -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(scope)?
        .create()?
        // That it was tried here is nothing to be logged.
        .log_same_exec(false)?
        .restrict_self()
}
