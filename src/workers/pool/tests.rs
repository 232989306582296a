//! Pools of workers that only return what they are sent: scripts, so that no sandbox is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::workers::WorkerOptions;

/// Says its number and an empty hello, and returns whatever comes.
const ECHO: &str = r"
    byte() { printf '\\%03o' $(($$ >> $1 & 255)); }
    printf $(byte 0)$(byte 8)$(byte 16)$(byte 24) >&0
    printf '\003\000\000\000\000\000\001\000' >&0
    exec cat >&0";

/// A directory with a script in it.
struct Script {
    directory: tempfile::TempDir,
}

impl Script {
    fn new(text: &str) -> Self {
        let script = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        // What is still open for writing anywhere can't be executed, and other tests fork at any time. Renaming does not
        // help; a shell that writes it does.
        let done = std::process::Command::new("/bin/sh")
            .args(["-c", "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\"; chmod 755 \"$0\""])
            .arg(script.path())
            .arg(text)
            .status();
        assert!(done.unwrap().success());
        script
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("worker")
    }

    fn launcher(&self, change: impl FnOnce(&mut WorkerOptions)) -> Launcher {
        launcher(&self.path(), change)
    }

    /// How often a script was run that says so.
    fn runs(&self) -> usize {
        fs::read_to_string(self.directory.path().join("runs")).map_or(0, |runs| runs.lines().count())
    }
}

fn launcher(program: &Path, change: impl FnOnce(&mut WorkerOptions)) -> Launcher {
    let mut options = WorkerOptions::new(program);
    change(&mut options);
    Launcher::new(Arc::new(options))
}

fn pool(launcher: Launcher, count: usize, tenancy: Tenancy) -> Pool {
    Pool::new(launcher, Role::Run, count, tenancy, Box::new(|_, _| {})).unwrap()
}

fn project(name: &str) -> Project {
    Project::from(name)
}

/// Sends a number and gets it back; not from a worker that is dead.
fn echo(lease: &mut Lease<'_>, number: u64) -> Option<u64> {
    let channel = &mut lease.process().channel;
    channel.queue(&number, &[]).unwrap();
    let frame = channel.receive(100, Duration::from_secs(1), &mut || Ok(())).ok()?;
    postcard::from_bytes(frame.body).ok()
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Waits until something is so, which it must become.
fn wait_until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it did not happen in a minute"
        );
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_leased_worker_answers_and_is_used_again() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 2, Tenancy::Shared);
    assert!(pool.wait_until_warm().unwrap().measures.is_empty());
    let mut pids = BTreeSet::new();
    for number in 0..100 {
        let mut lease = pool.lease(&project("a")).unwrap();
        assert_eq!(echo(&mut lease, number), Some(number));
        lease.state().note_loaded(number);
        assert!(lease.state().is_loaded(0), "what it was given is known");
        pids.insert(lease.process().pid());
        assert!(lease.process().watch().bytes() > 0);
    }
    assert_eq!(pids.len(), 1, "the one that was used last is warm");
    wait_until(|| pool.statistics().idle == 2);
    let statistics = pool.statistics();
    assert_eq!((statistics.live, statistics.started, statistics.failed), (2, 2, 0));
    assert_eq!(statistics.replaced, BTreeMap::new());
    drop(pool);
    assert!(!pids.into_iter().any(exists), "nothing is left");
}

#[test]
fn discarded_workers_are_replaced_and_gone() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let mut pids = BTreeSet::new();
    for number in 0..30 {
        let mut lease = pool.lease(&project("a")).unwrap();
        assert_eq!(echo(&mut lease, number), Some(number));
        assert!(pids.insert(lease.process().pid()), "another one each time");
        match number % 3 {
            0 => lease.discard(Replaced::Late),
            1 => lease.discard(Replaced::Memory),
            // It is seen to be dead when it is given back.
            _ => {
                kill(lease.process().pid());
                wait_until(|| !lease.process().is_alive());
            }
        }
    }
    assert_eq!(
        pool.statistics().replaced,
        BTreeMap::from([(Replaced::Late, 10), (Replaced::Memory, 10), (Replaced::Crashed, 10)])
    );
    drop(pool);
    assert!(!pids.into_iter().any(exists));
}

#[test]
fn idle_workers_that_die_are_replaced() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let mut former = 0;
    for number in 0..5 {
        let mut lease = pool.lease(&project("a")).unwrap();
        let pid = lease.process().pid();
        assert_ne!(pid, former);
        assert_eq!(echo(&mut lease, number), Some(number));
        drop(lease);
        former = pid;
        kill(pid);
        wait_until(|| pool.statistics().started == number + 2);
        assert!(!exists(pid), "it was reaped");
    }
    assert_eq!(pool.statistics().replaced, BTreeMap::from([(Replaced::DiedIdle, 5)]));
}

#[test]
fn workers_are_replaced_after_their_evaluations() {
    let script = Script::new(ECHO);
    let pool = pool(
        script.launcher(|options| options.recycle_after = 10),
        1,
        Tenancy::Shared,
    );
    let mut evaluations: BTreeMap<u32, u64> = BTreeMap::new();
    for number in 0..100 {
        let mut lease = pool.lease(&project("a")).unwrap();
        assert_eq!(echo(&mut lease, number), Some(number));
        lease.state().note_evaluation();
        *evaluations.entry(lease.process().pid()).or_default() += 1;
    }
    assert_eq!(evaluations.values().copied().collect::<Vec<_>>(), [10; 10]);
    assert_eq!(pool.statistics().replaced, BTreeMap::from([(Replaced::Recycled, 10)]));
}

#[test]
fn a_worker_serves_one_project_only() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 2, Tenancy::PerProject);
    let served = Mutex::new(BTreeMap::new());
    let at_once = AtomicUsize::new(0);
    thread::scope(|scope| {
        for caller in 0..9 {
            let (pool, served, at_once) = (&pool, &served, &at_once);
            scope.spawn(move || {
                let name = ["a", "b", "c"][caller % 3];
                for number in 0..30 {
                    let mut lease = pool.lease(&project(name)).unwrap();
                    assert!(at_once.fetch_add(1, Ordering::SeqCst) < 2, "no more than there are");
                    assert_eq!(echo(&mut lease, number), Some(number));
                    let pid = lease.process().pid();
                    let former = served.lock().unwrap().insert(pid, name);
                    assert!(
                        former.is_none_or(|former| former == name),
                        "{pid} served {former:?} and {name}"
                    );
                    at_once.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    let pids: Vec<u32> = served.into_inner().unwrap().into_keys().collect();
    drop(pool);
    assert!(!pids.into_iter().any(exists));
}

#[test]
fn a_blank_worker_waits_for_the_next_project() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::PerProject);
    wait_until(|| pool.statistics().idle == 2);
    let first = pool.lease(&project("a")).unwrap().process().pid();
    assert_eq!(pool.lease(&project("a")).unwrap().process().pid(), first, "its own one");
    let before = pool.statistics();
    assert_eq!((before.started, before.idle), (2, 2));
    // The worker of the first project makes room for a blank one.
    let second = pool.lease(&project("b")).unwrap();
    assert_eq!(pool.statistics().replaced, BTreeMap::from([(Replaced::Tenancy, 1)]));
    drop(second);
    wait_until(|| pool.statistics().started == 3 && !exists(first));
    assert_eq!(pool.statistics().live, 2);
}

#[test]
fn a_crowd_delays_a_small_project_by_few_leases() {
    const CROWD: usize = 40;
    let script = Script::new(ECHO);
    for tenancy in [Tenancy::Shared, Tenancy::PerProject] {
        let pool = pool(script.launcher(|_| {}), 2, tenancy);
        let leases = AtomicUsize::new(0);
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let delays = thread::scope(|scope| {
            for _ in 0..CROWD {
                scope.spawn(|| {
                    while !is_over.load(Ordering::SeqCst) {
                        let lease = pool.lease(&project("crowd")).unwrap();
                        leases.fetch_add(1, Ordering::SeqCst);
                        // Longer than the term, so that each has one turn at a time.
                        thread::sleep(TERM + Duration::from_millis(5));
                        drop(lease);
                    }
                });
            }
            wait_until(|| {
                pool.statistics()
                    .waiting
                    .get("crowd")
                    .is_some_and(|waiting| *waiting > 10)
            });
            let mut delays = Vec::new();
            for _ in 0..6 {
                let before = leases.load(Ordering::SeqCst);
                let lease = pool.lease(&project("small")).unwrap();
                delays.push(leases.load(Ordering::SeqCst) - before);
                drop(lease);
            }
            is_over.store(true, Ordering::SeqCst);
            delays
        });
        // It is one lease of each worker, those that begin while the call does, and those of the other worker while one is
        // replaced. Without turns it would be the whole crowd.
        assert!(delays.iter().all(|delay| *delay < CROWD / 2), "{tenancy:?}: {delays:?}");
    }
}

#[test]
fn a_holder_learns_that_another_project_waits() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let lease = pool.lease(&project("a")).unwrap();
    assert!(!pool.wanted_by_others(&project("a")));
    thread::scope(|scope| {
        let own = scope.spawn(|| drop(pool.lease(&project("a")).unwrap()));
        wait_until(|| pool.statistics().waiting.len() == 1);
        assert!(!pool.wanted_by_others(&project("a")), "its own callers are not others");
        let other = scope.spawn(|| drop(pool.lease(&project("b")).unwrap()));
        wait_until(|| pool.wanted_by_others(&project("a")));
        drop(lease);
        own.join().unwrap();
        other.join().unwrap();
    });
    assert!(!pool.wanted_by_others(&project("a")));
}

#[test]
fn callers_are_told_that_no_worker_starts() {
    let missing = Path::new("/nowhere/at/all");
    let pool = pool(launcher(missing, |_| {}), 2, Tenancy::Shared);
    let expected = StartError::NotFound {
        program: missing.to_owned(),
    };
    assert_eq!(pool.wait_until_warm().unwrap_err(), expected);
    for _ in 0..3 {
        assert_eq!(pool.lease(&project("a")).unwrap_err(), expected);
    }
    assert_eq!(pool.statistics().waiting, BTreeMap::new());
}

#[test]
fn starts_are_not_repeated_without_end() {
    let script = Script::new("echo >> \"${0%/*}/runs\"; exit 3");
    let pool = pool(script.launcher(|_| {}), 4, Tenancy::Shared);
    let error = pool.lease(&project("a")).unwrap_err().to_string();
    assert!(error.contains("must begin with jurybox::workers::init()"), "{error}");
    assert!(error.contains("exit status: 3"), "{error}");
    // Four at once, then one after the other, with pauses.
    assert!(script.runs() <= 8, "{} runs", script.runs());
}

#[test]
fn workers_that_are_killed_before_they_are_used_are_replaced_at_once() {
    let script = Script::new(&format!("echo $$ >> \"${{0%/*}}/runs\"; {ECHO}"));
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    for round in 1..=20 {
        wait_until(|| pool.statistics().started == round);
        let pids = fs::read_to_string(script.directory.path().join("runs")).unwrap();
        kill(pids.lines().last().unwrap().parse().unwrap());
    }
    wait_until(|| pool.statistics().started == 21);
    assert_eq!(echo(&mut pool.lease(&project("a")).unwrap(), 7), Some(7));
    assert_eq!(pool.statistics().failed, 0);
}

#[test]
fn workers_that_are_always_killed_are_not_waited_for() {
    let script = Script::new("kill -9 $$");
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let error = pool.lease(&project("a")).unwrap_err();
    assert_eq!(error, StartError::Killed { program: script.path() });
}

#[test]
fn a_program_that_works_again_is_used_again() {
    let script = Script::new(&format!("test -e \"${{0%/*}}/works\" || exit 1; {ECHO}"));
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    assert!(pool.lease(&project("a")).is_err());
    fs::write(script.directory.path().join("works"), "").unwrap();
    wait_until(|| pool.lease(&project("a")).is_ok());
    assert_eq!(echo(&mut pool.lease(&project("a")).unwrap(), 7), Some(7));
}

#[test]
fn a_pool_ends_while_its_workers_still_start() {
    let script = Script::new("echo $$ >> \"${0%/*}/runs\"; exec sleep 1000");
    let pool = pool(script.launcher(|_| {}), 2, Tenancy::Shared);
    wait_until(|| script.runs() == 2);
    let pids = fs::read_to_string(script.directory.path().join("runs")).unwrap();
    drop(pool);
    for pid in pids.lines() {
        assert!(!exists(pid.parse().unwrap()));
    }
}

#[test]
fn a_number_that_is_not_the_workers_is_not_believed() {
    // Process 1 is nobody's worker.
    let script = Script::new(r"printf '\001\000\000\000' >&0; exec sleep 1000");
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let error = pool.lease(&project("a")).unwrap_err().to_string();
    assert!(error.contains("process 1, which is not its child"), "{error}");
    assert!(exists(1));
}

#[test]
fn a_holder_that_panics_does_not_give_its_worker_back() {
    let script = Script::new(ECHO);
    let pool = pool(script.launcher(|_| {}), 1, Tenancy::Shared);
    let panicked = thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _lease = pool.lease(&project("a")).unwrap();
            panic!("as it should");
        });
        holder.join()
    });
    assert!(panicked.is_err());
    assert_eq!(echo(&mut pool.lease(&project("a")).unwrap(), 7), Some(7));
    assert_eq!(pool.statistics().replaced, BTreeMap::from([(Replaced::Abandoned, 1)]));
}
