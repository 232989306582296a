//! A piece of the work that a request asks for: some events, judged and written in their order. What takes long is done
//! in turns with what others ask for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jurybox::{EvaluationOptions, Event};

use super::lines::{self, Chunk};
use super::verdict;
use crate::server::judging::{Busy, Compiled, Judging};
use crate::server::observe;
use crate::store::ProjectId;

/// A turn ends after about this long, so that others get theirs.
const TURN: Duration = Duration::from_millis(25);
/// The most events that are given to a worker together. What one of them takes longer than the others before it can't be
/// known, so they are not many.
const MOST_EVENTS: usize = 64;
/// How long a stream that has begun waits before it asks for its turn again.
const PAUSE: Duration = Duration::from_millis(100);

/// What all pieces of a request have in common.
pub struct Order {
    /// Whose request it is.
    pub project: ProjectId,
    /// Who judges.
    pub compiled: Compiled,
    /// How.
    pub options: EvaluationOptions,
    /// Whether each verdict comes with the beginnings of input and output.
    pub previews: bool,
    /// What follows each verdict.
    pub separator: u8,
    /// How many events are given to a worker together.
    share: AtomicUsize,
}

impl Order {
    /// An order; what follows each verdict is `separator`.
    pub fn new(
        project: ProjectId,
        compiled: Compiled,
        options: EvaluationOptions,
        previews: bool,
        separator: u8,
    ) -> Self {
        Self {
            project,
            compiled,
            options,
            previews,
            separator,
            share: AtomicUsize::new(1),
        }
    }

    /// Chooses how many events are given to a worker the next time.
    fn adapt(&self, events: usize, took: Duration) {
        let share = if took > TURN {
            (events / 2).max(1)
        } else if took < TURN / 4 && events >= self.share() {
            (events * 2).min(MOST_EVENTS)
        } else {
            return;
        };
        self.share.store(share, Ordering::Relaxed);
    }

    fn share(&self) -> usize {
        self.share.load(Ordering::Relaxed).max(1)
    }
}

/// Events, and what has been written about them.
pub struct Piece {
    /// What is not parsed yet.
    chunk: Option<Chunk>,
    events: VecDeque<Event>,
    /// What is no event, with its place among all.
    broken: VecDeque<(u64, Broken)>,
    /// The number of the next event or broken one.
    number: u64,
    out: Vec<u8>,
}

/// What was done in a turn.
struct Turn {
    /// What was written about events.
    written: Bytes,
    /// Whether that was all.
    is_last: bool,
}

/// Why a line is no event.
struct Broken {
    kind: &'static str,
    message: String,
}

impl Piece {
    /// Events that are there; the first of them has number 1.
    pub fn of_events(events: Vec<Event>) -> Self {
        Self {
            chunk: None,
            events: events.into(),
            broken: VecDeque::new(),
            number: 1,
            out: Vec::new(),
        }
    }

    /// Events in a part of a stream.
    pub fn of_chunk(chunk: Chunk) -> Self {
        Self {
            number: chunk.first,
            chunk: Some(chunk),
            ..Self::of_events(Vec::new())
        }
    }

    /// Judges all of it, in turns with others, and hands over what was written in each turn.
    ///
    /// # Errors
    /// When there is too much to do, and whoever asks is not `patient`.
    pub async fn judge(
        self,
        judging: &Judging,
        order: &Arc<Order>,
        patient: bool,
        mut take: impl FnMut(Bytes),
    ) -> Result<(), Busy> {
        let piece = Arc::new(Mutex::new(self));
        loop {
            let turn = {
                let (piece, order) = (Arc::clone(&piece), Arc::clone(order));
                move || piece.lock().unwrap_or_else(PoisonError::into_inner).take_turn(&order)
            };
            match judging.work(order.project, turn).await {
                Ok(turn) => {
                    if !turn.written.is_empty() {
                        take(turn.written);
                    }
                    if turn.is_last {
                        return Ok(());
                    }
                }
                Err(_) if patient => tokio::time::sleep(PAUSE).await,
                Err(busy) => return Err(busy),
            }
        }
    }

    /// Judges some events.
    fn take_turn(&mut self, order: &Order) -> Turn {
        let began = Instant::now();
        if let Some(chunk) = self.chunk.take() {
            self.parse(&chunk, order.options.limits.event);
        }
        // It keeps its pace from one share of the events to the next.
        let mut judge = order.compiled.evaluator.judge();
        while !self.events.is_empty() {
            let started = Instant::now();
            let share = order.share().min(self.events.len());
            let events: Vec<Event> = self.events.drain(..share).collect();
            let verdicts = judge.evaluate_batch(&events, &order.options);
            order.adapt(share, started.elapsed());
            observe::judged(order.compiled.language, &verdicts);
            for (event, verdict) in events.iter().zip(&verdicts) {
                self.write_broken(order);
                let label = label(event.uuid(), self.number);
                verdict::write(&mut self.out, &label, event, verdict, order.previews);
                self.out.push(order.separator);
                self.number += 1;
            }
            if began.elapsed() >= TURN && !self.events.is_empty() {
                return self.end_turn(false);
            }
        }
        self.write_broken(order);
        self.end_turn(true)
    }

    fn end_turn(&mut self, is_last: bool) -> Turn {
        Turn {
            written: std::mem::take(&mut self.out).into(),
            is_last,
        }
    }

    /// Writes what is no event and stands before the next event.
    fn write_broken(&mut self, order: &Order) {
        while let Some((_, broken)) = self.broken.pop_front_if(|(number, _)| *number == self.number) {
            let label = label("", self.number);
            verdict::write_broken(&mut self.out, &label, broken.kind, &broken.message);
            self.out.push(order.separator);
            self.number += 1;
        }
    }

    fn parse(&mut self, chunk: &Chunk, most_bytes: usize) {
        let mut number = chunk.first;
        for line in chunk.lines() {
            match parse(line, most_bytes) {
                Ok(event) => self.events.push_back(event),
                Err(broken) => self.broken.push_back((number, broken)),
            }
            number += 1;
        }
        if let Some(problem) = &chunk.problem {
            let broken = Broken {
                kind: problem.kind(),
                message: problem.to_string(),
            };
            self.broken.push_back((number, broken));
        }
        self.out.reserve(512 * (self.events.len() + self.broken.len()));
    }
}

fn parse(line: &[u8], most_bytes: usize) -> Result<Event, Broken> {
    let invalid = |message| Broken {
        kind: "invalid_event",
        message,
    };
    if line.len() > most_bytes {
        return Err(Broken {
            kind: "too_large",
            message: format!("the event is larger than the limit of {most_bytes} bytes"),
        });
    }
    // Files that were put behind each other have a mark at each of their beginnings.
    let line = line.strip_prefix(lines::BYTE_ORDER_MARK).unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|error| invalid(format!("the text is not UTF-8: {error}")))?;
    Event::from_json(text).map_err(|error| invalid(error.to_string()))
}

/// What an event is called: what it calls itself, or its number.
fn label(uuid: &str, number: u64) -> std::borrow::Cow<'_, str> {
    match uuid {
        "" => format!("#{number}").into(),
        uuid => uuid.into(),
    }
}
