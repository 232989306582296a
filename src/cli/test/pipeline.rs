//! The way of the events: read by one thread, judged by some, handed over in the order of the input.
//!
//! Memory stays flat however long the input is: so many batches are on their way, each of few events, and reading waits
//! when judging or writing does not keep up. Nothing waits for more input while something is ready: `tail -f` works.

use std::cell::RefCell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::vec;

use jurybox::reader::{EventReader, ReadError};
use jurybox::{EvaluationOptions, Evaluator, Event, Judge, Verdict};
use serde_json::Value;

use super::Session;
use super::remote::Metric;

/// The most events of a batch: enough that waking another thread for them costs little, few enough to share out work.
const BATCH: usize = 16;
/// Bytes that are read from the input at a time. A batch never spans two of these reads.
const CHUNK: usize = 64 << 10;
/// The same for a service, where a batch is a request. A service reads so much without anyone looking at its answers.
const REMOTE_BATCH: usize = 256;
const REMOTE_CHUNK: usize = 256 << 10;
/// Threads send results at about this interval, and at the end of a batch.
const RESULT_INTERVAL: Duration = Duration::from_millis(5);
/// Instances that threads may hold on to between events, all together; what is more is leased for each event. An engine
/// has no more than these of a language, and who asks for another one waits.
pub const HELD_INSTANCES: usize = 64;

/// The metrics, and how they judge.
pub struct Panel {
    /// The metrics.
    pub jury: Jury,
    /// The same for all.
    pub options: EvaluationOptions,
}

/// The metrics, wherever they are.
pub enum Jury {
    /// In this program or its workers.
    Here {
        /// A judge each.
        evaluators: Vec<Evaluator>,
        /// Whether they run in worker processes.
        in_workers: bool,
    },
    /// At a service.
    There(Vec<Metric>),
}

/// An event and the verdicts of all metrics on it.
pub struct Judged {
    /// The event's uuid or id, or its number.
    pub event: String,
    /// A verdict for each metric.
    pub verdicts: Vec<Verdict>,
}

/// Events that travel together, what each is called, and where to send the verdicts.
struct Batch {
    labels: Vec<String>,
    events: Vec<Event>,
    results: Results,
}

/// Where verdicts go, or what keeps them from being made.
type Results = Sender<anyhow::Result<Vec<Judged>>>;

/// What comes next in the output.
enum Next {
    /// The verdicts on the events of a batch.
    Batch {
        results: Receiver<anyhow::Result<Vec<Judged>>>,
        events: usize,
        /// Bytes of the input that were read so far.
        read: u64,
    },
    /// The end, at an event that can't be read.
    Broken(ReadError),
}

/// Judges all events of a source and hands the verdicts to the session, in order. Returns the error that ended the
/// input early, if one did.
///
/// # Errors
/// When writing fails, a service can't be asked, or there is no thread to be had. Threads that still read or judge are then
/// left behind, for the program to end: one may wait for input that never comes.
pub fn judge(
    source: Box<dyn Read + Send>,
    panel: &Arc<Panel>,
    jobs: usize,
    session: &mut Session<'_>,
) -> anyhow::Result<Option<ReadError>> {
    let (order, in_order) = mpsc::sync_channel(2 * jobs + 2);
    let (work, shared_work) = mpsc::channel();
    let shared_work = Arc::new(Mutex::new(shared_work));
    let max_event_bytes = panel.options.limits.event;
    let (batch, chunk) = match &panel.jury {
        Jury::Here { .. } => (BATCH, CHUNK),
        Jury::There(_) => (REMOTE_BATCH, REMOTE_CHUNK),
    };
    let dispatcher = Dispatcher::new(batch, order, work);
    thread::Builder::new().spawn(move || read(source, max_event_bytes, chunk, dispatcher))?;
    for _ in 0..jobs {
        let (panel, work) = (Arc::clone(panel), Arc::clone(&shared_work));
        thread::Builder::new().spawn(move || panel.work(&work, jobs))?;
    }
    drop(shared_work);

    while let Some(next) = session.output.receive(&in_order)? {
        let (results, events, read) = match next {
            Next::Batch { results, events, read } => (results, events, read),
            Next::Broken(error) => return Ok(Some(error)),
        };
        let mut taken = 0;
        while let Some(judged) = session.output.receive(&results)? {
            let judged = judged?;
            for judged in &judged {
                session.take(judged)?;
            }
            taken += judged.len();
        }
        anyhow::ensure!(taken == events, "a thread stopped before it had judged all its events");
        session.output.read_so_far(read);
    }
    Ok(None)
}

/// Reads events and sends them off until there are no more, one is broken, or nobody wants them.
fn read(source: Box<dyn Read + Send>, max_event_bytes: usize, chunk: usize, dispatcher: Dispatcher) {
    let dispatcher = Rc::new(RefCell::new(dispatcher));
    let source = Tap {
        source,
        dispatcher: Rc::clone(&dispatcher),
    };
    let mut number = 0_u64;
    for event in EventReader::with_max_event_bytes(BufReader::with_capacity(chunk, source), max_event_bytes) {
        let mut dispatcher = dispatcher.borrow_mut();
        number += 1;
        match event {
            Ok(event) => dispatcher.add(event, number),
            Err(error) => {
                dispatcher.dispatch();
                // Where nobody receives it, nobody misses it.
                let _ = dispatcher.order.send(Next::Broken(error));
                return;
            }
        }
        if !dispatcher.is_wanted {
            return;
        }
    }
    dispatcher.borrow_mut().dispatch();
}

/// Collects events into batches.
struct Dispatcher {
    labels: Vec<String>,
    events: Vec<Event>,
    read: u64,
    /// How many events a batch has at most.
    most: usize,
    order: SyncSender<Next>,
    work: Sender<Batch>,
    is_wanted: bool,
}

impl Dispatcher {
    fn new(most: usize, order: SyncSender<Next>, work: Sender<Batch>) -> Self {
        Self {
            labels: Vec::new(),
            events: Vec::new(),
            read: 0,
            most,
            order,
            work,
            is_wanted: true,
        }
    }

    fn add(&mut self, event: Event, number: u64) {
        self.labels.push(label(&event, number));
        self.events.push(event);
        if self.events.len() == self.most {
            self.dispatch();
        }
    }

    /// Sends what was collected. Waits while too much is on its way.
    fn dispatch(&mut self) {
        if self.events.is_empty() {
            return;
        }
        let (results, in_order) = mpsc::channel();
        let (labels, events) = (std::mem::take(&mut self.labels), std::mem::take(&mut self.events));
        let next = Next::Batch {
            results: in_order,
            events: events.len(),
            read: self.read,
        };
        let batch = Batch {
            labels,
            events,
            results,
        };
        self.is_wanted = self.order.send(next).is_ok() && self.work.send(batch).is_ok();
    }
}

/// What the event calls itself, or its number.
fn label(event: &Event, number: u64) -> String {
    let id = |name| match event.get(name)? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    };
    ["uuid", "event_id", "id"]
        .into_iter()
        .find_map(id)
        .unwrap_or_else(|| format!("#{number}"))
}

/// The input. Before it is asked for more, which may take forever, what was read is sent off.
struct Tap {
    source: Box<dyn Read + Send>,
    dispatcher: Rc<RefCell<Dispatcher>>,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut dispatcher = self.dispatcher.borrow_mut();
        dispatcher.dispatch();
        let read = self.source.read(buffer)?;
        dispatcher.read += read as u64;
        Ok(read)
    }
}

impl Panel {
    /// Judges batches until there are no more.
    fn work(&self, work: &Mutex<Receiver<Batch>>, jobs: usize) {
        match &self.jury {
            Jury::Here { evaluators, in_workers } => self.work_here(work, jobs, evaluators, *in_workers),
            Jury::There(metrics) => work_there(work, metrics),
        }
    }

    fn work_here(&self, work: &Mutex<Receiver<Batch>>, jobs: usize, evaluators: &[Evaluator], in_workers: bool) {
        let holds = in_workers || jobs * evaluators.len() <= HELD_INSTANCES;
        let mut judges: Vec<Judge<'_>> = Vec::new();
        // How many events a metric judges before the next metric gets them: one after the other, but what travels to
        // another process travels together.
        let mut share = 1;
        while let Some(batch) = next(work) {
            if holds && judges.is_empty() {
                judges = evaluators.iter().map(Evaluator::judge).collect();
            }
            let mut outbox = Outbox::new(batch.labels, batch.results);
            let mut left = batch.events.as_slice();
            while !left.is_empty() && outbox.is_wanted {
                let (events, others) = left.split_at(share.min(left.len()));
                left = others;
                let began = Instant::now();
                self.judge(evaluators, &mut judges, events, &mut outbox);
                if in_workers {
                    share = match began.elapsed() {
                        took if took > RESULT_INTERVAL => (events.len() / 2).max(1),
                        took if took < RESULT_INTERVAL / 4 => (share * 2).min(BATCH),
                        _ => share,
                    };
                }
            }
            outbox.send();
            if !outbox.is_wanted {
                return;
            }
        }
    }

    /// Judges some events by all metrics, with these judges if there are any.
    fn judge(&self, evaluators: &[Evaluator], judges: &mut [Judge<'_>], events: &[Event], outbox: &mut Outbox) {
        let mut before: Vec<Vec<Verdict>> = events.iter().map(|_| Vec::with_capacity(evaluators.len())).collect();
        let last = evaluators.len().saturating_sub(1);
        for (index, evaluator) in evaluators.iter().enumerate() {
            let mut of_event = before.iter_mut();
            let take = |verdict| {
                let Some(verdicts) = of_event.next() else { return };
                verdicts.push(verdict);
                if index == last {
                    outbox.add(std::mem::take(verdicts));
                }
            };
            match judges.get_mut(index) {
                Some(judge) => judge.evaluate_each(events, &self.options, take),
                None => evaluator.judge().evaluate_each(events, &self.options, take),
            }
        }
    }
}

/// The next batch; `None` when there are no more.
fn next(work: &Mutex<Receiver<Batch>>) -> Option<Batch> {
    work.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Has a service judge batches until there are no more, or it does not do so.
fn work_there(work: &Mutex<Receiver<Batch>>, metrics: &[Metric]) {
    while let Some(batch) = next(work) {
        let mut outbox = Outbox::new(batch.labels, batch.results);
        let mut of_events: Vec<Vec<Verdict>> = batch.events.iter().map(|_| Vec::with_capacity(metrics.len())).collect();
        for metric in metrics {
            match metric.judge(&batch.events) {
                Ok(verdicts) => {
                    for (of_event, verdict) in of_events.iter_mut().zip(verdicts) {
                        of_event.push(verdict);
                    }
                }
                Err(error) => return outbox.fail(error),
            }
        }
        for verdicts in of_events {
            outbox.add(verdicts);
        }
        outbox.send();
        if !outbox.is_wanted {
            return;
        }
    }
}

/// Verdicts on their way to the output.
struct Outbox {
    /// What the next events are called.
    labels: vec::IntoIter<String>,
    results: Results,
    ready: Vec<Judged>,
    last_sent: Instant,
    is_wanted: bool,
}

impl Outbox {
    fn new(labels: Vec<String>, results: Results) -> Self {
        Self {
            labels: labels.into_iter(),
            results,
            ready: Vec::new(),
            last_sent: Instant::now(),
            is_wanted: true,
        }
    }

    /// Adds the verdicts of all metrics on the next event.
    fn add(&mut self, verdicts: Vec<Verdict>) {
        let event = self.labels.next().unwrap_or_default();
        self.ready.push(Judged { event, verdicts });
        if self.last_sent.elapsed() >= RESULT_INTERVAL {
            self.send();
        }
    }

    fn send(&mut self) {
        self.is_wanted &= self.results.send(Ok(std::mem::take(&mut self.ready))).is_ok();
        self.last_sent = Instant::now();
    }

    /// Says why there will be no more verdicts.
    fn fail(&self, error: anyhow::Error) {
        // Where nobody receives it, nobody misses it.
        let _ = self.results.send(Err(error));
    }
}
