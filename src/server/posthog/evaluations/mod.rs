//! PostHog's evaluations: saved ones, and trying code without saving it.

mod answer;
mod change;
mod compile;
mod config;
mod evaluation;
mod filter;
mod output;
mod request;
mod routes;
mod source;
mod target;
mod test_hog;

pub use evaluation::{Evaluation, EvaluationType, Target, categories, judge_options, snippet};
pub use output::Output;
pub use routes::router;
