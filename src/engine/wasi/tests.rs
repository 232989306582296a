use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use wasmtime::{Linker, Memory, MemoryType, Store, Trap, Val, ValType};

use super::errno::Errno;
use super::{Exit, MODULE, add_to_linker};
use crate::directories::Directories;
use crate::engine::configuration;
use crate::engine::host::{HostState, Logs, Random};
use crate::engine::run::DeadlinePassed;

const FUEL: u64 = 1_000_000_000;
/// Where the tests keep arguments, results and data in the guest's memory.
const TEXT: u32 = 0x1000;
const RESULT: u32 = 0x100;
const BUFFERS: u32 = 0x200;
const DATA: u32 = 0x4000;

/// A guest without code: the functions are called on its memory.
struct Machine {
    store: Store<HostState>,
    linker: Linker<HostState>,
    memory: Memory,
}

impl Machine {
    fn new(directories: Directories) -> Self {
        let engine = wasmtime::Engine::new(&configuration::interpreters(false)).expect("an engine");
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker).expect("functions");
        let mut store = Store::new(&engine, HostState::default());
        let memory = Memory::new(&mut store, MemoryType::new(64, None)).expect("a memory");
        let state = store.data_mut();
        state.memory = Some(memory);
        state.now_ns = 42;
        state.random = Random::new(7);
        state.logs = Logs::new(1000);
        state.wasi.reset(Arc::new(directories));
        store.set_fuel(FUEL).expect("fuel");
        Self { store, linker, memory }
    }

    fn try_call(&mut self, name: &str, arguments: &[u64]) -> wasmtime::Result<u32> {
        let function = self.linker.get(&mut self.store, MODULE, name).expect("there");
        let function = function.into_func().expect("a function");
        let ty = function.ty(&self.store);
        let arguments: Vec<_> = ty
            .params()
            .zip(arguments)
            .map(|(ty, argument)| match ty {
                ValType::I32 => Val::I32(u32::try_from(*argument).expect("32 bits").cast_signed()),
                _ => Val::I64(argument.cast_signed()),
            })
            .collect();
        let mut results = vec![Val::I32(0); ty.results().len()];
        function.call(&mut self.store, &arguments, &mut results)?;
        Ok(results.first().map_or(0, |result| result.unwrap_i32().cast_unsigned()))
    }

    /// Calls a function and expects this answer.
    #[track_caller]
    fn call(&mut self, name: &str, arguments: &[u64], expected: Errno) {
        let errno = self.try_call(name, arguments).expect("an answer");
        assert_eq!(errno, u32::from(expected.number()), "{name}");
    }

    fn write(&mut self, at: u32, bytes: &[u8]) {
        self.memory.write(&mut self.store, at as usize, bytes).expect("inside");
    }

    fn bytes(&self, at: u32, length: u32) -> Vec<u8> {
        self.memory.data(&self.store)[at as usize..][..length as usize].to_vec()
    }

    fn number(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.bytes(at, 4).try_into().expect("4 bytes"))
    }

    fn size(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.bytes(at, 8).try_into().expect("8 bytes"))
    }

    /// Stores a list of buffers.
    fn buffers(&mut self, buffers: &[(u32, u32)]) {
        let bytes: Vec<u8> = buffers
            .iter()
            .flat_map(|(pointer, length)| [pointer.to_le_bytes(), length.to_le_bytes()])
            .flatten()
            .collect();
        self.write(BUFFERS, &bytes);
    }

    fn open_at(&mut self, directory: u32, path: &str, flags: u64, rights: u64) -> Result<u32, u32> {
        self.write(TEXT, path.as_bytes());
        let arguments = [
            directory.into(),
            1,
            TEXT.into(),
            path.len() as u64,
            flags,
            rights,
            0,
            0,
            RESULT.into(),
        ];
        match self.try_call("path_open", &arguments).expect("an answer") {
            0 => Ok(self.number(RESULT)),
            errno => Err(errno),
        }
    }

    fn open(&mut self, path: &str) -> Result<u32, u32> {
        self.open_at(3, path, 0, 2)
    }

    #[track_caller]
    fn refuses(&mut self, path: &str, expected: Errno) {
        assert_eq!(self.open(path), Err(expected.number().into()), "{path}");
    }

    fn read(&mut self, descriptor: u32, length: u32) -> Vec<u8> {
        self.buffers(&[(DATA, length)]);
        let arguments = [descriptor.into(), BUFFERS.into(), 1, RESULT.into()];
        self.call("fd_read", &arguments, Errno::SUCCESS);
        self.bytes(DATA, self.number(RESULT))
    }

    fn list(&mut self, descriptor: u32) -> Vec<(String, u8)> {
        let arguments = [descriptor.into(), DATA.into(), 4096, 0, RESULT.into()];
        self.call("fd_readdir", &arguments, Errno::SUCCESS);
        let bytes = self.bytes(DATA, self.number(RESULT));
        let mut rest = bytes.as_slice();
        let mut entries = Vec::new();
        while rest.len() >= 24 {
            let length = u32::from_le_bytes(rest[16..20].try_into().expect("4 bytes")) as usize;
            let name = String::from_utf8(rest[24..24 + length].to_vec()).expect("UTF-8");
            entries.push((name, rest[20]));
            rest = &rest[24 + length..];
        }
        entries
    }

    fn status(&mut self, path: &str, follow: bool) -> Result<(u8, u64), u32> {
        self.write(TEXT, path.as_bytes());
        let arguments = [3, u64::from(follow), TEXT.into(), path.len() as u64, DATA.into()];
        match self.try_call("path_filestat_get", &arguments).expect("an answer") {
            0 => {
                assert_eq!(self.bytes(DATA + 40, 24), [0; 24], "times");
                Ok((self.bytes(DATA + 16, 1)[0], self.size(DATA + 32)))
            }
            errno => Err(errno),
        }
    }

    fn logs(&mut self) -> Vec<String> {
        let state = self.store.data_mut();
        state.wasi.flush(&mut state.logs);
        std::mem::take(&mut state.logs).into_lines()
    }
}

fn machine() -> Machine {
    Machine::new(Directories::new())
}

/// A directory with files, folders, links and a pipe, granted as `data`, and another one as `more`.
fn with_files() -> (TempDir, Machine) {
    let place = tempfile::tempdir().expect("a temporary directory");
    let data = place.path().join("data");
    let write = |path: &Path, text: &str| fs::write(path, text).expect("written");
    fs::create_dir_all(data.join("folder/deep")).expect("made");
    fs::create_dir(place.path().join("more")).expect("made");
    write(&place.path().join("secret"), "secret");
    write(&data.join("hello.txt"), "hello, world");
    write(&data.join("folder/deep/x"), "deep");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("hello.txt", data.join("inside")).expect("linked");
        symlink("../secret", data.join("outside")).expect("linked");
        symlink("/etc/passwd", data.join("absolute")).expect("linked");
        symlink("..", data.join("up")).expect("linked");
        symlink("loop", data.join("loop")).expect("linked");
        let made = std::process::Command::new("mkfifo").arg(data.join("pipe")).status();
        assert!(made.expect("mkfifo runs").success());
        symlink("pipe", data.join("to-pipe")).expect("linked");
    }
    let mut directories = Directories::new();
    directories.grant("data", &data).expect("granted");
    directories.grant("more", place.path().join("more")).expect("granted");
    (place, Machine::new(directories))
}

#[test]
fn nothing_of_the_host_shows() {
    let mut machine = machine();
    for name in ["args_sizes_get", "environ_sizes_get"] {
        machine.write(RESULT, &[0xff; 8]);
        machine.call(name, &[RESULT.into(), u64::from(RESULT) + 4], Errno::SUCCESS);
        assert_eq!(machine.size(RESULT), 0);
    }
    for (clock, expected) in [(0, 42), (1, 42), (2, 0), (3, 0)] {
        machine.call("clock_time_get", &[clock, 0, RESULT.into()], Errno::SUCCESS);
        assert_eq!(machine.size(RESULT), expected);
        machine.call("clock_res_get", &[clock, RESULT.into()], Errno::SUCCESS);
        assert_eq!(machine.size(RESULT), 1);
    }
    machine.call("clock_time_get", &[4, 0, RESULT.into()], Errno::INVAL);
    machine.call("random_get", &[DATA.into(), 13], Errno::SUCCESS);
    let mut random = Random::new(7);
    let expected = [random.next().to_le_bytes(), random.next().to_le_bytes()].concat();
    assert_eq!(machine.bytes(DATA, 13), expected[..13]);
    machine.call("sched_yield", &[], Errno::SUCCESS);
    machine.call("sock_accept", &[3, 0, RESULT.into()], Errno::NOTSUP);
    machine.call("sock_shutdown", &[9, 0], Errno::BADF);
}

#[test]
fn exits_are_told_apart_from_traps() {
    let mut machine = machine();
    let error = machine.try_call("proc_exit", &[3]).expect_err("an exit");
    assert_eq!(error.downcast_ref::<Exit>(), Some(&Exit::Code(3)));
    assert_eq!(error.root_cause().to_string(), "the guest called proc_exit(3)");
    let error = machine.try_call("proc_raise", &[6]).expect_err("an exit");
    assert_eq!(error.downcast_ref::<Exit>(), Some(&Exit::Signal(6)));
}

#[test]
fn waiting_takes_no_time() {
    let mut machine = machine();
    // A clock that is an hour away, standard input, and a descriptor that is not open.
    let mut subscriptions = vec![0; 3 * 48];
    subscriptions[0] = 11;
    subscriptions[24..32].copy_from_slice(&3_600_000_000_000_u64.to_le_bytes());
    subscriptions[48] = 22;
    subscriptions[56] = 1;
    subscriptions[96] = 33;
    subscriptions[104] = 2;
    subscriptions[112] = 99;
    machine.write(DATA, &subscriptions);
    let events = DATA + 4096;
    machine.call(
        "poll_oneoff",
        &[DATA.into(), events.into(), 3, RESULT.into()],
        Errno::SUCCESS,
    );
    assert_eq!(machine.number(RESULT), 3);
    let event = |number: u32| {
        (
            machine.bytes(events + number * 32, 1)[0],
            machine.bytes(events + number * 32 + 8, 3),
        )
    };
    assert_eq!(event(0), (11, vec![0, 0, 0]));
    assert_eq!(event(1), (22, vec![0, 0, 1]));
    assert_eq!(event(2), (33, vec![8, 0, 2]));
    machine.call(
        "poll_oneoff",
        &[DATA.into(), events.into(), 0, RESULT.into()],
        Errno::INVAL,
    );
    machine.call(
        "poll_oneoff",
        &[DATA.into(), events.into(), 1 << 20, RESULT.into()],
        Errno::INVAL,
    );
}

#[test]
fn output_becomes_lines() {
    let mut machine = machine();
    machine.write(TEXT, b"one\ntwo, three");
    machine.buffers(&[(TEXT, 6), (TEXT + 6, 8)]);
    machine.call("fd_write", &[1, BUFFERS.into(), 2, RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.number(RESULT), 14);
    machine.buffers(&[(TEXT, 4)]);
    machine.call("fd_write", &[2, BUFFERS.into(), 1, RESULT.into()], Errno::SUCCESS);
    machine.call("fd_write", &[3, BUFFERS.into(), 1, RESULT.into()], Errno::BADF);
    machine.call("fd_write", &[4, BUFFERS.into(), 1, RESULT.into()], Errno::BADF);
    assert_eq!(machine.logs(), ["one", "one", "two, three"]);
}

#[test]
fn a_flood_costs_the_host_nothing() {
    let mut machine = machine();
    // The same 2 MiB a thousand times.
    machine.buffers(&[(DATA, 2 << 20); 64]);
    for _ in 0..1000 {
        machine.call("fd_write", &[1, BUFFERS.into(), 64, RESULT.into()], Errno::SUCCESS);
        assert_eq!(machine.number(RESULT), 128 << 20);
    }
    let logs = machine.logs();
    assert_eq!(logs.len(), 2);
    assert_eq!(logs[1], Logs::CUT);
    // Lengths add up to more than the answer can say.
    machine.buffers(&[(0, 4 << 20); 1024]);
    machine.call("fd_write", &[1, BUFFERS.into(), 1024, RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.number(RESULT), 1023 * (4 << 20));
}

#[test]
fn pointers_may_lie() {
    let mut machine = machine();
    let end = 64 * 65536;
    machine.call("random_get", &[end - 4, 5], Errno::FAULT);
    machine.call("random_get", &[0xffff_ffff, 0xffff_ffff], Errno::FAULT);
    machine.call("random_get", &[end, 0], Errno::SUCCESS);
    machine.call("clock_time_get", &[0, 0, end - 7], Errno::FAULT);
    machine.call("fd_write", &[1, end - 7, 1, RESULT.into()], Errno::FAULT);
    machine.call(
        "fd_write",
        &[1, BUFFERS.into(), 0xffff_ffff, RESULT.into()],
        Errno::INVAL,
    );
    machine.buffers(&[(u32::MAX, u32::MAX)]);
    machine.call("fd_write", &[1, BUFFERS.into(), 1, RESULT.into()], Errno::FAULT);
    machine.call("fd_read", &[0, BUFFERS.into(), 1, RESULT.into()], Errno::FAULT);
    machine.call(
        "path_open",
        &[3, 0, end - 1, 2, 0, 0, 0, 0, RESULT.into()],
        Errno::FAULT,
    );
    machine.call("poll_oneoff", &[end - 47, 0, 1, RESULT.into()], Errno::FAULT);
    machine.call("fd_readdir", &[3, end - 1, 2, 0, RESULT.into()], Errno::FAULT);
}

#[test]
fn the_guest_pays_for_work() {
    let mut machine = machine();
    machine.call("random_get", &[DATA.into(), 1000], Errno::SUCCESS);
    let left = machine.store.get_fuel().expect("fuel");
    assert_eq!(FUEL - left, 1200);
    machine.store.set_fuel(500).expect("fuel");
    let error = machine
        .try_call("random_get", &[DATA.into(), 1000])
        .expect_err("no fuel");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::OutOfFuel));
    assert_eq!(machine.store.get_fuel().expect("fuel"), 0);
}

#[test]
fn a_loop_of_calls_ends_at_the_deadline() {
    let mut machine = machine();
    machine.store.data_mut().wasi.watch(Some(std::time::Instant::now()));
    let late = (0..100).find_map(|_| machine.try_call("random_get", &[0, 1 << 20]).err());
    assert!(late.expect("an end").is::<DeadlinePassed>());
}

#[test]
fn without_grants_the_root_is_empty() {
    let mut machine = machine();
    machine.call("fd_prestat_get", &[3, RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.size(RESULT), 1 << 32);
    machine.call("fd_prestat_dir_name", &[3, DATA.into(), 1], Errno::SUCCESS);
    assert_eq!(machine.bytes(DATA, 1), b"/");
    machine.call("fd_prestat_get", &[4, RESULT.into()], Errno::BADF);
    machine.call("fd_fdstat_get", &[3, RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.bytes(RESULT, 1), [3]);
    machine.call("fd_fdstat_get", &[1, RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.bytes(RESULT, 1), [2]);
    machine.call("fd_fdstat_get", &[4, RESULT.into()], Errno::BADF);
    for path in ["x", "etc/passwd", "tmp"] {
        machine.refuses(path, Errno::NOENT);
        assert_eq!(machine.status(path, true), Err(Errno::NOENT.number().into()));
    }
    for path in ["..", "../x", "/etc/passwd"] {
        machine.refuses(path, Errno::PERM);
    }
    assert!(machine.list(3).is_empty());
    assert_eq!(machine.read(0, 100), b"");
    let root = machine.open(".").expect("the root");
    assert!(machine.list(root).is_empty());
}

#[test]
fn granted_files_are_read() {
    let (_place, mut machine) = with_files();
    let file = machine.open("data/hello.txt").expect("a file");
    assert_eq!(machine.read(file, 5), b"hello");
    assert_eq!(machine.read(file, 100), b", world");
    assert_eq!(machine.read(file, 100), b"");
    machine.call(
        "fd_seek",
        &[file.into(), (-5_i64).cast_unsigned(), 2, RESULT.into()],
        Errno::SUCCESS,
    );
    assert_eq!(machine.size(RESULT), 7);
    machine.buffers(&[(DATA, 2), (DATA + 2, 2)]);
    machine.call(
        "fd_pread",
        &[file.into(), BUFFERS.into(), 2, 1, RESULT.into()],
        Errno::SUCCESS,
    );
    assert_eq!(machine.bytes(DATA, 4), b"ello");
    assert_eq!(machine.read(file, 100), b"world");
    machine.call("fd_tell", &[file.into(), RESULT.into()], Errno::SUCCESS);
    assert_eq!(machine.size(RESULT), 12);
    machine.call(
        "fd_seek",
        &[file.into(), (-13_i64).cast_unsigned(), 2, RESULT.into()],
        Errno::INVAL,
    );
    machine.call(
        "fd_seek",
        &[file.into(), u64::MAX >> 1, 2, RESULT.into()],
        Errno::OVERFLOW,
    );
    machine.call("fd_seek", &[1, 0, 0, RESULT.into()], Errno::SPIPE);
    machine.call("fd_close", &[file.into()], Errno::SUCCESS);
    machine.call("fd_close", &[file.into()], Errno::BADF);

    let folder = machine.open("data/folder/").expect("a folder");
    let deep = machine.open_at(folder, "deep/../deep/x", 0, 2).expect("a file");
    assert_eq!(machine.read(deep, 100), b"deep");
    machine.call("fd_filestat_get", &[deep.into(), DATA.into()], Errno::SUCCESS);
    assert_eq!((machine.bytes(DATA + 16, 1)[0], machine.size(DATA + 32)), (4, 4));
    assert_eq!(
        machine.open_at(folder, "../hello.txt", 0, 2),
        Err(Errno::PERM.number().into())
    );
    assert_eq!(machine.status("data/hello.txt", true), Ok((4, 12)));
    assert_eq!(machine.status("data/folder", true), Ok((3, 0)));
    assert_eq!(machine.status(".", true), Ok((3, 0)));
    assert!(machine.open("data/../data/hello.txt").is_ok());
    machine.refuses("data/hello.txt/", Errno::NOTDIR);
    machine.refuses("data/none", Errno::NOENT);
    machine.refuses("none/hello.txt", Errno::NOENT);
}

#[test]
fn directories_are_listed_by_name() {
    let (_place, mut machine) = with_files();
    let names = |entries: &[(String, u8)]| entries.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(machine.list(3), [("data".to_owned(), 3), ("more".to_owned(), 3)]);
    let data = machine.open("data").expect("a folder");
    let entries = machine.list(data);
    let mut sorted = names(&entries);
    sorted.sort();
    assert_eq!(names(&entries), sorted);
    assert!(entries.contains(&("hello.txt".to_owned(), 4)));
    assert!(entries.contains(&("folder".to_owned(), 3)));
    #[cfg(unix)]
    {
        assert!(entries.contains(&("outside".to_owned(), 7)));
        assert!(entries.contains(&("pipe".to_owned(), 0)));
    }
    // In small pieces: every entry is cut off, and asked for again from its cookie.
    let mut pieces = Vec::new();
    let mut cookie = 0;
    loop {
        machine.call(
            "fd_readdir",
            &[data.into(), DATA.into(), 40, cookie, RESULT.into()],
            Errno::SUCCESS,
        );
        if machine.number(RESULT) < 24 {
            break;
        }
        cookie = machine.size(DATA);
        let length = machine.number(DATA + 16).min(16);
        pieces.push(String::from_utf8(machine.bytes(DATA + 24, length)).expect("UTF-8"));
    }
    assert_eq!(pieces, sorted);
    let file = machine.open("data/hello.txt").expect("a file");
    machine.call(
        "fd_readdir",
        &[file.into(), DATA.into(), 40, 0, RESULT.into()],
        Errno::NOTDIR,
    );
}

#[cfg(unix)]
#[test]
fn links_lead_no_further_than_the_directory() {
    let (_place, mut machine) = with_files();
    let inside = machine.open("data/inside").expect("a file");
    assert_eq!(machine.read(inside, 5), b"hello");
    for path in [
        "data/outside",
        "data/absolute",
        "data/up/secret",
        "data/up",
        "data/folder/../../secret",
    ] {
        machine.refuses(path, Errno::PERM);
        assert_eq!(machine.status(path, true), Err(Errno::PERM.number().into()), "{path}");
    }
    assert!(machine.open("data/loop").is_err());
    assert_eq!(machine.status("data/outside", false).map(|status| status.0), Ok(7));
    machine.write(TEXT, b"data/outside");
    machine.call(
        "path_readlink",
        &[3, TEXT.into(), 12, DATA.into(), 100, RESULT.into()],
        Errno::INVAL,
    );
    machine.call(
        "path_readlink",
        &[3, TEXT.into(), 8, DATA.into(), 100, RESULT.into()],
        Errno::NOENT,
    );
    machine.call(
        "path_open",
        &[3, 0, TEXT.into(), 12, 0, 2, 0, 0, RESULT.into()],
        Errno::LOOP,
    );
}

#[cfg(unix)]
#[test]
fn pipes_are_not_opened() {
    let (_place, mut machine) = with_files();
    machine.refuses("data/pipe", Errno::ACCES);
    machine.refuses("data/to-pipe", Errno::ACCES);
    assert_eq!(machine.status("data/pipe", true), Ok((0, 0)));
}

#[test]
fn nothing_can_be_written() {
    let (place, mut machine) = with_files();
    let read_only = Err(u32::from(Errno::ROFS.number()));
    for flags in [1, 4, 8, 9] {
        assert_eq!(machine.open_at(3, "data/hello.txt", flags, 2), read_only);
        assert_eq!(machine.open_at(3, "data/new", flags, 2), read_only);
    }
    assert_eq!(machine.open_at(3, "data/hello.txt", 0, 1 << 6), read_only);
    let file = u64::from(machine.open("data/hello.txt").expect("a file"));
    machine.buffers(&[(DATA, 5)]);
    machine.call("fd_write", &[file, BUFFERS.into(), 1, RESULT.into()], Errno::ROFS);
    machine.call("fd_pwrite", &[file, BUFFERS.into(), 1, 0, RESULT.into()], Errno::ROFS);
    machine.call("fd_allocate", &[file, 0, 100], Errno::ROFS);
    machine.call("fd_filestat_set_size", &[file, 0], Errno::ROFS);
    machine.call("fd_filestat_set_times", &[file, 0, 0, 0], Errno::ROFS);
    let (text, length) = (u64::from(TEXT), 14);
    machine.write(TEXT, b"data/hello.txt");
    for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
        machine.call(name, &[3, text, length], Errno::ROFS);
    }
    machine.call("path_rename", &[3, text, length, 3, text, 6], Errno::ROFS);
    machine.call("path_link", &[3, 0, text, length, 3, text, 6], Errno::ROFS);
    machine.call("path_symlink", &[text, length, 3, text, 6], Errno::ROFS);
    machine.call("path_filestat_set_times", &[3, 0, text, length, 0, 0, 0], Errno::ROFS);
    let content = fs::read_to_string(place.path().join("data/hello.txt")).expect("still there");
    assert_eq!(content, "hello, world");
    assert_eq!(fs::read_dir(place.path().join("more")).expect("still there").count(), 0);
}

#[test]
fn open_files_are_bounded_and_closed_after_the_run() {
    let (place, mut machine) = with_files();
    let mut directories = Directories::new();
    directories.grant("data", place.path().join("data")).expect("granted");
    let descriptors: Vec<_> = (0..64)
        .map(|_| machine.open("data/hello.txt").expect("a file"))
        .collect();
    assert_eq!(descriptors, (4..68).collect::<Vec<_>>());
    machine.refuses("data/hello.txt", Errno::MFILE);
    machine.call("fd_close", &[10], Errno::SUCCESS);
    assert_eq!(machine.open("data/hello.txt"), Ok(10));
    machine.call("fd_renumber", &[10, 11], Errno::SUCCESS);
    machine.call("fd_close", &[10], Errno::BADF);
    machine.call("fd_renumber", &[10, 11], Errno::BADF);
    machine.call("fd_renumber", &[11, 1], Errno::NOTSUP);
    machine.store.data_mut().wasi.reset(Arc::new(directories));
    machine.call("fd_tell", &[4, RESULT.into()], Errno::BADF);
    assert_eq!(machine.open("data/hello.txt"), Ok(4));
}
