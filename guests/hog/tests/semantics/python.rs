//! What Python's `str` makes of values, which shows in messages about results of the wrong type.

use jurybox_guest_hog::{python, text};

use crate::support::{run, value};

#[test]
fn values_are_written_as_in_python() {
    let cases = [
        ("null", "None"),
        ("true", "True"),
        ("1.0", "1.0"),
        ("'it\\'s'", "it's"),
        ("['it\\'s', 'a\"b\\'c']", "[\"it's\", 'a\"b\\'c']"),
        (
            "['a\n\t\\\\', '\u{1}', '\u{a0}', 'ñ😀', '\u{200b}', '\u{301}']",
            "['a\\n\\t\\\\', '\\x01', '\\xa0', 'ñ😀', '\\u200b', '\u{301}']",
        ),
        ("tuple()", "()"),
        ("tuple(1)", "(1,)"),
        ("tuple(1, 'a')", "(1, 'a')"),
        ("{'a': [null, false], 1: {}}", "{'a': [None, False], 1: {}}"),
        (
            "toDate('2024-05-03')",
            "{'__hogDate__': True, 'year': 2024, 'month': 5, 'day': 3}",
        ),
        ("toDateTime(5)", "{'__hogDateTime__': True, 'dt': 5.0, 'zone': 'UTC'}"),
        (
            "Error('m')",
            "{'__hogError__': True, 'type': 'Error', 'message': 'm', 'payload': None}",
        ),
    ];
    for (expression, expected) in cases {
        let written = run(|| text::of(python::to_text(value(expression))).unwrap().to_owned()).unwrap();
        assert_eq!(written, expected, "{expression}");
    }
}
