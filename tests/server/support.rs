//! A running service, and a client that talks to it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long a service may take to start, also on a busy machine that compiles the runtime of Hog first.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running service with a directory of its own. It is killed when dropped.
pub struct Server {
    child: Child,
    data: Option<TempDir>,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    /// The key that it printed at its first start; `""` later.
    pub key: String,
    /// What it wrote to standard error until it listened.
    pub greeting: Vec<String>,
    log: Arc<Mutex<Vec<String>>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers; the names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub text: String,
}

impl Server {
    /// A service with default settings.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// A service with these arguments.
    pub fn with(arguments: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let mut server = Self::at(data.path(), arguments);
        server.data = Some(data);
        server
    }

    /// A service on data that is there already, or will outlive it.
    pub fn at(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jurybox"))
            .args(["serve", "--addr", "127.0.0.1:0", "--workers=1", "--data"])
            .arg(data)
            .args(["--cache-dir", concat!(env!("CARGO_TARGET_TMPDIR"), "/code")])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        // It reads on, so that the service never waits for someone to read its log.
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                written.lock().expect("the log").push(line.clone());
                let _ = sender.send(line);
            }
        });
        let mut greeting = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        let url = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = lines.recv_timeout(left) else {
                let _ = child.kill();
                panic!("the service does not start: {greeting:#?}");
            };
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
            greeting.push(line);
        };
        let key = greeting.iter().find_map(|line| line.strip_prefix("key: "));
        Self {
            key: key.unwrap_or_default().to_owned(),
            child,
            data: None,
            url,
            greeting,
            log,
        }
    }

    /// What it has written to standard error.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("the log").clone()
    }

    /// Where it keeps its data.
    pub fn data(&self) -> PathBuf {
        self.data.as_ref().expect("a directory of its own").path().to_owned()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, as `kill -9` does, and gives its data back for the next one.
    pub fn kill(mut self) -> Option<TempDir> {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        self.data.take()
    }

    /// Tells it to stop, waits until it did, and gives its data back; it must end well.
    pub fn stop(self) -> Option<TempDir> {
        let stopped = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(stopped.success());
        self.stopped()
    }

    /// Waits until it has stopped, and gives its data back; it must end well.
    pub fn stopped(mut self) -> Option<TempDir> {
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        self.data.take()
    }

    /// Makes another key with these scopes, for a project of this name.
    pub fn new_key(&self, project: &str, scopes: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jurybox"));
        command
            .args(["keys", "create", "--project", project, "--data"])
            .arg(self.data());
        for scope in scopes {
            command.args(["--scope", scope]);
        }
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// Sends a request with the first key.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_with(
            &[("authorization", &format!("Bearer {}", self.key))],
            method,
            path,
            body,
        )
    }

    /// Sends a request with these headers and no others of note.
    pub fn send_with(&self, headers: &[(&str, &str)], method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut headers = headers.to_vec();
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        self.send_bytes(&headers, method, path, body.as_bytes())
    }

    /// Sends a request with these headers and this body.
    pub fn send_bytes(&self, headers: &[(&str, &str)], method: &str, path: &str, body: &[u8]) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_vec()).expect("a request");
        let mut response = agent.run(request).expect("an answer");
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            text: response
                .body_mut()
                .with_config()
                .limit(1 << 30)
                .read_to_string()
                .expect("text"),
        }
    }

    /// `GET`, which must be answered 200.
    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, None).ok()
    }

    /// `POST`, which must be answered 200, 201 or 202.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", path, Some(body)).ok()
    }

    /// Asks again and again until the answer is as it should be.
    pub fn until<T>(&self, what: &str, mut ask: impl FnMut(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = ask(self) {
                return found;
            }
            assert!(Instant::now() < deadline, "it never came to this: {what}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text))
    }

    /// The body as JSON of an answer that is well.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.json()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
