//! Functions as values and the variables they capture.

use super::harness::check;

#[test]
fn calls() {
    check(&[
        ("fun f(a, b) { print(a, b) } f(1) f(1, 2)", "1 null\n1 2"),
        (
            "fun f(a) { return a } f(1, 2)",
            "! Too many arguments. Passed 2, expected 1 at 1:23",
        ),
        (
            "let f := a -> a f(1, 2)",
            "! Too many arguments. Passed 2, expected 1 at 1:17",
        ),
        (
            "fun fib(n) { if (n < 2) { return n } return fib(n - 1) + fib(n - 2) } return fib(20)",
            "= 6765",
        ),
        (
            "let f := n -> n < 2 ? 1 : n * f(n - 1) return f(25)",
            "= 15511210043330985984000000",
        ),
        ("print((x -> x * 2)(21))", "42"),
        ("let f := (a) -> (b) -> a + b print(f(1)(2))", "3"),
        ("let o := {'f': x -> x + 1} print(o.f(1))", "2"),
        ("let f := lambda x: x || '!' print(f('a'))", "a!"),
        ("let f := () -> { let y := 2 return y * 2 } print(f())", "4"),
        ("let f := x -> {'k': x} print(f(1))", "{'k': 1}"),
        ("let f := x -> {print(x)} print(f(1))", "1\nnull"),
        ("let f := length print(f('abc'))", "3"),
        ("let f := arrayMap print(f(x -> x + 1, [1, 2]))", "[2, 3]"),
        ("let x := 5 x(1)", "! Invalid closure: 5 at 1:12"),
    ]);
}

#[test]
fn functions_are_known_after_their_declaration_only() {
    check(&[(
        "fun a(n) { return b(n) } fun b(n) { return n } return a(1)",
        "! Unsupported function call: b at 1:19",
    )]);
}

#[test]
fn variables_are_captured_not_copied() {
    check(&[
        ("let x := 1 let f := () -> x x := 2 print(f())", "2"),
        ("let x := 1 fun set(v) { x := v } set(7) print(x)", "7"),
        (
            "fun counter() { let n := 0 return () -> { n := n + 1 return n } }
            let a := counter() let b := counter()
            print(a(), a(), b(), a())",
            "1 2 1 3",
        ),
        (
            "fun pair() { let v := 0 return [() -> v, (x) -> { v := x }] }
            let p := pair() let set := p[2] let get := p[1]
            set(5) print(get())",
            "5",
        ),
        (
            "fun outer(a) { fun inner(b) { return a + b } return inner } print(outer(1)(2))",
            "3",
        ),
        (
            "fun a() { let x := 1 fun b() { fun c() { x := x + 1 return x } return c() } return b() + x } print(a())",
            "3",
        ),
        ("let p := 3 let f := (p) -> () -> p print(f(9)())", "9"),
    ]);
}

#[test]
fn loops_and_captures() {
    check(&[
        // The variable of a loop is one; those declared in its body are new each turn.
        (
            "let fs := [] for (let i := 0; i < 3; i := i + 1) { fs := arrayPushBack(fs, () -> i) }
            for (let f in fs) print(f())",
            "3\n3\n3",
        ),
        (
            "let fs := [] for (let i in [1, 2, 3]) { let j := i * 10 fs := arrayPushBack(fs, () -> j) }
            for (let f in fs) print(f())",
            "10\n20\n30",
        ),
    ]);
}

#[test]
fn recursive_functions_as_values() {
    check(&[
        (
            "fun f(n) { return n == 0 ? 'end' : (() -> f(n - 1))() } print(f(3))",
            "end",
        ),
        (
            "fun f(n) { let g := f return n == 0 ? 0 : 1 + g(n - 1) } print(f(4))",
            "4",
        ),
        (
            "let base := 10 fun f(n) { return n == 0 ? base : f(n - 1) } print(f(4))",
            "10",
        ),
        (
            "fun f(n) { return 1 } let g := f print(g(0), f(0), [f])",
            "1 1 [fn<f(1)>]",
        ),
        ("fun f() { return 1 } f := () -> 2 print(f())", "2"),
    ]);
}

#[test]
fn library_functions_written_in_hog() {
    check(&[
        ("print(arrayMap(x -> x * 2, [1, 2, 3]))", "[2, 4, 6]"),
        (
            "print(arrayMap(x -> x * 2, (1, 2)), arrayMap(x -> x, {'a': 5}), arrayMap(x -> x, null))",
            "[2, 4] [5] []",
        ),
        ("print(arrayFilter(x -> x > 1, [1, 2, 3]))", "[2, 3]"),
        (
            "print(arrayExists(x -> x > 2, [1, 2, 3]), arrayExists(x -> x > 3, [1]), arrayExists(x -> x, null))",
            "true false false",
        ),
        (
            "print(arrayCount(x -> x % 2, [1, 2, 3]), arrayCount(x -> x, null))",
            "2 0",
        ),
        (
            "print(arrayReduce((a, b) -> a + b, [1, 2, 3], 10), arrayReduce((a, b) -> a, null, 7))",
            "16 7",
        ),
        (
            "let k := 3 print(arrayMap(x -> arrayMap(y -> x * y * k, [1, 2]), [1, 2]))",
            "[[3, 6], [6, 12]]",
        ),
        ("print(arrayMap(length, ['a', 'bb']))", "[1, 2]"),
        (
            "arrayMap(x -> x)",
            "! Function arrayMap requires exactly 2 arguments at 1:1",
        ),
        (
            "arrayMap(x -> 1 / x, [1, 0])",
            "! ZeroDivisionError: division by zero at 1:15",
        ),
        ("print(inCohort(1, [2, '1']), notInCohort(1, [2, 3]))", "true true"),
        (
            "try { inCohort(1, null) } catch (e) { print(e.message) }",
            "inCohort() requires cohort membership to be loaded for this evaluation",
        ),
        ("print(sortableSemver('1.2.3') < sortableSemver('1.10.0'))", "true"),
    ]);
}
