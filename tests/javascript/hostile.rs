//! Metrics that mean harm, each with how it ends. Whatever they do, the host goes on, and the next event finds nothing of it.

use jurybox::{EvaluationOptions, Status};

use super::harness::{EVENT, check_outcomes, judge, judge_with, outcome};

#[track_caller]
fn check(expected: Status, sources: &[&str]) {
    let wrong: Vec<_> = sources
        .iter()
        .filter_map(|source| {
            let verdict = judge(source);
            (verdict.status != expected)
                .then(|| format!("{source}\n  ends as {}: {}", verdict.status, outcome(&verdict)))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[rustfmt::skip]
fn work_without_end() {
    check(Status::OutOfFuel, &[
        "var f = e => { while (true) {} }",
        "var f = e => { for (;;) try { throw 1 } catch {} finally { continue } }",
        "var f = e => { const s = () => { try { s() } finally { s() } }; s() }",
        "var f = async e => { for (;;) await null }",
        "var f = e => { Promise.resolve().then(() => { while (true) {} }); return 1 }",
        "var f = e => { (function again() { Promise.resolve().then(again) })(); return 1 }",
        "var f = e => { const again = () => queueMicrotask(again); again(); return 1 }",
        "var f = e => { setInterval(() => {}, 1); return new Promise(() => {}) }",
        "var f = e => { const t = { then(done) { done(t) } }; return t }",
        "var f = e => /^(a+)+$/.test('a'.repeat(60) + 'b')",
        "var f = e => /(x+x+)+y/.test('x'.repeat(60))",
        "var f = e => /(.*)*=.*\\1/.test('x'.repeat(40))",
        "var f = e => Array.from({ length: 4e9 }, () => 1)",
        "var f = e => { for (;;) console.log('x'.repeat(1000)) }",
        "var f = e => { const o = { get score() { for (;;); } }; return o }",
        "var f = e => ({ toJSON() { for (;;); } })",
        "var f = e => new Proxy({}, { ownKeys() { for (;;); } })",
        "var f = e => ({ get then() { for (;;); } })",
        "var f = e => { throw { get message() { for (;;); } } }",
        "var f = e => { throw new Proxy(new Error('x'), { get() { for (;;); } }) }",
        "var f = e => { let n = 3n; for (;;) n = n * n % (1n << 100000n) }",
        "var f = e => { let s = 'ab'; for (;;) s = s.split('').reverse().join('') }",
        "var f = e => eval('for (;;);')",
        "var f = e => new Function('for (;;);')()",
        "function* g() { for (;;) yield 1 }\nvar f = e => [...(function* () { for (const x of g()) if (x > 1) yield x })()]",
        "var f = e => JSON.stringify({ toJSON() { for (;;); } })",
        "var f = e => [3, 1, 2].sort(() => { for (;;); })",
    ]);
}

#[test]
#[rustfmt::skip]
fn recursion_without_end() {
    let overflow = |source: &str| {
        let verdict = judge(source);
        let error = verdict.error.as_ref().unwrap_or_else(|| panic!("{source}\n{verdict:?}"));
        assert_eq!(error.message, "RangeError: Maximum call stack size exceeded", "{source}");
        assert_eq!((error.kind, error.error_type.as_deref()), (Status::RuntimeError, Some("RangeError")), "{source}");
        assert!(error.line.is_some(), "{source}");
    };
    for source in [
        "var f = e => { const s = x => s(x + 1) + 1; return s(0) }",
        "var f = e => { const a = () => b(), b = () => a(); a() }",
        "var f = e => { const s = () => [1].map(s); s() }",
        "var f = e => { const s = () => 'a'.replace(/a/, s); s() }",
        "var f = e => { const o = { toString() { return `${o}` } }; return `${o}` }",
        "var f = e => { const o = { valueOf() { return +o } }; return +o }",
        "var f = e => { const o = { get x() { return this.x } }; return o.x }",
        "var f = e => { const p = new Proxy({}, { get(t, k, r) { return r[k] } }); return p.x }",
        "var f = e => { class A { constructor() { new A() } }; new A() }",
        "var f = e => { const s = () => JSON.stringify({ toJSON: s }); s() }",
        "var f = e => { const s = () => JSON.parse('[1]', s); s() }",
        "var f = e => { const s = () => [2, 1].sort(s); s() }",
        "var f = e => { const s = () => eval('s()'); s() }",
        "var f = e => { const it = { [Symbol.iterator]() { return [...it] } }; return [...it] }",
        "var f = e => { function* g() { yield* g() } return [...g()] }",
        "var f = e => { const s = () => { console.log('x'); s() }; s() }",
    ] {
        overflow(source);
    }
}

/// Deep structures, and source that nests deeply: an error or a value, never a trap.
#[test]
fn depth() {
    for source in [
        "var f = e => { let a = []; for (let i = 0; i < 20000; i++) a = [a]; return JSON.stringify(a).length }",
        "var f = e => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return String(a).length }",
        "var f = e => { let a = []; for (let i = 0; i < 20000; i++) a = [a]; return a.flat(Infinity).length }",
        "var f = e => { let a = {}; for (let i = 0; i < 20000; i++) a = { a }; return structuredClone(a) }",
        "var f = e => { let p = {}; for (let i = 0; i < 9000; i++) p = new Proxy(p, {}); return p.x }",
        "var f = e => { let p = {}; for (let i = 0; i < 9000; i++) p = new Proxy(p, {}); return Object.keys(p) }",
        "var f = e => JSON.parse('['.repeat(50000))",
        "var f = e => JSON.parse('{\"a\":'.repeat(50000))",
        "var f = e => eval('('.repeat(20000))",
        "var f = e => eval('['.repeat(20000))",
        "var f = e => eval('!'.repeat(50000) + 1)",
        "var f = e => eval('`${'.repeat(20000))",
        "var f = e => eval('f('.repeat(20000))",
        "var f = e => eval('a=>'.repeat(20000) + 1)",
        "var f = e => eval('({a:'.repeat(20000))",
        "var f = e => eval('(function(){'.repeat(20000))",
        "var f = e => eval('class A{a='.repeat(20000))",
        "var f = e => eval('(class{static{'.repeat(20000))",
        "var f = e => eval('if(1)'.repeat(50000) + ';')",
        "var f = e => eval('1' + '**1'.repeat(50000))",
        "var f = e => eval('1' + '?1:1'.repeat(50000))",
        "var f = e => eval('new '.repeat(20000) + 'Date')",
        "var f = e => eval('var f = (' + '[a=('.repeat(20000))",
        "var f = e => new RegExp('(?:'.repeat(50000) + ')'.repeat(50000)).test('')",
        "var f = e => new RegExp('['.repeat(50000) + ']'.repeat(50000), 'v').test('')",
        "var f = e => { let a = [1].values(); for (let i = 0; i < 9000; i++) a = a.map(x => x); return [...a] }",
    ] {
        let verdict = judge(source);
        assert!(
            matches!(
                verdict.status,
                Status::Ok | Status::RuntimeError | Status::InvalidResult | Status::OutOfFuel
            ),
            "{source}\n{verdict:?}"
        );
    }
}

#[test]
#[rustfmt::skip]
fn memory_without_end() {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = 5_000_000_000;
    for source in [
        "var f = e => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }",
        "var f = e => new ArrayBuffer(1 << 30)",
        "var f = e => new Uint8Array(1e9)",
        "var f = e => { let a = [1]; for (;;) a = a.concat(a) }",
        "var f = e => 'x'.repeat(500_000_000)",
        "globalThis.kept = []\nvar f = e => { for (;;) kept.push('x'.repeat(1 << 20)) }",
    ] {
        let verdict = judge_with(source, EVENT, &options);
        assert_eq!(verdict.status, Status::OutOfMemory, "{source}\n{}", outcome(&verdict));
    }
}

/// A metric may catch the failure of an allocation, and go on.
#[test]
fn a_failed_allocation_can_be_caught() {
    let source = "var f = e => { try { new Uint8Array(1 << 30) } catch (error) { return error.message } }";
    assert_eq!(outcome(&judge(source)), "\"out of memory\"");
}

/// Nothing that a snippet does to built-in objects reaches the code that calls it.
#[test]
fn pollution() {
    let answer = r#"{"score":0.5,"list":[1,"a",null]}"#;
    for before in [
        "Object.prototype.toJSON = undefined; Array.prototype.toJSON = null",
        "Array.prototype[Symbol.iterator] = null",
        "Object.defineProperty(Array.prototype, 0, { set() { throw 1 }, get() { throw 2 } })",
        "Object.defineProperty(Object.prototype, 'score', { set() { throw 1 } })",
        "for (const key of ['push', 'map', 'join', 'includes', 'find', 'concat']) Array.prototype[key] = () => { throw 1 }",
        "for (const key of Object.getOwnPropertyNames(String.prototype)) if (key !== 'constructor') try { String.prototype[key] = null } catch {}",
        "for (const key of Object.getOwnPropertyNames(Object)) if (key !== 'prototype') try { Object[key] = () => { throw 1 } } catch {}",
        "JSON.stringify = JSON.parse = () => 'forged'",
        "Number.isFinite = isFinite = () => { throw 1 }",
        "Promise = null; Map = Set = Symbol = Proxy = Reflect = Error = RegExp = Object = Array = null",
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null",
        "RegExp.prototype.exec = RegExp.prototype[Symbol.replace] = () => { throw 1 }",
        "Map.prototype.get = Map.prototype.set = Set.prototype.has = () => { throw 1 }",
        "Object.setPrototypeOf(globalThis, null)",
        "globalThis.native = globalThis.load = globalThis.evaluate = () => 'forged'",
        "for (const key of Reflect.ownKeys(globalThis)) if (key !== 'globalThis') delete globalThis[key]",
        "Object.prototype.inputs = 'forged'; Object.prototype.args = { event: 1 }; Object.prototype.get = () => 1",
    ] {
        let source =
            format!("var f = e => {{ {before}\n  return {{ score: 0.5, metadata: {{ event: e.inputs.question }} }} }}");
        let verdict = judge(&source);
        assert_eq!(outcome(&verdict), "0.5", "{source}");
        assert_eq!(
            verdict
                .metadata
                .as_ref()
                .and_then(|metadata| metadata["event"].as_str()),
            Some("What is 2+2?"),
            "{source}"
        );
        let at_the_top = format!("{before}\nfunction f(event) {{ return {answer}.score }}");
        assert_eq!(outcome(&judge(&at_the_top)), "0.5", "{at_the_top}");
    }
}

/// What is handed to the author is of the author's realm: there's no way from it to the code that handed it over.
#[test]
fn no_way_to_the_other_realm() {
    check_outcomes(&[
        (
            "var f = e => [console.log, setTimeout, queueMicrotask, atob, structuredClone, require, Math.random, crypto.randomUUID,
                TextEncoder, e, e.inputs, console, new TextEncoder().encode('x'), structuredClone({})]
                .every(x => x instanceof Object && x.constructor.constructor === Function)",
            "true",
        ),
        (
            "var f = e => { const deep = () => { try { return deep() } catch (x) { return x } };
                let caught; const s = () => { try { console.log(1); } catch (x) { caught ??= x } s() };
                try { s() } catch (x) { caught ??= x } return caught instanceof RangeError && caught.constructor === RangeError }",
            "true",
        ),
        ("var f = e => { try { atob('%') } catch (x) { return x instanceof DOMException } }", "true"),
        ("var f = e => { try { setTimeout(3) } catch (x) { return x.constructor === TypeError } }", "true"),
        ("var f = e => f.caller", "TypeError: invalid property access at 1:14"),
        ("var f = e => { const x = {}; Error.captureStackTrace(x); return /boot|author/.test(x.stack) }", "false"),
        ("var f = e => { let site; Error.prepareStackTrace = (_, sites) => { site = sites }; new Error().stack; return site === undefined }", "true"),
        ("var f = async e => { try { await import('author/arguments.js') } catch (x) { return x.constructor === ReferenceError } }", "true"),
        ("var f = async e => { try { await import('./metric.js') } catch (x) { return x.constructor === ReferenceError } }", "true"),
        ("var f = e => { const seen = []; console.log(new Proxy({}, { getOwnPropertyDescriptor(...a) { seen.push(...a) }, ownKeys(...a) { seen.push(...a); return ['k'] } }));
            return seen.every(x => typeof x !== 'object' || x instanceof Object) }", "true"),
    ]);
}

#[test]
#[rustfmt::skip]
fn tricks_with_the_answer() {
    check_outcomes(&[
        ("var f = e => ({ get score() { return 'abc'.x.y } })", "TypeError: cannot read property 'y' of undefined at 1:31"),
        ("var f = e => new Proxy({}, { ownKeys() { throw new Error('keys') } })", "Error: keys at 1:52"),
        ("var f = e => new Proxy({}, { ownKeys() { return ['score'] }, getOwnPropertyDescriptor() { return { value: 1, enumerable: true, configurable: true } }, get() { return 0.25 } })", "0.25"),
        ("var f = e => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy }", "TypeError: revoked proxy"),
        ("var f = e => ({ toJSON() { return this } , score: 1 })", "1"),
        ("var f = e => { let n = 0; return { get score() { return ++n } } }", "1"),
    ]);
}

/// Values that take longer to write than to make.
#[test]
fn answers_that_are_too_large() {
    for (source, expected) in [
        ("var f = e => 'x'.repeat(1 << 20)", Status::InvalidResult),
        (
            "var f = e => { let a = 'x'; for (let i = 0; i < 40; i++) a = [a, a]; return a }",
            Status::OutOfFuel,
        ),
        (
            "var f = e => { const a = []; a.length = 1e9; return a }",
            Status::OutOfFuel,
        ),
    ] {
        let verdict = judge(source);
        assert!(
            verdict.status == expected || verdict.status == Status::OutOfMemory,
            "{source}\n{}",
            outcome(&verdict)
        );
    }
}
