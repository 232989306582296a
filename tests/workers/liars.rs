//! Workers that are somebody else's: they say hello and then lie. Whatever they say, the host takes no harm, believes
//! nothing that can't be, and goes on with another worker.
//!
//! The liar is this program, started by a script. It speaks the protocol with messages of its own making.

use std::borrow::Cow;
use std::fs;
use std::io::{IoSlice, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use jurybox::workers::WorkerOptions;
use jurybox::{Convention, Engine, EvaluationOptions, Event, Language, Snippet};
use libtest_mimic::{Failed, Trial};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};
use serde_json::{Value, json};

use crate::engines::{compile, engine_with, equal, judge, numbered, obedient, order_with, this_program};
use crate::processes::{descriptors, wait_until, workers, zombies};

/// The argument that makes this program a liar.
const LIAR: &str = "a-liar";
/// The version of the protocol.
const VERSION: u32 = 1;
/// The most bytes of printed lines.
const LOGS: usize = 1000;
/// The most bytes of a result.
const RESULT: usize = 1000;

/// What a liar does to the event that is an order to lie.
type Lie = fn(&mut Liar);

/// Lies about an event, and the status that the event gets.
const LIES: [(&str, &str, Lie); 40] = [
    // These can be.
    ("an error", "runtime_error", |liar| liar.answer(failed(0, 10, 3))),
    ("a type and a text", "ok", |liar| {
        let (type_name, text) = ("int".into(), "1".into());
        liar.answer(Outcome::Returned(Returned::Python { type_name, text }));
    }),
    ("a lot of logs", "ok", |liar| {
        let logs = vec!["\u{fffd}".repeat(LOGS / 2); 2];
        liar.answer_run(Run {
            logs,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    // These can't.
    ("nothing in a frame", "crashed", |liar| liar.frame(&[])),
    ("bytes", "crashed", |liar| liar.write(&[0xaa; 4096])),
    ("a giant length", "crashed", |liar| {
        liar.write(&[0xff, 0xff, 0xff, 0xff, 0])
    }),
    ("a length above the limit", "crashed", |liar| {
        liar.write(&[0, 0, 0, 0x10, 0]);
        liar.write(&[0; 100_000]);
    }),
    ("a message of no kind", "crashed", |liar| liar.frame(&[99])),
    ("half a message", "crashed", |liar| {
        let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Json("12345".into())))));
        liar.frame(&message[..message.len() / 2]);
    }),
    ("more than a message", "crashed", |liar| {
        let mut message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Null))));
        message.push(0);
        liar.frame(&message);
    }),
    ("hello again", "crashed", |liar| liar.say(&hello(VERSION))),
    ("code", "crashed", |liar| {
        liar.say(&Response::Code(Ok(ByteBuf::from([1; 100]))))
    }),
    ("diagnostics", "crashed", |liar| {
        liar.say(&Response::Compiled(Err(ByteBuf::from("[]"))));
    }),
    ("it is loaded", "crashed", |liar| liar.say(&LOADED)),
    ("it panicked", "crashed", |liar| {
        liar.say(&Response::Panicked("at the disco".into()))
    }),
    ("it panicked at length", "crashed", |liar| {
        liar.say(&Response::Panicked("!".repeat(1 << 20)));
    }),
    ("it is not loaded", "crashed", |liar| liar.is_forgetful = true),
    ("text that is none", "crashed", |liar| {
        let mut message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Json("12345".into())))));
        let at = message.iter().position(|byte| *byte == b'3').unwrap_or_default();
        message[at] = 0xff;
        liar.frame(&message);
    }),
    ("a length inside that is not there", "crashed", |liar| {
        // A returned text of 2^63 bytes.
        liar.frame(&[5, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, b'x']);
    }),
    ("lines that are not there", "crashed", |liar| {
        liar.frame(&[5, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, b'x']);
    }),
    ("too much fuel", "crashed", |liar| {
        liar.answer_run(Run {
            fuel: u64::MAX,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    ("too much memory", "crashed", |liar| {
        liar.answer_run(Run {
            memory: u64::MAX,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    ("too much time", "crashed", |liar| {
        let elapsed = Duration::new(u64::MAX, 999_999_999);
        liar.answer_run(Run {
            elapsed,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    ("time that is none", "crashed", |liar| {
        let mut message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Null))));
        // Seconds and nanoseconds come last: 2^64-1 and 2^32-1.
        message.truncate(message.len() - 2);
        message.extend([
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff, 15,
        ]);
        liar.frame(&message);
    }),
    ("too long logs", "crashed", |liar| {
        let logs = vec!["x".repeat(3 * LOGS + 200)];
        liar.answer_run(Run {
            logs,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    ("too many lines", "crashed", |liar| {
        let logs = vec![String::new(); LOGS + 10];
        liar.answer_run(Run {
            logs,
            ..run(Outcome::Returned(Returned::Null))
        });
    }),
    ("a too large result", "crashed", |liar| {
        liar.answer(Outcome::Returned(Returned::Json("1".repeat(RESULT + 1))));
    }),
    ("a small result that is too large", "crashed", |liar| {
        liar.answer(Outcome::Returned(Returned::TooLarge { bytes: 1 }));
    }),
    ("a type of a long name", "crashed", |liar| {
        let type_name = "x".repeat(10_000);
        liar.answer(Outcome::Returned(Returned::Python {
            type_name,
            text: "1".into(),
        }));
    }),
    ("a result that is no JSON", "invalid_result", |liar| {
        liar.answer(Outcome::Returned(Returned::Json("[".repeat(RESULT))));
    }),
    ("an error of megabytes", "crashed", |liar| {
        liar.answer(failed(0, 8 << 20, 0))
    }),
    ("a traceback without end", "crashed", |liar| {
        liar.answer(failed(0, 0, 100_000))
    }),
    ("a quarantine", "crashed", |liar| liar.answer(failed(9, 10, 0))),
    ("an error of no kind", "crashed", |liar| liar.answer(failed(200, 10, 0))),
    ("a descriptor that does not come", "crashed", |liar| {
        let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Null))));
        liar.write(&framed(&message, 1));
    }),
    ("a descriptor", "crashed", |liar| {
        let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Null))));
        liar.write_with_descriptors(&framed(&message, 1), 1);
    }),
    ("many descriptors, not announced", "crashed", |liar| {
        let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Null))));
        liar.write_with_descriptors(&framed(&message, 0), 200);
    }),
    ("an end in the middle", "crashed", |liar| {
        liar.write(&framed(&[5; 1000], 0)[..500]);
        std::process::exit(0);
    }),
    ("silence", "timed_out", |_| sleep()),
    ("a byte at a time", "timed_out", |liar| {
        liar.write(&framed(&[5; 1000], 0)[..5]);
        loop {
            liar.write(&[5]);
            thread::sleep(Duration::from_millis(2));
        }
    }),
];

/// Lies about a load.
const LOADS: [(&str, Lie); 7] = [
    ("bytes", |liar| liar.write(&[0xaa; 4096])),
    ("an event that ran", |liar| {
        liar.answer(Outcome::Returned(Returned::Null))
    }),
    ("it is not loaded", |liar| liar.say(&Response::NotLoaded)),
    ("hints that are not there", |liar| {
        liar.frame(&[3, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    }),
    ("diagnostics without end", |liar| {
        let nested = "[".repeat(1 << 20);
        liar.say(&Response::Loaded(Err(LoadFailure::Refused(ByteBuf::from(nested)))));
    }),
    ("a giant length", |liar| liar.write(&[0xff, 0xff, 0xff, 0x7f, 0])),
    ("an end", |_| std::process::exit(0)),
];

/// Lies about a snippet that is to be compiled.
const COMPILATIONS: [(&str, Lie); 10] = [
    ("bytes", |liar| liar.write(&[0xaa; 4096])),
    ("an event that ran", |liar| {
        liar.answer(Outcome::Returned(Returned::Null))
    }),
    ("no errors", |liar| {
        liar.say(&Response::Compiled(Err(ByteBuf::from("[]"))))
    }),
    ("no JSON", |liar| {
        liar.say(&Response::Compiled(Err(ByteBuf::from("]["))))
    }),
    ("a warning", |liar| {
        liar.diagnose(&diagnostic("warning", "odd", "odd", 0))
    }),
    ("a long error", |liar| {
        liar.diagnose(&diagnostic("error", "wrong", &"!".repeat(1 << 20), 0))
    }),
    ("an odd kind of error", |liar| {
        liar.diagnose(&diagnostic("error", "\u{1b}[2J", "wrong", 0))
    }),
    // The kinds of products are unlike each other, so that all of it is wrong for a module.
    ("a product of Python", |liar| {
        liar.frame(&[2, 0, 0, 1, 2, b'{', b'}', 2, b'[', b']', 0])
    }),
    ("a panic", |liar| liar.say(&Response::Panicked("!".into()))),
    ("an end", |_| std::process::exit(0)),
];

/// Lies at the beginning, and what the host says about them.
const HELLOS: [(&str, &str, Lie); 10] = [
    ("another version", "it speaks version 2 of the protocol", |liar| {
        liar.say(&hello(VERSION + 1))
    }),
    ("an event that ran", "does not answer as a worker", |liar| {
        liar.answer(Outcome::Returned(Returned::Null));
    }),
    ("bytes", "does not answer as a worker", |liar| liar.write(&[0xaa; 4096])),
    ("a giant length", "does not answer as a worker", |liar| {
        liar.write(&[0xff, 0xff, 0xff, 0x7f, 0]);
    }),
    ("measures that are not there", "does not answer as a worker", |liar| {
        liar.frame(&[0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    }),
    ("descriptors", "does not answer as a worker", |liar| {
        liar.write_with_descriptors(&framed(&encoded(&hello(VERSION)), 0), 100);
    }),
    ("an end", "does not answer as a worker", |_| std::process::exit(0)),
    ("an end in the middle", "does not answer as a worker", |liar| {
        liar.write(&framed(&encoded(&hello(VERSION)), 0)[..6]);
        std::process::exit(0);
    }),
    // Whether it is noticed before the worker is asked for something or then depends on who is faster.
    ("hello and an end", "can't be loaded", |liar| {
        liar.say(&hello(VERSION));
        std::process::exit(0);
    }),
    ("hello and more than that", "can't be loaded", |liar| {
        let mut bytes = framed(&encoded(&hello(VERSION)), 0);
        bytes.extend([0xaa; 100]);
        liar.write(&bytes);
    }),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, status, _) in LIES {
        trials.push(Trial::test(format!("liars/{name}"), move || lie(name, status)));
    }
    for (name, _) in LOADS {
        trials.push(Trial::test(format!("liars/load/{name}"), move || load(name)));
    }
    for (name, _) in COMPILATIONS {
        trials.push(Trial::test(format!("liars/compile/{name}"), move || compilation(name)));
    }
    for (name, said, _) in HELLOS {
        trials.push(Trial::test(format!("liars/hello/{name}"), move || greeting(name, said)));
    }
    trials.push(Trial::test("liars/an answer too many", too_many));
    trials.push(Trial::test("liars/answers without end", flood));
    trials.push(Trial::test("liars/places far away", far_away));
    trials
}

/// A program that lies in such a way.
fn program(kind: &str, name: &str) -> Result<PathBuf, Failed> {
    let file = format!(
        "liar-{kind}-{}",
        name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let text = format!(
        "#!/bin/sh\nexec '{}' '{LIAR}' '{kind}' '{name}' \"$1\"\n",
        this_program().display()
    );
    fs::write(&path, text)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

fn liars(kind: &str, name: &str) -> Result<Engine, Failed> {
    let program = program(kind, name)?;
    let change = |workers: &mut WorkerOptions| {
        workers.program = program;
        workers.grace = Duration::from_millis(100);
        workers.quarantine_after = u32::MAX;
    };
    Ok(engine_with(1, change)?)
}

fn options(expected: &str) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.limits.deadline = Duration::from_millis(if expected == "timed_out" { 100 } else { 60_000 });
    options.limits.logs = LOGS;
    options.limits.result = RESULT;
    options
}

/// The event that makes a liar lie.
fn lying(name: &str) -> Event {
    order_with("lie", &json!(name))
}

/// Nothing is left of an engine: no process, no descriptor.
fn nothing_left(before: usize) -> Result<(), Failed> {
    wait_until("all workers are gone", || workers().is_empty())?;
    wait_until("all descriptors are closed", || descriptors() == before)?;
    equal(&zombies(), &0)
}

/// A lie alone, and at every kind of place among honest answers.
fn lie(name: &'static str, expected: &str) -> Result<(), Failed> {
    let before = descriptors();
    let engine = liars("run", name)?;
    let evaluator = compile(&engine, &obedient(0))?;
    let options = options(expected);
    for _ in 0..2 {
        let verdict = evaluator.evaluate_with(&lying(name), &options);
        equal(&verdict.status.as_str(), &expected)?;
        equal(&judge(&evaluator, &[numbered(7)], &options), &vec!["ok 7".to_owned()])?;
    }
    for place in [0, 3, 19] {
        let mut events: Vec<Event> = (0..20).map(numbered).collect();
        events[place] = lying(name);
        for (number, verdict) in judge(&evaluator, &events, &options).iter().enumerate() {
            if number == place {
                equal(&verdict.split(' ').next().unwrap_or_default(), &expected)?;
            } else {
                equal(verdict, &format!("ok {number}"))?;
            }
        }
    }
    drop((evaluator, engine));
    nothing_left(before)
}

/// What is answered too often is not taken for the answer to something else.
fn too_many() -> Result<(), Failed> {
    let engine = liars("run", "an answer too many")?;
    let evaluator = compile(&engine, &obedient(0))?;
    let options = options("ok");
    for round in 0..20 {
        let verdict = evaluator.evaluate_with(&lying("twice"), &options);
        equal(&(verdict.status.as_str(), verdict.value), &("ok", json!(666)))?;
        equal(
            &judge(&evaluator, &[numbered(round)], &options),
            &vec![format!("ok {round}")],
        )?;
    }
    Ok(())
}

fn flood() -> Result<(), Failed> {
    let before = descriptors();
    let engine = liars("run", "flood")?;
    let evaluator = compile(&engine, &obedient(0))?;
    let options = options("ok");
    for round in 0..5 {
        let verdict = evaluator.evaluate_with(&lying("flood"), &options);
        equal(&(verdict.status.as_str(), verdict.value), &("ok", json!(666)))?;
        equal(
            &judge(&evaluator, &[numbered(round)], &options),
            &vec![format!("ok {round}")],
        )?;
    }
    drop((evaluator, engine));
    nothing_left(before)
}

fn load(name: &'static str) -> Result<(), Failed> {
    let before = descriptors();
    let engine = liars("load", name)?;
    match engine.compile(&obedient(0)) {
        Ok(_) => return Err("it was loaded".into()),
        Err(error) => equal(
            &error.diagnostics.first().map(|found| found.code.as_str()),
            &Some("cannot-load"),
        )?,
    }
    drop(engine);
    nothing_left(before)
}

fn compilation(name: &'static str) -> Result<(), Failed> {
    let before = descriptors();
    let engine = liars("compile", name)?;
    for _ in 0..2 {
        for (source, expected) in [("(module (;lie;))", "compiler-crashed"), ("(module)", "honest")] {
            match engine.compile(&Snippet::wasm(source)) {
                Ok(_) => return Err("it was compiled".into()),
                Err(error) => equal(
                    &error.diagnostics.first().map(|found| found.code.as_str()),
                    &Some(expected),
                )?,
            }
        }
    }
    drop(engine);
    nothing_left(before)
}

/// Places outside of the source are drawn at its end.
fn far_away() -> Result<(), Failed> {
    let engine = liars("compile", "far away")?;
    let Err(error) = engine.compile(&Snippet::wasm("(module\n(;lie;))")) else {
        return Err("it was compiled".into());
    };
    let found = error.diagnostics.first().ok_or("no diagnostic")?;
    equal(&(found.span.start, found.span.end), &(16, 16))?;
    equal(&(found.start.line, found.start.column), &(2, 9))?;
    let _ = jurybox::render(found, "(module\n(;lie;))", "a.wat", jurybox::Color::Always);
    Ok(())
}

fn greeting(name: &'static str, expected: &str) -> Result<(), Failed> {
    let before = descriptors();
    let said = match liars("hello", name).map(|engine| engine.compile(&obedient(0)).map(drop)) {
        Ok(Ok(())) => return Err("it compiles".into()),
        Ok(Err(error)) => format!("{error:?}"),
        Err(failed) => failed.message().unwrap_or_default().to_owned(),
    };
    if !said.contains(expected) {
        return Err(said.into());
    }
    nothing_left(before)
}

/// The liar's side of the connection.
struct Liar {
    /// Whether it says from now on that it has loaded nothing.
    is_forgetful: bool,
}

/// Becomes a liar if this process was started as one.
pub fn liar_main() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [liar, kind, name, role] = arguments.as_slice() else {
        return None;
    };
    if liar != LIAR {
        return None;
    }
    if (kind == "compile") != (role == "compile") {
        // What is not lied about is done by an honest worker.
        let error = Command::new(this_program())
            .arg0("jurybox-worker")
            .arg(role)
            .env_clear()
            .exec();
        eprintln!("{error}");
        return Some(ExitCode::FAILURE);
    }
    let mut liar = Liar { is_forgetful: false };
    liar.write(&std::process::id().to_le_bytes());
    if kind == "hello" {
        let (.., lie) = HELLOS.into_iter().find(|(known, ..)| known == name)?;
        lie(&mut liar);
        sleep();
    }
    liar.say(&hello(VERSION));
    loop {
        let Some(body) = liar.hear() else {
            return Some(ExitCode::SUCCESS);
        };
        let request: Request<'_> = postcard::from_bytes(&body).expect("a request");
        match request {
            Request::CompileRuntime(_) | Request::Runtime(_) => {}
            Request::Compile(snippet) => liar.compile(name, snippet.source),
            Request::Load(_) => match LOADS.into_iter().find(|(known, _)| kind == "load" && known == name) {
                Some((_, lie)) => lie(&mut liar),
                None => liar.say(&LOADED),
            },
            Request::RunAll(events) => liar.run_all(&events.events),
        }
    }
}

fn sleep() -> ! {
    loop {
        thread::park();
    }
}

impl Liar {
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(std::io::stdin(), rest) {
                Ok(count) => rest = &rest[count..],
                Err(rustix::io::Errno::INTR) => {}
                // The host has hung up.
                Err(_) => std::process::exit(0),
            }
        }
    }

    fn write_with_descriptors(&mut self, bytes: &[u8], count: usize) {
        let stdin = std::io::stdin();
        let descriptors: Vec<BorrowedFd<'_>> = (0..count).map(|_| stdin.as_fd()).collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(200))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)));
        let _ = rustix::net::sendmsg(&stdin, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL);
    }

    fn frame(&mut self, body: &[u8]) {
        self.write(&framed(body, 0));
    }

    fn say(&mut self, response: &Response<'_>) {
        self.frame(&encoded(response));
    }

    fn answer(&mut self, outcome: Outcome) {
        self.answer_run(run(outcome));
    }

    fn answer_run(&mut self, run: Run) {
        self.say(&Response::Ran(run));
    }

    fn diagnose(&mut self, diagnostic: &Value) {
        let json = json!([diagnostic]).to_string();
        self.say(&Response::Compiled(Err(ByteBuf::from(json))));
    }

    fn hear(&mut self) -> Option<Vec<u8>> {
        let mut stdin = std::io::stdin();
        let mut header = [0; 5];
        stdin.read_exact(&mut header).ok()?;
        let [a, b, c, d, _] = header;
        let mut body = vec![0; u32::from_le_bytes([a, b, c, d]) as usize];
        stdin.read_exact(&mut body).ok()?;
        Some(body)
    }

    fn compile(&mut self, name: &str, source: &[u8]) {
        if !source.windows(3).any(|part| part == b"lie") {
            return self.diagnose(&diagnostic("error", "honest", "an honest opinion", 0));
        }
        match COMPILATIONS.into_iter().find(|(known, _)| *known == name) {
            Some((_, lie)) => lie(self),
            None => self.diagnose(&diagnostic("error", "wrong", "wrong", u32::MAX)),
        }
    }

    fn run_all(&mut self, events: &[RunOne<'_>]) {
        if self.is_forgetful {
            return self.say(&Response::NotLoaded);
        }
        for event in events {
            let Form::Document(document) = event.event else {
                continue;
            };
            let document: Value = serde_json::from_str(document).expect("an event");
            let argument = &document["input"]["argument"];
            if document["input"]["probe"] != "lie" {
                self.answer(Outcome::Returned(Returned::Json(argument.to_string())));
                continue;
            }
            match argument.as_str() {
                Some("twice") => {
                    let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Json("666".into())))));
                    self.write(&framed(&message, 0).repeat(2));
                }
                Some("flood") => {
                    let message = encoded(&Response::Ran(run(Outcome::Returned(Returned::Json("666".into())))));
                    let flood = framed(&message, 0).repeat(1000);
                    loop {
                        self.write(&flood);
                    }
                }
                Some("it is not loaded") => {
                    self.is_forgetful = true;
                    return self.say(&Response::NotLoaded);
                }
                name => {
                    if let Some((.., lie)) = LIES.into_iter().find(|(known, ..)| Some(*known) == name) {
                        lie(self);
                    }
                }
            }
        }
    }
}

fn framed(body: &[u8], descriptors: u8) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).expect("short").to_le_bytes().to_vec();
    bytes.push(descriptors);
    bytes.extend_from_slice(body);
    bytes
}

fn encoded(response: &Response<'_>) -> Vec<u8> {
    postcard::to_stdvec(response).expect("a message")
}

fn hello(version: u32) -> Response<'static> {
    Response::Hello(Hello {
        version,
        measures: Vec::new(),
    })
}

fn run(outcome: Outcome) -> Run {
    Run {
        outcome,
        logs: Vec::new(),
        fuel: 1,
        memory: 1,
        elapsed: Duration::ZERO,
    }
}

/// A failure of a kind that is named by its number.
fn failed(kind: u8, message: usize, traceback: usize) -> Outcome {
    Outcome::Failed(Failure {
        kind,
        error_type: None,
        message: "x".repeat(message),
        position: None,
        traceback: vec![String::new(); traceback],
    })
}

fn diagnostic(severity: &str, code: &str, message: &str, place: u32) -> Value {
    json!({
        "severity": severity,
        "code": code,
        "message": message,
        "span": { "start": place, "end": place.saturating_sub(1) },
        "start": { "line": place, "column": place },
        "end": { "line": 0, "column": 0 },
    })
}

const LOADED: Response<'static> = Response::Loaded(Ok(Loaded {
    convention: Cow::Borrowed(""),
    hints: Vec::new(),
}));

// The messages, as a stranger would write them down.

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
enum Request<'a> {
    CompileRuntime(Runtime),
    #[serde(borrow)]
    Compile(Compile<'a>),
    Runtime(Runtime),
    #[serde(borrow)]
    Load(Load<'a>),
    #[serde(borrow)]
    RunAll(RunAll<'a>),
}

#[derive(Deserialize)]
enum Runtime {
    Hog,
    Python,
    JavaScript,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
struct Compile<'a> {
    #[serde(borrow)]
    source: &'a [u8],
    language: Language,
    convention: Convention,
    entry: Option<&'a str>,
    file: Option<&'a str>,
    max_module: usize,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
struct Load<'a> {
    handle: u64,
    #[serde(borrow)]
    product: &'a [u8],
    bounds: Bounds,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
struct RunAll<'a> {
    handle: u64,
    bounds: Bounds,
    careful: bool,
    #[serde(borrow)]
    events: Vec<RunOne<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
struct RunOne<'a> {
    #[serde(borrow)]
    event: Form<'a>,
    now_ns: i64,
    seed: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
enum Form<'a> {
    Image {
        #[serde(borrow)]
        bytes: &'a Bytes,
        globals: u64,
        python: bool,
    },
    Document(#[serde(borrow)] &'a str),
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a liar looks at little of what it is asked")]
struct Bounds {
    fuel: u64,
    memory: u64,
    result: usize,
    logs: usize,
    deadline: Duration,
}

#[derive(Serialize)]
enum Response<'a> {
    Hello(Hello),
    Code(Result<ByteBuf, String>),
    Compiled(Result<(), ByteBuf>),
    Loaded(Result<Loaded<'a>, LoadFailure>),
    NotLoaded,
    Ran(Run),
    Panicked(String),
}

#[derive(Serialize)]
struct Hello {
    version: u32,
    measures: Vec<()>,
}

#[derive(Serialize)]
struct Loaded<'a> {
    convention: Cow<'a, str>,
    hints: Vec<()>,
}

#[derive(Serialize)]
#[expect(dead_code, reason = "it keeps its place among the others")]
enum LoadFailure {
    Interpreter(()),
    Refused(ByteBuf),
}

#[derive(Serialize)]
struct Run {
    outcome: Outcome,
    logs: Vec<String>,
    fuel: u64,
    memory: u64,
    elapsed: Duration,
}

#[derive(Serialize)]
enum Outcome {
    Returned(Returned),
    Failed(Failure),
}

#[derive(Serialize)]
#[expect(dead_code, reason = "it keeps its place among the others")]
enum Returned {
    Null,
    Bool(bool),
    Json(String),
    Python { type_name: String, text: String },
    Invalid(String),
    TooLarge { bytes: usize },
}

#[derive(Serialize)]
struct Failure {
    /// A variant's number, which is one byte where it is below 128.
    kind: u8,
    error_type: Option<String>,
    message: String,
    position: Option<(u32, u32)>,
    traceback: Vec<String>,
}
