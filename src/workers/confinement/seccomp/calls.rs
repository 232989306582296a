//! The system calls that are allowed, and why. `docs/confinement.md` shows the same table; a test compares them.

use nix::libc;

use super::Who;

/// A system call that is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// Its number.
    pub number: i64,
    /// To whom.
    pub to: To,
    /// With what arguments.
    pub when: When,
    /// `when` in words; empty if always.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "it is for readers, and for the table in the documentation")
    )]
    pub condition: &'static str,
    /// What for.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "it is for readers, and for the table in the documentation")
    )]
    pub why: &'static str,
}

/// To whom a call is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// To run workers, compile workers and wardens.
    All,
    /// To run workers and compile workers.
    Workers,
    /// To compile workers.
    Compile,
    /// To wardens.
    Warden,
}

/// With what arguments a call is allowed. They are counted from 0.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// With any.
    Always,
    /// An `int` is one of these.
    OneOf { argument: u8, values: &'static [u64] },
    /// The bits of an `int` under the mask are these.
    Masked { argument: u8, mask: u64, value: u64 },
    /// The first is 0 (this process) and the third null (nothing new).
    OwnAndNothingNew,
    /// The first is the number of this process.
    Itself,
    /// The first is the number of the worker.
    Worker,
}

/// Calls that fail with `ENOSYS`, as if the kernel did not have them, because callers then do without: the C library
/// starts threads by `clone`, whose arguments a filter can read, and wasmtime copies images of memories.
pub const UNKNOWN: [(&str, i64); 2] = [("clone3", libc::SYS_clone3), ("memfd_create", libc::SYS_memfd_create)];

/// `_IOWR('f', 16, struct pm_scan_arg)`: which pages of memory were written to.
const PAGEMAP_SCAN: u64 = 0xC060_6610;

/// What `clone` is told when a thread is started, among other things.
const THREAD: libc::c_int = libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM;

/// What `clone` is told when anything else is started: processes, namespaces, or something to be traced.
const NO_THREAD: libc::c_int = libc::CLONE_VFORK
    | libc::CLONE_PTRACE
    | libc::CLONE_UNTRACED
    | libc::CLONE_PARENT
    | libc::CLONE_PIDFD
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_IO;

/// The bits of a C `int`.
const fn bits(value: libc::c_int) -> u64 {
    value.cast_unsigned() as u64
}

macro_rules! calls {
    ($($(#[$attribute:meta])* $name:ident $to:ident $when:expr, $condition:literal, $why:literal;)*) => {
        &[$($(#[$attribute])* Call {
            name: stringify!($name).split_at("SYS_".len()).1,
            number: libc::$name,
            to: To::$to,
            when: $when,
            condition: $condition,
            why: $why,
        }),*]
    };
}

/// All of them.
pub const CALLS: &[Call] = calls! {
    // Talking to the host
    SYS_recvmsg Workers When::Always, "", "requests of the host, with the descriptors of code";
    SYS_sendmsg Workers When::Always, "", "answers to the host";
    SYS_ppoll All When::Always, "", "waiting for the host";
    SYS_close Workers When::Always, "", "descriptors of code that is mapped";
    SYS_statx Workers When::OneOf { argument: 2, values: &[bits(libc::AT_EMPTY_PATH)] }, "AT_EMPTY_PATH",
        "the size of machine code, as the standard library asks for it";
    SYS_pread64 Workers When::Always, "", "machine code of components, which can't be mapped";
    SYS_fcntl Workers When::OneOf { argument: 1, values: &[bits(libc::F_GET_SEALS), bits(libc::F_GETFD)] },
        "F_GET_SEALS, F_GETFD", "whether the memory of code is sealed; checks of the standard library";

    // Memory
    SYS_mmap Workers When::Always, "", "memory of guests, stacks, machine code";
    SYS_munmap All When::Always, "", "giving it back";
    SYS_mprotect Workers When::Always, "", "growing a guest's memory; making machine code executable";
    SYS_mremap Workers When::Always, "", "growing large allocations";
    SYS_madvise Workers When::Always, "", "clean memory for the next guest";
    SYS_brk Workers When::Always, "", "the allocator";
    SYS_ioctl Workers When::OneOf { argument: 1, values: &[PAGEMAP_SCAN] }, "PAGEMAP_SCAN",
        "which pages a guest wrote to, to rewind it";
    SYS_getrusage Workers When::Always, "", "whether a guest wrote to new pages, to rewind it";
    #[cfg(target_arch = "aarch64")]
    SYS_membarrier Workers When::Always, "any (aarch64)", "making machine code visible to all processors";

    // Time and chance
    SYS_clock_gettime Workers When::Always, "", "deadlines";
    SYS_getrandom Workers When::Always, "", "the seeds of hash tables";

    // Threads, and one at a time
    SYS_futex Workers When::Always, "", "locks";
    SYS_sched_yield Workers When::Always, "", "locks";
    SYS_gettid Workers When::Always, "", "locks; aborting";
    SYS_getpid Workers When::Always, "", "whether the page map is its own; aborting";
    SYS_clone Compile When::Masked { argument: 0, mask: bits(THREAD | NO_THREAD), value: bits(THREAD) },
        "threads of this process, in its namespaces", "compiling on several processors";
    SYS_set_robust_list Compile When::Always, "", "the start of a thread";
    SYS_rseq Compile When::Always, "", "the start of a thread";
    SYS_sched_getaffinity Compile When::Always, "", "how many processors there are";
    SYS_prlimit64 Workers When::OwnAndNothingNew, "its own, and reading only", "the size of stacks";
    SYS_prctl Workers When::OneOf { argument: 0, values: &[bits(libc::PR_GET_SECCOMP)] }, "PR_GET_SECCOMP",
        "whether this filter is in force";

    // Signals, and the end
    SYS_rt_sigaction Workers When::Always, "", "traps of guests";
    SYS_rt_sigprocmask Workers When::Always, "", "traps of guests; the start of a thread";
    SYS_rt_sigreturn All When::Always, "", "traps of guests";
    SYS_sigaltstack All When::Always, "", "traps by exhausted stacks";
    SYS_tgkill Workers When::Itself, "to itself", "aborting";
    SYS_restart_syscall All When::Always, "", "a call that was interrupted";
    SYS_exit All When::Always, "", "the end of a thread";
    SYS_exit_group All When::Always, "", "the end";
    SYS_kill Warden When::Worker, "its worker", "ending the worker when the host is gone";
    SYS_waitid Warden When::Always, "", "whether the worker has ended";
    SYS_wait4 Warden When::Always, "", "how the worker has ended";
};

/// What is allowed to `who`.
pub fn of(who: Who) -> impl Iterator<Item = &'static Call> {
    CALLS.iter().filter(move |call| match call.to {
        To::All => true,
        To::Workers => matches!(who, Who::Run | Who::Compile),
        To::Compile => who == Who::Compile,
        To::Warden => matches!(who, Who::Warden(_)),
    })
}
