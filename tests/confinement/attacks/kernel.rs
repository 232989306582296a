//! The rest of the kernel: what strangers' code has no business with, and where kernels have had holes.

use nix::libc;

use super::{address, attacks, call, place};

attacks! {
    "bpf" => |_| {
        let attributes = [0_u64; 16];
        call(libc::SYS_bpf, &[0, address(&attributes), size_of_val(&attributes)])
    },
    "io_uring_setup" => |_| {
        let parameters = [0_u64; 15];
        call(libc::SYS_io_uring_setup, &[1, address(&parameters)])
    },
    "io_uring_enter" => |_| call(libc::SYS_io_uring_enter, &[0, 0, 0, 0, 0, 0]),
    "io_uring_register" => |_| call(libc::SYS_io_uring_register, &[0, 0, 0, 0]),
    "io_setup" => |_| {
        let mut context = 0_usize;
        call(libc::SYS_io_setup, &[1, place(&mut context)])
    },
    "userfaultfd" => |_| call(libc::SYS_userfaultfd, &[1]),
    "perf_event_open" => |_| {
        let attributes = [0_u64; 16];
        call(libc::SYS_perf_event_open, &[address(&attributes), 0, usize::MAX, usize::MAX, 0])
    },
    "memfd_create" = ENOSYS => |_| call(libc::SYS_memfd_create, &[address(c"x"), 0]),
    "memfd_secret" => |_| call(libc::SYS_memfd_secret, &[0]),
    "keyctl" => |_| call(libc::SYS_keyctl, &[0, -3_isize as usize, 0, 0, 0]),
    "add_key" => |_| {
        call(libc::SYS_add_key, &[address(c"user"), address(c"x"), address(c"x"), 1, -3_isize as usize])
    },
    "request_key" => |_| call(libc::SYS_request_key, &[address(c"user"), address(c"x"), 0, 0]),
    "shmget" => |_| call(libc::SYS_shmget, &[1, 4096, 0o1600]),
    "msgget" => |_| call(libc::SYS_msgget, &[1, 0o1600]),
    "semget" => |_| call(libc::SYS_semget, &[1, 1, 0o1600]),
    "mq_open" => |_| call(libc::SYS_mq_open, &[address(c"x"), 0o101, 0o600, 0]),
    "timer_create" => |_| {
        let mut timer = 0_u32;
        call(libc::SYS_timer_create, &[0, 0, place(&mut timer)])
    },
    "timerfd_create" => |_| call(libc::SYS_timerfd_create, &[0, 0]),
    "setitimer" => |_| call(libc::SYS_setitimer, &[0, 0, 0]),
    "signalfd" => |_| {
        let mask = [0_u64];
        call(libc::SYS_signalfd4, &[usize::MAX, address(&mask), 8, 0])
    },
    "eventfd" => |_| call(libc::SYS_eventfd2, &[0, 0]),
    "epoll" => |_| call(libc::SYS_epoll_create1, &[0]),
    "pipe" => |_| {
        let mut pipe = [0_i32; 2];
        call(libc::SYS_pipe2, &[place(&mut pipe), 0])
    },
    "vmsplice" => |_| call(libc::SYS_vmsplice, &[0, 0, 0, 0]),
    "push characters into a terminal" => |_| call(libc::SYS_ioctl, &[0, libc::TIOCSTI as usize, address(c"x")]),
    "ask a terminal" => |_| {
        let mut buffer = [0_u64; 8];
        call(libc::SYS_ioctl, &[0, libc::TCGETS as usize, place(&mut buffer)])
    },
    "ask a socket by ioctl" => |_| {
        let mut buffer = 0_u64;
        call(libc::SYS_ioctl, &[0, libc::FIONREAD as usize, place(&mut buffer)])
    },
    "ioctl with the upper half set" => |_| {
        let mut buffer = [0_u64; 8];
        call(libc::SYS_ioctl, &[0, 1 << 32 | libc::TCGETS as usize, place(&mut buffer)])
    },
    "lock memory" => |_| call(libc::SYS_mlock, &[address(&0_u64), 8]),
    "lock all memory" => |_| call(libc::SYS_mlockall, &[1]),
    "place memory" => |_| call(libc::SYS_mbind, &[0, 0, 0, 0, 0, 0]),
    "move pages of the host" => |target| call(libc::SYS_move_pages, &[target.host as usize, 0, 0, 0, 0, 0]),
    "map pages out of order" => |_| call(libc::SYS_remap_file_pages, &[0, 4096, 0, 0, 0]),
    "take a protection key" => |_| call(libc::SYS_pkey_alloc, &[0, 0]),
    "ask for the machine's memory" => |_| {
        let mut buffer = [0_u64; 16];
        call(libc::SYS_sysinfo, &[place(&mut buffer)])
    },
    "read the kernel's log" => |_| call(libc::SYS_syslog, &[10, 0, 0]),
    "load a module" => |_| call(libc::SYS_init_module, &[0, 0, address(c"")]),
    "load a module from a descriptor" => |_| call(libc::SYS_finit_module, &[1, address(c""), 0]),
    "load a kernel" => |_| call(libc::SYS_kexec_load, &[0, 0, 0, 0]),
    "reboot" => |_| call(libc::SYS_reboot, &[0, 0, 0, 0]),
    "keep accounts" => |_| call(libc::SYS_acct, &[0]),
    "swap" => |_| call(libc::SYS_swapon, &[address(c"/x"), 0]),
    "set quotas" => |_| call(libc::SYS_quotactl, &[0, 0, 0, 0]),
    "set the clock" => |_| {
        let time = [0_u64; 2];
        call(libc::SYS_clock_settime, &[0, address(&time)])
    },
    "set the time of day" => |_| call(libc::SYS_settimeofday, &[0, 0]),
    "adjust the clock" => |_| {
        let mut buffer = [0_u64; 32];
        call(libc::SYS_adjtimex, &[place(&mut buffer)])
    },
    "hang up the terminal" => |_| call(libc::SYS_vhangup, &[]),
    #[cfg(target_arch = "x86_64")]
    "use ports" => |_| call(libc::SYS_ioperm, &[0x80, 1, 1]),
    #[cfg(target_arch = "x86_64")]
    "use all ports" => |_| call(libc::SYS_iopl, &[3]),
    #[cfg(target_arch = "x86_64")]
    "change segments" => |_| call(libc::SYS_modify_ldt, &[0, 0, 0]),
    #[cfg(target_arch = "x86_64")]
    "open by the numbers of x32" => |_| {
        const X32: libc::c_long = 0x4000_0000;
        call(X32 | libc::SYS_open, &[address(c"/etc/passwd"), 0, 0])
    },
    "a call that does not exist" => |_| call(10_000, &[]),
}

/// Calls the kernel as a program of 32 bits would, for whom calls have other numbers.
#[cfg(target_arch = "x86_64")]
pub fn call_as_32_bit() {
    // SAFETY: `getpid` of i386 has no arguments and changes nothing but the register of its result. The upper halves of
    // others are said to be changed.
    unsafe {
        std::arch::asm!(
            "int 0x80",
            inout("rax") 20_u64 => _,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
}
