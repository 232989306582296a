//! The warden: the half of a worker's process that stays outside of the worker's process namespace.
//!
//! It tells the host the number of the worker, lives as long as the worker, and does two things: when the host is gone,
//! it ends the worker; when the worker is gone, it ends itself, so that the host finds the socket closed. It never reads
//! what is on the socket. Should it be killed, then the kernel kills the worker.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process;
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, setsid};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

use super::report::MeasureState;
use super::seccomp::{self, Who};
use super::{capabilities, identity, landlock};

/// How often the warden looks for the worker where the kernel can't tell it.
const LOOK: Duration = Duration::from_millis(50);

/// The status with which a process ends that can't begin: `EX_SOFTWARE`.
const FAILED: i32 = 70;

/// Forks. The parent becomes the warden and does not return; the child returns when the host has been told its number.
pub fn split() -> MeasureState {
    // Out of the host's session, so that a signal from its terminal ends the host, who then ends its workers. Who leads
    // a group can't leave it, and need not.
    let _ = setsid();
    match try_fork() {
        Ok((ForkResult::Parent { child }, (_, writer))) => guard(child, &writer),
        Ok((ForkResult::Child, (reader, writer))) => {
            drop(writer);
            begin(&reader)
        }
        Err(why) => match announce(process::id()) {
            Ok(()) => MeasureState::Missing(why),
            Err(_) => process::exit(FAILED),
        },
    }
}

fn try_fork() -> Result<(ForkResult, (OwnedFd, OwnedFd)), String> {
    match fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) => {}
        Ok(threads) => return Err(format!("a process with {threads} threads can't fork")),
        Err(error) => return Err(format!("/proc/self/task can't be read: {error}")),
    }
    let pipe = pipe_with(PipeFlags::CLOEXEC).map_err(|error| format!("there is no pipe: {error}"))?;
    // SAFETY: in a process of several threads, the child could find locks held by threads that it does not have, an
    // allocator's for instance. This one was just seen to have a single thread, which is the one that would start more.
    let forked = unsafe { fork() }.map_err(|error| format!("the process can't fork: {}", error.desc()))?;
    Ok((forked, pipe))
}

/// Tells the host which process is the worker. Without that, the host would not know whom to watch.
fn announce(worker: u32) -> io::Result<()> {
    let number = worker.to_le_bytes();
    match retry_on_intr(|| rustix::io::write(io::stdin(), &number))? {
        4 => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}

/// The worker, just after the fork.
fn begin(warden: &OwnedFd) -> MeasureState {
    let bound = prctl::set_pdeathsig(Signal::SIGKILL);
    // Had the warden died before the kernel was told what to do then, the pipe would tell: the warden holds its other
    // end as long as it lives.
    let mut go = [0];
    let begun = retry_on_intr(|| rustix::io::read(warden, &mut go));
    if begun != Ok(1) || is_closed(warden) {
        process::exit(FAILED);
    }
    match bound.and_then(|()| prctl::get_pdeathsig()) {
        Ok(Some(Signal::SIGKILL)) => MeasureState::InForce,
        Ok(_) => MeasureState::Partly("the worker may outlive its warden".to_owned()),
        Err(error) => MeasureState::Partly(format!("the worker may outlive its warden: {}", error.desc())),
    }
}

/// Whether nobody has the other end any more.
fn is_closed(descriptor: impl AsFd) -> bool {
    let mut watched = [PollFd::new(&descriptor, PollFlags::empty())];
    let _ = retry_on_intr(|| poll(&mut watched, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })));
    !watched[0].revents().is_empty()
}

/// The warden. `life` is the end of the pipe that stays open as long as it lives.
fn guard(worker: Pid, life: &OwnedFd) -> ! {
    let number = u32::try_from(worker.as_raw()).unwrap_or_default();
    let told = announce(number).is_ok() && retry_on_intr(|| rustix::io::write(life, &[1])) == Ok(1);
    if !told {
        end(worker);
    }
    let descriptor =
        rustix::process::Pid::from_raw(worker.as_raw()).and_then(|worker| pidfd_open(worker, PidfdFlags::empty()).ok());
    // It needs nothing from now on, and meets nothing of a stranger's. What is refused here is refused to the worker,
    // too, which reports it.
    let _ = capabilities::no_new_privileges();
    let _ = landlock::deny_all_but_signals();
    let _ = capabilities::drop_all();
    let _ = identity::forbid_dumps();
    let _ = seccomp::allow_only(Who::Warden(worker.as_raw().unsigned_abs()));
    watch(worker, descriptor)
}

fn watch(worker: Pid, descriptor: Option<OwnedFd>) -> ! {
    let host = io::stdin();
    let look = Timespec::try_from(LOOK).ok().filter(|_| descriptor.is_none());
    loop {
        let mut watched = vec![PollFd::new(&host, PollFlags::empty())];
        watched.extend(descriptor.as_ref().map(|worker| PollFd::new(worker, PollFlags::IN)));
        let polled = retry_on_intr(|| poll(&mut watched, look.as_ref()));
        if polled.is_err() || !watched[0].revents().is_empty() {
            end(worker);
        }
        if has_ended(worker) {
            reap(worker);
        }
    }
}

fn has_ended(worker: Pid) -> bool {
    let Some(worker) = rustix::process::Pid::from_raw(worker.as_raw()) else {
        return true;
    };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(retry_on_intr(|| waitid(WaitId::Pid(worker), options)), Ok(None))
}

/// Ends the worker, and the warden after it.
fn end(worker: Pid) -> ! {
    match kill(worker, Signal::SIGKILL) {
        Ok(()) => reap(worker),
        // Then the end of the warden is what the kernel ends the worker for.
        Err(_) => process::exit(FAILED),
    }
}

/// Waits for the worker and ends as it did.
fn reap(worker: Pid) -> ! {
    let status = loop {
        match waitpid(worker, None) {
            Ok(WaitStatus::Exited(_, status)) => break status,
            Ok(WaitStatus::Signaled(_, signal, _)) => break 128 + signal as i32,
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(_) => break FAILED,
        }
    };
    process::exit(status)
}
