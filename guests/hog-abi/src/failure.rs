//! How a guest tells the host why an evaluation ended.

/// Class of a failure, passed to the host's `fail(class, type, type_length, message, message_length)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Failure {
    /// An error of the virtual machine (`HogVMException` in PostHog): shown as `Runtime error: <message>`.
    Vm = 0,
    /// A thrown error object that nothing caught; the type is the object's own.
    Uncaught = 1,
    /// A Python exception that PostHog's library lets through; the type is its name (`TypeError`, ...).
    Exception = 2,
    /// The memory limit does not allow an allocation.
    OutOfMemory = 3,
    /// Calls nested deeper than the shadow stack allows.
    TooDeep = 4,
}

impl Failure {
    /// The failure with this number.
    #[must_use]
    pub const fn from_u32(class: u32) -> Option<Self> {
        Some(match class {
            0 => Self::Vm,
            1 => Self::Uncaught,
            2 => Self::Exception,
            3 => Self::OutOfMemory,
            4 => Self::TooDeep,
            _ => return None,
        })
    }
}
