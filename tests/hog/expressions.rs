//! Operators: what they compute, how tightly they bind, in which order their sides run.

use super::harness::{check, check_values};

#[test]
fn arithmetic() {
    check_values(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 - 2 - 1", "4"),
        ("4 / 2", "2.0"),
        ("7 / 2", "3.5"),
        ("1 / 3", "0.3333333333333333"),
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7 % -3", "1"),
        ("-7.5 % 2", "-1.5"),
        ("2.5 + 1", "3.5"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e3", "1000.0"),
        ("1e21", "1e+21"),
        ("true + 1", "2"),
        ("true + true", "2"),
        ("- (3)", "-3"),
        ("0 - -5", "5"),
        ("'1' + '2'", "12"),
        ("[1] + [2]", "[1, 2]"),
        ("(1,) + (2,)", "(1, 2)"),
        ("'ab' * 2", "abab"),
    ]);
}

#[test]
fn integers_are_exact_at_any_size() {
    check_values(&[
        ("140737488355327 + 1", "140737488355328"),
        ("-140737488355328 - 1", "-140737488355329"),
        ("140737488355328 - 1", "140737488355327"),
        ("9007199254740993 + 0", "9007199254740993"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        (
            "18446744073709551616 * 18446744073709551616",
            "340282366920938463463374607431768211456",
        ),
        ("4294967296 * 4294967296", "18446744073709551616"),
        ("3037000500 * 3037000500", "9223372037000250000"),
        ("-4294967296 * 4294967296", "-18446744073709551616"),
        ("18446744073709551616 - 18446744073709551615", "1"),
        ("18446744073709551616 % 10", "6"),
        ("12345678901234567890", "12345678901234567890"),
        ("9007199254740993 == 9007199254740993.0", "false"),
        ("9007199254740992 == 9007199254740992.0", "true"),
        ("18446744073709551616 > 1e18", "true"),
        ("2147483648 * 65536", "140737488355328"),
        ("2147483648 * 2147483648", "4611686018427387904"),
    ]);
}

#[test]
fn arithmetic_that_is_refused() {
    check(&[
        ("1 / 0", "! ZeroDivisionError: division by zero at 1:1"),
        ("1.5 / 0.0", "! ZeroDivisionError: float division by zero at 1:1"),
        ("5 % 0", "! ZeroDivisionError: integer modulo by zero at 1:1"),
        (
            "1 + 'a'",
            "! TypeError: unsupported operand type(s) for +: 'int' and 'str' at 1:1",
        ),
        (
            "'a' + 1",
            "! TypeError: can only concatenate str (not \"int\") to str at 1:1",
        ),
        (
            "null + 1",
            "! TypeError: unsupported operand type(s) for +: 'NoneType' and 'int' at 1:1",
        ),
        (
            "let a := {}\nprint(1)\nreturn a - 1",
            "1\n! TypeError: unsupported operand type(s) for -: 'dict' and 'int' at 3:8",
        ),
    ]);
}

#[test]
fn comparisons() {
    check_values(&[
        ("1 < 2", "true"),
        ("2 <= 2", "true"),
        ("3 > 4", "false"),
        ("1 < 1.5", "true"),
        ("1.5 >= 1.5", "true"),
        ("-1 < 0", "true"),
        ("-140737488355328 < 140737488355327", "true"),
        ("1 == 1.0", "true"),
        ("1 = 1", "true"),
        ("1 != 2", "true"),
        ("1 <> 1", "false"),
        ("1 == '1'", "true"),
        ("'1' == 1.0", "true"),
        ("1 == true", "true"),
        ("2 == true", "false"),
        ("'TRUE' == true", "true"),
        ("'x' == true", "true"),
        ("'' == false", "true"),
        ("null == null", "true"),
        ("null == 0", "false"),
        ("null == false", "false"),
        ("[1, 2] == [1, 2]", "true"),
        ("[1, 2] == [1.0, 2.0]", "true"),
        ("[1] == (1,)", "false"),
        ("{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"),
        ("{'a': [1]} == {'a': [2]}", "false"),
        ("'10' < '9'", "true"),
        ("1 < '2'", "true"),
        ("'1' < 2", "true"),
        ("'abc' < 'abd'", "true"),
        ("nan == nan", "false"),
        ("nan != nan", "true"),
        ("nan < 1", "false"),
        ("inf > 1", "true"),
        ("1 < 2 == true", "true"),
    ]);
    check(&[(
        "1 < 'a'",
        "! '<' not supported between instances of 'int' and 'str' at 1:1",
    )]);
}

#[test]
fn null_orders_as_zero_in_plain_programs() {
    check_values(&[
        ("null < 1", "true"),
        ("null > 3", "false"),
        ("length(null) < 3", "true"),
        ("null <= null", "true"),
    ]);
}

#[test]
fn logic_evaluates_both_sides_and_gives_booleans() {
    check(&[
        (
            "fun say(x) { print(x) return x }
            print(say(1) and say(0))
            print(say(0) and say(2))
            print(say('') or say('a'))
            print(not say(3))",
            "1\n0\nfalse\n0\n2\nfalse\n\na\ntrue\n3\nfalse",
        ),
        ("print(1 and 2, 0 or 0, not not 5)", "true false true"),
        ("print(and(1, 2, 3), or(0, null, ''), not([]))", "true false true"),
    ]);
}

#[test]
fn lazy_forms_evaluate_one_side() {
    check(&[
        (
            "fun say(x) { print(x) return x }
            print(say(true) ? say(1) : say(2))
            print(if(say(false), say(1), say(2)))
            print(say(null) ?? say(3))
            print(say(4) ?? say(5))
            print(ifNull(say(6), say(7)))
            print(multiIf(say(false), say(1), say(true), say(8), say(9)))",
            "true\n1\n1\nfalse\n2\n2\nnull\n3\n3\n4\n4\n6\n6\nfalse\ntrue\n8\n8",
        ),
        ("print(if(false, 1))", "null"),
        (
            "print(multiIf(true, 1), multiIf(false, 1), multiIf(false, 1, true, 2), multiIf(false, 1, false, 2))",
            "1 null 2 null",
        ),
        ("print(case when 1 > 2 then 'a' when 2 > 1 then 'b' else 'c' end)", "b"),
        ("print(case 3 when 1 then 'a' when 3 then 'b' else 'c' end)", "b"),
        ("print(case 4 when 1 then 'a' else 'c' end)", "c"),
        ("print(true ? 1 : false ? 2 : 3)", "1"),
    ]);
}

#[test]
fn the_right_side_of_an_operator_runs_first() {
    check(&[
        (
            "fun say(x) { print(x) return x }\nlet y := say(1) + say(2)\nprint(say(3) < say(4))",
            "2\n1\n4\n3\ntrue",
        ),
        (
            "fun say(x) { print(x) return x }\nprint([say(1), say(2)], {say('a'): say('b')})",
            "1\n2\na\nb\n[1, 2] {'a': 'b'}",
        ),
    ]);
}

#[test]
fn precedence() {
    check_values(&[
        ("not 1 == 2", "true"),
        ("1 + 1 == 2 and 2 + 2 == 4", "true"),
        ("true or true and false", "true"),
        ("1 ?? 2 == 1", "1"),
        ("null ?? 2 == 2", "true"),
        ("1 == 2 is null", "false"),
        ("5 between 1 and 10 and true", "true"),
        ("'a' || 'b' == 'ab'", "true"),
        ("-2 * 3", "-6"),
        ("2 - -2", "4"),
        ("10 - 2 * 3 % 4", "8"),
    ]);
}

#[test]
fn between_needs_no_nulls() {
    check_values(&[
        ("5 between 1 and 10", "true"),
        ("1 between 1 and 10", "true"),
        ("0 between 1 and 10", "false"),
        ("0 not between 1 and 10", "true"),
        ("5 not between 1 and 10", "false"),
        ("null between 1 and 10", "false"),
        ("5 between null and 10", "false"),
        ("null not between 1 and 10", "false"),
    ]);
}

#[test]
fn membership() {
    check_values(&[
        ("1 in [1, 2]", "true"),
        ("1.0 in [1, 2]", "true"),
        ("3 not in [1, 2]", "true"),
        ("'b' in 'abc'", "true"),
        ("'a' in {'a': 1}", "true"),
        ("1 in {'a': 1}", "false"),
        ("2 in (1, 2)", "true"),
        ("null in [null]", "true"),
    ]);
}

#[test]
fn patterns() {
    check_values(&[
        ("'abc' like 'b'", "true"),
        ("'abc' like 'a%c'", "true"),
        ("'abc' like 'a_c'", "true"),
        ("'abc' like '%x%'", "false"),
        ("'ABC' like 'b'", "false"),
        ("'ABC' ilike '%b%'", "true"),
        ("'abc' not like 'x'", "true"),
        ("'ABC' not ilike 'b'", "false"),
        ("'a.c' like 'a.c'", "true"),
        ("'abc' like 'a.c'", "false"),
        ("'abc' =~ 'b+'", "true"),
        ("'abc' =~ '^b'", "false"),
        ("'abc' !~ 'x'", "true"),
        ("'ABC' =~* 'b'", "true"),
        ("'ABC' !~* 'b'", "false"),
        ("'a1' ~ '\\\\d'", "true"),
        ("'' =~ 'a'", "false"),
        ("'' !~ 'a'", "false"),
        ("null =~ 'a'", "false"),
        ("null !~ 'a'", "false"),
        ("'a' =~ ''", "false"),
        ("match('abc', 'b.')", "true"),
        ("extractRegex('id=42', 'id=(\\\\d+)')", "42"),
        ("extractRegex('ab', '(x)?ab')", "ab"),
    ]);
    check(&[(
        "let p := '(' print('a' =~ p)",
        "! Invalid regex pattern: missing ): ( at 1:20",
    )]);
}

#[test]
fn text() {
    check_values(&[
        ("'a' || 1 || null || true", "a1true"),
        ("f'{1 + 1} is {'two'}'", "2 is two"),
        ("f'{[1, 'a']}'", "[1, 'a']"),
        ("f'{1}' + 1", "2"),
        ("f'a {f'b {1}'}'", "a b 1"),
        ("f'\\{x}'", "{x}"),
        ("'it''s'", "it's"),
        ("'tab\\tend'", "tab\tend"),
        ("length('żółw🐢')", "5"),
        ("substring('żółw🐢', 2, 3)", "ółw"),
        ("reverse('ab🐢')", "🐢ba"),
        ("upper('straße')", "STRASSE"),
    ]);
}

#[test]
fn indexing() {
    check_values(&[
        ("[1, 2, 3][1]", "1"),
        ("[1, 2, 3][-1]", "3"),
        ("[1, 2, 3][4]", "null"),
        ("(1, 2).2", "2"),
        ("[[1, 2], [3]].1.2", "2"),
        ("{'a': {'b': 1}}.a.b", "1"),
        ("{'a': 1}['a']", "1"),
        ("{'a': 1}.b", "null"),
        ("null.a", "null"),
        ("null?.a?.b", "null"),
        ("null?.[1]", "null"),
        ("'abc'[1]", "a"),
        ("{1: 'x'}[1]", "x"),
    ]);
    check(&[
        ("let i := 0 print([1][i])", "! Hog arrays start from index 1 at 1:18"),
        (
            "let a := [1, 2]\na[1] := 5\na[3] := 1",
            "! Index 3 out of range for array of length 2 at 3:1",
        ),
        ("let a := [1, 2] a[2] := 'x' print(a)", "[1, 'x']"),
        ("let o := {} o.a := 1 o['b'] := 2 o.a := 3 print(o)", "{'a': 3, 'b': 2}"),
        ("let o := {'a': {'b': [1]}} o.a.b[1] := 7 print(o)", "{'a': {'b': [7]}}"),
        ("let n := null n.x := 1 print(n)", "null"),
    ]);
}

#[test]
fn printing() {
    check_values(&[
        ("null, true, 1, 1.0, 'a'", "null true 1 1.0 a"),
        ("[1, 'a', null, [2]]", "[1, 'a', null, [2]]"),
        ("(1, 2)", "(1, 2)"),
        ("tuple()", "tuple()"),
        ("tuple(1)", "tuple(1)"),
        ("{'k': 1, 'b': [2]}", "{'k': 1, 'b': [2]}"),
        ("['it\\'s', 'a\\nb']", "['it\\'s', 'a\\nb']"),
        ("[x -> x]", "[fn<lambda(1)>]"),
        ("1e-7, 123456789012345680.0, 1e16", "1e-07 1.2345678901234568e+17 1e+16"),
        ("[Error('a', 1)]", "[Error('a', 1)]"),
        ("toDateTime('2009-02-11T02:15:43Z')", "DateTime(1234318543.0, 'UTC')"),
        ("toDate('2024-05-03')", "Date(2024, 5, 3)"),
    ]);
    check(&[
        ("print()", ""),
        ("let o := {'a': 1} o.self := o print(o)", "{'a': 1, 'self': null}"),
        ("let a := [1] print([a, a])", "[[1], [1]]"),
    ]);
}

#[test]
fn slices_and_casts() {
    check_values(&[
        ("'1'::int + 1", "2"),
        ("1::string || '!'", "1!"),
        ("'1.5'::float", "1.5"),
    ]);
}
