//! Which evaluations a list has.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::answer::EvaluationAnswer;
use super::evaluation::{Evaluation, EvaluationType};
use crate::server::posthog::fields::choice;
use crate::server::posthog::paging::ListQuery;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{Kind, Listing, ProjectId, Sort};

/// What evaluations can be ordered by.
const ORDERS: [(&str, Sort); 3] = [
    ("created_at", Sort::CreatedAt),
    ("updated_at", Sort::UpdatedAt),
    ("name", Sort::Name),
];

/// A part of a list, for the description of the API.
#[derive(Serialize, ToSchema)]
pub struct EvaluationList {
    /// How many evaluations the whole list has.
    count: u64,
    /// The address of the next part.
    next: Option<String>,
    /// The address of the part before.
    previous: Option<String>,
    /// The evaluations of this part.
    results: Vec<EvaluationAnswer>,
}

/// What the store knows nothing of.
#[derive(Default)]
struct Further {
    evaluation_type: Option<EvaluationType>,
    directory_id: Option<String>,
    is_in_no_directory: Option<bool>,
}

impl Further {
    fn read(query: &ListQuery) -> Result<Self, Problem> {
        let evaluation_type = query.get("evaluation_type").map(|name| {
            choice(&json!(name)).map_err(|_| {
                let detail = format!("Select a valid choice. {name} is not one of the available choices.");
                Problem::invalid("evaluation_type", "invalid_choice", detail)
            })
        });
        let directory_id = query.get("directory_id").map(|id| {
            uuid::Uuid::try_parse(id)
                .map(|id| id.to_string())
                .map_err(|_| Problem::invalid("directory_id", "invalid_input", "Enter a valid UUID."))
        });
        Ok(Self {
            evaluation_type: evaluation_type.transpose()?,
            directory_id: directory_id.transpose()?,
            is_in_no_directory: flag(query, "directory_id__isnull"),
        })
    }

    fn is_any(&self) -> bool {
        self.evaluation_type.is_some() || self.directory_id.is_some() || self.is_in_no_directory.is_some()
    }

    fn has(&self, evaluation: &Evaluation) -> bool {
        self.evaluation_type
            .is_none_or(|wanted| evaluation.evaluation_type == wanted)
            && (self.directory_id.is_none() || evaluation.directory_id == self.directory_id)
            && self
                .is_in_no_directory
                .is_none_or(|wanted| evaluation.directory_id.is_none() == wanted)
    }
}

/// A boolean of a query; what is none counts as not there, as in Django's filters.
fn flag(query: &ListQuery, name: &str) -> Option<bool> {
    match query.get(name)?.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// How many evaluations the list has, and those of the part that is asked for.
///
/// # Errors
/// 400 when a parameter is wrong.
pub async fn list(state: &AppState, project: ProjectId, query: &ListQuery) -> Result<(u64, Vec<Evaluation>), Problem> {
    let further = Further::read(query)?;
    let mut listing = Listing {
        search: query.get("search").map(str::to_owned),
        enabled: flag(query, "enabled"),
        ids: query.ids("id__in")?,
        order: query.order(&ORDERS)?,
        limit: Some(query.limit),
        offset: query.offset,
        ..Listing::default()
    };
    if further.is_any() {
        // They are few, a project's; the database need not know their inside.
        listing.limit = None;
        listing.offset = 0;
    }
    let page = state.store.list(project, Kind::Evaluation, &listing).await?;
    let evaluations = page.documents.iter().map(Evaluation::read);
    let mut evaluations: Vec<Evaluation> = evaluations.collect::<Result<_, _>>()?;
    if !further.is_any() {
        return Ok((page.total, evaluations));
    }
    evaluations.retain(|evaluation| further.has(evaluation));
    let total = u64::try_from(evaluations.len()).unwrap_or(u64::MAX);
    let first = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let count = usize::try_from(query.limit).unwrap_or(usize::MAX);
    Ok((total, evaluations.into_iter().skip(first).take(count).collect()))
}
