//! PostHog's evaluations.

mod evaluation;
mod output;
mod source;

use utoipa_axum::router::OpenApiRouter;

use crate::server::state::AppState;

pub use evaluation::{
    Evaluation, EvaluationStatus, EvaluationType, Target, categories, judge_options, options_for, snippet,
};
pub use output::{Output, OutputType};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
