//! Capabilities: none, and none to be had. In its own user namespace the worker has all of them at first, which would
//! open much of the kernel's code to it.

use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, no_new_privs,
    remove_capability_from_bounding_set, set_capabilities, set_capabilities_secure_bits, set_no_new_privs,
};

use super::report::MeasureState;

/// More than there are. The kernel refuses those that it does not know.
const MAX_CAPABILITIES: u32 = 64;

/// No program that the worker executes could give it privileges.
pub fn no_new_privileges() -> MeasureState {
    match set_no_new_privs(true).and_then(|()| no_new_privs()) {
        Ok(true) => MeasureState::InForce,
        Ok(false) => MeasureState::Missing("it is not kept".to_owned()),
        Err(error) => MeasureState::Missing(nix::Error::from_raw(error.raw_os_error()).desc().to_owned()),
    }
}

/// Drops all capabilities of this thread.
pub fn drop_all() -> MeasureState {
    // These two need a capability. Without it there is nothing to be had by them, either, as long as there are no new
    // privileges, which is a measure of its own.
    let _ = set_capabilities_secure_bits(locked());
    for number in 0..MAX_CAPABILITIES {
        let _ = remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number));
    }
    let _ = clear_ambient_capability_set();
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    match set_capabilities(None, none).and_then(|()| capabilities(None)) {
        Ok(sets) if sets == none => MeasureState::InForce,
        Ok(_) => MeasureState::Missing("they are not dropped".to_owned()),
        Err(error) => MeasureState::Missing(nix::Error::from_raw(error.raw_os_error()).desc().to_owned()),
    }
}

/// That being root, or becoming it, brings no capabilities.
fn locked() -> CapabilitiesSecureBits {
    CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::NO_SETUID_FIXUP
        | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED
}
