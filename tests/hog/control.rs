//! Statements: branches, loops, returns, scopes.

use super::harness::check;

#[test]
fn branches() {
    check(&[
        ("if (1) print('a') else print('b')", "a"),
        (
            "if ([]) { print('a') } else if ('x') { print('b') } else { print('c') }",
            "b",
        ),
        ("if (nan) print('nan is true')", "nan is true"),
        ("if ('false') print('text is true')", "text is true"),
        ("if ({}) print('no')", ""),
    ]);
}

#[test]
fn loops() {
    check(&[
        ("let i := 0 while (i < 3) { print(i) i := i + 1 }", "0\n1\n2"),
        ("for (let i := 0; i < 3; i := i + 1) print(i)", "0\n1\n2"),
        ("let i := 5 for (; i < 7;) { i := i + 1 } print(i)", "7"),
        ("for (let x in [1, 2]) print(x)", "1\n2"),
        ("for (let i, x in ['a', 'b']) print(i, x)", "0 a\n1 b"),
        ("for (let k, v in {'a': 1, 'b': 2}) print(k, v)", "a 1\nb 2"),
        ("for (let v in {'a': 1, 'b': 2}) print(v)", "1\n2"),
        ("for (let i, v in (7, 8)) print(i, v)", "0 7\n1 8"),
        ("for (let v in null) print(v)", ""),
        ("for (let v in []) print(v) print('end')", "end"),
        (
            // A loop goes over the values that were there when it began.
            "let a := [1, 2, 3] for (let x in a) { a[3] := 9 print(x) } print(a)",
            "1\n2\n3\n[1, 2, 9]",
        ),
        (
            "let a := [1, 2] print(arrayMap(x -> { a[2] := 9 return x }, a))",
            "[1, 2]",
        ),
        (
            "for (let k, v in toDate('2024-05-03')) print(k, v)",
            "__hogDate__ true\nyear 2024\nmonth 5\nday 3",
        ),
        ("for (let v in Error('x')) print(v)", "true\nError\nx\nnull"),
        (
            "for (let a in [1, 2]) for (let b in [3, 4]) print(a, b)",
            "1 3\n1 4\n2 3\n2 4",
        ),
        (
            "let total := 0 for (let i := 0; i < 1000; i := i + 1) { total := total + i } return total",
            "= 499500",
        ),
    ]);
}

#[test]
fn returns() {
    check(&[
        ("return 1 print(2)", "= 1"),
        ("return\n2 + 2", "= 4"),
        ("return;", ""),
        ("1 + 1", ""),
        (
            "fun f() { for (let x in [1, 2, 3]) { if (x == 2) return x } } return f()",
            "= 2",
        ),
        (
            "fun f() { while (true) { try { return 'out' } catch { } } } return f()",
            "= \"out\"",
        ),
        ("fun f() { } return f()", ""),
        ("return {'a': [1, 2.5, null, true]}", "= {\"a\":[1,2.5,null,true]}"),
    ]);
}

#[test]
fn scopes() {
    check(&[
        ("let x := 1 { let x := 2 print(x) } print(x)", "2\n1"),
        ("let x := 1 { x := 2 } print(x)", "2"),
        ("let x print(x)", "null"),
        (
            "for (let i := 0; i < 1; i := i + 1) { let y := i } let y := 9 print(y)",
            "9",
        ),
        ("let length := 5 print(length)", "5"),
        ("let x := 1 fun f(x) { x := x + 1 return x } print(f(10), x)", "11 1"),
        ("let a := [1] let b := a b[1] := 2 print(a)", "[2]"),
        ("let AND := 1 print(AND)", "1"),
    ]);
}
