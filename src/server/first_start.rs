//! The first start: a project to begin with, and the key to it.

use std::io::Write as _;

use super::config::Config;
use super::key;
use super::scopes::Scopes;
use crate::store::Store;

/// The name of the first project.
const FIRST_PROJECT: &str = "default";

/// Makes the first project and its key, if there is no key yet, and shows it. A start without keys is told aloud.
///
/// # Errors
/// When the store fails or the system has no random numbers.
pub async fn prepare(store: &Store, config: &Config) -> anyhow::Result<()> {
    if config.insecure_no_auth {
        say(&format!(
            "warning: no keys are asked for: everyone on this machine who reaches {} may do everything",
            config.addr
        ));
    }
    if !store.keys().await?.is_empty() {
        return Ok(());
    }
    // An earlier start may have been killed between the project and its key.
    let project = match store.projects().await?.into_iter().next() {
        Some(project) => project,
        None => store.create_project(FIRST_PROJECT).await?,
    };
    let (kept, key) = key::generate(project.id, "first key", &Scopes::everything())?;
    store.insert_key(&kept).await?;
    say(&format!("project: {} ({})", project.id, project.name));
    say(&format!("key: {key}"));
    say("The key is shown this once. `jurybox keys create` makes others.");
    Ok(())
}

/// Tells whoever started the service. Not by the log, which is kept and read by others.
fn say(sentence: &str) {
    // Where standard error is closed, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{sentence}");
}
