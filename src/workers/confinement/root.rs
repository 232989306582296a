//! The root directory: an empty one that can't be written to. The machine's files are not just forbidden but absent.

use std::fs;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{chdir, chroot, pivot_root};

use super::report::MeasureState;

/// Directories that a system has, to put the empty one on. Which one it is does not matter, as it is gone afterwards.
const PLACES: [&str; 5] = ["/proc", "/dev", "/sys", "/tmp", "/etc"];

/// The smallest file system of memory that there is: one page, and no file but its root.
const EMPTY: &str = "size=4k,nr_inodes=1,mode=0555";

/// What holds of all that is mounted.
const BARE: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC);

/// Makes an empty directory the root, and lets go of the one before.
pub fn empty(own_mounts: bool) -> MeasureState {
    if !own_mounts {
        return MeasureState::Missing("it needs a mount namespace".to_owned());
    }
    let pivoted = match replace() {
        Ok(pivoted) => pivoted,
        Err(why) => return MeasureState::Missing(why),
    };
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | BARE;
    let read_only = mount(None::<&str>, "/", None::<&str>, flags, None::<&str>);
    let is_empty = fs::read_dir("/").is_ok_and(|mut entries| entries.next().is_none());
    let is_read_only = statvfs("/").is_ok_and(|system| system.flags().contains(FsFlags::ST_RDONLY));
    match (pivoted, read_only, is_empty && is_read_only) {
        (Ok(()), Ok(()), true) => MeasureState::InForce,
        (Err(why), ..) => MeasureState::Partly(why),
        (_, Err(error), _) => MeasureState::Partly(format!("it can't be made read-only: {}", error.desc())),
        (.., false) => MeasureState::Partly("it is not empty or can be written to".to_owned()),
    }
}

/// Goes into an empty directory, and makes it the root. Inside it is whether the old root is gone, too.
fn replace() -> Result<Result<(), String>, String> {
    let refused = |what: &str, error: nix::Error| format!("{what}: {}", error.desc());
    // Whatever is done here must not come back to the machine.
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, private, None::<&str>)
        .map_err(|error| refused("the machine's mounts can't be left alone", error))?;
    let mut last = nix::Error::ENOENT;
    let place = PLACES.iter().find(|place| {
        let mounted = mount(Some("none"), **place, Some("tmpfs"), BARE, Some(EMPTY));
        mounted.map_err(|error| last = error).is_ok()
    });
    let Some(place) = place else {
        return Err(refused("an empty directory can't be mounted", last));
    };
    chdir(*place).map_err(|error| refused("the empty directory can't be entered", error))?;
    // The old root is put on top of the new one, and then taken away.
    let pivoted = match pivot_root(".", ".") {
        Ok(()) => umount2(".", MntFlags::MNT_DETACH).map_err(|error| refused("the old root can't be let go", error)),
        Err(error) => {
            chroot(".").map_err(|error| refused("the root can't be changed", error))?;
            Err(refused("the old root stays mounted outside of it", error))
        }
    };
    chdir("/").map_err(|error| refused("the new root can't be entered", error))?;
    Ok(pivoted)
}
