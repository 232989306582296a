//! What metrics return.

use jurybox::Status;
use serde_json::{Value, json};

use super::harness::judge;

/// The value of an expression that a metric returns.
#[track_caller]
fn value(before: &str, expression: &str) -> Value {
    let source = format!("{before}\ndef score(event):\n    return {expression}\n");
    let verdict = judge(&source);
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}\n{source}");
    verdict.value
}

#[test]
fn values_of_pythons_own_types_become_json() {
    for (before, expression, expected) in [
        ("", "True", json!(true)),
        ("", "3", json!(3)),
        ("", "0.5", json!(0.5)),
        ("", "'ä'", json!("ä")),
        ("", "{'score': (1, 2)[0]}", json!(1)),
        ("from decimal import Decimal", "Decimal('0.5')", json!(0.5)),
        ("from fractions import Fraction", "Fraction(1, 4)", json!(0.25)),
        ("import enum\nclass E(enum.Enum):\n    A = 'good'", "E.A", json!("good")),
        ("import enum\nclass E(enum.IntEnum):\n    A = 2", "E.A", json!(2)),
        (
            "from dataclasses import dataclass\n@dataclass\nclass R:\n    score: float",
            "R(0.5)",
            json!(0.5),
        ),
        (
            "from collections import namedtuple\nR = namedtuple('R', 'score reason')",
            "R(1, 'x')",
            json!(1),
        ),
        (
            "class R:\n    def __init__(self):\n        self.value = 7",
            "R()",
            json!(7),
        ),
        ("class T(str):\n    pass", "T('x')", json!("x")),
        ("class F(float):\n    pass", "F(1.5)", json!(1.5)),
        ("from collections import OrderedDict", "OrderedDict(score=1)", json!(1)),
        ("", "('a', 'b', 'c')", json!(["a", "b", "c"])),
        ("", "(0.5,)", json!(0.5)),
        ("async def g():\n    return 4", "g()", json!(4)),
    ] {
        assert_eq!(value(before, expression), expected, "{before}\n{expression}");
    }
}

#[test]
fn a_pair_is_a_value_and_its_reason() {
    for (expression, expected) in [
        ("True, 'all there'", json!(true)),
        ("0.5, 'half of it'", json!(0.5)),
        ("'rude', 'it shouts'", json!("rude")),
    ] {
        let verdict = judge(&format!("def score(event):\n    return {expression}\n"));
        assert_eq!((verdict.status, &verdict.value), (Status::Ok, &expected), "{verdict:?}");
        assert!(expression.contains(&verdict.reasoning), "{verdict:?}");
        assert!(!verdict.reasoning.is_empty(), "{verdict:?}");
    }
}

#[test]
fn integers_keep_every_digit() {
    assert_eq!(value("", "10 ** 40").to_string(), format!("1{}", "0".repeat(40)));
    assert_eq!(value("", "-(2 ** 70)").to_string(), "-1180591620717411303424");
}

#[test]
fn what_json_does_not_have_is_named() {
    for (expression, what) in [
        ("float('nan')", "NaN"),
        ("float('-inf')", "infinity"),
        ("{'score': float('nan')}", "NaN in score"),
        ("{'score': 1, 'metadata': {'a': [1, {2}]}}", "a set in metadata.a[1]"),
        ("b'x'", "bytes"),
        ("print", "a function"),
        ("(x for x in [])", "a generator"),
        ("object()", "an object of the class object"),
        ("int", "the class int"),
        ("1j", "a complex number"),
        ("ValueError('x')", "an exception (ValueError)"),
        ("{'$error': 1}", "reserved key $error"),
        ("{(1, 2): 3}", "a dict with a tuple as a key"),
        ("(True, 5)", "a tuple of 2 items that is no pair of a value and a text"),
        ("(True, 'x', 5)", "a tuple of 3 items that is no pair"),
        ("(float('nan'), 'x')", "NaN in score"),
        ("()", "an empty tuple"),
    ] {
        let verdict = judge(&format!("def score(event):\n    return {expression}\n"));
        assert_eq!(verdict.status, Status::InvalidResult, "{verdict:?}");
        let message = verdict.error.expect("an error").message;
        assert!(message.contains(what), "{message}\n{expression}");
    }
}

#[test]
fn cycles_and_depth_are_refused() {
    for before in ["a = []\na.append(a)", "a = []\nfor i in range(5000):\n    a = [a]"] {
        let verdict = judge(&format!(
            "{before}\ndef score(event):\n    return {{'score': 1, 'metadata': a}}\n"
        ));
        assert_eq!(verdict.status, Status::InvalidResult, "{verdict:?}");
    }
}

#[test]
fn coroutines_run_to_their_end() {
    let source = "import asyncio\nasync def one(n):\n    await asyncio.sleep(n)\n    return n\nasync def score(event):\n    return sum(await asyncio.gather(one(3600), one(1)))\n";
    assert_eq!(judge(source).value, 3601);
    // By a clock of today, whose seconds leave a float few digits.
    let source = "import asyncio, time\nasync def main():\n    await asyncio.sleep(3)\n    return time.time() > 1.7e9\ndef score(event):\n    return asyncio.run(main())\n";
    assert_eq!(judge(source).value, true);
    let source = "import asyncio\nasync def score(event):\n    await asyncio.Event().wait()\n";
    let verdict = judge(source);
    assert_eq!(verdict.status, Status::InvalidResult, "{verdict:?}");
}

#[test]
fn what_is_printed_is_logged_by_line() {
    let verdict = judge(
        "import sys\ndef score(event):\n    print('a', 1)\n    print('b\\nc')\n    sys.stderr.write('d')\n    print('e', end='')\n    return 1\n",
    );
    assert_eq!(verdict.logs, ["a 1", "b", "c", "e", "d"]);
}
