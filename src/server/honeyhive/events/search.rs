//! Finding events.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveSearch;
use super::super::filters::{self, Filter, Operator};
use super::super::params::{Params, whole};
use super::super::{Answer, Failures};
use super::reading;
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{EventFilter, Platform, ProjectId, Store};

/// Events of an answer, where nothing is said.
const LIMIT: u32 = 1000;
/// Events of an answer at most.
const MAX_LIMIT: u32 = 7500;
/// Events that are read at a time.
const CHUNK: u32 = 500;

/// What to find.
#[derive(Clone, Debug)]
pub struct Search {
    /// What the store looks at.
    stored: EventFilter,
    /// What is looked at here.
    filters: Vec<Filter>,
    limit: u32,
    page: u32,
    projections: Option<Vec<String>>,
}

impl Search {
    /// A search for all events that pass these filters.
    pub fn new(filters: Vec<Filter>) -> Self {
        let mut stored = EventFilter {
            platform: Some(Platform::HoneyHive),
            ..EventFilter::default()
        };
        let mut left = Vec::new();
        for filter in filters {
            let text = filter.value.as_str().filter(|_| filter.operator == Operator::Is);
            match (filter.field.as_str(), text) {
                ("session_id", Some(session)) if stored.session_id.is_none() => {
                    stored.session_id = Some(session.to_owned())
                }
                ("event_type", Some(kind)) if stored.name.is_none() => stored.name = Some(kind.to_owned()),
                _ => left.push(filter),
            }
        }
        Self {
            stored,
            filters: left,
            limit: LIMIT,
            page: 1,
            projections: None,
        }
    }

    /// The search of a query.
    ///
    /// # Errors
    /// When a parameter is wrong.
    pub fn of_params(params: &Params) -> Result<Self, Problem> {
        let is = |field: &str| {
            let value = params.get(field)?;
            let filter = json!({"field": field, "operator": "is", "value": value});
            Filter::read(Fields::of(filter.as_object()?)).ok()
        };
        let filters = ["session_id", "event_type", "event_name", "source"]
            .into_iter()
            .filter_map(is);
        let mut search = Self::new(filters.collect());
        search.limit = params.count("limit")?.unwrap_or(LIMIT).min(MAX_LIMIT);
        search.page = params.count("page")?.unwrap_or(1);
        Ok(search)
    }

    /// The search of a body: `{filters, dateRange, limit, page, projections}`. `ignore_order` changes nothing: the newest
    /// come first anyway.
    ///
    /// # Errors
    /// When a field is wrong.
    fn of_body(body: &Map<String, Value>) -> Result<Self, Problem> {
        let fields = Fields::of(body);
        let list = match fields.get("filters") {
            Some(Value::Object(filters)) => Fields::of_part(filters, "filters.").objects("filterArray")?,
            _ => fields.objects("filters")?,
        };
        let mut filters = Filter::read_all(&list.unwrap_or_default(), "filters")?;
        if let Some(run) = fields.text("evaluation_id")? {
            let of_run = json!({"field": "metadata.run_id", "operator": "is", "value": run});
            filters.extend(
                of_run
                    .as_object()
                    .and_then(|filter| Filter::read(Fields::of(filter)).ok()),
            );
        }
        let mut search = Self::new(filters);
        let count = |name| match fields.number(name)? {
            None => Ok(None),
            Some(number) => whole(number)
                .map(Some)
                .ok_or_else(|| fields.invalid(name, "This must be a whole number from 1 on.")),
        };
        search.limit = count("limit")?.unwrap_or(LIMIT).min(MAX_LIMIT);
        search.page = count("page")?.unwrap_or(1);
        if let Some(range) = fields.object("dateRange")? {
            let range = Fields::of_part(range, "dateRange.");
            search.stored.since = bound(range, &["$gte", "gte", "start_time"])?;
            // The store leaves the end out, and clients don't.
            let until = bound(range, &["$lte", "lte", "end_time"])?;
            search.stored.before = until.and_then(|until| until.checked_add(jiff::Span::new().microseconds(1)).ok());
        }
        let projections = fields.texts("projections")?.filter(|names| !names.is_empty());
        search.projections = projections.map(|names| names.into_iter().map(str::to_owned).collect());
        Ok(search)
    }
}

fn bound(range: Fields<'_>, names: &[&str]) -> Result<Option<Timestamp>, Problem> {
    let Some(name) = names.iter().find(|name| range.get(name).is_some()) else {
        return Ok(None);
    };
    let time = range.get(name).and_then(filters::time);
    let wrong = || range.invalid(name, "This must be a time: ISO 8601, or milliseconds since 1970.");
    time.map(Some).ok_or_else(wrong)
}

/// Finds events, the newest first: `{filters, dateRange, limit, page, projections}`.
#[utoipa::path(post, path = "/v1/events/search", tag = "HoneyHive", operation_id = "search_events",
    request_body(content = HoneyHiveSearch, description = "`{filters: [{field, operator, value, type}], dateRange, limit, page}`"),
    responses((status = 200, description = "`{events, count, totalEvents}`", body = Value), Failures))]
pub async fn search(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::EventRead)?;
    Ok(Json(find(&state, &caller, &Search::of_body(&body)?).await?))
}

/// The older name of [`search`].
#[utoipa::path(post, path = "/v1/events/export", tag = "HoneyHive", operation_id = "export_events",
    request_body(content = HoneyHiveSearch, description = "`{filters: [{field, operator, value, type}], dateRange, limit, page}`"),
    responses((status = 200, description = "`{events, count, totalEvents}`", body = Value), Failures))]
pub async fn export(state: State<AppState>, caller: Caller, body: Body) -> Answer {
    search(state, caller, body).await
}

/// A part of the events that are found, and how many there are in all.
///
/// # Errors
/// When the store fails.
pub async fn find(state: &AppState, caller: &Caller, search: &Search) -> Result<Value, Problem> {
    let skipped = u64::from(search.page - 1) * u64::from(search.limit);
    let project = caller.project.id;
    let (mut events, total) = match search.filters.is_empty() {
        true => page(&state.store, project, search, skipped).await?,
        false => scan(&state.store, project, search, skipped).await?,
    };
    if let Some(names) = &search.projections {
        for event in &mut events {
            event.retain(|name, _| name == "event_id" || names.iter().any(|wanted| wanted == name));
        }
    }
    Ok(json!({"events": events, "count": total, "totalEvents": total}))
}

async fn page(
    store: &Store,
    project: ProjectId,
    search: &Search,
    skipped: u64,
) -> Result<(Vec<Map<String, Value>>, u64), Problem> {
    let filter = EventFilter {
        offset: skipped,
        ..search.stored.clone()
    };
    let total = store.count_events(project, &filter).await?;
    let events = store.newest_events(project, &filter, search.limit).await?;
    Ok((events.iter().map(reading::body_of).collect(), total))
}

/// Looks at all events that the store finds, a chunk at a time.
async fn scan(
    store: &Store,
    project: ProjectId,
    search: &Search,
    skipped: u64,
) -> Result<(Vec<Map<String, Value>>, u64), Problem> {
    let (mut found, mut total) = (Vec::new(), 0);
    let mut filter = search.stored.clone();
    loop {
        let events = store.newest_events(project, &filter, CHUNK).await?;
        for event in &events {
            let event = reading::body_of(event);
            if search.filters.iter().all(|filter| filter.matches(&event)) {
                if total >= skipped && found.len() < search.limit as usize {
                    found.push(event);
                }
                total += 1;
            }
        }
        if events.len() < CHUNK as usize {
            return Ok((found, total));
        }
        filter.offset += u64::from(CHUNK);
    }
}
