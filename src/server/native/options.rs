//! What a request may say about how its events are judged.

use jurybox::{EvaluationOptions, Limits, PassRule, ReturnType};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::server::problem::Problem;

/// How the events are judged. What is left out is as the service does it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JuryboxOptions)]
pub struct OptionsRequest {
    /// Whether null means "not applicable" instead of an error.
    pub allows_na: Option<bool>,
    /// When a value passes: `"none"`, `{"equals": true}`, `{"within": {"min": 0.5}}`, `{"one_of": ["good"]}`.
    #[schema(value_type = Option<Object>)]
    pub pass_rule: Option<PassRule>,
    /// The type that values must have: `"boolean"`, `"number"`, `"string"`, `{"categorical": ["good", "bad"]}`.
    #[schema(value_type = Option<Object>)]
    pub returns: Option<ReturnType>,
    /// Whether events without ground truth are skipped.
    pub needs_ground_truth: Option<bool>,
    /// Bounds, none above those of the service.
    pub limits: Option<LimitsRequest>,
    /// The clock that the metric sees, in nanoseconds since 1970; by default the time of the run.
    pub now_ns: Option<i64>,
    /// The seed of its random numbers; by default made from code and event.
    pub seed: Option<u64>,
}

/// Bounds of one evaluation; those left out are the service's.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JuryboxLimits)]
pub struct LimitsRequest {
    /// Work, about one unit per WebAssembly instruction.
    pub fuel: Option<u64>,
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Source of a snippet in bytes.
    pub source: Option<usize>,
    /// Binary of a module in bytes.
    pub module: Option<usize>,
    /// JSON text of an event in bytes.
    pub event: Option<usize>,
    /// JSON text of the returned value in bytes.
    pub result: Option<usize>,
    /// All printed lines together in bytes.
    pub logs: Option<usize>,
    /// Time in milliseconds.
    pub deadline_ms: Option<u64>,
}

impl OptionsRequest {
    /// The options of an evaluation: those of the service or of a saved metric, changed as is asked for.
    ///
    /// # Errors
    /// 400, when a limit is above the service's.
    pub fn apply(&self, mut options: EvaluationOptions, service: &Limits) -> Result<EvaluationOptions, Problem> {
        options.limits = self.limits.unwrap_or_default().within(service)?;
        options.allows_na = self.allows_na.unwrap_or(options.allows_na);
        options.needs_ground_truth = self.needs_ground_truth.unwrap_or(options.needs_ground_truth);
        options.now_ns = self.now_ns.or(options.now_ns);
        options.seed = self.seed.or(options.seed);
        if self.pass_rule.is_some() {
            options.pass_rule.clone_from(&self.pass_rule);
        }
        if self.returns.is_some() {
            options.returns.clone_from(&self.returns);
        }
        Ok(options)
    }
}

impl LimitsRequest {
    fn within(self, service: &Limits) -> Result<Limits, Problem> {
        let mut limits = service.clone();
        limits.fuel = lower("fuel", self.fuel, service.fuel)?;
        limits.memory = lower("memory", self.memory, service.memory)?;
        limits.source = lower("source", self.source, service.source)?;
        limits.module = lower("module", self.module, service.module)?;
        limits.event = lower("event", self.event, service.event)?;
        limits.result = lower("result", self.result, service.result)?;
        limits.logs = lower("logs", self.logs, service.logs)?;
        let most = u64::try_from(service.deadline.as_millis()).unwrap_or(u64::MAX);
        if self.deadline_ms.is_some() {
            limits.deadline = std::time::Duration::from_millis(lower("deadline_ms", self.deadline_ms, most)?);
        }
        Ok(limits)
    }
}

/// The bound that is asked for, if it is no higher than the service's.
fn lower<T: Copy + PartialOrd + std::fmt::Display>(name: &str, asked: Option<T>, service: T) -> Result<T, Problem> {
    match asked {
        Some(asked) if asked > service => Err(Problem::invalid(
            format!("options.limits.{name}"),
            "over_limit",
            format!("{asked} is more than the service allows, which is {service}."),
        )),
        Some(asked) => Ok(asked),
        None => Ok(service),
    }
}
