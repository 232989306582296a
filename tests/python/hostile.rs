//! Metrics that mean harm, or are merely careless. Each ends with the right status, and the host lives.

use jurybox::Status;

use super::harness::{failure, judge};

#[track_caller]
fn ends_with(source: &str, status: Status) {
    let verdict = judge(source);
    assert_eq!(verdict.status, status, "{:?}\n{source}", verdict.error);
}

#[test]
fn endless_work_runs_out_of_fuel() {
    for source in [
        "def score(event):\n    while True: pass",
        "import re\ndef score(event):\n    re.match('(a+)+$', 'a' * 40 + 'b')",
        "def score(event):\n    return len(str(9 ** 9 ** 9))",
        "class D:\n    def __del__(self):\n        while True: pass\ndef score(event):\n    D()",
        "import threading\ndef score(event):\n    lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "def score(event):\n    return sum(range(10 ** 12))",
        "def score(event):\n    while True: print('x' * 1000)",
    ] {
        ends_with(source, Status::OutOfFuel);
    }
}

#[test]
fn endless_recursion_is_an_error() {
    for (before, expression) in [
        ("def f():\n    return f()", "f()"),
        ("class A:\n    def __repr__(self): return repr(self)", "repr(A())"),
        (
            "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')",
            "A().x",
        ),
        (
            "class A:\n    def __eq__(self, other): return self == other",
            "A() == A()",
        ),
        (
            "class A:\n    def __lt__(self, other): return sorted([A(), A()])",
            "sorted([A(), A()])",
        ),
        (
            "import functools\n@functools.lru_cache(None)\ndef f(n): return f(n + 1)",
            "f(0)",
        ),
        ("import json", "json.loads('[' * 100000)"),
        ("import json\na = []\nfor i in range(50000): a = [a]", "json.dumps(a)"),
        ("a = []\nfor i in range(50000): a = [a]", "repr(a)"),
        ("a, b = [], []\nfor i in range(50000): a, b = [a], [b]", "a == b"),
        ("import re", "re.compile('(' * 5000 + ')' * 5000)"),
        (
            "import sys\nsys.setrecursionlimit(10 ** 8)\nclass A:\n    def __repr__(self): return repr(self)",
            "repr(A())",
        ),
        ("", "eval('not ' * 3000 + '1')"),
    ] {
        let source = format!("{before}\ndef score(event):\n    return {expression}\n");
        let verdict = judge(&source);
        assert_eq!(verdict.status, Status::RuntimeError, "{:?}\n{source}", verdict.error);
        assert!(
            failure(&verdict).contains("RecursionError"),
            "{}\n{source}",
            failure(&verdict)
        );
    }
}

#[test]
fn allocation_bombs_run_out_of_memory() {
    for source in [
        "def score(event):\n    a = []\n    while True: a.append('x' * 1000000 + str(len(a)))",
        "def score(event):\n    s = 'x'\n    while True: s += s",
        "def score(event):\n    return len(bytearray(10 ** 9))",
        "A = []\ndef score(event):\n    while True: A.append(bytearray(10000))",
        "def score(event):\n    return '{:{}}'.format(1, 10 ** 9)",
    ] {
        ends_with(source, Status::OutOfMemory);
    }
}

#[test]
fn garbage_in_cycles_is_collected() {
    for (rounds, held) in [
        (3000, "bytearray(20000)"),
        (200, "bytearray(1000000)"),
        (800, "[('%d' % i) * 100 for i in range(100, 200)]"),
        (1000, "[None] * 5000"),
    ] {
        ends_with(
            &format!(
                "def score(event):\n    for i in range({rounds}):\n        a = [{held}]\n        a.append(a)\n    return 1\n"
            ),
            Status::Ok,
        );
    }
}

#[test]
fn nothing_ends_the_interpreter() {
    for (source, expected) in [
        ("import sys\ndef score(event):\n    sys.exit('bye')", "SystemExit: bye"),
        ("def score(event):\n    exit()", "SystemExit"),
        ("import os\ndef score(event):\n    os._exit(1)", "SystemExit: 1"),
        (
            "import os\ndef score(event):\n    os.abort()",
            "RuntimeError: os.abort() was called",
        ),
        (
            "import signal\ndef score(event):\n    signal.raise_signal(signal.SIGABRT)",
            "OSError: the sandbox has no signals",
        ),
        ("def score(event):\n    raise KeyboardInterrupt", "KeyboardInterrupt"),
    ] {
        let verdict = judge(source);
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}");
        assert!(failure(&verdict).starts_with(expected), "{}", failure(&verdict));
    }
}

#[test]
fn the_world_outside_is_refused() {
    for (source, expected) in [
        ("def score(event):\n    open('/data/x.csv')", "FileNotFoundError: "),
        ("def score(event):\n    open('/etc/passwd')", "FileNotFoundError: "),
        ("def score(event):\n    open('../../etc/passwd')", "PermissionError: "),
        (
            "import socket\ndef score(event):\n    socket.create_connection(('127.0.0.1', 80))",
            "PermissionError: ",
        ),
        (
            "import urllib.request\ndef score(event):\n    urllib.request.urlopen('http://localhost')",
            "urllib.error.URLError: ",
        ),
        (
            "import subprocess\ndef score(event):\n    subprocess.run(['ls'])",
            "OSError: ",
        ),
        ("import os\ndef score(event):\n    os.system('ls')", "AttributeError: "),
        ("import os\ndef score(event):\n    os.fork()", "AttributeError: "),
        (
            "import os\ndef score(event):\n    os.environ['HOME']",
            "KeyError: 'HOME'",
        ),
        (
            "import threading\ndef score(event):\n    threading.Thread(target=print).start()",
            "RuntimeError: can't start new thread",
        ),
        (
            "from concurrent.futures import ThreadPoolExecutor\ndef score(event):\n    ThreadPoolExecutor().submit(print)",
            "RuntimeError: can't start new thread",
        ),
        ("def score(event):\n    input()", "EOFError: "),
        ("import boot\ndef score(event):\n    return 1", ""),
        (
            "def score(event):\n    import faulthandler\n    faulthandler._sigabrt()",
            "ModuleNotFoundError: No module named 'faulthandler'",
        ),
    ] {
        if expected.is_empty() {
            super::harness::refused(&jurybox::Snippet::python(source));
            continue;
        }
        let verdict = judge(source);
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}\n{source}");
        assert!(
            failure(&verdict).starts_with(expected),
            "{}\n{source}",
            failure(&verdict)
        );
    }
    for source in [
        "def score(event):\n    open('/x.txt', 'w')",
        "import tempfile\ndef score(event):\n    tempfile.NamedTemporaryFile()",
        "import os\ndef score(event):\n    os.mkdir('/x')",
    ] {
        ends_with(source, Status::RuntimeError);
    }
}

#[test]
fn exceptions_that_lie_about_themselves_are_reported() {
    for (before, raised, expected) in [
        (
            "class E(Exception):\n    def __str__(self): raise SystemExit(1)",
            "E()",
            "E: <its message can't be read: SystemExit>",
        ),
        (
            "class E(Exception):\n    def __str__(self): return str(self)",
            "E()",
            "E: <its message can't be read: RecursionError>",
        ),
        (
            "class E(Exception):\n    def __str__(self): return 5",
            "E()",
            "E: <its message can't be read: TypeError>",
        ),
        (
            "class M(type):\n    def __getattribute__(c, n): raise KeyboardInterrupt\nclass E(Exception, metaclass=M): pass",
            "E('x')",
            "E: x",
        ),
        (
            "class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)",
            "E('x')",
            "E: x",
        ),
        ("class E(BaseException): pass", "E('x')", "E: x"),
    ] {
        let verdict = judge(&format!("{before}\ndef score(event):\n    raise {raised}\n"));
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}");
        assert!(failure(&verdict).starts_with(expected), "{}", failure(&verdict));
    }
}

#[test]
fn broken_surroundings_break_only_the_run() {
    for source in [
        "import sys\nclass X:\n    def write(self, s): raise ValueError('no')\nsys.stdout = sys.stderr = X()\ndef score(event):\n    print('a')",
        "import sys\nsys.stdout = sys.stderr = None\ndef score(event):\n    print('a')\n    return 1 / 0",
        "import sys\ndef score(event):\n    sys.modules.clear()\n    return 1 / 0",
        "import builtins\ndef score(event):\n    for name in ('len', 'isinstance', 'type', 'str', 'hasattr', 'next'): setattr(builtins, name, None)\n    return 1 / 0",
        "class D:\n    def __del__(self): raise ValueError('x')\ndef score(event):\n    d = D()\n    return 1 / 0",
        "import sys\ndef score(event):\n    f = sys._getframe()\n    while f.f_back: f = f.f_back\n    f.f_globals.clear()\n    return 1 / 0",
        "def score(event):\n    exec(score.__code__.replace(co_consts=()))",
        "import gc\ndef score(event):\n    gc.collect(); gc.disable(); gc.set_threshold(1)\n    return 1 / 0",
    ] {
        let verdict = judge(source);
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}\n{source}");
    }
}

/// Taking the interpreter apart is the author's doing: never `crashed`, which asks for a report to us.
#[test]
fn a_broken_interpreter_is_the_authors_error() {
    for source in [
        "import sys\ndef score(event):\n    sys._getframe(2).f_globals['answers'].answer = lambda v: '{\"$error\": 5}'\n    return 1",
        "import sys\ndef score(event):\n    sys._getframe(2).f_globals['answers'].answer = lambda v: '{\"$invalid\": [1]}'\n    return 1",
        "def score(event):\n    return eval((lambda: 0).__code__.replace(co_code=bytes([100, 255] * 50 + [83, 0]), co_consts=()))",
    ] {
        let verdict = judge(source);
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}\n{source}");
        let error = verdict.error.expect("an error");
        assert_eq!(
            error.error_type.as_deref(),
            Some("InterpreterError"),
            "{}",
            error.message
        );
    }
}
