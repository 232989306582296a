//! What authors are told when their code fails: type, message, line and column.

use jurybox::{Snippet, Status};

use super::harness::{failure, judge, refused};

#[test]
fn exceptions_have_their_place() {
    let table = [
        (
            "def score(event):\n    return event['nope']",
            "KeyError: 'nope' at 2:12",
        ),
        (
            "def score(event):\n    x = 'ä'; return x + event['nope']",
            "KeyError: 'nope' at 2:25",
        ),
        (
            "def score(event):\n    return 1 / 0",
            "ZeroDivisionError: division by zero at 2:12",
        ),
        (
            "def f():\n    return [][1]\ndef score(event):\n    return f()",
            "IndexError: list index out of range at 2:12",
        ),
        (
            "def score(event):\n    return undefined",
            "NameError: name 'undefined' is not defined at 2:12",
        ),
        (
            "def score(event):\n    return event.outputs",
            "AttributeError: 'dict' object has no attribute 'outputs' at 2:12",
        ),
        ("def score(event):\n    raise ValueError('x')", "ValueError: x at 2:5"),
        (
            "def score(event):\n    return int('x')",
            "ValueError: invalid literal for int() with base 10: 'x' at 2:12",
        ),
        (
            "class Bad(Exception):\n    pass\ndef score(event):\n    raise Bad('no')",
            "Bad: no at 4:5",
        ),
        (
            "import json\ndef score(event):\n    return json.loads('{')",
            "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) at 3:12",
        ),
        (
            "def score(event):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise KeyError('k') from e",
            "KeyError: 'k' at 5:9",
        ),
        (
            "async def score(event):\n    return 1 / 0",
            "ZeroDivisionError: division by zero at 2:12",
        ),
        (
            "def score(event):\n    return (1 +\n        None)",
            "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType' at 2:13",
        ),
        (
            "def score(event):\n    import sys\n    sys.exit(3)",
            "SystemExit: 3 at 3:5",
        ),
    ];
    for (source, expected) in table {
        let verdict = judge(source);
        assert_eq!(verdict.status, Status::RuntimeError, "{verdict:?}");
        assert_eq!(failure(&verdict), expected, "\n{source}");
    }
}

#[test]
fn tracebacks_show_the_authors_frames() {
    let verdict =
        judge("import json\ndef inner(x):\n    return json.loads(x)\ndef score(event):\n    return inner('[')\n");
    let error = verdict.error.expect("an error");
    assert_eq!(
        error.traceback,
        [
            "line 5, in score: return inner('[')",
            "line 3, in inner: return json.loads(x)",
            "json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1)",
        ]
    );
}

#[test]
fn tracebacks_of_recursion_are_short() {
    let verdict = judge("def f(n):\n    return f(n + 1)\ndef score(event):\n    return f(0)\n");
    let error = verdict.error.expect("an error");
    assert_eq!(error.error_type.as_deref(), Some("RecursionError"));
    assert!(error.traceback.len() <= 20, "{:?}", error.traceback);
    assert!(verdict.usage.fuel < 100_000_000, "{}", verdict.usage.fuel);
}

#[test]
fn what_is_not_python_is_refused_with_its_place() {
    let table: [(&str, &str, u32, u32); 9] = [
        ("def score(event):\n    return (1 +\n", "'(' was never closed", 2, 12),
        ("def score(event)\n    return 1\n", "expected ':'", 1, 17),
        ("x = 'a\n", "unterminated string literal", 1, 5),
        ("def f():\nreturn 1\n", "expected an indented block", 2, 1),
        ("if 1:\n    a = 1\n  b = 2\n", "unindent does not match", 3, 8),
        ("return 1\n", "'return' outside function", 1, 1),
        ("x = 1\ny = \0\n", "null bytes", 2, 5),
        ("print 'a'\n", "Missing parentheses in call to 'print'", 1, 1),
        ("ä = 1; b = = 2\n", "invalid syntax", 1, 12),
    ];
    for (source, message, line, column) in table {
        let error = refused(&Snippet::python(source));
        let diagnostic = &error.diagnostics[0];
        assert!(diagnostic.message.contains(message), "{}\n{source}", diagnostic.message);
        assert_eq!(
            (diagnostic.start.line, diagnostic.start.column),
            (line, column),
            "{source}"
        );
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    for source in [
        format!("x = {}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("x = {}1", "-".repeat(50_000)),
        format!("x = {}1", "not ".repeat(20_000)),
        format!("x = a{}", ".strip()".repeat(20_000)),
        format!("x = {}1", "lambda: ".repeat(10_000)),
    ] {
        refused(&Snippet::python(source));
    }
}

#[test]
fn code_at_the_top_that_fails_is_refused() {
    let error = refused(&Snippet::python(
        "import re\nP = re.compile('(')\ndef score(event):\n    return 1\n",
    ));
    let diagnostic = &error.diagnostics[0];
    assert!(
        diagnostic.message.contains("missing ), unterminated subpattern"),
        "{}",
        diagnostic.message
    );
    assert_eq!(diagnostic.start.line, 2);
}

#[test]
fn modules_that_are_not_there_are_explained() {
    for (module, reason) in [
        ("numpy", "metrics have Python's standard library alone"),
        ("pandas", "metrics have Python's standard library alone"),
        ("requests", "metrics have Python's standard library alone"),
        ("multiprocessing", "the sandbox has no processes"),
        ("ctypes", "the sandbox runs no foreign code"),
        ("ssl", "the sandbox has no network"),
        ("sqlite3", "the sandbox has no databases"),
    ] {
        let source = format!("def score(event):\n    import {module}\n");
        assert_eq!(
            failure(&judge(&source)),
            format!("ModuleNotFoundError: No module named '{module}' ({reason}) at 2:5")
        );
    }
}
