//! Talking to a service.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jurybox::{Convention, Diagnostic, Snippet, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::request::SnippetRequest;

/// Time until there is a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a service that has too much to do is asked again.
const ATTEMPTS: u32 = 10;
/// How long is waited at most before it is asked again, whatever it says.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The largest answer in one piece.
const MOST_BYTES: u64 = 64 << 20;

/// A service, for any number of threads.
pub struct Service {
    agent: Agent,
    url: String,
    authorization: Option<String>,
    /// Whether it was told that the service has too much to do.
    has_complained: AtomicBool,
}

/// What the service's compiler says about a snippet.
#[derive(Debug, Deserialize)]
pub struct Checked {
    /// Whether it compiles.
    pub ok: bool,
    pub(super) convention: Option<Convention>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// An answer that is an error, of our own service or of what stands before it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    error: Option<String>,
    kind: Option<String>,
}

/// A line of a stream that is no verdict.
#[derive(Deserialize)]
struct Broken {
    event: String,
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
}

impl Service {
    /// The service at a URL without a slash at its end.
    ///
    /// # Errors
    /// When the file with certificates can't be read.
    pub fn new(url: &str, key: Option<String>, certificates: Option<&Path>) -> anyhow::Result<Self> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            // The key is for this service, and not for where it might lead.
            .max_redirects(0)
            .user_agent(concat!("jurybox/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = certificates
            && url.starts_with("https://")
        {
            let roots = RootCerts::new_with_certs(&read_certificates(file)?);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(Self {
            agent: config.build().into(),
            url: url.to_owned(),
            authorization: key.map(|key| format!("Bearer {key}")),
            has_complained: AtomicBool::new(false),
        })
    }

    /// Has a snippet compiled.
    ///
    /// # Errors
    /// With one sentence, when the service can't be asked or does not answer as it should.
    pub fn check(&self, snippet: &Snippet) -> anyhow::Result<Checked> {
        let request = serde_json::to_vec(&SnippetRequest::from(snippet))?;
        let mut answer = self.post("check", "application/json", &request)?;
        self.read(&mut answer)
    }

    /// Has events judged: `request` is the whole stream. The verdicts are in the order of the events.
    ///
    /// # Errors
    /// As [`Self::check`], and when the service refuses an event.
    pub fn evaluate(&self, request: &[u8], events: usize) -> anyhow::Result<Vec<Verdict>> {
        let mut answer = self.post("evaluate", "application/x-ndjson", request)?;
        let mut lines = BufReader::new(answer.body_mut().as_reader());
        let mut verdicts = Vec::with_capacity(events);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = lines.read_until(b'\n', &mut line);
            if read.with_context(|| format!("{}: the answer can't be read", self.url))? == 0 {
                break;
            }
            match serde_json::from_slice::<Verdict>(&line) {
                Ok(verdict) => verdicts.push(verdict),
                Err(_) => match serde_json::from_slice::<Broken>(&line) {
                    Ok(broken) => bail!("{}: event {}: {}", self.url, broken.event, broken.error.message),
                    Err(error) => bail!("{}: the answer is not a verdict: {error}", self.url),
                },
            }
        }
        anyhow::ensure!(
            verdicts.len() == events,
            "{}: the answer ended after {} of {events} verdicts",
            self.url,
            verdicts.len()
        );
        Ok(verdicts)
    }

    /// Sends a request, again and again while the service has too much to do.
    fn post(&self, what: &str, content_type: &str, body: &[u8]) -> anyhow::Result<Response<Body>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut answer = self.post_once(what, content_type, body)?;
            match answer.status() {
                StatusCode::OK => return Ok(answer),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE if attempt < ATTEMPTS => {
                    self.wait(&answer);
                }
                _ => return Err(self.problem(&mut answer)),
            }
        }
    }

    fn post_once(&self, what: &str, content_type: &str, body: &[u8]) -> anyhow::Result<Response<Body>> {
        let url = format!("{}/api/jurybox/{what}", self.url);
        let mut request = self
            .agent
            .post(&url)
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let sent = request.send(body);
        sent.map_err(|error| anyhow::anyhow!("{}: {}", self.url, explain(&error)))
    }

    /// Waits as long as the service asks for, and says so once.
    fn wait(&self, answer: &Response<Body>) {
        let asked = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let seconds = asked.and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
        let time = Duration::from_secs(seconds).min(LONGEST_WAIT);
        if !self.has_complained.swap(true, Ordering::Relaxed) {
            // Where standard error is closed, there is nobody to tell.
            let _ = writeln!(io::stderr(), "{} has too much to do; waiting for it ...", self.url);
        }
        thread::sleep(time);
    }

    fn read<T: DeserializeOwned>(&self, answer: &mut Response<Body>) -> anyhow::Result<T> {
        let text = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let text = text.with_context(|| format!("{}: the answer can't be read", self.url))?;
        serde_json::from_slice(&text).with_context(|| format!("{}: the answer is not what it should be", self.url))
    }

    /// What is wrong, in a sentence.
    fn problem(&self, answer: &mut Response<Body>) -> anyhow::Error {
        let status = answer.status();
        let problem: Problem = self.read(answer).unwrap_or_default();
        let url = &self.url;
        match (status, problem.kind, problem.error) {
            (StatusCode::UNAUTHORIZED, _, _) if self.authorization.is_none() => {
                anyhow::anyhow!("{url} asks for a key: give it with --key, or in JURYBOX_KEY")
            }
            (StatusCode::UNAUTHORIZED, _, _) => anyhow::anyhow!("{url} does not accept the key"),
            (_, Some(_), Some(error)) => anyhow::anyhow!("{url}: {error}"),
            (StatusCode::NOT_FOUND, ..) => anyhow::anyhow!("{url} is no service of jurybox"),
            _ => anyhow::anyhow!("{url} answered with status {status}"),
        }
    }
}

fn read_certificates(file: &Path) -> anyhow::Result<Vec<ureq::tls::Certificate<'static>>> {
    let pem = std::fs::read(file).with_context(|| format!("SSL_CERT_FILE: {}", file.display()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.with_context(|| format!("SSL_CERT_FILE: {}", file.display()))? {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

/// Why there is no answer, in the words of people.
fn explain(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Timeout(_) => "there is no answer".to_owned(),
        ureq::Error::ConnectionFailed => "can't be reached".to_owned(),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => "nothing answers there (connection refused)".to_owned(),
            // What TLS refuses; SSL_CERT_FILE is where other programs look, too.
            io::ErrorKind::InvalidData => format!("{error} (authorities to trust may be named in SSL_CERT_FILE)"),
            _ => format!("can't be reached: {error}"),
        },
        error => error.to_string(),
    }
}
