//! `jurybox-preinitialise IN.wasm OUT.wasm [--dir HOSTDIR]`: the last step of building an interpreter guest.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use jurybox_preinitialise::preinitialise;

/// Runs the initialisation of an interpreter guest and stores its memory in the module.
#[derive(Parser)]
struct Arguments {
    /// The module as the linker wrote it, with `_initialize` and `init`.
    input: PathBuf,
    /// Where the initialised module goes.
    output: PathBuf,
    /// A directory that the initialisation may read as `/`; it is an empty one otherwise.
    #[arg(long, value_name = "HOSTDIR")]
    dir: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let input = fs::read(&arguments.input).with_context(|| format!("can't read {}", arguments.input.display()))?;
    let output = preinitialise(&input, arguments.dir.as_deref())
        .with_context(|| format!("can't initialise {}", arguments.input.display()))?;
    fs::write(&arguments.output, output).with_context(|| format!("can't write {}", arguments.output.display()))
}
