//! A client with one connection that it keeps.

use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

/// A request that takes longer is stuck.
pub const STUCK: Duration = Duration::from_secs(120);

/// A client of one thread.
pub struct Client {
    agent: Agent,
    url: String,
    authorization: String,
}

impl Client {
    /// A client of the service at this address.
    pub fn new(address: &str, key: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(STUCK))
            .build();
        Self {
            agent: config.into(),
            url: format!("http://{address}"),
            authorization: format!("Bearer {key}"),
        }
    }

    /// Sends JSON and gives status and answer.
    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self
            .post_bytes(path, &[], body.to_string().as_bytes())
            .expect("an answer");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Sends bytes with these headers.
    pub fn post_bytes(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<(u16, String), ureq::Error> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("authorization", &self.authorization)
            .header("accept-encoding", "identity");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.send(body)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string()?;
        Ok((status, text))
    }
}

/// Times of requests.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds the time since a request began.
    pub fn add(&mut self, began: Instant) {
        self.0.push(began.elapsed());
    }

    /// Adds those of another client.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Median and 99th percentile, in milliseconds.
    pub fn shown(&mut self) -> String {
        self.0.sort_unstable();
        let at = |share: f64| {
            let index = ((self.0.len() as f64 * share) as usize).min(self.0.len().saturating_sub(1));
            self.0.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        format!("p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99))
    }
}
