//! `/api/jurybox/events`: the events that are there to try metrics on.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use jurybox::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::evaluate::is_lines;
use super::samples::Samples;
use crate::server::auth::Caller;
use crate::server::observe;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{EventFilter, ProjectId, StoredEvent, to_wire};

/// Events in an answer, unless another number is asked for.
const DEFAULT_LIMIT: u32 = 50;
/// The most events in an answer.
const MOST: u32 = 200;
/// Events that are read before anything is known of their size.
const FIRST_PORTION: usize = 4;
/// Bytes of events after which an answer has enough of them.
const MOST_BYTES: usize = 16 << 20;

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// How many at most, up to 200; 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// How many to leave out first.
    offset: Option<u64>,
    /// Only those of this name, such as `$ai_generation`.
    name: Option<String>,
    /// Only those whose text contains this.
    search: Option<String>,
}

/// Events, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxEvents)]
pub struct Listed {
    results: Vec<ListedEvent>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxEvent)]
struct ListedEvent {
    /// What identifies it.
    uuid: String,
    /// Its name, such as `$ai_generation`.
    event: String,
    /// When it happened, or was added as a sample.
    timestamp: String,
    /// Whose event it is.
    distinct_id: String,
    /// The trace that it belongs to.
    trace_id: Option<String>,
    /// The API that it came through: `posthog` or `honeyhive`.
    platform: &'static str,
    /// The beginning of what the model was asked.
    input_preview: String,
    /// The beginning of what it answered.
    output_preview: String,
    /// The whole event.
    #[schema(value_type = Object)]
    body: Value,
}

/// List the newest events.
///
/// Fewer than asked for if they are very large; `offset` goes on from there.
#[utoipa::path(
    get,
    path = "/api/jurybox/events",
    tag = "jurybox",
    params(Listing),
    responses(
        (status = 200, description = "Events, the newest first", body = Listed),
        (status = 400, description = "The request is wrong"),
        (status = 403, description = "The key does not open this"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Result<Query<Listing>, QueryRejection>,
) -> Result<Json<Listed>, Problem> {
    caller.require(Scope::EventRead)?;
    let Query(listing) = listing.map_err(|error| Problem::bad_request(error.body_text()))?;
    let limit = listing.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid(
            "limit",
            "invalid",
            format!("It is a number from 1 to {MOST}."),
        ));
    }
    let filter = EventFilter {
        name: listing.name.filter(|name| !name.is_empty()),
        search: listing.search.filter(|search| !search.is_empty()),
        offset: listing.offset.unwrap_or_default(),
        ..EventFilter::default()
    };
    let events = newest(&state, caller.project.id, filter, limit).await?;
    // Large events take a while to be looked at.
    let results = tokio::task::spawn_blocking(|| events.into_iter().map(listed).collect())
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(Json(Listed { results }))
}

/// The newest events, fewer than asked for if they are very large: a few at a time, so that no answer needs much memory.
async fn newest(
    state: &AppState,
    project: ProjectId,
    mut filter: EventFilter,
    limit: u32,
) -> Result<Vec<StoredEvent>, Problem> {
    let limit = limit as usize;
    let (mut events, mut bytes, mut portion) = (Vec::new(), 0, FIRST_PORTION.min(limit));
    while bytes < MOST_BYTES && events.len() < limit {
        let count = u32::try_from(portion).unwrap_or(MOST);
        let more = state.store.newest_events(project, &filter, count).await?;
        let is_last = more.len() < portion;
        filter.offset += more.len() as u64;
        bytes += more.iter().map(|event| event.event.body.len()).sum::<usize>();
        events.extend(more);
        if is_last {
            break;
        }
        // As many as fit, if the next ones are as large as those so far.
        let average = (bytes / events.len()).max(1);
        portion = (MOST_BYTES.saturating_sub(bytes) / average).clamp(1, (limit - events.len()).max(1));
    }
    Ok(events)
}

fn listed(StoredEvent { event: stored, .. }: StoredEvent) -> ListedEvent {
    let event = Event::from_json(&stored.body);
    let (input_preview, output_preview) = match &event {
        Ok(event) => previews(event),
        Err(_) => Default::default(),
    };
    ListedEvent {
        uuid: stored.uuid,
        event: stored.name,
        timestamp: to_wire(stored.timestamp),
        distinct_id: stored.distinct_id,
        trace_id: stored.trace_id,
        platform: stored.platform.name(),
        input_preview,
        output_preview,
        body: event.map_or(Value::Null, |event| event.value().clone()),
    }
}

/// The beginnings of input and output, wherever the event has them.
fn previews(event: &Event) -> (String, String) {
    let (input, output) = (event.input_preview(), event.output_preview());
    if !input.is_empty() || !output.is_empty() {
        return (input, output);
    }
    // Events of HoneyHive have values by name; the document knows which of them is meant.
    let document = serde_json::from_str::<Value>(event.document()).unwrap_or_default();
    let texts = serde_json::json!({"input": document["input_text"], "output": document["output_text"]});
    match Event::from_value(texts) {
        Ok(event) => (event.input_preview(), event.output_preview()),
        Err(_) => Default::default(),
    }
}

/// Events to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JuryboxNewEvents)]
pub struct NewEvents {
    /// The events, in any shape: plain, PostHog's, HoneyHive's.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxAccepted)]
pub struct Accepted {
    /// How many are new.
    accepted: usize,
}

/// Keep events as samples. Those that are there already are not kept again.
#[utoipa::path(
    post,
    path = "/api/jurybox/events",
    tag = "jurybox",
    request_body(content(
        (NewEvents = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 200, description = "How many are new", body = Accepted),
        (status = 400, description = "The request or one of the events is wrong; none is kept"),
        (status = 403, description = "The key does not open this"),
        (status = 413, description = "The request is too large"),
    )
)]
pub async fn add(State(state): State<AppState>, caller: Caller, request: Request) -> Result<Json<Accepted>, Problem> {
    caller.require(Scope::EventWrite)?;
    let most = state.judging.limits().event;
    let events = if is_lines(request.headers()) {
        let bytes = body::bytes(request, &state).await?;
        let events = jurybox::reader::EventReader::with_max_event_bytes(&*bytes, most);
        let events: Result<Vec<Event>, _> = events.collect();
        events.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "invalid_event", error.to_string()))?
    } else {
        let NewEvents { events } = body::read(&body::bytes(request, &state).await?)?;
        let event = |(index, value)| {
            Event::from_value(value)
                .map_err(|error| Problem::invalid(format!("events.{index}"), "invalid_event", format!("{error}.")))
        };
        events.into_iter().enumerate().map(event).collect::<Result<_, _>>()?
    };
    let mut samples = Samples::now();
    let new = events.iter().map(|event| samples.make(event)).collect();
    let kept = state.store.ingest(caller.project.id, new, Vec::new()).await?;
    observe::ingested("jurybox", kept.events);
    Ok(Json(Accepted { accepted: kept.events }))
}
