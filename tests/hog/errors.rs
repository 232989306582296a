//! Throwing, catching, and what can't be caught.

use super::harness::check;

#[test]
fn try_and_catch() {
    check(&[
        (
            "try { throw Error('bad') print('no') } catch (e) { print(e.type, e.message, e.payload) } print('after')",
            "Error bad null\nafter",
        ),
        (
            "try { throw HogError('MyError', 'm', {'k': 1}) } catch (e: MyError) { print(e.payload.k) }",
            "1",
        ),
        (
            "try { throw HogError('A', 'm') } catch (e: B) { print('b') } catch (e: A) { print('a') }",
            "a",
        ),
        (
            "try { throw HogError('A', 'm') } catch (x: Error) { print(x) }",
            "A('m')",
        ),
        ("try { throw Error('x') } catch { print(e.message) }", "x"),
        (
            "try { try { throw HogError('A', 'm') } catch (e: B) { print('no') } } catch (e) { print('outer', e.type) }",
            "outer A",
        ),
        ("try { print('fine') } catch { print('no') }", "fine"),
        (
            "try { throw RetryError('r') } catch (e: RetryError) { print(e) }",
            "RetryError('r')",
        ),
        (
            "try { throw Error() } catch (e) { print(e.message) }",
            "An error occurred",
        ),
    ]);
}

#[test]
fn errors_pass_through_functions() {
    check(&[
        (
            "fun deep(n) { if (n == 0) { throw Error('deep') } return 1 + deep(n - 1) }
            try { print(deep(50)) } catch (e) { print('caught', e.message) }",
            "caught deep",
        ),
        (
            "try { arrayMap(x -> { throw Error(x) }, ['one', 'two']) } catch (e) { print(e.message) }",
            "one",
        ),
        (
            "fun f() { try { throw Error('a') } catch (e) { return 'from catch' } return 'end' }
            print(f())",
            "from catch",
        ),
        (
            // A `return` inside `try` leaves the handler behind.
            "fun f() { try { return 1 } catch (e) { print('wrong') } }
            f()
            try { throw Error('right') } catch (e) { print(e.message) }",
            "right",
        ),
        (
            "let n := 0 while (n < 3) { try { n := n + 1 throw Error(n) } catch (e) { print(e.message) } }",
            "1\n2\n3",
        ),
        (
            "let r := [1, (() -> { try { throw Error('x') } catch { return 2 } })(), 3] print(r)",
            "[1, 2, 3]",
        ),
    ]);
}

#[test]
fn uncaught_errors_say_where_they_were_thrown() {
    check(&[
        (
            "print('before')\nthrow Error('it\\'s bad')",
            "before\n! Error('it\\'s bad') at 2:1",
        ),
        (
            "fun f() {\n  throw HogError('Custom', 'm')\n}\nf()",
            "! Custom('m') at 2:3",
        ),
        ("try { throw Error('a') } catch (e: Other) {}", "! Error('a') at 1:7"),
    ]);
}

#[test]
fn only_errors_can_be_thrown() {
    check(&[
        ("throw 'text'", "! Can not throw: value is not of type Error at 1:1"),
        (
            "try { throw 1 } catch { print('no') }",
            "! Can not throw: value is not of type Error at 1:7",
        ),
    ]);
}

#[test]
fn failures_of_the_library_can_not_be_caught() {
    check(&[
        (
            "try { jsonParse('{') } catch { print('no') }",
            "! JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) at 1:7",
        ),
        (
            "try { unknown(1) } catch { print('no') }",
            "! Unsupported function call: unknown at 1:7",
        ),
        (
            "print(1)\n  fetch('http://x')",
            "1\n! Unsupported function call: fetch at 2:3",
        ),
        ("print(nothing)", "! Global variable not found: nothing at 1:7"),
        (
            "print(length())",
            "! Function length requires at least 1 arguments at 1:7",
        ),
    ]);
}
