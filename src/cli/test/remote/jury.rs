//! Metrics that a service judges with.

use std::sync::Arc;

use jurybox::{EvaluationOptions, Event, Snippet, Verdict};

use super::client::Service;
use super::request::Head;
use crate::cli::limits::LimitArgs;

/// A metric at a service. Nothing is kept there: every request brings it along.
pub struct Metric {
    service: Arc<Service>,
    /// The first line of every request.
    head: Vec<u8>,
}

impl Metric {
    /// A metric that judges with these options.
    ///
    /// # Errors
    /// When they can't be written as JSON, which does not happen.
    pub fn new(
        service: &Arc<Service>,
        snippet: &Snippet,
        options: &EvaluationOptions,
        limits: &LimitArgs,
    ) -> anyhow::Result<Self> {
        let mut head = serde_json::to_vec(&Head::new(snippet, options, limits))?;
        head.push(b'\n');
        Ok(Self {
            service: Arc::clone(service),
            head,
        })
    }

    /// Has events judged; the verdicts are in their order.
    ///
    /// # Errors
    /// With one sentence, when the service can't be asked or refuses.
    pub fn judge(&self, events: &[Event]) -> anyhow::Result<Vec<Verdict>> {
        let size: usize = events.iter().map(|event| event.json().len() + 1).sum();
        let mut request = Vec::with_capacity(self.head.len() + size);
        request.extend_from_slice(&self.head);
        for event in events {
            request.extend_from_slice(event.json().as_bytes());
            request.push(b'\n');
        }
        self.service.evaluate(&request, events.len())
    }
}
