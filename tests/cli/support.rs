//! A directory to work in and the program to call.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Once;

/// Metrics and events that most tests use.
pub const CONCISE: &str = "\
let words := length(splitByString(' ', output))
print(words, 'words')
return words <= 5
";
pub const POLITE: &str = "\
if (empty(output)) { return null }
if (output like '%!%') { throw Error('too excited') }
return output ilike '%please%' or output ilike '%thank%'
";
pub const EVENTS: &str = r#"{"input": "How are you?", "output": "Fine, thanks."}
{"input": "Tell me a story", "output": "Once upon a time there was a fox, thank you."}
{"uuid": "0198f3a1-7c52-7d0e-9a41-2f8e5b6c7d80", "input": "Hi", "output": "Hello! Please come in."}
{"input": "?", "output": ""}
"#;

/// A new directory in which the program is called.
pub struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    /// An empty place.
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
        }
    }

    /// A place with files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, content) in files {
            place.write(name, content.as_bytes());
        }
        place
    }

    /// A place with two metrics and four events.
    pub fn usual() -> Self {
        Self::with(&[
            ("concise.hog", CONCISE),
            ("polite.hog", POLITE),
            ("events.jsonl", EVENTS),
        ])
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, content).expect("a file");
    }

    /// The program with these arguments and the cache that all tests share, not yet started. The runtimes of the languages
    /// in the arguments are in the cache.
    pub fn command(&self, arguments: &[&str]) -> Command {
        static ARE_CACHED: [Once; 3] = [const { Once::new() }; 3];
        let snippets = [
            ("a.hog", &[".hog"][..], "return true"),
            ("a.py", &[".py", "python"], "result = 1"),
            ("a.js", &[".js", ".ts", ".cjs", ".mjs", "script"], "result = 1"),
        ];
        for ((file, marks, source), is_cached) in snippets.into_iter().zip(&ARE_CACHED) {
            let compiles = matches!(arguments.first(), Some(&("test" | "run" | "check" | "build")));
            let is_meant = |argument: &&str| marks.iter().any(|mark| argument.ends_with(mark));
            if !compiles || !arguments.iter().any(is_meant) {
                continue;
            }
            is_cached.call_once(|| {
                let outcome = Self::with(&[(file, source)])
                    .bare_command(&["check", file])
                    .output()
                    .expect("the program starts");
                assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
            });
        }
        self.bare_command(arguments)
    }

    fn bare_command(&self, arguments: &[&str]) -> Command {
        let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("code");
        let mut command = Command::new(env!("CARGO_BIN_EXE_jurybox"));
        command
            .current_dir(self.path())
            .args(arguments)
            .arg("--cache-dir")
            .arg(cache);
        command
            .env_remove("COLUMNS")
            .env_remove("NO_COLOR")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        command
    }

    /// Calls the program.
    pub fn call(&self, arguments: &[&str]) -> Called {
        Called::new(
            arguments,
            &self.command(arguments).output().expect("the program starts"),
        )
    }

    /// Calls the program for a window of so many columns.
    pub fn call_in_columns(&self, columns: u16, arguments: &[&str]) -> Called {
        let mut command = self.command(arguments);
        Called::new(
            arguments,
            &command
                .env("COLUMNS", columns.to_string())
                .output()
                .expect("the program starts"),
        )
    }

    /// Calls the program with this standard input.
    pub fn call_with_input(&self, arguments: &[&str], input: &str) -> Called {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        let writer = std::thread::spawn(move || {
            // The program may end without reading everything.
            let _ = stdin.write_all(input.as_bytes());
        });
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends");
        Called::new(arguments, &output)
    }
}

/// What a call came to.
#[derive(Debug, PartialEq)]
pub struct Called {
    pub arguments: String,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Called {
    pub fn new(arguments: &[&str], output: &Output) -> Self {
        Self {
            arguments: arguments.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("UTF-8"),
        }
    }

    /// The standard output as JSON values, one a line.
    pub fn json(&self) -> Vec<serde_json::Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect(line))
            .collect()
    }

    /// The session as a reader would see it, for a snapshot. Bills depend on the version of the Hog runtime, so they are
    /// left out.
    pub fn transcript(&self) -> String {
        let mut text = format!("$ jurybox {}\n", self.arguments);
        let mut bills = Bills::default();
        for line in self.stdout.lines() {
            text += &bills.leave_out(line);
            text += "\n";
        }
        if !self.stderr.is_empty() {
            let _ = write!(text, "--- standard error\n{}", self.stderr);
        }
        let _ = write!(
            text,
            "--- exit code {}",
            self.code.map_or("none".to_owned(), |code| code.to_string())
        );
        text
    }

    /// The output without the only figure that may differ between two runs.
    pub fn timeless(&self) -> String {
        without_number(&self.stdout, "elapsed_us")
    }
}

/// Leaves out what depends on the version of the Hog runtime: numbers in JSON, and the columns of tables under a head
/// that says `fuel`.
#[derive(Default)]
struct Bills {
    /// Where these columns end, in characters.
    columns: Vec<usize>,
}

impl Bills {
    fn leave_out(&mut self, line: &str) -> String {
        if line.starts_with('{') {
            let keys = ["fuel", "memory", "elapsed_us"];
            return keys
                .iter()
                .fold(line.to_owned(), |line, key| without_number(&line, key));
        }
        if line.starts_with("event ") || line.starts_with("metric ") {
            let ends =
                ["fuel ", "fuel median", "fuel max"].map(|head| line.find(head).map(|at| at + head.trim().len()));
            self.columns = ends.into_iter().flatten().collect();
            return line.to_owned();
        }
        let mut characters: Vec<char> = line.chars().collect();
        for end in &self.columns {
            let Some(before) = characters.get(..*end) else { continue };
            let number = before
                .iter()
                .rev()
                .take_while(|c| c.is_ascii_digit() || **c == ',')
                .count();
            let is_number = before.last().is_some_and(char::is_ascii_digit);
            if is_number && characters.get(*end).is_none_or(|c| *c == ' ') {
                characters.splice(end - number..*end, std::iter::repeat_n(' ', number));
                characters.splice(end - 4..*end, "fuel".chars());
            }
        }
        characters.into_iter().collect()
    }
}

/// Replaces the number after a JSON key by 0, wherever the key occurs.
fn without_number(text: &str, key: &str) -> String {
    let key = format!("\"{key}\":");
    let mut parts = text.split(&key);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|character: char| character.is_ascii_digit());
        result += &format!("{key}0{rest}");
    }
    result
}
