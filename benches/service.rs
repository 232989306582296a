//! The service under load: `cargo bench --bench service`, with `-- --seconds N` for shorter or longer measurements and
//! `-- soak --minutes N` for a long mixed run that looks for growth, wrong verdicts and requests that get stuck.
//!
//! It starts the real program on a directory of its own. Clients run on the same machine and take their share of it.

#[path = "service/capture.rs"]
mod capture;
#[path = "service/client.rs"]
mod client;
#[path = "service/machine.rs"]
mod machine;
#[expect(dead_code, reason = "other benchmarks judge in their own process")]
mod programs;
#[path = "service/server.rs"]
mod server;
#[path = "service/soak/mod.rs"]
mod soak;
#[path = "service/stream.rs"]
mod stream;
#[path = "service/table.rs"]
mod table;
#[path = "service/trial.rs"]
mod trial;

use std::time::Duration;

use clap::{Parser, Subcommand};

use server::Server;
use table::Table;

#[derive(Parser)]
struct Arguments {
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How many events are streamed to see what the service holds
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// A long run with good, broken and hostile snippets
    Soak {
        /// How long, in minutes
        #[arg(long, default_value_t = 30.0)]
        minutes: f64,
        /// How busy the service is kept, as a share of what it can do
        #[arg(long, default_value_t = 0.8)]
        load: f64,
        /// What cargo says to every benchmark
        #[arg(long, hide = true)]
        bench: bool,
    },
}

fn main() {
    let arguments = Arguments::parse();
    println!("{}\n", machine::describe());
    if let Some(What::Soak { minutes, load, .. }) = arguments.what {
        let calm = soak::run(Duration::from_secs_f64(minutes * 60.0), load);
        std::process::exit(i32::from(!calm));
    }
    let time = Duration::from_secs_f64(arguments.seconds);
    let mut table = Table::default();
    let server = Server::start();
    server.add_samples();
    trial::measure(&server, time, &mut table);
    stream::measure(&server, time, &mut table);
    capture::measure(&server, time, &mut table);
    drop(server);
    // What was captured is kept by the database, and would be in the way of seeing what streams leave behind.
    stream::measure_memory(&Server::start(), arguments.events, &mut table);
    println!("{table}");
}
