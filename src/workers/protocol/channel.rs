//! Frames over a stream socket.
//!
//! A frame is the length of its body (four bytes, little-endian), the number of its descriptors (one byte) and the body,
//! a message in postcard. Descriptors travel with the first byte of their frame.
//!
//! Both sides use a [`Channel`]. While it waits for a frame it sends what is queued, so that two sides never wait for
//! each other for ever, however much they have to say. The other side is trusted with nothing: no length that it
//! announces makes the buffer larger than a few times what arrived, and descriptors that belong to no frame are closed.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::ops::{ControlFlow, Range};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use postcard::ser_flavors::Flavor;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketType,
};
use serde::Serialize;

/// Bytes before the body of a frame.
pub const HEADER: usize = 5;
/// The most descriptors that come with a frame.
pub const MAX_DESCRIPTORS: usize = 4;

/// The size of the input buffer, unless a frame needs more.
const BUFFER: usize = 256 << 10;
/// A buffer that grew beyond this shrinks when it is empty.
const KEEP: usize = 1 << 20;
/// The least room that is worth a call for more input.
const ROOM: usize = 16 << 10;
/// What one side may have sent that the other has not yet read, where the system allows it.
const SEND_BUFFER: usize = 1 << 20;

/// One end of a connection between host and worker.
#[derive(Debug)]
pub struct Channel {
    socket: OwnedFd,
    output: Output,
    input: Input,
}

/// The way back for answers, while the message that they answer is still being looked at.
#[derive(Debug)]
pub struct Sender<'a> {
    socket: BorrowedFd<'a>,
    output: &'a mut Output,
}

/// A message that arrived.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The message, encoded.
    pub body: &'a [u8],
    /// What came with it.
    pub descriptors: Vec<OwnedFd>,
}

/// Why there is no frame. Whatever the reason, what arrives afterwards means nothing.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The other side has gone.
    #[error("the connection was closed")]
    Closed,
    /// The other side does not keep to the rules.
    #[error("the protocol was violated: {0}")]
    Protocol(String),
    /// Patience ended.
    #[error(transparent)]
    Stopped(#[from] Stop),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Why a wait was ended before there was an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// There is no time left.
    #[error("the deadline passed")]
    Deadline,
    /// The worker holds more memory than it may.
    #[error("the worker holds {resident} bytes of memory")]
    Memory {
        /// Bytes that it holds.
        resident: u64,
    },
    /// Nobody wants the answer any more.
    #[error("the request was cancelled")]
    Cancelled,
}

/// What waits to be sent.
#[derive(Debug, Default)]
struct Output {
    bytes: Vec<u8>,
    /// How many of them were sent.
    sent: usize,
    /// Descriptors, and the place of the frame they travel with.
    descriptors: VecDeque<(usize, Vec<OwnedFd>)>,
    /// Whether the socket takes no more for now.
    blocked: bool,
}

/// What arrived.
#[derive(Debug)]
struct Input {
    bytes: Vec<u8>,
    /// Where the bytes are that nobody has seen yet.
    unread: Range<usize>,
    /// Bytes that ever arrived.
    received: u64,
    /// Descriptors that no frame has claimed yet.
    descriptors: VecDeque<Arrived>,
    /// Whether descriptors are taken at all.
    refuses_descriptors: bool,
}

/// Descriptors, and the bytes that they came with, counted from the first that ever arrived.
#[derive(Debug)]
struct Arrived {
    bytes: Range<u64>,
    descriptors: Vec<OwnedFd>,
}

/// A whole frame in the input buffer.
struct Whole {
    body: Range<usize>,
    descriptors: Vec<OwnedFd>,
}

/// How long to wait.
struct Wait<'a> {
    tick: Option<Duration>,
    patience: &'a mut dyn FnMut() -> Result<(), Stop>,
    /// Whether patience was asked.
    asked: bool,
    /// When it was, or when there was first something to wait for.
    since: Option<Instant>,
}

impl Channel {
    /// A channel over a connected stream socket.
    ///
    /// # Errors
    /// When it is something else.
    pub fn new(socket: OwnedFd) -> io::Result<Self> {
        if rustix::net::sockopt::socket_type(&socket)? != SocketType::STREAM {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a stream socket"));
        }
        // Every call says for itself that it does not wait: the mode would be that of all who share the socket. Larger
        // buffers only save switches between the processes, so a system that refuses them does no harm.
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER);
        Ok(Self {
            socket,
            output: Output::default(),
            input: Input::new(),
        })
    }

    /// The same, for a side that expects no descriptors: the kernel does not even install them.
    #[must_use]
    pub fn refusing_descriptors(mut self) -> Self {
        self.input.refuses_descriptors = true;
        self
    }

    /// Appends a frame to what is to be sent. The descriptors are duplicated.
    ///
    /// # Errors
    /// When the message can't be encoded, is larger than a frame, or has too many descriptors. Nothing is queued then.
    pub fn queue(&mut self, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> Result<(), ChannelError> {
        self.output.append(message, descriptors)
    }

    /// Bytes that are queued and not sent.
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.output.queued()
    }

    /// Sends what the socket takes at once.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] when the other side has gone.
    pub fn send_now(&mut self) -> Result<(), ChannelError> {
        self.output.send(self.socket.as_fd())
    }

    /// Sends everything, waiting without end for the other side to read. Only for a side that is always listened to:
    /// the worker. The host sends while it waits for answers.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] when the other side has gone.
    pub fn flush(&mut self) -> Result<(), ChannelError> {
        self.sender().flush()
    }

    fn sender(&mut self) -> Sender<'_> {
        Sender {
            socket: self.socket.as_fd(),
            output: &mut self.output,
        }
    }

    /// Sends what is queued and waits for the next whole frame of at most `limit` bytes, both at once.
    ///
    /// `patience` is called before the first wait and then every `tick`; its error ends the wait.
    ///
    /// # Errors
    /// When there is no such frame. The channel is of no further use then.
    pub fn receive(
        &mut self,
        limit: usize,
        tick: Duration,
        patience: &mut dyn FnMut() -> Result<(), Stop>,
    ) -> Result<Frame<'_>, ChannelError> {
        self.receive_within(limit, &mut Wait::new(Some(tick), patience))
    }

    /// The same, waiting without end.
    ///
    /// # Errors
    /// When there is no such frame. The channel is of no further use then.
    pub fn receive_blocking(&mut self, limit: usize) -> Result<Frame<'_>, ChannelError> {
        self.receive_within(limit, &mut Wait::new(None, &mut || Ok(())))
    }

    /// The same, with the way back, so that a message need not be copied to be answered.
    ///
    /// # Errors
    /// When there is no such frame. The channel is of no further use then.
    pub fn receive_to_answer(&mut self, limit: usize) -> Result<(Frame<'_>, Sender<'_>), ChannelError> {
        let whole = self.whole(limit, &mut Wait::new(None, &mut || Ok(())))?;
        let frame = Frame {
            body: &self.input.bytes[whole.body],
            descriptors: whole.descriptors,
        };
        let sender = Sender {
            socket: self.socket.as_fd(),
            output: &mut self.output,
        };
        Ok((frame, sender))
    }

    /// Whether the other side has said nothing that was not received. A side that speaks only when it is asked is silent
    /// once it has answered; what it says then would be taken for the answer to the next question.
    pub fn is_silent(&mut self) -> bool {
        self.input.unread.is_empty() && matches!(self.input.read(self.socket.as_fd(), HEADER), Ok(false))
    }

    /// Fills `bytes` with what arrives before any frame.
    ///
    /// # Errors
    /// When less arrives.
    pub fn read_exact(
        &mut self,
        bytes: &mut [u8],
        tick: Duration,
        patience: &mut dyn FnMut() -> Result<(), Stop>,
    ) -> Result<(), ChannelError> {
        let wait = &mut Wait::new(Some(tick), patience);
        while self.input.unread.len() < bytes.len() {
            self.more(bytes.len(), wait)?;
        }
        let start = self.input.unread.start;
        bytes.copy_from_slice(&self.input.bytes[start..start + bytes.len()]);
        self.input.unread.start += bytes.len();
        Ok(())
    }

    fn receive_within(&mut self, limit: usize, wait: &mut Wait<'_>) -> Result<Frame<'_>, ChannelError> {
        let whole = self.whole(limit, wait)?;
        Ok(Frame {
            body: &self.input.bytes[whole.body],
            descriptors: whole.descriptors,
        })
    }

    fn whole(&mut self, limit: usize, wait: &mut Wait<'_>) -> Result<Whole, ChannelError> {
        // The other side can begin with what is new while this one looks at what has arrived.
        if !self.output.blocked {
            self.send_if_heard()?;
        }
        loop {
            match self.input.next(limit)? {
                ControlFlow::Break(whole) => return Ok(whole),
                ControlFlow::Continue(needed) => self.more(needed, wait)?,
            }
        }
    }

    /// Reads something, of a frame that is `needed` bytes long as far as is known.
    fn more(&mut self, needed: usize, wait: &mut Wait<'_>) -> Result<(), ChannelError> {
        if self.queued_bytes() > 0 {
            self.send_if_heard()?;
        }
        loop {
            // A side that never stops talking is no reason to forget the time.
            if wait.is_over() {
                wait.ask()?;
            }
            if self.input.read(self.socket.as_fd(), needed)? {
                return Ok(());
            }
            if !wait.asked {
                wait.ask()?;
            }
            let output = if self.queued_bytes() == 0 {
                PollFlags::empty()
            } else {
                PollFlags::OUT
            };
            let events = poll(self.socket.as_fd(), PollFlags::IN | output, wait.left())?;
            if events.intersects(PollFlags::OUT | PollFlags::ERR | PollFlags::HUP) {
                self.send_if_heard()?;
            }
        }
    }

    /// Sends what the socket takes, and forgets it when nobody will read it. What the other side said before it went may
    /// still be there to be read, and where that ends is the end of the channel.
    fn send_if_heard(&mut self) -> Result<(), ChannelError> {
        match self.send_now() {
            Err(ChannelError::Closed) => {
                self.output = Output::default();
                Ok(())
            }
            result => result,
        }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Sender<'_> {
    /// See [`Channel::queue`].
    ///
    /// # Errors
    /// As there.
    pub fn queue(&mut self, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> Result<(), ChannelError> {
        self.output.append(message, descriptors)
    }

    /// See [`Channel::queued_bytes`].
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.output.queued()
    }

    /// See [`Channel::flush`].
    ///
    /// # Errors
    /// As there.
    pub fn flush(&mut self) -> Result<(), ChannelError> {
        loop {
            self.output.send(self.socket)?;
            if self.output.queued() == 0 {
                return Ok(());
            }
            poll(self.socket, PollFlags::OUT, None)?;
        }
    }
}

impl Output {
    fn queued(&self) -> usize {
        self.bytes.len() - self.sent
    }

    fn append(&mut self, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> Result<(), ChannelError> {
        self.compact();
        let start = self.bytes.len();
        let result = self.encode(message, descriptors);
        if result.is_err() {
            self.bytes.truncate(start);
        }
        result
    }

    fn encode(&mut self, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> Result<(), ChannelError> {
        if descriptors.len() > MAX_DESCRIPTORS {
            return Err(invalid("a frame has at most 4 descriptors"));
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; HEADER]);
        postcard::serialize_with_flavor(message, Append(&mut self.bytes)).map_err(invalid)?;
        let length = u32::try_from(self.bytes.len() - start - HEADER)
            .map_err(|_| invalid("the message is larger than a frame can be"))?;
        let [a, b, c, d] = length.to_le_bytes();
        let count = descriptors.len() as u8;
        self.bytes[start..start + HEADER].copy_from_slice(&[a, b, c, d, count]);
        if !descriptors.is_empty() {
            let descriptors = descriptors
                .iter()
                .map(BorrowedFd::try_clone_to_owned)
                .collect::<io::Result<Vec<_>>>()?;
            self.descriptors.push_back((start, descriptors));
        }
        Ok(())
    }

    /// Forgets what was sent, when that is cheap.
    fn compact(&mut self) {
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            if self.bytes.capacity() > KEEP {
                self.bytes = Vec::new();
            }
        } else if self.sent > KEEP && self.sent > self.bytes.len() / 2 {
            self.bytes.drain(..self.sent);
            for (place, _) in &mut self.descriptors {
                *place -= self.sent;
            }
        } else {
            return;
        }
        self.sent = 0;
    }

    fn send(&mut self, socket: BorrowedFd<'_>) -> Result<(), ChannelError> {
        while self.sent < self.bytes.len() {
            // A call ends before the next frame with descriptors, so that these come with its first byte.
            let with = self.descriptors.front().is_some_and(|(place, _)| *place == self.sent);
            let end = self
                .descriptors
                .get(usize::from(with))
                .map_or(self.bytes.len(), |(place, _)| *place);
            let descriptors: Vec<BorrowedFd<'_>> = match self.descriptors.front() {
                Some((_, descriptors)) if with => descriptors.iter().map(AsFd::as_fd).collect(),
                _ => Vec::new(),
            };
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            if with && !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
                return Err(invalid("no room for the descriptors"));
            }
            let part = [IoSlice::new(&self.bytes[self.sent..end])];
            let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            match rustix::net::sendmsg(socket, &part, &mut control, flags) {
                Ok(bytes) => {
                    self.sent += bytes;
                    if with && bytes > 0 {
                        self.descriptors.pop_front();
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.blocked = true;
                    return Ok(());
                }
                Err(errno) => return Err(broken(errno)),
            }
        }
        self.blocked = false;
        self.compact();
        Ok(())
    }
}

impl Input {
    fn new() -> Self {
        Self {
            bytes: vec![0; BUFFER],
            unread: 0..0,
            received: 0,
            descriptors: VecDeque::new(),
            refuses_descriptors: false,
        }
    }

    /// The next frame, or how many bytes of it are needed at least.
    fn next(&mut self, limit: usize) -> Result<ControlFlow<Whole, usize>, ChannelError> {
        let unread = &self.bytes[self.unread.clone()];
        let Some(&[a, b, c, d, count]) = unread.first_chunk::<HEADER>() else {
            return Ok(ControlFlow::Continue(HEADER));
        };
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > limit {
            return Err(violation(format!(
                "a frame of {length} bytes where {limit} are allowed"
            )));
        }
        let count = usize::from(count);
        if count > MAX_DESCRIPTORS || (count > 0 && self.refuses_descriptors) {
            return Err(violation(format!("a frame with {count} descriptors")));
        }
        let whole = HEADER + length;
        if unread.len() < whole {
            return Ok(ControlFlow::Continue(whole));
        }
        let descriptors = self.claim(count)?;
        let body = self.unread.start + HEADER..self.unread.start + whole;
        self.unread.start = body.end;
        Ok(ControlFlow::Break(Whole { body, descriptors }))
    }

    /// Takes the descriptors of the frame that begins with the first unread byte.
    fn claim(&mut self, count: usize) -> Result<Vec<OwnedFd>, ChannelError> {
        let start = self.received - self.unread.len() as u64;
        if self
            .descriptors
            .front()
            .is_some_and(|arrived| arrived.bytes.end <= start)
        {
            return Err(violation("descriptors that belong to no frame"));
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        match self.descriptors.pop_front() {
            Some(arrived) if arrived.descriptors.len() == count && arrived.bytes.contains(&start) => {
                Ok(arrived.descriptors)
            }
            _ => Err(violation("a frame without the descriptors that it announced")),
        }
    }

    /// Reads what is there; false when there is nothing.
    fn read(&mut self, socket: BorrowedFd<'_>, needed: usize) -> Result<bool, ChannelError> {
        self.make_room(needed);
        // rustix aligns the control data, so there is room for more descriptors than are allowed.
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
        let mut control = if self.refuses_descriptors {
            RecvAncillaryBuffer::default()
        } else {
            RecvAncillaryBuffer::new(&mut space)
        };
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let message = loop {
            let mut room = [IoSliceMut::new(&mut self.bytes[self.unread.end..])];
            match rustix::net::recvmsg(socket, &mut room, &mut control, flags) {
                Ok(message) => break message,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(false),
                Err(errno) => return Err(broken(errno)),
            }
        };
        // Whatever is in the control data is owned from here on, and closed with it.
        let descriptors: Vec<OwnedFd> = control
            .drain()
            .filter_map(|part| match part {
                RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
                _ => None,
            })
            .flatten()
            .collect();
        if message.flags.contains(ReturnFlags::CTRUNC) || descriptors.len() > MAX_DESCRIPTORS {
            return Err(violation("more descriptors than a frame may have"));
        }
        if message.bytes == 0 {
            return Err(ChannelError::Closed);
        }
        let before = self.received;
        self.received += message.bytes as u64;
        self.unread.end += message.bytes;
        if !descriptors.is_empty() {
            self.descriptors.push_back(Arrived {
                bytes: before..self.received,
                descriptors,
            });
            // Those of the frame that is being received, and those of the next if its first bytes came with the last of
            // this one: the kernel hands out no bytes beyond those that descriptors came with.
            if self.descriptors.len() > 2 {
                return Err(violation("descriptors that belong to no frame"));
            }
        }
        Ok(true)
    }

    /// Makes room for more of a frame that needs so many bytes.
    fn make_room(&mut self, needed: usize) {
        if self.unread.is_empty() {
            self.unread = 0..0;
            if self.bytes.len() > KEEP {
                self.bytes = vec![0; BUFFER];
            }
            return;
        }
        let room = self.bytes.len() - self.unread.end;
        if room >= ROOM || (room > 0 && self.unread.start + needed <= self.bytes.len()) {
            return;
        }
        if self.unread.start > 0 {
            self.bytes.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        // What is announced may never come: the buffer only doubles, when it is as good as full.
        if self.bytes.len() - self.unread.end < ROOM && needed > self.bytes.len() {
            let doubled = 2 * self.bytes.len();
            self.bytes.resize(doubled.min(needed), 0);
        }
    }
}

impl<'a> Wait<'a> {
    fn new(tick: Option<Duration>, patience: &'a mut dyn FnMut() -> Result<(), Stop>) -> Self {
        Self {
            tick,
            patience,
            asked: false,
            since: None,
        }
    }

    /// What is left of this tick; `None` is for ever.
    fn left(&mut self) -> Option<Duration> {
        let tick = self.tick?;
        Some(tick.saturating_sub(self.since.get_or_insert_with(Instant::now).elapsed()))
    }

    fn is_over(&mut self) -> bool {
        self.left() == Some(Duration::ZERO)
    }

    fn ask(&mut self) -> Result<(), Stop> {
        (self.patience)()?;
        self.asked = true;
        self.since = Some(Instant::now());
        Ok(())
    }
}

/// A message's bytes at the end of a buffer.
struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    #[inline]
    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }

    #[inline]
    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.0.push(data);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Waits until the socket is ready, or for so long.
fn poll(socket: BorrowedFd<'_>, events: PollFlags, time: Option<Duration>) -> Result<PollFlags, ChannelError> {
    let mut descriptors = [PollFd::from_borrowed_fd(socket, events)];
    // A time that the system can't count is no time at all.
    let time = time.and_then(|time| Timespec::try_from(time).ok());
    match rustix::event::poll(&mut descriptors, time.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(descriptors[0].revents()),
        Err(errno) => Err(ChannelError::Io(errno.into())),
    }
}

fn broken(errno: Errno) -> ChannelError {
    match errno {
        Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => ChannelError::Closed,
        errno => ChannelError::Io(errno.into()),
    }
}

fn violation(what: impl Into<String>) -> ChannelError {
    ChannelError::Protocol(what.into())
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ChannelError {
    ChannelError::Io(io::Error::new(io::ErrorKind::InvalidInput, error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::{self, File};
    use std::io::{Read, Write};
    use std::net::Shutdown;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 64 << 20;
    const TICK: Duration = Duration::from_millis(5);

    /// Bytes, encoded in one go.
    struct Bytes<'a>(&'a [u8]);

    impl Serialize for Bytes<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }

    fn pair() -> (Channel, Channel) {
        let (one, other) = UnixStream::pair().expect("a pair");
        (
            Channel::new(one.into()).expect("a channel"),
            Channel::new(other.into()).expect("a channel"),
        )
    }

    fn raw_pair() -> (UnixStream, Channel) {
        let (one, other) = UnixStream::pair().expect("a pair");
        (one, Channel::new(other.into()).expect("a channel"))
    }

    fn receive(channel: &mut Channel) -> Vec<u8> {
        let frame = channel.receive_blocking(LIMIT).expect("a frame");
        postcard::from_bytes::<&[u8]>(frame.body).expect("bytes").to_vec()
    }

    fn frame(body: &[u8], descriptors: u8) -> Vec<u8> {
        let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
        bytes.push(descriptors);
        bytes.extend_from_slice(body);
        bytes
    }

    /// Sends bytes with descriptors, as any program can.
    fn send(socket: &UnixStream, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(64))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(descriptors)));
        let part = [IoSlice::new(bytes)];
        let sent = rustix::net::sendmsg(socket, &part, &mut control, SendFlags::empty()).expect("sent");
        assert_eq!(sent, bytes.len());
    }

    /// A file of a name that no other has.
    struct Marked {
        file: File,
        link: String,
    }

    impl Marked {
        fn new() -> Self {
            static NUMBER: AtomicUsize = AtomicUsize::new(0);
            let name = format!("channel-test-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
            let descriptor = rustix::fs::memfd_create(&name, rustix::fs::MemfdFlags::CLOEXEC).expect("a file");
            Self {
                file: File::from(descriptor),
                link: format!("/memfd:{name} (deleted)"),
            }
        }

        /// How many descriptors of it the process has.
        fn count(&self) -> usize {
            fs::read_dir("/proc/self/fd")
                .expect("a list")
                .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
                .filter(|link| link.as_os_str() == self.link.as_str())
                .count()
        }
    }

    impl AsFd for Marked {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.file.as_fd()
        }
    }

    fn inode(descriptor: &impl AsFd) -> u64 {
        let file = File::from(descriptor.as_fd().try_clone_to_owned().expect("a descriptor"));
        file.metadata().expect("metadata").ino()
    }

    #[test]
    fn frames_arrive_in_order() {
        let (mut one, mut other) = pair();
        for text in ["first", "", "third"] {
            one.queue(&Bytes(text.as_bytes()), &[]).expect("queued");
        }
        assert_eq!(one.queued_bytes(), 3 * (HEADER + 1) + 10);
        one.flush().expect("sent");
        assert_eq!(one.queued_bytes(), 0);
        for text in ["first", "", "third"] {
            assert_eq!(receive(&mut other), text.as_bytes());
        }
    }

    #[test]
    fn both_sides_say_a_lot_at_once() {
        let (mut one, mut other) = pair();
        let talk = |channel: &mut Channel, own: u8, others: u8| {
            for round in 0..4 {
                channel
                    .queue(&Bytes(&vec![own; 5_000_000 + round]), &[])
                    .expect("queued");
            }
            for round in 0..4 {
                assert_eq!(receive(channel), vec![others; 5_000_000 + round]);
            }
            // What the other side has not read yet.
            channel.flush().expect("sent");
        };
        thread::scope(|scope| {
            scope.spawn(|| talk(&mut one, 1, 2));
            scope.spawn(|| talk(&mut other, 2, 1));
        });
    }

    #[test]
    fn a_side_that_only_answers_is_no_obstacle() {
        let (mut host, mut worker) = pair();
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..2000 {
                    let (frame, mut sender) = worker.receive_to_answer(LIMIT).expect("a frame");
                    let request: &[u8] = postcard::from_bytes(frame.body).expect("bytes");
                    sender.queue(&Bytes(request), &[]).expect("queued");
                    if sender.queued_bytes() > 10_000 {
                        sender.flush().expect("sent");
                    }
                }
                worker.flush().expect("sent");
            });
            for index in 0..2000_u32 {
                host.queue(&Bytes(&index.to_le_bytes().repeat(700)), &[])
                    .expect("queued");
            }
            for index in 0..2000_u32 {
                assert_eq!(receive(&mut host), index.to_le_bytes().repeat(700));
            }
        });
    }

    #[test]
    fn descriptors_come_with_their_frames() {
        let (mut one, mut other) = pair();
        let files: Vec<Marked> = (0..9).map(|_| Marked::new()).collect();
        let mut sent: Vec<(Vec<u8>, &[Marked])> = Vec::new();
        for (index, range) in [0..0, 0..1, 1..5, 5..5, 5..7, 7..8, 8..9].into_iter().enumerate() {
            sent.push((vec![index as u8; index * 100_000], &files[range]));
        }
        thread::scope(|scope| {
            scope.spawn(|| {
                for (body, files) in &sent {
                    let descriptors: Vec<_> = files.iter().map(AsFd::as_fd).collect();
                    one.queue(&Bytes(body), &descriptors).expect("queued");
                }
                one.flush().expect("sent");
            });
            for (body, files) in &sent {
                let frame = other.receive_blocking(LIMIT).expect("a frame");
                assert_eq!(postcard::from_bytes::<&[u8]>(frame.body).expect("bytes"), body);
                let inodes: Vec<u64> = frame.descriptors.iter().map(inode).collect();
                assert_eq!(inodes, files.iter().map(inode).collect::<Vec<_>>());
                for descriptor in &frame.descriptors {
                    let flags = rustix::io::fcntl_getfd(descriptor).expect("flags");
                    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
                }
            }
        });
        drop((one, other));
        assert!(files.iter().all(|file| file.count() == 1));
    }

    #[test]
    fn what_was_queued_and_never_sent_is_closed() {
        let (mut one, other) = pair();
        let file = Marked::new();
        one.queue(&Bytes(b"text"), &[file.as_fd(), file.as_fd()])
            .expect("queued");
        assert!(one.queue(&Bytes(b"text"), &[file.as_fd(); 5]).is_err());
        assert_eq!(one.queued_bytes(), HEADER + 5);
        assert_eq!(file.count(), 3);
        drop((one, other));
        assert_eq!(file.count(), 1);
    }

    #[test]
    fn descriptors_that_belong_to_no_frame_are_closed() {
        let file = Marked::new();
        let one = [file.as_fd()];
        type Attack = fn(&UnixStream, &[BorrowedFd<'_>; 1]);
        let attacks: [Attack; 7] = [
            // None announced.
            |socket, one| send(socket, &frame(b"body", 0), one),
            // Fewer, more than announced.
            |socket, one| send(socket, &frame(b"body", 2), one),
            |socket, one| send(socket, &frame(b"body", 1), &[one[0]; 2]),
            // More than allowed.
            |socket, one| send(socket, &frame(b"body", 5), &[one[0]; 5]),
            |socket, one| send(socket, &frame(b"body", 64), &[one[0]; 64]),
            // In the middle of a frame that has none, and of one that has some.
            |socket, one| {
                send(socket, &frame(b"bdy", 0)[..6], &[]);
                send(socket, b"dy", one);
            },
            |socket, one| {
                let bytes = frame(&[0; 100], 1);
                send(socket, &bytes[..6], one);
                for byte in &bytes[6..] {
                    send(socket, &[*byte], one);
                }
            },
        ];
        for attack in attacks {
            let (socket, mut channel) = raw_pair();
            attack(&socket, &one);
            send(&socket, &frame(b"next", 0), &[]);
            socket.shutdown(Shutdown::Write).expect("shut down");
            let mut outcome = channel.receive_blocking(LIMIT).map(|frame| frame.descriptors.len());
            if outcome.is_ok() {
                outcome = channel.receive_blocking(LIMIT).map(|frame| frame.descriptors.len());
            }
            assert!(matches!(outcome, Err(ChannelError::Protocol(_))), "{outcome:?}");
        }
        assert_eq!(file.count(), 1);
    }

    #[test]
    fn a_side_that_expects_no_descriptors_gets_none() {
        let file = Marked::new();
        for count in [0, 1] {
            let (socket, channel) = raw_pair();
            let mut channel = channel.refusing_descriptors();
            send(&socket, &frame(b"body", count), &[file.as_fd()]);
            let outcome = channel.receive_blocking(LIMIT);
            assert!(matches!(outcome, Err(ChannelError::Protocol(_))), "{outcome:?}");
        }
        let (mut socket, channel) = raw_pair();
        socket.write_all(&frame(b"body", 0)).expect("sent");
        let mut channel = channel.refusing_descriptors();
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"body");
        assert_eq!(file.count(), 1);
    }

    #[test]
    fn an_announced_length_is_no_reason_to_allocate() {
        let (mut socket, mut channel) = raw_pair();
        socket.write_all(&[0xff, 0xff, 0xff, 0xff, 0]).expect("sent");
        let outcome = channel.receive_blocking(LIMIT);
        assert!(matches!(outcome, Err(ChannelError::Protocol(_))), "{outcome:?}");

        let (mut socket, mut channel) = raw_pair();
        socket.write_all(&[0xff, 0xff, 0xff, 0x7f, 0]).expect("sent");
        thread::scope(|scope| {
            scope.spawn(move || socket.write_all(&vec![0; 1 << 20]).expect("sent"));
            let outcome = channel.receive_blocking(usize::MAX).map(|frame| frame.body.len());
            assert!(matches!(outcome, Err(ChannelError::Closed)), "{outcome:?}");
        });
        assert!(channel.input.bytes.len() <= 2 << 20, "{}", channel.input.bytes.len());
    }

    #[test]
    fn a_limit_is_exact() {
        for (limit, fits) in [(4, true), (3, false)] {
            let (mut socket, mut channel) = raw_pair();
            socket.write_all(&frame(b"body", 0)).expect("sent");
            let outcome = channel.receive_blocking(limit);
            assert_eq!(outcome.is_ok(), fits, "{outcome:?}");
        }
    }

    #[test]
    fn buffers_shrink_after_a_giant_frame() {
        let (mut one, mut other) = pair();
        thread::scope(|scope| {
            scope.spawn(|| {
                one.queue(&Bytes(&vec![7; 20 << 20]), &[]).expect("queued");
                one.flush().expect("sent");
                one.queue(&Bytes(b"small"), &[]).expect("queued");
                one.flush().expect("sent");
            });
            assert_eq!(receive(&mut other).len(), 20 << 20);
            assert_eq!(receive(&mut other), b"small");
        });
        assert!(one.output.bytes.capacity() <= KEEP);
        assert!(other.input.bytes.len() <= KEEP);
    }

    #[test]
    fn an_end_in_the_middle_is_an_end() {
        for length in 0..9 {
            let (mut socket, mut channel) = raw_pair();
            socket.write_all(&frame(b"whole", 0)).expect("sent");
            socket.write_all(&frame(b"half", 0)[..length]).expect("sent");
            drop(socket);
            assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"whole");
            let outcome = channel.receive_blocking(LIMIT);
            assert!(matches!(outcome, Err(ChannelError::Closed)), "{outcome:?}");
        }
    }

    #[test]
    fn what_was_answered_before_the_end_is_not_lost() {
        let (mut socket, mut channel) = raw_pair();
        socket.write_all(&frame(b"answer", 0)).expect("sent");
        // Unread data makes the end a broken connection.
        channel.queue(&Bytes(&[0; 100]), &[]).expect("queued");
        channel.flush().expect("sent");
        drop(socket);
        channel.queue(&Bytes(&vec![0; 1 << 20]), &[]).expect("queued");
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"answer");
        channel.queue(&Bytes(b"more"), &[]).expect("queued");
        let outcome = channel.receive_blocking(LIMIT).map(|frame| frame.body.len());
        assert!(matches!(outcome, Err(ChannelError::Closed)), "{outcome:?}");
    }

    #[test]
    fn what_nobody_asked_for_is_heard() {
        let (mut socket, mut channel) = raw_pair();
        assert!(channel.is_silent());
        socket.write_all(&frame(b"answer", 0)).expect("sent");
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"answer");
        assert!(channel.is_silent());
        socket.write_all(&frame(b"answer", 0)).expect("sent");
        socket.write_all(&frame(b"more", 0)).expect("sent");
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"answer");
        assert!(!channel.is_silent());
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"more");
        assert!(channel.is_silent());
        socket.write_all(b"?").expect("sent");
        assert!(!channel.is_silent());
        let (socket, mut channel) = raw_pair();
        drop(socket);
        assert!(!channel.is_silent());
    }

    #[test]
    fn nobody_listens() {
        let (mut one, other) = pair();
        drop(other);
        one.queue(&Bytes(b"text"), &[]).expect("queued");
        assert!(matches!(one.flush(), Err(ChannelError::Closed)));
    }

    #[test]
    fn patience_ends() {
        let (mut socket, mut channel) = raw_pair();
        let mut asked = 0;
        let outcome = channel.receive(LIMIT, TICK, &mut || {
            asked += 1;
            if asked == 4 { Err(Stop::Deadline) } else { Ok(()) }
        });
        assert!(matches!(outcome, Err(ChannelError::Stopped(Stop::Deadline))));
        assert_eq!(asked, 4);
        // Also when there is always a little more.
        let outcome = thread::scope(|scope| {
            scope.spawn(move || {
                let _ = socket.write_all(&frame(&[0; 100], 0)[..5]);
                while socket.write_all(&[0]).is_ok() {
                    thread::sleep(TICK / 10);
                }
            });
            let start = Instant::now();
            let outcome = channel
                .receive(LIMIT, TICK, &mut || {
                    if start.elapsed() > 4 * TICK {
                        Err(Stop::Deadline)
                    } else {
                        Ok(())
                    }
                })
                .map(|frame| frame.body.len());
            drop(channel);
            outcome
        });
        assert!(
            matches!(outcome, Err(ChannelError::Stopped(Stop::Deadline))),
            "{outcome:?}"
        );
    }

    #[test]
    fn patience_is_not_asked_when_there_is_nothing_to_wait_for() {
        let (mut socket, mut channel) = raw_pair();
        socket.write_all(&frame(b"body", 0)).expect("sent");
        let frame = channel
            .receive(LIMIT, TICK, &mut || Err(Stop::Cancelled))
            .expect("a frame");
        assert_eq!(frame.body, b"body");
    }

    #[test]
    fn a_number_comes_before_the_frames() {
        let (mut socket, mut channel) = raw_pair();
        socket.write_all(&1234_u32.to_le_bytes()).expect("sent");
        socket.write_all(&frame(b"body", 0)).expect("sent");
        let mut number = [0; 4];
        channel.read_exact(&mut number, TICK, &mut || Ok(())).expect("read");
        assert_eq!(u32::from_le_bytes(number), 1234);
        assert_eq!(channel.receive_blocking(LIMIT).expect("a frame").body, b"body");
        drop(socket);
        let outcome = channel.read_exact(&mut number, TICK, &mut || Ok(()));
        assert!(matches!(outcome, Err(ChannelError::Closed)), "{outcome:?}");
    }

    #[test]
    fn only_a_stream_socket_is_one() {
        assert!(Channel::new(Marked::new().file.into()).is_err());
        let (datagrams, _) = std::os::unix::net::UnixDatagram::pair().expect("a pair");
        assert!(Channel::new(datagrams.into()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However the bytes of frames are cut, and whatever else is in the buffer.
        #[test]
        fn any_cut_is_the_same(
            bodies in vec((0..3000_usize, 0..=1_u8), 0..200),
            giant in (0..200_usize, 0..2_000_000_usize),
            cuts in vec(1..100_000_usize, 1..50),
        ) {
            let file = Marked::new();
            let mut frames: Vec<(Vec<u8>, u8)> = bodies
                .iter()
                .enumerate()
                .map(|(index, (length, descriptors))| (vec![index as u8; *length], *descriptors))
                .collect();
            if let Some((body, _)) = frames.get_mut(giant.0) {
                body.resize(giant.1, 0xAA);
            }
            let (socket, mut channel) = raw_pair();
            thread::scope(|scope| {
                scope.spawn(|| {
                    let mut cuts = cuts.iter().cycle();
                    for (body, descriptors) in &frames {
                        let bytes = frame(body, *descriptors);
                        let mut rest = &bytes[..];
                        let mut first = true;
                        while !rest.is_empty() {
                            let (part, others) = rest.split_at(rest.len().min(*cuts.next().expect("a cut")));
                            rest = others;
                            if first && *descriptors > 0 {
                                send(&socket, part, &[file.as_fd()]);
                            } else {
                                (&socket).write_all(part).expect("sent");
                            }
                            first = false;
                        }
                    }
                });
                for (body, descriptors) in &frames {
                    let frame = channel.receive_blocking(LIMIT).expect("a frame");
                    assert!(frame.body == body);
                    assert_eq!(frame.descriptors.len(), usize::from(*descriptors));
                }
            });
            prop_assert_eq!(file.count(), 1);
        }

        /// Two channels, with whatever in both directions.
        #[test]
        fn both_ways(
            there in vec((0..100_000_usize, 0..3_usize), 0..40),
            back in vec((0..100_000_usize, 0..3_usize), 0..40),
        ) {
            let file = Marked::new();
            let (mut one, mut other) = pair();
            let talk = |channel: &mut Channel, own: &[(usize, usize)], others: &[(usize, usize)]| {
                let mut expected = others.iter();
                for (index, (length, descriptors)) in own.iter().enumerate() {
                    let body = vec![index as u8; *length];
                    channel.queue(&Bytes(&body), &[file.as_fd(), file.as_fd()][..*descriptors]).expect("queued");
                    if index % 3 == 2 && let Some((length, descriptors)) = expected.next() {
                        let frame = channel.receive_blocking(LIMIT).expect("a frame");
                        assert_eq!(postcard::from_bytes::<&[u8]>(frame.body).expect("bytes").len(), *length);
                        assert_eq!(frame.descriptors.len(), *descriptors);
                    }
                }
                for (length, descriptors) in expected {
                    let frame = channel.receive_blocking(LIMIT).expect("a frame");
                    assert_eq!(postcard::from_bytes::<&[u8]>(frame.body).expect("bytes").len(), *length);
                    assert_eq!(frame.descriptors.len(), *descriptors);
                }
                channel.flush().expect("sent");
            };
            thread::scope(|scope| {
                scope.spawn(|| talk(&mut one, &there, &back));
                scope.spawn(|| talk(&mut other, &back, &there));
            });
            prop_assert_eq!(file.count(), 1);
        }

        /// Whatever is said, the answer is an error or a frame that is what was said.
        #[test]
        fn anything_may_arrive(bytes in vec(any::<u8>(), 0..2000), small in any::<bool>(), limit in 0..100_usize) {
                let mut bytes = bytes;
            if small {
                // Lengths that are likely to be allowed.
                for byte in &mut bytes {
                    *byte %= 8;
                }
            }
            let (mut socket, mut channel) = raw_pair();
            socket.write_all(&bytes).expect("sent");
            drop(socket);
            let mut rest = &bytes[..];
            let error = loop {
                match channel.receive_blocking(limit) {
                    Ok(found) => {
                        prop_assert_eq!(found.body, &rest[HEADER..HEADER + found.body.len()]);
                        prop_assert!(found.body.len() <= limit);
                        rest = &rest[HEADER + found.body.len()..];
                    }
                    Err(error) => break error,
                }
            };
            prop_assert!(matches!(error, ChannelError::Closed | ChannelError::Protocol(_)));
            prop_assert_eq!(channel.input.bytes.len(), BUFFER);
        }
    }

    #[test]
    fn a_descriptor_arrives_once() {
        let (mut one, mut other) = pair();
        let mut reader = {
            let (reader, writer) = UnixStream::pair().expect("a pair");
            one.queue(&Bytes(b"text"), &[writer.as_fd()]).expect("queued");
            reader
        };
        one.flush().expect("sent");
        let mut numbers = BTreeSet::new();
        {
            let frame = other.receive_blocking(LIMIT).expect("a frame");
            numbers.extend(frame.descriptors.iter().map(AsRawFd::as_raw_fd));
        }
        assert_eq!(numbers.len(), 1);
        // The only writer has gone with the frame.
        assert_eq!(reader.read(&mut [0; 1]).expect("the end"), 0);
    }
}
