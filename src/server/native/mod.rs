//! Our own API, `/api/jurybox/...`: what the page and the command line use. Any key of a project opens it, and says which
//! project is meant.

mod about;
mod backlog;
mod body;
mod check;
mod completions;
mod evaluate;
mod evaluations;
mod events;
mod lines;
mod options;
mod piece;
pub mod samples;
mod snippet;
mod stream;
mod verdict;

pub use evaluate::is_lines;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::AppState;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(check::check))
        .routes(routes!(evaluate::evaluate))
        .routes(routes!(events::list, events::add))
        .routes(routes!(evaluations::list))
        .routes(routes!(evaluations::history))
        .routes(routes!(about::limits))
        .routes(routes!(about::session))
        .routes(routes!(completions::completions))
}
