//! Events from files and streams, one at a time.

use std::io::{self, BufRead, Read};
use std::str::Utf8Error;

use super::{Event, EventError};

/// Size in bytes up to which an event is read unless another limit is given: 8 MiB, as much as PostHog accepts.
pub const DEFAULT_MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// Reads events from JSON Lines (an object a line), from an array of objects, or from one object of any number of lines.
///
/// Which of the three it is shows at the start. Blank lines, CRLF and a byte order mark are fine. Never more than one
/// event is in memory, and of an event over the limit only as much as the limit. An event that can't be read is an
/// error with its place, and the next one follows; when the rest can't be made sense of, the error is the last item.
#[derive(Debug)]
pub struct EventReader<R> {
    /// What was looked at and put back, and the rest.
    source: io::Chain<io::Cursor<Vec<u8>>, R>,
    max_event_bytes: usize,
    shape: Shape,
    /// Lines of which at least one byte has been read.
    line: usize,
    /// Bytes of the current line that have been read.
    column: usize,
    /// Where the last item began.
    place: Place,
    buffer: Vec<u8>,
}

/// Where in the input an event is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line where it begins, from 1.
    pub line: usize,
    /// Its number in the array that it is an element of, from 1.
    pub element: Option<usize>,
}

/// An event that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ReadError {
    /// Where the event begins.
    pub place: Place,
    /// What is wrong with it.
    #[source]
    pub reason: ReadErrorReason,
}

/// What is wrong with an event in a file.
#[derive(Debug, thiserror::Error)]
pub enum ReadErrorReason {
    /// There is nothing but white space.
    #[error("the input is empty; expected an event: a JSON object, an array of objects, or an object a line")]
    Empty,
    /// It is no text.
    #[error("the input is not text but {0}; expected JSON in UTF-8")]
    Binary(&'static str),
    /// It is text, but no JSON.
    #[error("the input is not JSON; expected an event: a JSON object, an array of objects, or an object a line")]
    NotJson,
    /// Some bytes are not UTF-8.
    #[error("the text is not UTF-8: {0}")]
    NotUtf8(Utf8Error),
    /// The event is larger than the limit.
    #[error("the event is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The event itself is wrong. A position in it counts from the start of the input.
    #[error(transparent)]
    Event(EventError),
    /// The elements of an array are not written as JSON wants it.
    #[error("{0}")]
    Array(&'static str),
    /// Reading failed.
    #[error("the input can't be read: {0}")]
    Io(#[from] io::Error),
}

impl ReadError {
    fn sentence(&self) -> String {
        let Self { place, reason } = self;
        match (reason, place.element) {
            (ReadErrorReason::Empty | ReadErrorReason::Binary(_) | ReadErrorReason::Io(_), _) => reason.to_string(),
            // The error has a more exact position.
            (ReadErrorReason::Event(EventError::Syntax { message, line, column }), None) => {
                format!("line {line}, column {column}: {message}")
            }
            (ReadErrorReason::Event(EventError::Syntax { message, line, column }), Some(element)) => {
                format!("element {element} of the array (line {line}, column {column}): {message}")
            }
            (reason, None) => format!("line {}: {reason}", place.line),
            (reason, Some(element)) => format!("element {element} of the array (line {}): {reason}", place.line),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing was read yet.
    Unknown,
    /// An event a line.
    Lines,
    /// Objects of any number of lines, one after the other.
    Objects,
    /// The elements of an array; so many were read.
    Array(usize),
    /// There is no more.
    Done,
}

/// How the reading of one value ended.
enum Ending {
    Complete,
    TooLarge,
    EndOfInput,
}

impl<R: BufRead> EventReader<R> {
    /// A reader with the default limit.
    pub fn new(source: R) -> Self {
        Self::with_max_event_bytes(source, DEFAULT_MAX_EVENT_BYTES)
    }

    /// A reader that refuses events of more bytes than this.
    pub fn with_max_event_bytes(source: R, max_event_bytes: usize) -> Self {
        Self {
            source: io::Cursor::default().chain(source),
            max_event_bytes,
            shape: Shape::Unknown,
            line: 1,
            column: 0,
            place: Place::default(),
            buffer: Vec::new(),
        }
    }

    /// Where the event that was returned last begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    fn advance(&mut self) -> Result<Option<Event>, ReadErrorReason> {
        match self.shape {
            Shape::Unknown => self.first(),
            Shape::Lines => self.next_line(),
            Shape::Objects => self.next_object(),
            Shape::Array(read) => self.next_element(read),
            Shape::Done => Ok(None),
        }
    }

    /// Finds out the shape from the start of the input and reads the first event. Stays with [`Shape::Done`] when the
    /// input can't be understood.
    fn first(&mut self) -> Result<Option<Event>, ReadErrorReason> {
        self.shape = Shape::Done;
        let head = self.head()?;
        if let Some(kind) = binary_kind(&head) {
            return Err(ReadErrorReason::Binary(kind));
        }
        if head != BYTE_ORDER_MARK {
            *self.source.get_mut().0 = io::Cursor::new(head);
        }
        match self.skip_white_space()? {
            None => Err(ReadErrorReason::Empty),
            Some(b'[') => {
                self.take_byte()?;
                self.next_element(0)
            }
            Some(b'{') => self.first_object(),
            // Scalars are no events, but where there is one a line, others may be.
            Some(b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.shape = Shape::Lines;
                self.next_line()
            }
            Some(_) => {
                self.start(None);
                // Reading on is safe: this is the end of it anyway.
                self.buffer.clear();
                (&mut self.source).take(64).read_until(b'\n', &mut self.buffer)?;
                Err(if self.buffer.contains(&0) {
                    ReadErrorReason::Binary(NUL_BYTES)
                } else {
                    ReadErrorReason::NotJson
                })
            }
        }
    }

    /// The first byte, and as many more as it takes to know a byte order mark or what is certainly no text. However the
    /// input arrives, this is the same, and nobody waits for more than that.
    fn head(&mut self) -> io::Result<Vec<u8>> {
        let (_, source) = self.source.get_mut();
        let mut head = Vec::new();
        let may_go_on = |head: &[u8]| {
            let known = KINDS.iter().map(|(magic, _)| *magic).chain([BYTE_ORDER_MARK]);
            known
                .into_iter()
                .any(|magic| magic.len() > head.len() && magic.starts_with(head))
        };
        while may_go_on(&head) && source.take(1).read_to_end(&mut head)? > 0 {}
        Ok(head)
    }

    /// An object that is whole at the end of its line is the first of JSON Lines. One that is not may go on or may be
    /// cut off: it goes on unless the next line starts an object where none can be.
    fn first_object(&mut self) -> Result<Option<Event>, ReadErrorReason> {
        let start = self.start(None);
        self.shape = Shape::Lines;
        self.read_line()?;
        let mut scanner = Scanner::default();
        let is_whole = self.buffer.iter().any(|byte| scanner.ends_with(*byte));
        if is_whole || scanner.in_string {
            return self.parse(start).map(Some);
        }
        let next = self.skip_white_space()?;
        let awaits_value = matches!(self.buffer.last(), Some(b'[' | b':' | b','));
        if next.is_none() || (next == Some(b'{') && !awaits_value) {
            return self.parse(start).map(Some);
        }
        // The white space that was skipped, so that positions in the event stay right.
        let room = self.max_event_bytes.saturating_sub(self.buffer.len());
        let (lines, columns) = (self.line - start.line, self.column);
        self.buffer.extend(
            std::iter::repeat_n(b'\n', lines)
                .chain(std::iter::repeat_n(b' ', columns))
                .take(room),
        );
        self.shape = Shape::Objects;
        self.next_value(start, scanner)
    }

    fn next_line(&mut self) -> Result<Option<Event>, ReadErrorReason> {
        if self.skip_white_space()?.is_none() {
            return Ok(None);
        }
        let start = self.start(None);
        self.read_line()?;
        self.parse(start).map(Some)
    }

    /// Reads the rest of the line into the buffer, without the white space at its end.
    fn read_line(&mut self) -> Result<(), ReadErrorReason> {
        self.buffer.clear();
        // More than the limit by a line break, and by one byte that tells that there is more.
        let most = (self.max_event_bytes as u64).saturating_add(3);
        let read = (&mut self.source).take(most).read_until(b'\n', &mut self.buffer)?;
        if read as u64 == most && !self.buffer.ends_with(b"\n") {
            self.source.skip_until(b'\n')?;
        }
        self.line += 1;
        self.column = 0;
        while self.buffer.last().is_some_and(u8::is_ascii_whitespace) {
            self.buffer.pop();
        }
        if self.buffer.len() > self.max_event_bytes {
            return Err(ReadErrorReason::TooLarge {
                limit: self.max_event_bytes,
            });
        }
        Ok(())
    }

    fn next_object(&mut self) -> Result<Option<Event>, ReadErrorReason> {
        if self.skip_white_space()?.is_none() {
            return Ok(None);
        }
        let start = self.start(None);
        self.buffer.clear();
        self.next_value(start, Scanner::default())
    }

    fn next_element(&mut self, read: usize) -> Result<Option<Event>, ReadErrorReason> {
        let element = read + 1;
        let mut next = self.skip_white_space()?;
        self.start(Some(element));
        // Whatever goes wrong between two elements, there is no telling where the next one begins.
        self.shape = Shape::Done;
        if read > 0 && next == Some(b',') {
            self.take_byte()?;
            next = self.skip_white_space()?;
            if next == Some(b']') {
                return Err(ReadErrorReason::Array("an element is missing after the last comma"));
            }
        } else if read > 0 && !matches!(next, None | Some(b']')) {
            return Err(ReadErrorReason::Array("a comma is missing before it"));
        }
        let start = self.start(Some(element));
        match next {
            None => Err(ReadErrorReason::Array(
                "the input ends before the array does; `]` is missing",
            )),
            Some(b']') => {
                self.take_byte()?;
                self.place.element = None;
                match self.skip_white_space()? {
                    None => Ok(None),
                    Some(_) => {
                        self.place.line = self.line;
                        Err(ReadErrorReason::Array("something follows the end of the array"))
                    }
                }
            }
            Some(b',') => Err(ReadErrorReason::Array("an element is missing before the comma")),
            Some(_) => {
                self.shape = Shape::Array(element);
                self.buffer.clear();
                self.next_value(start, Scanner::default())
            }
        }
    }

    /// Reads on from what is in the buffer to the end of an object or an array, or to what may follow an element.
    fn next_value(&mut self, start: Start, scanner: Scanner) -> Result<Option<Event>, ReadErrorReason> {
        match self.read_value(scanner)? {
            Ending::Complete => {}
            Ending::TooLarge => {
                return Err(ReadErrorReason::TooLarge {
                    limit: self.max_event_bytes,
                });
            }
            Ending::EndOfInput => self.shape = Shape::Done,
        }
        let event = self.parse(start);
        if self.shape == Shape::Objects && event.is_err() {
            // The end of a broken object is a guess.
            self.shape = Shape::Done;
        }
        event.map(Some)
    }

    fn read_value(&mut self, mut scanner: Scanner) -> io::Result<Ending> {
        let mut too_large = false;
        loop {
            let chunk = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(if too_large {
                    Ending::TooLarge
                } else {
                    Ending::EndOfInput
                });
            }
            let mut taken = 0;
            let mut complete = false;
            for byte in chunk {
                if scanner.ends_before(*byte) {
                    complete = true;
                    break;
                }
                taken += 1;
                self.column += 1;
                if *byte == b'\n' {
                    self.line += 1;
                    self.column = 0;
                }
                if scanner.ends_with(*byte) {
                    complete = true;
                    break;
                }
            }
            too_large |= self.buffer.len() + taken > self.max_event_bytes;
            if !too_large {
                self.buffer.extend_from_slice(chunk.get(..taken).unwrap_or_default());
            }
            self.source.consume(taken);
            if complete {
                return Ok(if too_large { Ending::TooLarge } else { Ending::Complete });
            }
        }
    }

    /// The event in the buffer.
    fn parse(&self, start: Start) -> Result<Event, ReadErrorReason> {
        let text = std::str::from_utf8(&self.buffer).map_err(ReadErrorReason::NotUtf8)?;
        Event::from_json(text).map_err(|error| {
            if text.contains('\0') {
                return ReadErrorReason::Binary(NUL_BYTES);
            }
            ReadErrorReason::Event(match error {
                EventError::Syntax { message, line, column } => {
                    let column = if line == 1 { column + start.column } else { column };
                    EventError::Syntax {
                        message,
                        line: line + start.line - 1,
                        column,
                    }
                }
                error => error,
            })
        })
    }

    fn start(&mut self, element: Option<usize>) -> Start {
        self.place = Place {
            line: self.line,
            element,
        };
        Start {
            line: self.line,
            column: self.column,
        }
    }

    /// The next byte that is no white space, left unread.
    fn skip_white_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(None);
            }
            let mut taken = 0;
            let mut found = None;
            for byte in chunk {
                match byte {
                    b'\n' => {
                        self.line += 1;
                        self.column = 0;
                    }
                    b' ' | b'\t' | b'\r' => self.column += 1,
                    _ => {
                        found = Some(*byte);
                        break;
                    }
                }
                taken += 1;
            }
            self.source.consume(taken);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Reads one byte that is known to be there and to be no line break.
    fn take_byte(&mut self) -> io::Result<()> {
        self.source.fill_buf()?;
        self.source.consume(1);
        self.column += 1;
        Ok(())
    }
}

impl<R: BufRead> Iterator for EventReader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(event) => {
                if event.is_none() {
                    self.shape = Shape::Done;
                }
                event.map(Ok)
            }
            Err(reason) => {
                // After binary data and failures of the source there is nothing to hope for.
                if matches!(reason, ReadErrorReason::Io(_) | ReadErrorReason::Binary(_)) {
                    self.shape = Shape::Done;
                }
                Some(Err(ReadError {
                    place: self.place,
                    reason,
                }))
            }
        }
    }
}

/// Line and bytes before an event.
#[derive(Clone, Copy)]
struct Start {
    line: usize,
    column: usize,
}

/// Finds the end of a JSON value without understanding it.
#[derive(Default)]
struct Scanner {
    depth: usize,
    started: bool,
    in_string: bool,
    escaped: bool,
}

impl Scanner {
    /// Takes the next byte; whether it is the value's last one.
    fn ends_with(&mut self, byte: u8) -> bool {
        self.started = true;
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }

    /// Whether the value has ended before this byte, as a scalar does.
    fn ends_before(&self, byte: u8) -> bool {
        self.started && self.depth == 0 && !self.in_string && matches!(byte, b',' | b']' | b' ' | b'\t' | b'\r' | b'\n')
    }
}

/// What the first bytes are of what is certainly no JSON text.
const KINDS: [(&[u8], &str); 6] = [
    (b"\x1F\x8B", "gzip-compressed data"),
    (b"\x28\xB5\x2F\xFD", "zstd-compressed data"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\xFF\xFE", "UTF-16"),
    (b"\xFE\xFF", "UTF-16"),
];
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const NUL_BYTES: &str = "binary data (it has NUL bytes)";

fn binary_kind(start: &[u8]) -> Option<&'static str> {
    let kind = KINDS.iter().find(|(magic, _)| start.starts_with(magic));
    kind.map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads with a tiny buffer, so that every boundary is crossed, and shows each item.
    fn read(input: &[u8]) -> Vec<String> {
        let whole = items(EventReader::with_max_event_bytes(input, 100));
        let small = items(EventReader::with_max_event_bytes(
            io::BufReader::with_capacity(1, input),
            100,
        ));
        assert_eq!(
            whole,
            small,
            "the size of the buffer must not matter: {}",
            String::from_utf8_lossy(input)
        );
        whole
    }

    fn items(reader: EventReader<impl BufRead>) -> Vec<String> {
        let show = |item: Result<Event, ReadError>| match item {
            Ok(event) => event.json().to_owned(),
            Err(error) => error.to_string(),
        };
        // A reader that does not end is a bug, not a reason to hang.
        reader.take(50).map(show).collect()
    }

    #[test]
    fn every_shape_is_read() {
        let pretty = "{\n  \"a\": [\n    {\"b\": 1}\n  ]\n}\n";
        for (input, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n", vec![r#"{"a":1}"#, r#"{"a":2}"#]),
            (
                "\u{FEFF}{\"a\":1}\r\n\r\n  {\"a\":2}  \r\n\t\n",
                vec![r#"{"a":1}"#, r#"{"a":2}"#],
            ),
            ("{\"a\":1}", vec![r#"{"a":1}"#]),
            ("{\"a\":\n1}", vec![r#"{"a":1}"#]),
            ("{\"a\":1\n,\"b\":2\n}", vec![r#"{"a":1,"b":2}"#]),
            (pretty, vec![r#"{"a":[{"b":1}]}"#]),
            ("{\n}\n{\n\"a\": 2}", vec!["{}", r#"{"a":2}"#]),
            ("[]", vec![]),
            (" [ ] \n", vec![]),
            (r#"[{"a":1},{"a":"]}\""}]"#, vec![r#"{"a":1}"#, r#"{"a":"]}\""}"#]),
            (
                "\u{FEFF}[\n{\"a\": 1}\n,\n{\"a\": 2}\n]\n",
                vec![r#"{"a":1}"#, r#"{"a":2}"#],
            ),
        ] {
            assert_eq!(read(input.as_bytes()), expected, "{input}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(200));
        let in_lines = format!("{{}}\n{long}\n{{}}");
        let in_array = format!("[{{}},\n{long},{{}}]");
        let exact = format!("{{\"a\":\"{}\"}}", "x".repeat(92));
        let exact_lines = format!("{exact}\r\n{exact}\n");
        let empty = "the input is empty; expected an event: a JSON object, an array of objects, or an object a line";
        let not_json =
            "line 1: the input is not JSON; expected an event: a JSON object, an array of objects, or an object a line";
        let nul = "the input is not text but binary data (it has NUL bytes); expected JSON in UTF-8";
        let large = "the event is larger than the limit of 100 bytes";
        let (line_large, element_large) = (
            format!("line 2: {large}"),
            format!("element 2 of the array (line 2): {large}"),
        );
        let cases: Vec<(&[u8], Vec<&str>)> = vec![
            (b"", vec![empty]),
            (b" \r\n\n", vec![empty]),
            (b"\xEF\xBB\xBF", vec![empty]),
            (b"hello\nworld\n", vec![not_json]),
            (b"input,output\n1,2\n", vec![not_json]),
            (
                b"true,false\n{}",
                vec!["line 1, column 5: something follows the end of the JSON value", "{}"],
            ),
            (b"<html>", vec![not_json]),
            (
                b"\x1F\x8B\x08",
                vec!["the input is not text but gzip-compressed data; expected JSON in UTF-8"],
            ),
            (
                b"\xFF\xFE{\0",
                vec!["the input is not text but UTF-16; expected JSON in UTF-8"],
            ),
            (b"\x7FELF\0\0", vec![nul]),
            (
                b"{\"a\":1}\n{\"a\":}\n{\"a\":\"\xFF\"}\n7\n\n{}",
                vec![
                    r#"{"a":1}"#,
                    "line 2, column 6: expected value",
                    "line 3: the text is not UTF-8: invalid utf-8 sequence of 1 bytes from index 6",
                    "line 4: an event is a JSON object, not a number",
                    "{}",
                ],
            ),
            (b"null\n{}", vec!["line 1: an event is a JSON object, not null", "{}"]),
            (
                b"{\"a\":1\n{\"a\":2}\n",
                vec![
                    "line 1, column 6: the JSON ends too early, inside an object",
                    r#"{"a":2}"#,
                ],
            ),
            (
                b"{\"a\":\"cut\n{\"a\":2}\n",
                vec![
                    "line 1, column 9: the JSON ends too early, inside a string",
                    r#"{"a":2}"#,
                ],
            ),
            (
                b"{} {}\n{}",
                vec!["line 1, column 4: something follows the end of the JSON value", "{}"],
            ),
            (b"{\n\"a\": nope}\n{}", vec!["line 2, column 7: expected ident"]),
            (
                b"{\n\"a\": 1",
                vec!["line 2, column 6: the JSON ends too early, inside an object"],
            ),
            (
                b"[{}, 3, \"a,]\", [1, {}], null\n, {\"a\":x},{}]",
                vec![
                    "{}",
                    "element 2 of the array (line 1): an event is a JSON object, not a number",
                    "element 3 of the array (line 1): an event is a JSON object, not a string",
                    "element 4 of the array (line 1): an event is a JSON object, not an array",
                    "element 5 of the array (line 1): an event is a JSON object, not null",
                    "element 6 of the array (line 2, column 8): expected value",
                    "{}",
                ],
            ),
            (
                b"[{} {}]",
                vec!["{}", "element 2 of the array (line 1): a comma is missing before it"],
            ),
            (
                b"[{},]",
                vec![
                    "{}",
                    "element 2 of the array (line 1): an element is missing after the last comma",
                ],
            ),
            (
                b"[,{}]",
                vec!["element 1 of the array (line 1): an element is missing before the comma"],
            ),
            (
                b"[{},\n",
                vec![
                    "{}",
                    "element 2 of the array (line 2): the input ends before the array does; `]` is missing",
                ],
            ),
            (
                b"[{},{\"a\":1",
                vec![
                    "{}",
                    "element 2 of the array (line 1, column 10): the JSON ends too early, inside an object",
                ],
            ),
            (
                b"[{}]\n{}",
                vec!["{}", "line 2: something follows the end of the array"],
            ),
            (in_lines.as_bytes(), vec!["{}", &line_large, "{}"]),
            (in_array.as_bytes(), vec!["{}", &element_large, "{}"]),
            (exact_lines.as_bytes(), vec![&exact, &exact]),
        ];
        for (input, expected) in cases {
            assert_eq!(read(input), expected, "{}", String::from_utf8_lossy(input));
        }
    }

    #[test]
    fn places_are_known_for_good_events_too() {
        let mut reader = EventReader::new("\n{}\n\n{}".as_bytes());
        reader.next();
        assert_eq!(reader.place(), Place { line: 2, element: None });
        reader.next();
        assert_eq!(reader.place(), Place { line: 4, element: None });
        let mut reader = EventReader::new("[{},\n{}]".as_bytes());
        reader.by_ref().take(2).for_each(drop);
        assert_eq!(
            reader.place(),
            Place {
                line: 2,
                element: Some(2)
            }
        );
    }

    #[test]
    fn a_huge_line_is_never_held_in_memory() {
        for (opening, expected) in [
            ("{\"a\":\"", "line 1: "),
            ("[{\"a\":\"", "element 1 of the array (line 1): "),
        ] {
            let endless = io::Cursor::new(opening).chain(io::repeat(b'x').take(64 << 20));
            let mut reader = EventReader::with_max_event_bytes(io::BufReader::new(endless), 1 << 20);
            let error = reader.next().and_then(Result::err).map(|error| error.to_string());
            assert_eq!(
                error,
                Some(format!("{expected}the event is larger than the limit of 1048576 bytes"))
            );
            assert!(reader.buffer.capacity() < 4 << 20, "{}", reader.buffer.capacity());
        }
    }
}
