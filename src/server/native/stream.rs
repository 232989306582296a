//! `POST /api/jurybox/evaluate` with JSON Lines: any number of events, judged while they come in. What is held is bounded:
//! so many chunks are under way, and the next one is read when the first of them was taken by the client.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::backlog::{Backlog, Place};
use super::body;
use super::evaluate::{EvaluateRequest, MEDIA_TYPE};
use super::lines::{Chunk, Lines};
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
    let request: EvaluateRequest = body::read(&head)?;
    if request.events.is_some() {
        let detail = "In JSON Lines the events are the lines after the first.";
        return Err(Problem::invalid("events", "invalid", detail));
    }
    let previews = request.previews.unwrap_or(false);
    let order = Arc::new(request.order(state, caller, previews, b'\n').await?);
    let verdicts = Verdicts::new(state.judging.clone(), lines, order, backlog);
    let mut response = Response::new(Body::from_stream(verdicts));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    // Compression would hold back verdicts until it has enough of them.
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    Ok(response)
}

/// The verdicts on what comes in, in its order.
struct Verdicts {
    judging: Judging,
    order: Arc<Order>,
    chunks: mpsc::UnboundedReceiver<(Chunk, Place)>,
    /// What is being judged, the first of it in front.
    under_way: VecDeque<Part>,
    _reader: Task,
}

/// A chunk that is being judged.
struct Part {
    verdicts: mpsc::UnboundedReceiver<Bytes>,
    _judge: Task,
}

/// A task that ends when this is dropped.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Verdicts {
    fn new(judging: Judging, lines: Lines, order: Arc<Order>, backlog: Arc<Backlog>) -> Self {
        let (sender, chunks) = mpsc::unbounded_channel();
        let reader = tokio::spawn(read(lines, Arc::clone(&order), backlog, sender));
        Self {
            judging,
            order,
            chunks,
            under_way: VecDeque::with_capacity(UNDER_WAY),
            _reader: Task(reader),
        }
    }

    /// Begins to judge a chunk.
    fn begin(&self, chunk: Chunk, mut place: Place) -> Part {
        let (sender, verdicts) = mpsc::unbounded_channel();
        let (judging, order) = (self.judging.clone(), Arc::clone(&self.order));
        let judge = tokio::spawn(async move {
            place.begin();
            // Being patient, it ends well. When nobody receives the verdicts, the task is about to be ended.
            let take = |verdicts| drop(sender.send(verdicts));
            let _ = Piece::of_chunk(chunk).judge(&judging, &order, true, take).await;
        });
        Part {
            verdicts,
            _judge: Task(judge),
        }
    }
}

impl Stream for Verdicts {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let mut is_over = false;
            while self.under_way.len() < UNDER_WAY {
                match self.chunks.poll_recv(context) {
                    Poll::Ready(Some((chunk, place))) => {
                        let part = self.begin(chunk, place);
                        self.under_way.push_back(part);
                    }
                    Poll::Ready(None) => {
                        is_over = true;
                        break;
                    }
                    Poll::Pending => break,
                }
            }
            let Some(first) = self.under_way.front_mut() else {
                return if is_over { Poll::Ready(None) } else { Poll::Pending };
            };
            match first.verdicts.poll_recv(context) {
                Poll::Ready(Some(verdicts)) => return Poll::Ready(Some(Ok(verdicts))),
                Poll::Ready(None) => drop(self.under_way.pop_front()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
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
        let place = backlog.add(chunk.bytes()).await;
        if sender.send((chunk, place)).is_err() {
            return;
        }
    }
}
