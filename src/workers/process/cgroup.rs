//! Control groups: the kernel itself bounds the memory of a worker, where a part of the tree is delegated to us.
//!
//! Only version 2 is used. A group that has processes can't divide its memory among children, so the workers' groups are
//! made beside the host's: in the group that it is in if that is the root of the tree, and in the one above if that was
//! delegated to us. With systemd that is a service with `Delegate=yes` and `DelegateSubgroup=host`.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where control groups are found.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
/// What our groups are called, before the number of the host and their own.
const PREFIX: &str = "jurybox-worker-";
/// Processes and threads that a worker may have. Compiling is done by a thread for each processor.
const MAX_THREADS: u32 = 512;

/// A group below which the workers' groups are made.
#[derive(Debug)]
pub struct Hierarchy {
    directory: PathBuf,
    count: AtomicU64,
}

/// The group of one worker. It is removed when this is dropped.
#[derive(Debug)]
pub struct Group {
    directory: PathBuf,
    allowed: u64,
}

impl Hierarchy {
    /// The part of the tree that is delegated to this process, if there is one.
    pub fn delegated() -> Option<Self> {
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        MOUNTS.iter().find_map(|mount| Self::below(Path::new(mount), &groups))
    }

    /// The same for a tree that is mounted there, and a process whose groups are these.
    fn below(mount: &Path, groups: &str) -> Option<Self> {
        let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
        // A group outside of what is mounted is shown as `/../..`.
        if own.split('/').any(|part| part == "..") {
            return None;
        }
        let own = mount.join(own);
        let above = own.parent().filter(|above| above.starts_with(mount) && is_ours(above));
        let hierarchy = [Some(own.as_path()), above].into_iter().flatten().find_map(Self::at)?;
        hierarchy.sweep();
        Some(hierarchy)
    }

    /// This group, if workers' groups can be made in it.
    fn at(directory: &Path) -> Option<Self> {
        let has_memory = |file: &str| {
            let names = fs::read_to_string(directory.join(file)).unwrap_or_default();
            names.split_ascii_whitespace().any(|name| name == "memory")
        };
        if !has_memory("cgroup.controllers") {
            return None;
        }
        if !has_memory("cgroup.subtree_control") {
            let _ = set(directory, "cgroup.subtree_control", "+memory");
        }
        if !has_memory("cgroup.subtree_control") {
            return None;
        }
        // The bound on threads is welcome, not necessary.
        let _ = set(directory, "cgroup.subtree_control", "+pids");
        let hierarchy = Self {
            directory: directory.to_owned(),
            count: AtomicU64::new(0),
        };
        // Whether groups can really be made here shows when one is made.
        hierarchy.create().ok()?;
        Some(hierarchy)
    }

    /// Puts a process into a new group that may hold so many bytes of memory.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn enclose(&self, pid: u32, memory: u64) -> io::Result<Group> {
        let mut group = self.create()?;
        group.admit(pid, memory)?;
        Ok(group)
    }

    fn create(&self) -> io::Result<Group> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let group = Group {
            directory: self.directory.join(name),
            allowed: 0,
        };
        fs::create_dir(&group.directory)?;
        Ok(group)
    }

    /// Removes the groups of hosts that were killed.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let host = name
                .to_str()
                .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
            if host.is_some_and(|host| !Path::new("/proc").join(host).exists()) {
                // A group that is in use can't be removed.
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

impl Group {
    /// Sets the bytes of memory that its processes may hold. When that fails they may hold what they could before.
    pub fn allow_memory(&mut self, bytes: u64) {
        if bytes != self.allowed {
            let _ = self.set_memory(bytes);
        }
    }

    fn admit(&mut self, pid: u32, memory: u64) -> io::Result<()> {
        self.set_memory(memory)?;
        // Not every kernel counts what is swapped, or has the other controller.
        let _ = set(&self.directory, "memory.swap.max", "0");
        let _ = set(&self.directory, "memory.oom.group", "1");
        let _ = set(&self.directory, "pids.max", &MAX_THREADS.to_string());
        set(&self.directory, "cgroup.procs", &pid.to_string())
    }

    fn set_memory(&mut self, bytes: u64) -> io::Result<()> {
        set(&self.directory, "memory.max", &bytes.to_string())?;
        self.allowed = bytes;
        Ok(())
    }

    /// Whether one of its processes was killed because there was no memory left for it.
    pub fn ran_out_of_memory(&self) -> bool {
        let events = fs::read_to_string(self.directory.join("memory.events")).unwrap_or_default();
        let kills = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        kills.is_some_and(|count| count.trim() != "0")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // If it is still in use, a later start sweeps it.
        let _ = fs::remove_dir(&self.directory);
    }
}

/// Whether a group was handed to this user or program by whoever manages the tree. Not whether it is writable: root may
/// write to all of them, and the manager would be surprised.
fn is_ours(directory: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    let is_owned = |directory: &Path| fs::metadata(directory).is_ok_and(|metadata| metadata.uid() == user);
    // What was handed to a user begins where the ownership changes. Below that there may be another manager, the user's.
    let begins_here = user != 0 && is_owned(directory) && !directory.parent().is_some_and(is_owned);
    let is_marked = ["trusted.delegate", "user.delegate"].iter().any(|name| {
        let mut value = [0_u8; 4];
        rustix::fs::getxattr(directory, *name, &mut value).is_ok_and(|length| value.get(..length) == Some(b"1"))
    });
    begins_here || is_marked
}

fn set(group: &Path, file: &str, value: &str) -> io::Result<()> {
    // Without creating it: a file that is not there belongs to a controller that is not there.
    let mut file = fs::OpenOptions::new().write(true).open(group.join(file))?;
    io::Write::write_all(&mut file, value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that looks like a tree of control groups: one of a service that was delegated to it, with the host
    /// in a group of its own below.
    struct Tree {
        mount: tempfile::TempDir,
    }

    impl Tree {
        fn new(controllers: &str, subtree_control: &str) -> Self {
            let mount = tempfile::tempdir().unwrap();
            let tree = Self { mount };
            fs::create_dir_all(tree.service().join("host")).unwrap();
            tree.write("cgroup.controllers", controllers);
            tree.write("cgroup.subtree_control", subtree_control);
            tree
        }

        fn service(&self) -> PathBuf {
            self.mount.path().join("system.slice/jury.service")
        }

        fn write(&self, file: &str, text: &str) {
            fs::write(self.service().join(file), text).unwrap();
        }

        /// False where the file system can't be marked.
        fn mark(&self) -> bool {
            let flags = rustix::fs::XattrFlags::empty();
            rustix::fs::setxattr(self.service(), "user.delegate", b"1", flags).is_ok()
        }

        fn hierarchy(&self) -> Option<Hierarchy> {
            Hierarchy::below(
                self.mount.path(),
                "4:memory:/else\n0::/system.slice/jury.service/host\n",
            )
        }
    }

    /// What the kernel puts into a new group, as far as it is used.
    fn furnish(group: &Group, files: &[&str]) {
        for file in files {
            fs::write(group.directory.join(file), "").unwrap();
        }
    }

    fn clear(group: &Group) {
        for entry in fs::read_dir(&group.directory).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }

    fn read(group: &Group, file: &str) -> String {
        fs::read_to_string(group.directory.join(file)).unwrap()
    }

    #[test]
    fn groups_are_made_only_where_they_were_delegated() {
        let tree = Tree::new("cpu memory pids", "memory pids");
        assert!(tree.hierarchy().is_none(), "nobody handed it to us");
        if tree.mark() {
            assert_eq!(tree.hierarchy().unwrap().directory, tree.service());
        }
        let without = Tree::new("cpu pids", "cpu pids");
        without.mark();
        assert!(without.hierarchy().is_none(), "no bound on memory there");
        assert!(
            Hierarchy::below(tree.mount.path(), "4:memory:/a\n1:cpu:/\n").is_none(),
            "version 1"
        );
        assert!(
            Hierarchy::below(tree.mount.path(), "0::/../../a\n").is_none(),
            "outside of what is mounted"
        );
        assert!(Hierarchy::below(Path::new("/nowhere"), "0::/\n").is_none());
    }

    #[test]
    fn the_own_group_is_taken_where_it_can_have_children() {
        let tree = Tree::new("", "");
        let host = tree.service().join("host");
        fs::write(host.join("cgroup.controllers"), "memory\n").unwrap();
        fs::write(host.join("cgroup.subtree_control"), "memory\n").unwrap();
        assert_eq!(tree.hierarchy().unwrap().directory, host);
        assert_eq!(fs::read_dir(&host).unwrap().count(), 2, "what was tried is removed");
    }

    #[test]
    fn a_worker_is_put_into_a_bounded_group() {
        let tree = Tree::new("memory pids", "memory pids");
        let hierarchy = Hierarchy::at(&tree.service()).unwrap();
        let mut group = hierarchy.create().unwrap();
        furnish(
            &group,
            &[
                "memory.max",
                "memory.swap.max",
                "memory.oom.group",
                "pids.max",
                "cgroup.procs",
            ],
        );
        group.admit(4711, 1 << 20).unwrap();
        assert_eq!(read(&group, "memory.max"), "1048576");
        assert_eq!(read(&group, "memory.swap.max"), "0");
        assert_eq!(read(&group, "memory.oom.group"), "1");
        assert_eq!(read(&group, "pids.max"), "512");
        assert_eq!(read(&group, "cgroup.procs"), "4711");
        clear(&group);
        let directory = group.directory.clone();
        drop(group);
        assert!(!directory.exists());
    }

    #[test]
    fn only_what_is_necessary_is_required() {
        let tree = Tree::new("memory", "memory");
        let hierarchy = Hierarchy::at(&tree.service()).unwrap();
        assert!(hierarchy.enclose(4711, 1 << 20).is_err(), "no memory.max");
        let mut group = hierarchy.create().unwrap();
        furnish(&group, &["memory.max", "cgroup.procs"]);
        group.admit(4711, 1 << 20).unwrap();
        assert!(!group.directory.join("pids.max").exists());
        clear(&group);
    }

    #[test]
    fn out_of_memory_is_told_from_a_crash() {
        let tree = Tree::new("memory", "memory");
        let group = Hierarchy::at(&tree.service()).unwrap().create().unwrap();
        assert!(!group.ran_out_of_memory());
        let events = group.directory.join("memory.events");
        fs::write(&events, "low 0\nhigh 0\nmax 7\noom 0\noom_kill 0\noom_group_kill 0\n").unwrap();
        assert!(!group.ran_out_of_memory());
        fs::write(&events, "low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 1\n").unwrap();
        assert!(group.ran_out_of_memory());
        clear(&group);
    }

    #[test]
    fn the_groups_of_dead_hosts_are_removed() {
        let tree = Tree::new("memory", "memory");
        let dead = tree.service().join("jurybox-worker-4000000000-1");
        let living = tree.service().join(format!("jurybox-worker-{}-9", std::process::id()));
        let foreign = tree.service().join("else-4000000000-1");
        for directory in [&dead, &living, &foreign] {
            fs::create_dir(directory).unwrap();
        }
        Hierarchy::at(&tree.service()).unwrap().sweep();
        assert!(!dead.exists());
        assert!(living.exists() && foreign.exists());
    }
}
