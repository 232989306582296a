//! `jurybox new`: a folder with a first metric.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{terminal, types};

/// Make a folder with a metric, events to try it on, and the line that does so.
///
/// The metric passes and fails as it stands; change it into yours.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct NewArgs {
    /// The folder to make; its name becomes the metric's
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The language of the metric; `rust` makes a crate that compiles to WebAssembly
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    language: Template,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox new concise --language python
  jurybox new metrics/tone --language typescript

Exit codes:
  0  the folder is made
  2  it is there already, or can't be made; nothing is overwritten";

/// Languages that there is a first metric in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Template {
    #[value(help = None)]
    Hog,
    #[value(help = None)]
    Python,
    #[value(name = "javascript", help = None)]
    JavaScript,
    #[value(name = "typescript", help = None)]
    TypeScript,
    #[value(help = None)]
    Rust,
}

/// A file of the folder: where, what it says, what it is for.
struct TemplateFile {
    path: String,
    text: String,
    purpose: &'static str,
}

impl Template {
    const fn title(self) -> &'static str {
        match self {
            Self::Hog => "Hog",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::Rust => "Rust",
        }
    }

    /// The lines that judge the events.
    fn run(self, name: &str) -> String {
        match self {
            Self::Hog => format!("jurybox test {name}.hog --events events.jsonl"),
            Self::Python => format!("jurybox test {name}.py --events events.jsonl"),
            Self::JavaScript => format!("jurybox test {name}.js --events events.jsonl"),
            Self::TypeScript => format!("jurybox test {name}.ts --events events.jsonl"),
            Self::Rust => format!(
                "cargo build --release --target wasm32-unknown-unknown\n\
                 jurybox test target/wasm32-unknown-unknown/release/{}.wasm --events events.jsonl",
                name.replace('-', "_")
            ),
        }
    }

    /// What else there is to know.
    const fn more(self) -> &'static str {
        match self {
            Self::Hog => "",
            Self::Python => {
                "\n`jurybox.pyi` has the types for your editor; `jurybox types --language python` prints it again.\n"
            }
            Self::JavaScript | Self::TypeScript => {
                "\n`jurybox.d.ts` has the types for your editor; `jurybox types --language typescript` prints it again.\n"
            }
            Self::Rust => {
                "\n`rustup target add wasm32-unknown-unknown` installs what the first line needs. `cargo test` can call \
                 the function as it is, without a sandbox.\n"
            }
        }
    }

    fn files(self, name: &str) -> Vec<TemplateFile> {
        let fill = |text: &str| {
            text.replace("{{name}}", name)
                .replace("{{language}}", self.title())
                .replace("{{run}}", &self.run(name))
                .replace("{{more}}\n", self.more())
        };
        let file = |path: &str, text: &str, purpose| TemplateFile {
            path: path.to_owned(),
            text: fill(text),
            purpose,
        };
        let metric = |extension: &str, text: &str| file(&format!("{name}.{extension}"), text, "the metric");
        let types_for_editors = |path: &str, text: &str| file(path, text, "types for your editor");
        let mut files = match self {
            Self::Hog => vec![metric("hog", include_str!("templates/metric.hog"))],
            Self::Python => vec![
                metric("py", include_str!("templates/metric.py")),
                types_for_editors("jurybox.pyi", types::PYTHON),
            ],
            Self::JavaScript => vec![
                metric("js", include_str!("templates/metric.js")),
                types_for_editors("jurybox.d.ts", types::TYPESCRIPT),
            ],
            Self::TypeScript => vec![
                metric("ts", include_str!("templates/metric.ts")),
                types_for_editors("jurybox.d.ts", types::TYPESCRIPT),
            ],
            Self::Rust => vec![
                file("src/lib.rs", include_str!("templates/metric.rs"), "the metric"),
                file("Cargo.toml", include_str!("templates/metric.Cargo.toml"), "its crate"),
                file(".gitignore", "/target\n", "what git leaves out"),
            ],
        };
        files.push(file(
            "events.jsonl",
            include_str!("templates/events.jsonl"),
            "events to try it on",
        ));
        files.push(file("README.md", include_str!("templates/README.md"), "how to run it"));
        files
    }
}

/// Makes the folder.
///
/// # Errors
/// When it is there already, its name does not do, or it can't be made.
pub fn new(arguments: &NewArgs) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    let shown = folder.display();
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_good_name(name) {
        bail!("{shown}: the name of a metric has letters, digits, `-` and `_`, and begins with a letter");
    }
    let files = arguments.language.files(name);
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).with_context(|| format!("{shown}: the folder can't be made"))?;
    }
    fs::create_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => anyhow::anyhow!("{shown}: there is something of this name already"),
        _ => anyhow::anyhow!("{shown}: the folder can't be made: {error}"),
    })?;
    for file in &files {
        write(folder, file).with_context(|| format!("{shown}/{}: can't be written", file.path))?;
    }

    let mut out = io::stdout().lock();
    let shown = shown.to_string();
    let shown = terminal::harmless(&shown);
    writeln!(out, "{shown}/")?;
    let width = files.iter().map(|file| file.path.len()).max().unwrap_or_default();
    for file in &files {
        writeln!(out, "  {:width$}  {}", file.path, file.purpose)?;
    }
    writeln!(out, "\nTry it:\n  cd {shown}")?;
    for line in arguments.language.run(name).lines() {
        writeln!(out, "  {line}")?;
    }
    out.flush()?;
    Ok(Exit::Success)
}

fn write(folder: &Path, file: &TemplateFile) -> io::Result<()> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::File::create_new(path)?.write_all(file.text.as_bytes())
}

/// A name that files, crates and shells take without quotes.
fn is_good_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_no_quotes() {
        for (name, is_good) in [
            ("concise", true),
            ("is_polite-2", true),
            ("", false),
            ("2nd", false),
            ("-x", false),
            ("a b", false),
            ("höflich", false),
            ("a.b", false),
        ] {
            assert_eq!(is_good_name(name), is_good, "{name}");
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for template in Template::value_variants() {
            for file in template.files("some-name") {
                assert!(!file.text.contains("{{"), "{template:?}: {}", file.path);
            }
        }
    }
}
