//! The lines of a request's body, as they come in: grouped into chunks that are worth a turn, and never held for longer
//! than something else is being judged.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};

use super::backlog::Backlog;
use crate::server::problem::Problem;

/// The most lines of a chunk.
const MOST_LINES: u64 = 256;
/// A chunk is complete when it has so many bytes.
const ENOUGH_BYTES: usize = 256 << 10;
/// The kind of problem that ends a stream.
const BROKEN_OFF: &str = "broken_stream";
/// What some programs write at the beginning of a file.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Some lines that came one after the other.
pub struct Chunk {
    /// The number of the first event, from 1.
    pub first: u64,
    bytes: Bytes,
    /// What comes after the last line.
    pub problem: Option<LineProblem>,
}

/// What is wrong in the place of a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// It is too long to be an event.
    #[error("the event is larger than the limit of {0} bytes")]
    TooLong(usize),
    /// The body of the request ends with an error.
    #[error("the request can't be read any further: {0}")]
    Broken(String),
}

impl LineProblem {
    /// Its name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "too_large",
            Self::Broken(_) => BROKEN_OFF,
        }
    }
}

impl Chunk {
    /// Its size in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The lines that are not blank.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            loop {
                let line = next_line(&mut rest)?.trim_ascii();
                if !line.is_empty() {
                    return Some(line);
                }
            }
        })
    }
}

/// Takes a line with its end from the beginning of a text; `None` at the end of the text.
fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let whole = *rest;
    // Reading from memory can't fail.
    let length = rest.skip_until(b'\n').ok()?;
    whole.get(..length).filter(|line| !line.is_empty())
}

/// Cuts the body of a request into chunks.
pub struct Lines {
    body: BodyDataStream,
    /// What has come and is in no chunk yet.
    buffer: BytesMut,
    /// Bytes of the buffer that are complete lines.
    complete: usize,
    /// Lines among them that are not blank.
    count: u64,
    /// The number of the first of them.
    first: u64,
    /// Whether what comes is the rest of a line that is too long.
    is_skipping: bool,
    is_over: bool,
    longest: usize,
    ready: VecDeque<Chunk>,
    /// The chunks that were taken and are not judged yet.
    backlog: Arc<Backlog>,
}

impl Lines {
    /// The lines of a body. While chunks of them are in the backlog, the next one may wait for more lines.
    pub fn new(body: BodyDataStream, backlog: Arc<Backlog>) -> Self {
        Self {
            body,
            buffer: BytesMut::new(),
            complete: 0,
            count: 0,
            first: 1,
            is_skipping: false,
            is_over: false,
            longest: usize::MAX,
            ready: VecDeque::new(),
            backlog,
        }
    }

    /// The first line that is not blank, before anything else is asked for.
    ///
    /// # Errors
    /// When there is none, it is longer than `most` bytes, or the body can't be read.
    pub async fn head(&mut self, most: usize) -> Result<Bytes, Problem> {
        // Bytes in which there is no end of a line: a line that comes in many pieces is looked through once.
        let mut searched = 0;
        loop {
            let unsearched = self.buffer.get(searched..).unwrap_or_default();
            let end = unsearched.iter().position(|byte| *byte == b'\n');
            let end = end.map(|end| searched + end);
            searched = self.buffer.len();
            if let Some(end) = end {
                searched = 0;
                let line = self.buffer.split_to(end + 1).freeze();
                if line.trim_ascii().is_empty() {
                    continue;
                }
                return Ok(without_mark(line));
            }
            if self.buffer.len() > most {
                return Err(Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too_large",
                    format!("The first line, with the snippet, is larger than {most} bytes."),
                ));
            }
            match self.body.next().await {
                Some(Ok(frame)) => self.buffer.extend_from_slice(&frame),
                Some(Err(error)) => {
                    return Err(Problem::bad_request(format!("The request can't be read: {error}.")));
                }
                None if self.buffer.trim_ascii().is_empty() => {
                    return Err(Problem::bad_request(
                        "The request is empty; its first line says what judges the events of the others.",
                    ));
                }
                None => {
                    self.is_over = true;
                    return Ok(without_mark(self.buffer.split().freeze()));
                }
            }
        }
    }

    /// The chunks of the other lines, none of which may be longer than so many bytes. Ask again when the backlog was
    /// emptied.
    pub fn chunks(mut self, longest: usize) -> impl Stream<Item = Chunk> {
        self.longest = longest;
        let rest = self.buffer.split();
        self.take(&rest);
        futures_util::stream::poll_fn(move |context| self.poll(context))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Chunk>> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Poll::Ready(Some(chunk));
            }
            if self.is_over {
                return Poll::Ready(self.last());
            }
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(frame))) => self.take(&frame),
                Poll::Ready(Some(Err(error))) => {
                    self.is_over = true;
                    self.cut(Some(LineProblem::Broken(error.to_string())));
                    self.buffer.clear();
                }
                Poll::Ready(None) => self.is_over = true,
                Poll::Pending if self.complete > 0 && self.backlog.is_empty() => self.cut(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Takes what has come.
    fn take(&mut self, frame: &[u8]) {
        let mut rest = frame;
        while let Some(line) = next_line(&mut rest) {
            let is_whole = line.ends_with(b"\n");
            if self.is_skipping {
                self.is_skipping = !is_whole;
                continue;
            }
            self.buffer.extend_from_slice(line);
            let bytes = self.buffer.get(self.complete..).unwrap_or_default();
            // The line's end does not count.
            if bytes.len() > self.longest.saturating_add(2) {
                self.buffer.truncate(self.complete);
                self.cut(Some(LineProblem::TooLong(self.longest)));
                self.is_skipping = !is_whole;
                continue;
            }
            if !is_whole {
                continue;
            }
            if !bytes.trim_ascii().is_empty() {
                self.count += 1;
            }
            self.complete = self.buffer.len();
            if self.complete >= ENOUGH_BYTES || self.count >= MOST_LINES {
                self.cut(None);
            }
        }
    }

    /// Makes a chunk of the complete lines.
    fn cut(&mut self, problem: Option<LineProblem>) {
        let chunk = Chunk {
            first: self.first,
            bytes: self.buffer.split_to(self.complete).freeze(),
            problem,
        };
        self.first += self.count + u64::from(chunk.problem.is_some());
        (self.complete, self.count) = (0, 0);
        self.ready.push_back(chunk);
    }

    /// What is left at the end of the body.
    fn last(&mut self) -> Option<Chunk> {
        if self.buffer.is_empty() {
            return None;
        }
        self.complete = self.buffer.len();
        self.cut(None);
        self.ready.pop_front()
    }
}

fn without_mark(line: Bytes) -> Bytes {
    match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => line.slice_ref(rest),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Body;

    use super::*;

    async fn chunks(frames: &[&str], longest: usize) -> Vec<(u64, Vec<String>, Option<LineProblem>)> {
        let frames: Vec<Result<Bytes, Infallible>> = frames
            .iter()
            .map(|frame| Ok(Bytes::from((*frame).to_owned())))
            .collect();
        let body = Body::from_stream(futures_util::stream::iter(frames));
        let mut lines = Lines::new(body.into_data_stream(), Arc::default());
        let head = lines.head(100).await.expect("a first line");
        assert_eq!(head.trim_ascii(), b"{\"a\":1}");
        let chunks: Vec<Chunk> = lines.chunks(longest).collect().await;
        chunks
            .into_iter()
            .map(|chunk| {
                let lines = chunk.lines().map(|line| String::from_utf8_lossy(line).into_owned());
                (chunk.first, lines.collect(), chunk.problem.clone())
            })
            .collect()
    }

    #[tokio::test]
    async fn lines_are_found_wherever_the_frames_end() {
        let text = "\n{\"a\":1}\r\n{}\n\n  \n[2]\r\n3";
        let expected = vec![(1, vec!["{}".to_owned(), "[2]".to_owned(), "3".to_owned()], None)];
        for at in 0..text.len() {
            let (before, after) = text.split_at(at);
            assert_eq!(chunks(&[before, after], 100).await, expected, "{before:?}");
        }
    }

    #[tokio::test]
    async fn a_first_line_may_come_byte_by_byte() {
        let text = "\n \n{\"a\":1}\n{}\n";
        let bytes: Vec<String> = text.chars().map(String::from).collect();
        let frames: Vec<&str> = bytes.iter().map(String::as_str).collect();
        assert_eq!(chunks(&frames, 100).await, [(1, vec!["{}".to_owned()], None)]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_never_held() {
        let long = "x".repeat(1000);
        let found = chunks(&["{\"a\":1}\n{}\n", &long, &long, "\n[2]\n", &long, &long], 100).await;
        let problem = Some(LineProblem::TooLong(100));
        let expected = vec![
            (1, vec!["{}".to_owned()], problem.clone()),
            (3, vec!["[2]".to_owned()], problem),
        ];
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn chunks_have_so_many_lines_and_are_numbered() {
        let text = format!("{{\"a\":1}}\n{}", "{}\n".repeat(600));
        let found = chunks(&[&text], 100).await;
        let shape: Vec<(u64, usize)> = found.iter().map(|(first, lines, _)| (*first, lines.len())).collect();
        assert_eq!(shape, [(1, 256), (257, 256), (513, 88)]);
    }
}
