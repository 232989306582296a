//! Arithmetic, equality, order, truth, indexing, slices, casts.

use crate::support::check;

#[test]
fn arithmetic_is_pythons() {
    check(&[
        ("add(1, 2)", "3"),
        ("add(1, 2.0)", "3.0"),
        ("add(true, 1)", "2"),
        ("add(140737488355327, 1)", "140737488355328"),
        ("sub(-140737488355328, 1)", "-140737488355329"),
        ("sub(add(140737488355327, 1), 1)", "140737488355327"),
        ("mul(140737488355327, 140737488355327)", "19807040628565802923409276929"),
        (
            "sub(mul(140737488355327, 140737488355327), mul(140737488355327, 140737488355327))",
            "0",
        ),
        (
            "mul(mul(99999999999999999999, 99999999999999999999), -1)",
            "-9999999999999999999800000000000000000001",
        ),
        ("add('a', 'b')", "'ab'"),
        ("add('1', '2')", "'12'"),
        ("add([1], [2])", "[1, 2]"),
        ("add(tuple(1), tuple(2))", "(1, 2)"),
        ("mul('ab', 3)", "'ababab'"),
        ("mul(2, [1, 2])", "[1, 2, 1, 2]"),
        ("mul('ab', -1)", "''"),
        ("mul(true, 'ab')", "'ab'"),
        ("div(4, 2)", "2.0"),
        ("div(1, 3)", "0.3333333333333333"),
        ("div(7, 2.0)", "3.5"),
        ("div(100000000000000000000000, 3)", "3.333333333333333e+22"),
        ("div(1, 1000000000000000000000000000000)", "1e-30"),
        ("rem(7, 3)", "1"),
        ("rem(-7, 3)", "-1"),
        ("rem(7, -3)", "1"),
        ("rem(-7.5, 2)", "-1.5"),
        ("rem(100000000000000000001, 10)", "1"),
        ("rem(-100000000000000000001, 10)", "-1"),
        ("add(inf, -inf)", "nan"),
    ]);
}

#[test]
fn wrong_operands_fail_in_pythons_words() {
    check(&[
        (
            "add(1, 'a')",
            "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        ),
        (
            "add('a', 1)",
            "TypeError: can only concatenate str (not \"int\") to str",
        ),
        (
            "add('a', null)",
            "TypeError: can only concatenate str (not \"NoneType\") to str",
        ),
        (
            "add([], tuple())",
            "TypeError: can only concatenate list (not \"tuple\") to list",
        ),
        (
            "add(1, null)",
            "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'",
        ),
        (
            "add({}, {})",
            "TypeError: unsupported operand type(s) for +: 'dict' and 'dict'",
        ),
        (
            "sub('a', 'b')",
            "TypeError: unsupported operand type(s) for -: 'str' and 'str'",
        ),
        (
            "mul('a', 'b')",
            "TypeError: can't multiply sequence by non-int of type 'str'",
        ),
        (
            "mul([1], 2.0)",
            "TypeError: can't multiply sequence by non-int of type 'float'",
        ),
        (
            "mul(null, 'a')",
            "TypeError: can't multiply sequence by non-int of type 'NoneType'",
        ),
        (
            "mul(null, 1)",
            "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'",
        ),
        ("div(1, 0)", "ZeroDivisionError: division by zero"),
        ("div(1.0, 0)", "ZeroDivisionError: float division by zero"),
        ("div(1, 0.0)", "ZeroDivisionError: float division by zero"),
        ("rem(5, 0)", "ZeroDivisionError: integer modulo by zero"),
        ("rem(5.0, 0)", "ZeroDivisionError: float modulo"),
        (
            "rem('a', 5)",
            "TypeError: not all arguments converted during string formatting",
        ),
        (
            "rem(null, 5)",
            "TypeError: unsupported operand type(s) for %: 'NoneType' and 'int'",
        ),
        (
            "mul('a', 100000000000000000000)",
            "OverflowError: cannot fit 'int' into an index-sized integer",
        ),
        (
            "mul('abcdefgh', 100000000000)",
            "OutOfMemory: the memory limit is exceeded",
        ),
        ("mul([1], 100000000000)", "OutOfMemory: the memory limit is exceeded"),
    ]);
}

#[test]
fn equality_converts_between_types() {
    check(&[
        ("eq(1, 1.0)", "true"),
        ("eq(1, '1')", "true"),
        ("eq('1', 1.0)", "true"),
        ("eq(1, ' 1 ')", "true"),
        ("eq(1, 'one')", "false"),
        ("eq('1', '1.0')", "false"),
        ("eq(1, true)", "true"),
        ("eq(2, true)", "false"),
        ("eq(true, 'TRUE')", "true"),
        ("eq(false, 'false')", "true"),
        ("eq(true, 'yes')", "true"),
        ("eq(false, '')", "true"),
        ("eq(null, null)", "true"),
        ("eq(null, 0)", "false"),
        ("eq(null, '')", "false"),
        ("eq(null, false)", "false"),
        ("eq(nan, nan)", "false"),
        ("eq(100000000000000000000, 1e20)", "true"),
        ("eq(9007199254740993, 9007199254740992.0)", "false"),
        ("eq([1, 2], [1, 2.0])", "true"),
        ("eq([1], ['1'])", "false"),
        ("eq([1], tuple(1))", "false"),
        ("eq({'a': 1, 'b': 2}, {'b': 2, 'a': 1})", "true"),
        ("eq({'a': 1}, {'a': 1, 'b': 2})", "false"),
        ("eq(Error('x'), Error('x'))", "true"),
        ("eq(toDate('2024-05-03'), toDateTime('2024-05-03'))", "true"),
        ("eq(toDateTime('2024-05-03'), '2024-05-03T00:00:00Z')", "true"),
        ("eq(toDateTime('2024-05-03'), 'no date')", "false"),
        (
            "eq(toTimeZone(toDateTime('2024-05-03'), 'Europe/Berlin'), toDateTime('2024-05-03'))",
            "true",
        ),
        ("equals(1, '1')", "false"),
        ("equals(1, true)", "true"),
        ("notEquals('a', 'b')", "true"),
    ]);
}

#[test]
fn order_converts_between_types() {
    check(&[
        ("lt(1, 2)", "true"),
        ("lt(1, '2')", "true"),
        ("lt('1', 2)", "true"),
        ("lt('10', '9')", "true"),
        ("lt(1.5, 2)", "true"),
        ("ge(2, 2.0)", "true"),
        ("lt(nan, 1)", "false"),
        ("ge(nan, 1)", "false"),
        ("lt(9007199254740992.0, 9007199254740993)", "true"),
        ("gt(100000000000000000000000, inf)", "false"),
        ("lt(-inf, -100000000000000000000000)", "true"),
        ("gt(null, 3)", "false"),
        ("lt(null, 3)", "true"),
        ("le(null, null)", "true"),
        ("lt(null, '3')", "true"),
        (
            "lt(1, 'x')",
            "Vm: '<' not supported between instances of 'int' and 'str'",
        ),
        (
            "gt(null, [])",
            "Vm: '>' not supported between instances of 'NoneType' and 'list'",
        ),
        (
            "lt(null, 'x')",
            "Vm: '<' not supported between instances of 'NoneType' and 'str'",
        ),
        ("lt([1, 2], [1, 3])", "true"),
        ("lt([1], [1, 0])", "true"),
        (
            "lt([1], [null])",
            "Vm: '<' not supported between instances of 'int' and 'NoneType'",
        ),
        (
            "le({}, {})",
            "Vm: '<=' not supported between instances of 'dict' and 'dict'",
        ),
        ("lt(toDate('2024-05-03'), toDateTime('2024-05-03T00:00:01'))", "true"),
        ("lt(toDateTime('2024-05-03'), '2024-05-04')", "true"),
        (
            "less(1, '2')",
            "TypeError: '<' not supported between instances of 'int' and 'str'",
        ),
        ("greaterOrEquals(2, 2)", "true"),
    ]);
}

#[test]
fn truth_is_pythons() {
    for value in ["null", "false", "0", "0.0", "''", "[]", "{}", "tuple()"] {
        check(&[(&format!("truthy({value})"), "false")]);
    }
    for value in [
        "true",
        "1",
        "nan",
        "'0'",
        "'false'",
        "[0]",
        "{'a': null}",
        "tuple(0)",
        "Error()",
        "library('lower')",
    ] {
        check(&[(&format!("truthy({value})"), "true")]);
    }
}

#[test]
fn indexes_start_from_one() {
    check(&[
        ("get([1, 2, 3], 1)", "1"),
        ("get([1, 2, 3], -1)", "3"),
        ("get([1, 2, 3], 4)", "null"),
        ("get([1, 2, 3], -4)", "null"),
        ("get([1, 2, 3], true)", "1"),
        ("get([1], 0)", "Vm: Hog arrays start from index 1"),
        ("get('abc', 1)", "'a'"),
        ("get('añb', -2)", "'ñ'"),
        ("get('añb', 4)", "null"),
        ("get(null, 'a')", "null"),
        ("get(null, 0)", "null"),
        ("get({'a': 1}, 'a')", "1"),
        ("get({'a': 1}, 'b')", "null"),
        ("get({1: 2}, 1)", "2"),
        ("get({1: 2}, 1.0)", "2"),
        ("get({1: 2}, true)", "2"),
        ("get({'1': 2}, 1)", "null"),
        ("get([1], 'a')", "AttributeError: 'list' object has no attribute 'get'"),
        ("get(5, 'a')", "AttributeError: 'int' object has no attribute 'get'"),
        ("get(5, 1)", "TypeError: object of type 'int' has no len()"),
        ("get(toDateTime(5), 'dt')", "5.0"),
        ("get(toDateTime(5), 'zone')", "'UTC'"),
        ("get(toDate('2024-05-03'), 'month')", "5"),
        ("get(HogError('T', 'm', 1), 'type')", "'T'"),
        ("get(HogError('T', 'm', 1), 'payload')", "1"),
        ("set([1, 2], 2, 'x')", "[1, 'x']"),
        ("set([1, 2], 3, 'x')", "Vm: Index 3 out of range for array of length 2"),
        ("set([1, 2], 0, 'x')", "Vm: Hog arrays start from index 1"),
        ("set([1, 2], -1, 'x')", "Vm: Hog arrays start from index 1"),
        ("set([1, 2], 'a', 'x')", "Vm: Invalid index: a"),
        ("set({}, 'a', 1)", "{'a': 1}"),
        ("set({'a': 1}, 'a', 2)", "{'a': 2}"),
        ("set({}, [], 1)", "TypeError: unhashable type: 'list'"),
        ("set({}, tuple(1, {}), 1)", "TypeError: unhashable type: 'dict'"),
        ("set(null, 'a', 1)", "null"),
        (
            "set(tuple(1), 1, 2)",
            "Vm: Can not set property \"1\" on object of type \"tuple\"",
        ),
        ("{'a': 1, 'b': 2, 'a': 3}", "{'a': 3, 'b': 2}"),
    ]);
}

#[test]
fn membership() {
    check(&[
        ("contains(1, [1, 2])", "true"),
        ("contains(1.0, tuple(1, 2))", "true"),
        ("contains('1', [1])", "false"),
        ("contains(nan, [nan])", "true"),
        ("contains('b', 'abc')", "true"),
        ("contains('', '')", "true"),
        ("contains('a', {'a': 1})", "true"),
        ("contains(1, {'1': 1})", "false"),
        (
            "contains(1, null)",
            "TypeError: argument of type 'NoneType' is not iterable",
        ),
        (
            "contains(1, 'abc')",
            "TypeError: 'in <string>' requires string as left operand, not int",
        ),
        ("contains([1], {})", "TypeError: unhashable type: 'list'"),
    ]);
}

#[test]
fn slices_take_the_start_and_leave_the_end() {
    check(&[
        ("slice([1, 2, 3, 4], 2, 4)", "[2, 3]"),
        ("slice([1, 2, 3, 4], null, 3)", "[1, 2]"),
        ("slice([1, 2, 3, 4], 3, null)", "[3, 4]"),
        ("slice([1, 2, 3, 4], -2, null)", "[3, 4]"),
        ("slice([1, 2, 3, 4], null, -1)", "[1, 2, 3]"),
        ("slice([1, 2, 3, 4], -9, 9)", "[1, 2, 3, 4]"),
        ("slice([1, 2, 3, 4], 3, 2)", "[]"),
        ("slice(tuple(1, 2, 3), 2, null)", "(2, 3)"),
        ("slice('añbc', 2, 4)", "'ñb'"),
        ("slice(null, 1, 2)", "null"),
        ("slice([1], 0, 2)", "Vm: Hog arrays start from index 1"),
        ("slice({}, 1, 2)", "Vm: Can not take a slice of object"),
        ("slice([1], 'a', 2)", "Vm: A slice needs whole numbers, got string"),
    ]);
}

#[test]
fn casts() {
    check(&[
        ("cast('12', 'int')", "12"),
        ("cast(1.9, 'INTEGER')", "1"),
        ("cast('1.5', 'float')", "1.5"),
        ("cast(12, 'string')", "'12'"),
        ("cast('false', 'bool')", "false"),
        ("cast(1, 'boolean')", "true"),
        ("cast('2024-05-03', 'date')", "Date(2024, 5, 3)"),
        ("cast('2024-05-03', 'datetime')", "DateTime(1714694400.0, 'UTC')"),
        ("cast('x', 'uuid')", "'x'"),
        (
            "cast(1, 'money')",
            "Vm: Can not cast to money: known types are int, integer, float, string, bool, boolean, date, datetime, uuid",
        ),
    ]);
}

#[test]
fn copies_share_nothing() {
    check(&[
        ("copy({'a': [1, {'b': tuple(1, 'x')}]})", "{'a': [1, {'b': (1, 'x')}]}"),
        ("copy('x')", "'x'"),
        ("copy(HogError('T', 'm', [1]))", "T('m', [1])"),
    ]);
    let (original, copied, shared) = crate::support::run(|| {
        let inner = crate::support::value("[1]");
        let original = jurybox_guest_hog::list::new_array(&[inner, inner]);
        let copied = jurybox_guest_hog::copy::copy(original);
        jurybox_guest_hog::access::set(inner, crate::support::value("1"), crate::support::value("'new'"));
        let parts = jurybox_guest_hog::list::of(copied).unwrap();
        (
            crate::support::printed(original),
            crate::support::printed(copied),
            parts[0] == parts[1],
        )
    })
    .unwrap();
    assert_eq!(
        (original.as_str(), copied.as_str(), shared),
        ("[['new'], ['new']]", "[[1], [1]]", true)
    );
}

#[test]
fn cycles_are_copied_and_printed() {
    let (same, text) = crate::support::run(|| {
        let object = crate::support::value("{'a': 1}");
        jurybox_guest_hog::access::set(object, crate::support::value("'self'"), object);
        let copied = jurybox_guest_hog::copy::copy(object);
        let inner = jurybox_guest_hog::access::get(copied, crate::support::value("'self'"));
        (inner == copied && copied != object, crate::support::printed(copied))
    })
    .unwrap();
    assert!(same);
    assert_eq!(text, "{'a': 1, 'self': null}");
}

#[test]
fn floats_are_written_as_in_python() {
    check(&[
        ("2.0", "2.0"),
        ("1e20", "1e+20"),
        ("1e15", "1000000000000000.0"),
        ("123456789012345680.0", "1.2345678901234568e+17"),
        ("1e16", "1e+16"),
        ("9999999999999998.0", "9999999999999998.0"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("0.1", "0.1"),
        ("-0.0", "-0.0"),
        ("1.5e300", "1.5e+300"),
        ("5e-324", "5e-324"),
        ("123.456", "123.456"),
        ("850874592477573.25", "850874592477573.2"),
        ("1999581072827816.25", "1999581072827816.2"),
        ("nan", "nan"),
        ("-inf", "-inf"),
    ]);
}
