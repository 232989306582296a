//! The folder of guests, and what the first lines of their files say.
//!
//! ```text
//! # Attack: a sort comparator that sorts
//! # Tries: to overflow the stack of the interpreter from C code that calls back into Python,
//! #   and back again.
//! # Ends: runtime_error
//! # Says: RecursionError
//! ```
//!
//! | key | |
//! |---|---|
//! | `Attack` | its name, for people |
//! | `Tries` | what it would gain |
//! | `Ends` | the status it must end with |
//! | `Code` | the code of the diagnostic, if it must not compile |
//! | `Says` | a part of the message of the error, or of that diagnostic |
//! | `Returns` | the value, as JSON |
//! | `Limits` | other limits than [`EVERYBODY`]: `fuel 1000, memory 1000000, deadline 100` (milliseconds), `result 10` |
//! | `Event` | the event, by the name of a function in `made/events.rs` |
//! | `Made by` | the function in `made/` that writes the source, where it is a binary or very long |

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jurybox::{Language, Limits, Status};

use crate::made;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evil/guests");

/// The fuel that guests get, unless their file says otherwise: enough for what attacks do before they strike.
pub const EVERYBODY: u64 = 100_000_000;

/// An attack.
pub struct Guest {
    /// The file's name without its extension.
    pub name: String,
    pub language: Language,
    source: Source,
    event: fn() -> String,
    pub limits: Limits,
    pub ends: Status,
    pub code: Option<String>,
    pub says: Option<String>,
    pub returns: Option<serde_json::Value>,
}

/// Sources and events are made when they are wanted: some are large.
enum Source {
    File(Vec<u8>),
    Made(fn() -> Vec<u8>),
}

impl Guest {
    pub fn source(&self) -> Vec<u8> {
        match &self.source {
            Source::File(text) => text.clone(),
            Source::Made(make) => make(),
        }
    }

    pub fn event(&self) -> String {
        (self.event)()
    }
}

pub type Guests = HashMap<Language, Vec<Arc<Guest>>>;

/// All guests by language, or what is wrong with the folder.
pub fn guests() -> Result<Guests, String> {
    let mut guests: Guests = Language::ALL.iter().map(|language| (*language, Vec::new())).collect();
    let mut problems = Vec::new();
    let mut used = Used::default();
    for language in Language::ALL {
        let mut paths = match files(&Path::new(FOLDER).join(language.name())) {
            Ok(paths) => paths,
            Err(error) => return Err(format!("{FOLDER}/{}: {error}", language.name())),
        };
        paths.sort();
        for path in paths {
            match guest(&path, language, &mut used) {
                Ok(guest) => guests.entry(language).or_default().push(Arc::new(guest)),
                Err(problem) => problems.push(format!("{}: {problem}", path.display())),
            }
        }
    }
    let unused = made::SOURCES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !used.sources.contains(*name));
    problems.extend(unused.map(|name| format!("no file is made by `{name}`")));
    let unused = made::EVENTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !used.events.contains(*name));
    problems.extend(unused.map(|name| format!("no file has the event `{name}`")));
    if problems.is_empty() {
        Ok(guests)
    } else {
        Err(problems.join("\n"))
    }
}

/// What files asked for by name.
#[derive(Default)]
struct Used {
    sources: BTreeSet<String>,
    events: BTreeSet<String>,
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn guest(path: &Path, language: Language, used: &mut Used) -> Result<Guest, String> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if Language::from_extension(extension) != Some(language) {
        return Err(format!("no file in {}", language.name()));
    }
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .ok_or("no name")?
        .to_owned();
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut entries = entries(&text, language)?;
    for key in ["Attack", "Tries", "Ends"] {
        if !entries.contains_key(key) {
            return Err(format!("`{key}` is missing"));
        }
    }
    let mut limits = Limits::default();
    limits.fuel = EVERYBODY;
    // Fuel must trip first, however busy the machine is.
    limits.deadline = Duration::from_secs(60);
    if let Some(changes) = entries.remove("Limits") {
        change(&mut limits, &changes)?;
    }
    let source = match entries.remove("Made by") {
        Some(maker) => {
            let (_, make) = made::SOURCES
                .iter()
                .find(|(name, _)| *name == maker)
                .ok_or(format!("who is {maker}?"))?;
            if maker != name {
                return Err(format!("it is made by {maker}, not by one of its name"));
            }
            used.sources.insert(maker);
            Source::Made(*make)
        }
        None => Source::File(text.into_bytes()),
    };
    let event = match entries.remove("Event") {
        Some(maker) => {
            let (_, make) = made::EVENTS
                .iter()
                .find(|(name, _)| *name == maker)
                .ok_or(format!("what is {maker}?"))?;
            used.events.insert(maker);
            *make
        }
        None => || made::EVENT.to_owned(),
    };
    let ends = status(&entries.remove("Ends").unwrap_or_default())?;
    let code = entries.remove("Code");
    if code.is_some() != (ends == Status::CompileError) {
        return Err("`Code` belongs to compile_error".to_owned());
    }
    let returns = entries
        .remove("Returns")
        .map(|json| serde_json::from_str(&json))
        .transpose();
    let returns = returns.map_err(|error| error.to_string())?;
    if returns.is_some() != (ends == Status::Ok) {
        return Err("`Returns` belongs to ok".to_owned());
    }
    Ok(Guest {
        name,
        language,
        source,
        event,
        limits,
        ends,
        code,
        says: entries.remove("Says"),
        returns,
    })
}

/// The keys and their texts in the comment that a file begins with.
fn entries(text: &str, language: Language) -> Result<BTreeMap<String, String>, String> {
    const KEYS: [&str; 9] = [
        "Attack", "Tries", "Ends", "Code", "Says", "Returns", "Limits", "Event", "Made by",
    ];
    let mark = match language {
        Language::Python => "#",
        Language::Wasm => ";;",
        _ => "//",
    };
    let mut entries = BTreeMap::new();
    let mut last: Option<String> = None;
    for line in text.lines().map_while(|line| line.strip_prefix(mark)) {
        match line.trim().split_once(": ") {
            Some((key, rest)) if KEYS.contains(&key) => {
                if entries.insert(key.to_owned(), rest.trim().to_owned()).is_some() {
                    return Err(format!("`{key}` is there twice"));
                }
                last = Some(key.to_owned());
            }
            _ => {
                let known = last.as_ref().and_then(|key| entries.get_mut(key));
                let entry = known.ok_or(format!("`{line}` begins with no key"))?;
                entry.push(' ');
                entry.push_str(line.trim());
            }
        }
    }
    Ok(entries)
}

fn status(name: &str) -> Result<Status, String> {
    serde_json::from_value(name.into()).map_err(|_| format!("there is no status `{name}`"))
}

fn change(limits: &mut Limits, changes: &str) -> Result<(), String> {
    for change in changes.split(',') {
        let (name, number) = change.trim().split_once(' ').ok_or(format!("`{change}` is no limit"))?;
        let number: u64 = number
            .replace('_', "")
            .parse()
            .map_err(|_| format!("`{number}` is no number"))?;
        match name {
            "fuel" => limits.fuel = number,
            "memory" => limits.memory = number,
            "deadline" => limits.deadline = Duration::from_millis(number),
            "result" => limits.result = usize::try_from(number).map_err(|error| error.to_string())?,
            "logs" => limits.logs = usize::try_from(number).map_err(|error| error.to_string())?,
            _ => return Err(format!("there is no limit `{name}`")),
        }
    }
    Ok(())
}
