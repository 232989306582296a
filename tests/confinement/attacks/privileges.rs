//! Privileges: none can be gained, and no confinement be left.

use nix::errno::Errno;
use nix::libc;

use super::{address, attacks, call};

fn control(option: libc::c_int, argument: usize) -> Result<String, Errno> {
    call(libc::SYS_prctl, &[option as usize, argument, 0, 0, 0])
}

attacks! {
    "become root" => |_| call(libc::SYS_setuid, &[0]),
    "become root in all ways" => |_| call(libc::SYS_setresuid, &[0, 0, 0]),
    "become root for files" => |_| call(libc::SYS_setfsuid, &[0]),
    "join root's group" => |_| call(libc::SYS_setgid, &[0]),
    "join groups" => |_| {
        let groups = [0_u32];
        call(libc::SYS_setgroups, &[1, address(&groups)])
    },
    "raise capabilities" => |_| {
        let (header, sets) = ([0x2008_0522_u32, 0], [u32::MAX; 6]);
        call(libc::SYS_capset, &[address(&header), address(&sets)])
    },
    "be dumpable" => |_| control(libc::PR_SET_DUMPABLE, 1),
    "choose a tracer" => |_| control(libc::PR_SET_PTRACER, usize::MAX),
    "outlive the warden" => |_| control(libc::PR_SET_PDEATHSIG, 0),
    "raise a capability for programs" => |_| control(libc::PR_CAP_AMBIENT, 2),
    "change the secure bits" => |_| control(libc::PR_SET_SECUREBITS, 0),
    "keep capabilities" => |_| control(libc::PR_SET_KEEPCAPS, 1),
    "forget no_new_privs" => |_| control(libc::PR_SET_NO_NEW_PRIVS, 0),
    "change the layout of memory" => |_| control(libc::PR_SET_MM, 1),
    "adopt orphans" => |_| control(libc::PR_SET_CHILD_SUBREAPER, 1),
    "change the filter" => |_| control(libc::PR_SET_SECCOMP, 1),
    "add a filter" => |_| {
        // Allow everything.
        let filter = [0x7fff_0000_0000_0006_u64];
        let program = [1_usize, address(&filter)];
        call(libc::SYS_seccomp, &[libc::SECCOMP_SET_MODE_FILTER as usize, 0, address(&program)])
    },
    "ask what filters can do" => |_| {
        let action = 0_u32;
        call(libc::SYS_seccomp, &[libc::SECCOMP_GET_ACTION_AVAIL as usize, 0, address(&action)])
    },
    "add a Landlock ruleset" => |_| call(libc::SYS_landlock_create_ruleset, &[0, 0, 1]),
    "change personality" => |_| call(libc::SYS_personality, &[libc::ADDR_NO_RANDOMIZE as usize]),
    "unshare users" => |_| call(libc::SYS_unshare, &[libc::CLONE_NEWUSER as usize]),
    "unshare mounts" => |_| call(libc::SYS_unshare, &[libc::CLONE_NEWNS as usize]),
    "unshare the network" => |_| call(libc::SYS_unshare, &[libc::CLONE_NEWNET as usize]),
    "enter a namespace" => |_| call(libc::SYS_setns, &[0, 0]),
    "chroot" => |_| call(libc::SYS_chroot, &[address(c"/")]),
    "pivot_root" => |_| call(libc::SYS_pivot_root, &[address(c"."), address(c".")]),
    "mount proc" => |_| call(libc::SYS_mount, &[address(c"proc"), address(c"/"), address(c"proc"), 0, 0]),
    "mount a directory again" => |_| {
        call(libc::SYS_mount, &[address(c"/"), address(c"/"), 0, libc::MS_BIND as usize, 0])
    },
    "make the root writable" => |_| {
        call(libc::SYS_mount, &[0, address(c"/"), 0, (libc::MS_REMOUNT | libc::MS_BIND) as usize, 0])
    },
    "unmount the root" => |_| call(libc::SYS_umount2, &[address(c"/"), libc::MNT_DETACH as usize]),
    "open a file system" => |_| call(libc::SYS_fsopen, &[address(c"tmpfs"), 0]),
    "make a mount" => |_| call(libc::SYS_fsmount, &[0, 0, 0]),
    "move a mount" => |_| call(libc::SYS_move_mount, &[0, address(c""), 0, address(c""), 0]),
    "open a tree of mounts" => |_| call(libc::SYS_open_tree, &[libc::AT_FDCWD as usize, address(c"/"), 0]),
    "change mounts" => |_| call(libc::SYS_mount_setattr, &[libc::AT_FDCWD as usize, address(c"/"), 0, 0, 0]),
    "name the machine" => |_| call(libc::SYS_sethostname, &[address(c"x"), 1]),
}
