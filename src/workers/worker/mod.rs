//! The worker's side: a process that was started to compile or to run strangers' code.
//!
//! It opens what it needs, closes the door behind itself and serves its host until that hangs up.

mod compiling;
mod running;

use std::env;
use std::io;
use std::os::fd::AsFd as _;
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::{Mutex, PoisonError};

use super::Role;
use super::confinement;
use super::process::ARGV0;
use super::protocol::channel::{Channel, ChannelError};
use super::protocol::message::{Hello, VERSION};
use super::protocol::{Request, Response};
use crate::engine::Isolation;

/// The most bytes of a request: a product, or a batch of events.
const MAX_REQUEST: usize = 1 << 30;

/// What tests run in a worker; see [`crate::workers::init_with_probe`].
pub type Probe = fn(&str) -> Option<String>;

/// Why a worker ends, other than by its host's hanging up.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error(transparent)]
    Channel(#[from] ChannelError),
    #[error("the host's request can't be read: {0}")]
    Request(#[from] postcard::Error),
    #[error("the host asks what this worker does not do")]
    NotMine,
    #[error("the worker can't be set up: {0}")]
    Setup(String),
}

/// Becomes a worker if this process was started as one.
pub fn init(probe: Option<Probe>) {
    let mut arguments = env::args_os();
    if arguments.next().is_none_or(|name| name != ARGV0) {
        return;
    }
    let role = arguments.next();
    let role = [Role::Run, Role::Compile]
        .into_iter()
        .find(|known| role.as_ref().is_some_and(|role| role == known.name()));
    let isolation = arguments.next();
    let isolation = [Isolation::Auto, Isolation::Rewind, Isolation::NewInstance]
        .into_iter()
        .find(|known| isolation.as_ref().is_some_and(|isolation| isolation == known.name()));
    match role {
        Some(role) => work(role, isolation.unwrap_or_default(), probe),
        None => {
            eprintln!("{ARGV0} is started by a program that has workers, not by people");
            process::exit(2)
        }
    }
}

/// The message of the last panic: its place and its words.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn work(role: Role, isolation: Isolation, probe: Option<Probe>) -> ! {
    // Nobody reads standard error, and a backtrace would be looked for in files.
    panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let separation = confinement::separate();
    let server = match role {
        Role::Run => running::Runner::new(isolation, probe).map(Server::Run),
        Role::Compile => compiling::Compiler::new(probe).map(Server::Compile),
    };
    let socket = io::stdin().as_fd().try_clone_to_owned();
    let Ok(mut channel) = socket.and_then(Channel::new) else {
        process::exit(2);
    };
    let confinement = confinement::close(separation, role);
    let served = panic::catch_unwind(AssertUnwindSafe(|| {
        let server = server?;
        let hello = Hello {
            version: VERSION,
            confinement,
        };
        send(&mut channel, &Response::Hello(hello))?;
        match server {
            Server::Run(mut runner) => runner.serve(&mut channel),
            Server::Compile(mut compiler) => compiler.serve(&mut channel),
        }
    }));
    // Whatever it was, this process is not used again. The host sees that it is gone, and is told why if that is possible.
    let reason = match served {
        Ok(Ok(()) | Err(End::Channel(ChannelError::Closed))) => process::exit(0),
        Ok(Err(end)) => end.to_string(),
        Err(_) => PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone(),
    };
    let _ = send(&mut channel, &Response::Panicked(reason));
    process::exit(101);
}

enum Server {
    Run(running::Runner),
    Compile(compiling::Compiler),
}

fn send(channel: &mut Channel, response: &Response) -> Result<(), End> {
    channel.queue(response, &[])?;
    Ok(channel.flush()?)
}

fn request(body: &[u8]) -> Result<Request<'_>, End> {
    Ok(postcard::from_bytes(body)?)
}
