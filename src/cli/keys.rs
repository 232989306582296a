//! `jurybox keys`: the API keys of the service.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use comfy_table::Table;

use super::exit::Exit;
use super::terminal;
use crate::server::key;
use crate::server::scopes::Scopes;
use crate::store::{Project, Store, to_wire};

/// Make, list and revoke API keys of the service.
///
/// Works on the data of a service, whether it runs or not. A running service knows a new key at once, and a revoked one
/// within a second.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct KeysArgs {
    /// The directory where the service keeps everything
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "JURYBOX_DATA",
        default_value = "jurybox-data"
    )]
    data: PathBuf,
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox keys create --project default --scope evaluation:read --label ci
  jurybox keys create --project default --scope event:write --scope evaluation:write
  jurybox keys list
  jurybox keys revoke 8sKxQm2vTz1a

Scopes:
  evaluation:read   try snippets, list and read evaluations     evaluation:write  make and change them, start runs
  dataset:read      list and read datasets                      dataset:write     make and change them
  event:read        list and read events                        event:write       send events
  metric:read       HoneyHive's tasks, metrics and runs         metric:write      make and change them
  *                 everything
Writing includes reading.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a key and show it, this once
    Create {
        /// The name of its project, which is made if there is none
        #[arg(long, value_name = "NAME")]
        project: String,
        /// What it opens; may be given several times
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        /// What it is for, for those who list keys
        #[arg(long, value_name = "TEXT", default_value = "")]
        label: String,
    },
    /// List all keys, without their secrets
    List,
    /// Let a key open nothing any more
    Revoke {
        /// The key's id, as `list` shows it; the whole key works as well
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Makes, lists or revokes keys.
///
/// # Errors
/// When the data can't be used, or there is no such key or scope.
pub fn keys(arguments: &KeysArgs) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the program's threads")?;
    runtime.block_on(async {
        let data = &arguments.data;
        if !matches!(arguments.verb, Verb::Create { .. }) {
            anyhow::ensure!(data.is_dir(), "{}: there is no such directory", data.display());
        }
        let store = Store::open(data).await.with_context(|| data.display().to_string())?;
        let done = run(&arguments.verb, &store).await;
        store.close().await;
        done
    })
}

async fn run(verb: &Verb, store: &Store) -> anyhow::Result<Exit> {
    match verb {
        Verb::Create { project, scopes, label } => create(store, project, scopes, label).await?,
        Verb::List => list(store).await?,
        Verb::Revoke { id } => {
            let id = key::id(id).unwrap_or(id);
            anyhow::ensure!(
                store.revoke_key(id).await?,
                "there is no key {id} that could be revoked"
            );
            writeln!(io::stderr(), "The key {id} opens nothing any more.")?;
        }
    }
    Ok(Exit::Success)
}

async fn create(store: &Store, project: &str, scopes: &[String], label: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!project.trim().is_empty(), "--project needs a name");
    let scopes = Scopes::parse(scopes.iter().map(String::as_str))
        .map_err(|name| anyhow::anyhow!("there is no scope {name} (`jurybox keys --help` lists them)"))?;
    let projects = store.projects().await?;
    let found = projects.into_iter().find(|known| known.name == project);
    let Project { id, name, .. } = match found {
        Some(project) => project,
        None => store.create_project(project).await?,
    };
    let (kept, key) = key::generate(id, label, &scopes)?;
    store.insert_key(&kept).await?;
    writeln!(io::stderr(), "Key of project {id} ({name}), shown this once:")?;
    writeln!(io::stdout(), "{key}")?;
    Ok(())
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let projects = store.projects().await?;
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ID", "PROJECT", "SCOPES", "LABEL", "MADE", "REVOKED"]);
    for key in store.keys().await? {
        let project = projects.iter().find(|project| project.id == key.project);
        table.add_row([
            key.id.clone(),
            project.map_or_else(String::new, |project| format!("{} ({})", project.id, project.name)),
            key.scopes.join(" "),
            terminal::harmless(&key.label).into_owned(),
            to_wire(key.created_at),
            key.revoked_at.map_or_else(String::new, to_wire),
        ]);
    }
    writeln!(io::stdout(), "{table}")?;
    Ok(())
}
