//! `POST /api/jurybox/evaluate` with JSON Lines: any number of events, judged while they come in. What is held is bounded:
//! so many chunks are under way, and the next one is read when the first of them was taken by the client.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::backlog::{Backlog, Place};
use super::evaluate::{EvaluateRequest, MEDIA_TYPE};
use super::lines::{Chunk, LineProblem, Lines};
use super::piece::{Order, Piece};
use crate::server::auth::Caller;
use crate::server::judging::Judging;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// Chunks that are under way at the same time.
const UNDER_WAY: usize = 4;

/// Answers a stream of events with a stream of verdicts.
///
/// # Errors
/// When the first line is wrong, or the snippet does not compile.
pub async fn evaluate(state: &AppState, caller: &Caller, body: Body) -> Result<Response, Problem> {
    let backlog = Arc::<Backlog>::default();
    let mut lines = Lines::new(body.into_data_stream(), Arc::clone(&backlog));
    let head = lines.head(state.config.max_body).await?;
    let request: EvaluateRequest = serde_json::from_slice(&head)
        .map_err(|error| Problem::new(axum::http::StatusCode::BAD_REQUEST, "parse_error", format!("The first line: {error}")))?;
    if request.events.is_some() {
        let detail = "In JSON Lines the events are the lines after the first.";
        return Err(Problem::invalid("events", "invalid", detail));
    }
    let previews = request.previews.unwrap_or(false);
    let order = Arc::new(request.order(state, caller, previews, b'\n').await?);
    let verdicts = verdicts(state.judging.clone(), lines, order, backlog);
    let mut response = Response::new(Body::from_stream(verdicts.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    // Compression would hold back verdicts until it has enough of them.
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    Ok(response)
}

/// The verdicts on what comes in, in its order.
fn verdicts(judging: Judging, lines: Lines, order: Arc<Order>, backlog: Arc<Backlog>) -> impl Stream<Item = Bytes> + Send {
    let (sender, receiver) = mpsc::unbounded_channel();
    let reader = tokio::spawn(read(lines, Arc::clone(&order), backlog, sender));
    let reader = Reader(reader.abort_handle());
    UnboundedReceiverStream::new(receiver)
        .map(move |(chunk, place)| {
            // It reads for as long as someone wants verdicts.
            let _ = &reader;
            judge(judging.clone(), chunk, Arc::clone(&order), place)
        })
        .buffered(UNDER_WAY)
}

/// Reads chunks ahead of those who judge them, as far as the backlog has room: also while the client does not take the
/// answer, because many clients send all of a request before they look at the answer.
async fn read(lines: Lines, order: Arc<Order>, backlog: Arc<Backlog>, sender: mpsc::UnboundedSender<(Chunk, Place)>) {
    let mut chunks = std::pin::pin!(lines.chunks(order.options.limits.event));
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = chunks.next() => chunk,
            () = backlog.emptied() => continue,
        };
        let Some(chunk) = chunk else { return };
        if matches!(chunk.problem, Some(LineProblem::Broken(_))) {
            // Most likely the client is gone.
            order.cancel();
        }
        let place = backlog.add(chunk.bytes()).await;
        if sender.send((chunk, place)).is_err() {
            return;
        }
    }
}

async fn judge(judging: Judging, chunk: Chunk, order: Arc<Order>, mut place: Place) -> Bytes {
    place.begin();
    // Being patient, it always ends well.
    Piece::of_chunk(chunk).judge(&judging, &order, true).await.unwrap_or_default()
}

/// A task that reads. It ends when this is dropped.
struct Reader(AbortHandle);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}
