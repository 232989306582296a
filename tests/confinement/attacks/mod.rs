//! What a worker tries when an event or a snippet tells it to: as if the sandbox around strangers' code had failed.

mod files;
mod kernel;
mod network;
mod privileges;
mod processes;

use nix::errno::Errno;
use nix::libc;

/// Something that a worker must not be able to do.
pub struct Attack {
    pub name: &'static str,
    /// How it must be refused.
    pub expected: Errno,
    /// Tries it.
    pub run: fn(&Target) -> Result<String, Errno>,
}

/// Who is attacked.
pub struct Target {
    /// The host's process.
    pub host: libc::pid_t,
}

/// What a worker can tell of itself.
pub type Report = fn() -> String;

/// All attacks, in groups.
pub const GROUPS: [(&str, &[Attack]); 5] = [
    ("files", files::ATTACKS),
    ("network", network::ATTACKS),
    ("processes", processes::ATTACKS),
    ("privileges", privileges::ATTACKS),
    ("kernel", kernel::ATTACKS),
];

/// What the worker tells of itself instead of attacking.
pub const REPORTS: [(&str, Report); 3] = [
    ("environment", || std::env::vars_os().count().to_string()),
    ("descriptors", files::descriptors),
    ("limits", processes::limits),
];

/// Ways to end.
pub const ENDS: [(&str, fn()); 5] = [
    ("abort", || std::process::abort()),
    ("fault", processes::fault),
    ("exhausted stack", processes::exhaust_stack),
    ("descriptor sent away", network::send_descriptor_away),
    #[cfg(target_arch = "x86_64")]
    ("32-bit system call", kernel::call_as_32_bit),
    #[cfg(not(target_arch = "x86_64"))]
    ("exit", || std::process::exit(3)),
];

/// What an event or a snippet says to make a worker attack.
pub fn order(name: &str) -> String {
    format!("attack:{}:{name};", std::process::id())
}

/// The answer of a worker to an order, as JSON: what came of it.
pub fn probe(text: &str) -> Option<String> {
    let (host, rest) = text.split_once("attack:")?.1.split_once(':')?;
    let (name, _) = rest.split_once(';')?;
    let target = Target {
        host: host.parse().ok()?,
    };
    if let Some((_, end)) = ENDS.iter().find(|(end, _)| *end == name) {
        end();
    }
    let report = REPORTS
        .iter()
        .find(|(report, _)| *report == name)
        .map(|(_, report)| report());
    let mut attacks = GROUPS.iter().flat_map(|(_, attacks)| *attacks);
    let answer = report.or_else(|| {
        let attack = attacks.find(|attack| attack.name == name)?;
        Some(match (attack.run)(&target) {
            Ok(what) => format!("it worked: {what}"),
            Err(errno) => refusal(errno),
        })
    });
    Some(serde_json::json!(answer.unwrap_or_else(|| format!("there is no attack {name}"))).to_string())
}

/// How a worker tells that it was refused.
pub fn refusal(errno: Errno) -> String {
    format!("refused: {errno:?}")
}

/// A system call, and nothing else.
pub fn call(number: libc::c_long, arguments: &[usize]) -> Result<String, Errno> {
    let argument = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // SAFETY: the callers pass numbers, null, or the addresses of what lives until this returns, as large as the call
    // expects. All of these calls are to be refused before they do anything; one that is not does it to a worker that
    // is there to be attacked.
    let result = unsafe {
        libc::syscall(
            number,
            argument(0),
            argument(1),
            argument(2),
            argument(3),
            argument(4),
            argument(5),
        )
    };
    match Errno::result(result) {
        Ok(value) => Ok(value.to_string()),
        Err(errno) => Err(errno),
    }
}

/// The address of something, for a system call.
pub fn address<T: ?Sized>(of: &T) -> usize {
    std::ptr::from_ref(of).cast::<u8>() as usize
}

/// The address of something that the call would write to.
pub fn place<T: ?Sized>(of: &mut T) -> usize {
    std::ptr::from_mut(of).cast::<u8>() as usize
}

/// Attacks that must be refused with `EPERM` unless they say otherwise.
macro_rules! attacks {
    ($($(#[$attribute:meta])* $name:literal $(= $errno:ident)? => $run:expr,)*) => {
        /// The attacks.
        pub const ATTACKS: &[super::Attack] = &[
            $($(#[$attribute])* super::Attack {
                name: $name,
                expected: super::attacks!(@expected $($errno)?),
                run: $run,
            }),*
        ];
    };
    (@expected) => { nix::errno::Errno::EPERM };
    (@expected $errno:ident) => { nix::errno::Errno::$errno };
}
use attacks;
