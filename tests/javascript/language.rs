//! The language and its library: what expressions give, as node gives it.

use super::harness::{judge, outcome};

/// Checks what expressions give. Each row: statements before it, the expression, its JSON.
#[track_caller]
fn check(table: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (before, expression, expected) in table {
        let source = format!("async function score(event) {{ {before}\n  return JSON.stringify({expression}); }}\n");
        let verdict = judge(&source);
        if verdict.value != **expected {
            wrong.push(format!(
                "{before}\n{expression}\n  gives    {}\n  expected {expected}",
                outcome(&verdict)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[rustfmt::skip]
fn functions_and_scope() {
    check(&[
        ("const f = (a, b = a + 1, ...rest) => [a, b, rest];", "[f(1), f(1, 5, 6, 7), f.length]", "[[1,2,[]],[1,5,[6,7]],1]"),
        ("const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i);", "fs.map(f => f())", "[0,1,2]"),
        ("var fs = []; for (var i = 0; i < 3; i++) fs.push(() => i);", "fs.map(f => f())", "[3,3,3]"),
        ("const counter = () => { let n = 0; return { up: () => ++n, get n() { return n } } }; const c = counter(); c.up(); c.up();", "c.n", "2"),
        ("function hoisted() { return 1 }", "[hoisted(), typeof later]", r#"[1,"undefined"]"#),
        ("const tag = (parts, ...values) => parts.raw.join('|') + values.join(',');", r#"tag`a${1}\n${2}c`"#, r#""a|\\n|c1,2""#),
        ("const { a, b: { c = 5, ...rest }, ...others } = { a: 1, b: { d: 2, e: 3 }, f: 4 };", "[a, c, rest, others]", r#"[1,5,{"d":2,"e":3},{"f":4}]"#),
        ("let [x, , y = 3, ...z] = [1, 2, undefined, 4, 5]; [x, y] = [y, x];", "[x, y, z]", "[3,1,[4,5]]"),
        ("const o = { a: { b: null } };", "[o?.a?.b?.c, o.x?.y.z, o.a.b ?? 'd', o.f?.()]", r#"[null,null,"d",null]"#),
        ("let a = null, b = 0, c = 1; a ??= 5; b ||= 6; c &&= 7;", "[a, b, c, 2 ** 3 ** 2, 7 % -3, -7 % 3]", "[5,6,7,512,1,-1]"),
        ("label: for (const i of [1, 2, 3]) { for (const j of [1, 2, 3]) { if (j === 2) continue label; if (i === 3) break label; } } const s = x => { switch (x) { case 1: return 'one'; default: return 'other' } };", "[s(1), s(2)]", r#"["one","other"]"#),
        ("const t = () => { try { return 'try' } finally { log.push('finally') } }; const log = [];", "[t(), log]", r#"["try",["finally"]]"#),
        ("const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);", "fib(15)", "610"),
        ("function outer() { return this === undefined || this === globalThis } const bound = function () { return this.v }.bind({ v: 3 });", "[outer(), bound(), bound.name, (function () { return arguments.length })(1, 2)]", r#"[true,3,"bound ",2]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn classes() {
    check(&[
        ("class A { #x = 1; static count = 0; static #secret = 7; constructor() { A.count++ } get x() { return this.#x } set x(v) { this.#x = v } static secret() { return A.#secret } has(o) { return #x in o } } const a = new A(); a.x = 5;", "[a.x, A.count, A.secret(), a.has(a), a.has({})]", "[5,1,7,true,false]"),
        ("class A { hi() { return 'A' } static s() { return 'sA' } } class B extends A { hi() { return super.hi() + 'B' } static s() { return super.s() + 'sB' } } const b = new B();", "[b.hi(), B.s(), b instanceof A, Object.getPrototypeOf(B) === A, B.name]", r#"["AB","sAsB",true,true,"B"]"#),
        ("class S { static { S.ready = 'yes' } field = this.constructor.name; ['comp' + 'uted']() { return 1 } *[Symbol.iterator]() { yield 1; yield 2 } get [Symbol.toStringTag]() { return 'Tag' } }", "[S.ready, new S().field, new S().computed(), [...new S()], String(new S())]", r#"["yes","S",1,[1,2],"[object Tag]"]"#),
        ("class Stack extends Array { top() { return this[this.length - 1] } } const s = Stack.from([1, 2]); s.push(3);", "[s.top(), s.length, s.map(x => x) instanceof Stack]", "[3,3,true]"),
        ("class E extends Error { constructor(m, code) { super(m); this.name = 'E'; this.code = code } } let e; try { throw new E('boom', 7) } catch (x) { e = x }", "[String(e), e.code, e instanceof Error, e.stack.length > 0]", r#"["E: boom",7,true,true]"#),
        ("const mixin = Base => class extends Base { m() { return 'mixed' } }; class C extends mixin(Object) {}", "[new C().m()]", r#"["mixed"]"#),
        ("function Old(x) { if (!new.target) return new Old(x); this.x = x } Old.prototype.twice = function () { return this.x * 2 };", "[Old(2).twice(), new Old(3).twice()]", "[4,6]"),
    ]);
}

#[test]
#[rustfmt::skip]
fn iterators_and_generators() {
    check(&[
        ("function* g() { const got = yield 1; yield got * 2; return 'end' } const it = g();", "[it.next(), it.next(21), it.next(), it.next()]", r#"[{"value":1,"done":false},{"value":42,"done":false},{"value":"end","done":true},{"done":true}]"#),
        ("function* inner() { yield 'a'; return 'r' } function* outer() { const r = yield* inner(); yield r }", "[...outer()]", r#"["a","r"]"#),
        ("const seen = []; function* g() { try { yield 1; yield 2 } finally { seen.push('closed') } } for (const x of g()) { seen.push(x); break }", "seen", r#"[1,"closed"]"#),
        ("const range = { from: 1, to: 4, [Symbol.iterator]() { let n = this.from; const { to } = this; return { next: () => n <= to ? { value: n++, done: false } : { value: undefined, done: true } } } };", "[[...range], Math.max(...range), Array.from(range, x => x * x)]", "[[1,2,3,4],4,[1,4,9,16]]"),
        ("", "Object.entries({ a: 1, b: 2 }).map(([k, v]) => k + v).concat(Object.fromEntries([['x', 1]]).x)", r#"["a1","b2",1]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn promises() {
    check(&[
        ("const order = []; const p = async () => { order.push(1); await null; order.push(3) }; const q = p(); order.push(2); await q;", "order", "[1,2,3]"),
        ("const wait = (ms, v) => new Promise(r => setTimeout(r, ms, v));", "await Promise.all([wait(30, 'a'), wait(10, 'b')])", r#"["a","b"]"#),
        ("const wait = (ms, v) => new Promise(r => setTimeout(r, ms, v));", "await Promise.race([wait(30, 'slow'), wait(10, 'fast')])", r#""fast""#),
        ("", "(await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no'))])).map(x => x.status + (x.value ?? x.reason.message))", r#"["fulfilled1","rejectedno"]"#),
        ("", "await Promise.any([Promise.reject(1), Promise.resolve(2)])", "2"),
        ("async function* g() { for (let i = 0; i < 3; i++) { await null; yield i } } const out = []; for await (const x of g()) out.push(x);", "out", "[0,1,2]"),
        ("let caught; try { await (async () => { throw new TypeError('bad') })() } catch (e) { caught = e.name + ': ' + e.message }", "caught", r#""TypeError: bad""#),
        ("const order = []; setTimeout(() => order.push('timer'), 0); queueMicrotask(() => order.push('micro')); await new Promise(r => setTimeout(r, 5)); order.push('after');", "order", r#"["micro","timer","after"]"#),
        ("let n = 0; await new Promise(done => { const t = setInterval(() => { if (++n === 3) { clearInterval(t); done() } }, 5) });", "n", "3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn numbers() {
    check(&[
        ("", "[0.1 + 0.2, 1 / 3, 5e-324, 1e21, 123456789012345680000, 0xff, 0b11, 0o17, 1_000]", "[0.30000000000000004,0.3333333333333333,5e-324,1e+21,123456789012345680000,255,3,15,1000]"),
        ("", "[(255).toString(16), (0.5).toString(2), (1234.5678).toFixed(2), (0.00001).toPrecision(1), (25).toString(36)]", r#"["ff","0.1","1234.57","0.00001","p"]"#),
        ("", "[parseInt('12px'), parseFloat('3.14abc'), Number('0x1f'), Number(''), Number(' 12 '), +'1e3', Number.isInteger(5.0), Number.isSafeInteger(2 ** 53)]", "[12,3.14,31,0,12,1000,true,false]"),
        ("", "[Math.max(), Math.min(), Math.round(-0.5), Math.round(2.5), Math.trunc(-4.7), Math.sign(-3), Math.hypot(3, 4), Math.cbrt(27), Math.log2(8), Math.fround(5.5), Math.clz32(1)].map(String)", r#"["-Infinity","Infinity","0","3","-4","-1","5","3","3","5.5","31"]"#),
        ("", "[2n ** 100n, -7n / 2n, -7n % 2n, BigInt('0xff'), BigInt.asUintN(8, 257n), 5n > 4, 2n == 2].map(String)", r#"["1267650600228229401496703205376","-3","-1","255","1","true","true"]"#),
        ("", "[1 << 31, -1 >>> 0, 5 & 3, 5 | 3, 5 ^ 3, ~5, 2 ** 53 + 1, 9007199254740993n + 0n].map(String)", r#"["-2147483648","4294967295","1","7","6","-6","9007199254740992","9007199254740993"]"#),
        ("", "[Object.is(-0, 0), 0 === -0, NaN !== NaN, [NaN].includes(NaN), [NaN].indexOf(NaN), isNaN('x'), Number.isNaN('x')]", "[false,true,true,true,-1,true,false]"),
        ("", "[Math.sin(1), Math.cos(1), Math.tan(1), Math.exp(1), Math.log(10), Math.pow(2, 0.5), Math.atan2(1, 2)]", "[0.8414709848078965,0.5403023058681398,1.5574077246549023,2.718281828459045,2.302585092994046,1.4142135623730951,0.4636476090008061]"),
    ]);
}

#[test]
#[rustfmt::skip]
fn texts() {
    check(&[
        ("", "['abc'.at(-1), 'a-b-c'.replaceAll('-', '+'), 'x'.padStart(3, 'ab'), ' t '.trim(), 'abc'.includes('bc'), 'ab'.repeat(2), 'aXbX'.split('X')]", r#"["c","a+b+c","abx","t",true,"abab",["a","b",""]]"#),
        ("", "['😀é'.length, [...'😀é'].length, '😀'.codePointAt(0), String.fromCodePoint(128512), 'é'.normalize('NFD').length, 'ß'.toUpperCase(), 'İ'.toLowerCase().length]", r#"[3,2,128512,"😀",2,"SS",2]"#),
        ("", r#"['\u{1F600}', 'a\tb', `line\nbreak`, String.raw`a\nb`, '\x41', 'abc'[1], 'abc'.slice(-2), 'abc'.substring(2, 0)]"#, r#"["😀","a\tb","line\nbreak","a\\nb","A","b","bc","ab"]"#),
        ("", "['a'.localeCompare('b'), ['b', 'a', 'C'].sort(), 'z' > 'a', 'Z' < 'a', 'abc'.search(/c/), 'a,b'.split(/,/), 'abc'.concat(1, null)]", r#"[-1,["C","a","b"],true,true,2,["a","b"],"abc1null"]"#),
        ("", r#"['\ud800'.isWellFormed?.() ?? false, 'ab\ud800'.toWellFormed?.() ?? 'ab\ufffd', 'abc'.matchAll ? [...'a1b2'.matchAll(/([a-z])(\d)/g)].map(m => m[1] + m.index) : 0, escape('ä b'), encodeURIComponent('ä&b'), decodeURI('%C3%A4')]"#, r#"[false,"ab�",["a0","b2"],"%E4%20b","%C3%A4%26b","ä"]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn regular_expressions() {
    check(&[
        (r#"const m = /(?<year>\d{4})-(?<month>\d\d)/.exec('on 2024-05-06');"#, "[m.groups.year, m.groups.month, m.index, m.input.length]", r#"["2024","05",3,13]"#),
        ("", r#"['$12.50 and $3'.match(/(?<=\$)\d+(\.\d+)?/g), 'foobar'.match(/foo(?!baz)/)[0], 'price: 5'.match(/(?<!\$)\b\d/)[0]]"#, r#"[["12.50","3"],"foo","5"]"#),
        ("", r#"['Grüße 日本'.match(/\p{L}+/gu), /^\p{Lu}/u.test('Éa'), 'a😀b'.match(/./gu).length, /[\p{Emoji}--[0-9#*]]/v.test('5'), 'ẞ'.match(/ß/iu)?.[0] ?? null]"#, r#"[["Grüße","日本"],true,3,false,"ẞ"]"#),
        ("", r#"['a\nb'.match(/a.b/s)?.[0], 'A\nb'.match(/^b$/im)?.[0], 'aaa'.replace(/a/g, (x, i) => i), 'John Smith'.replace(/(\w+)\s(\w+)/, '$2, $1'), 'x'.replace(/x/, '[$&]')]"#, r#"["a\nb","b","012","Smith, John","[x]"]"#),
        ("const r = /o/y; r.lastIndex = 4; const d = /(a)(?<n>b)?/d.exec('xab');", "[r.test('foo boo'), r.lastIndex, d.indices[0], d.indices.groups.n]", "[false,0,[1,3],[2,3]]"),
        ("", r#"['2024-01-02'.replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/, '$<d>.$<m>.$<y>'), 'aBc'.split(/(?=[A-Z])/), /(.)\1/.test('hello'), 'one two'.split(/\s+/), RegExp('a.c', 'g').flags]"#, r#"["02.01.2024",["a","Bc"],true,["one","two"],"g"]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn collections() {
    check(&[
        ("const a = [3, 1, 2];", "[a.toSorted(), a.toReversed(), a.with(0, 9), a.toSpliced(1, 1), a, a.at(-1), a.findLast(x => x > 1), a.findLastIndex(x => x > 1)]", "[[1,2,3],[2,1,3],[9,1,2],[3,2],[3,1,2],2,2,2]"),
        ("", "[[1, [2, [3, [4]]]].flat(Infinity), [1, 2].flatMap(x => [x, x * 2]), [1, 2, 3].reduce((a, b) => a + b), [1, 2, 3].reduceRight((a, b) => a + '-' + b), Array.of(7).fill(1), [1, 2, 3].copyWithin(0, 1), [, 1].includes(undefined)]", r#"[[1,2,3,4],[1,2,2,4],6,"3-2-1",[1],[2,3,3],true]"#),
        ("const m = new Map([['a', 1], [NaN, 2]]); m.set('c', 3).delete('a'); const s = new Set([1, 1, 2]);", "[[...m], m.get(NaN), m.size, [...s], s.has(2), [...new Set('hello')].join('')]", r#"[[[null,2],["c",3]],2,2,[1,2],true,"helo"]"#),
        ("", "[Object.groupBy?.([1, 2, 3], x => x % 2 ? 'odd' : 'even') ?? { odd: [1, 3], even: [2] }, [10, 9, 1].sort(), [10, 9, 1].sort((a, b) => a - b), [{ k: 1 }, { k: 0 }].sort((a, b) => a.k - b.k)[0].k]", r#"[{"odd":[1,3],"even":[2]},[1,10,9],[1,9,10],0]"#),
        ("", "[new Uint8Array([1, 256, -1]).join(), new Float32Array([1.1])[0], new DataView(new ArrayBuffer(4)).getInt16(0), Array.from(new Uint8ClampedArray([300])), new Int16Array([5, 1]).sort().join(), new Uint8Array([1, 2, 3]).subarray(1).length]", r#"["1,0,255",1.100000023841858,0,[255],"1,5",2]"#),
        ("const w = new WeakMap(), k = {}; w.set(k, 5);", "[w.get(k), w.has({}), new WeakRef(k).deref() === k, new WeakSet([k]).has(k)]", "[5,false,true,true]"),
        ("", "[structuredClone({ a: [1, { b: new Date(0) }], m: new Map([[1, 2]]) }).a[1].b.getTime(), structuredClone([1, , 3]).length, Array.isArray(structuredClone([]))]", "[0,3,true]"),
    ]);
}

#[test]
#[rustfmt::skip]
fn objects_and_reflection() {
    check(&[
        ("const o = { b: 1, a: 2, 10: 'x', 2: 'y', [Symbol('s')]: 3 };", "[Object.keys(o), JSON.stringify(o), Object.entries({ ...o, c: 3 }).length, Reflect.ownKeys(o).length]", r#"[["2","10","b","a"],"{\"2\":\"y\",\"10\":\"x\",\"b\":1,\"a\":2}",5,5]"#),
        ("const log = []; const p = new Proxy({ a: 1 }, { get: (t, k) => (log.push(String(k)), t[k] ?? 'none'), has: (t, k) => k === 'magic', set(t, k, v) { t[k] = v * 2; return true }, deleteProperty() { return true } }); p.z = 4;", "[p.a, p.b, 'magic' in p, p.z, delete p.q, log]", r#"[1,"none",true,8,true,["a","b","z"]]"#),
        ("'use strict'; const f = Object.freeze({ a: [1] }); f.a.push(2); let e; try { (() => { 'use strict'; f.b = 1 })() } catch (x) { e = x.name }", "[f.a, e, Object.isFrozen(f), Object.isSealed(Object.seal({}))]", r#"[[1,2],"TypeError",true,true]"#),
        ("const o = Object.defineProperty({}, 'hidden', { value: 1, enumerable: false }); Object.defineProperties(o, { g: { get: () => 2, enumerable: true } });", "[Object.keys(o), o.hidden, o.g, Object.getOwnPropertyDescriptor(o, 'g').set === undefined, Object.hasOwn(o, 'hidden')]", r#"[["g"],1,2,true,true]"#),
        ("const proto = { hi() { return 'hi ' + this.n } }; const o = { __proto__: proto, n: 1, hi() { return super.hi() + '!' } };", "[o.hi(), proto.isPrototypeOf(o), Reflect.apply(Math.max, null, [1, 2]), Reflect.has(o, 'n'), Reflect.construct(Date, [0]).getTime()]", r#"["hi 1!",true,2,true,0]"#),
        ("const money = { [Symbol.toPrimitive]: hint => hint === 'number' ? 5 : 'five' };", "[+money, `${money}`, money + 1, [] + {}, [1] == 1, null == undefined, null >= 0, typeof null, typeof (() => 1), void 0 === undefined]", r#"[5,"five","five1","[object Object]",true,true,true,"object","function",true]"#),
        ("const s = Symbol.for('k');", "[Symbol.keyFor(s), s.description, typeof s, Symbol('a') === Symbol('a'), Object(s) == s]", r#"["k","k","symbol",false,true]"#),
        ("", r#"[JSON.stringify({ a: [undefined, () => 1, NaN], b: undefined, d: new Date(0), n: null }), JSON.stringify({ x: 1, y: [2] }, null, 2), JSON.stringify({ a: 1, b: 2 }, ['b']), JSON.parse('[1, {"a": "\\u00e9"}]', (k, v) => typeof v === 'number' ? v + 1 : v)]"#, r#"["{\"a\":[null,null,null],\"d\":\"1970-01-01T00:00:00.000Z\",\"n\":null}","{\n  \"x\": 1,\n  \"y\": [\n    2\n  ]\n}","{\"b\":2}",[2,{"a":"é"}]]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn dates() {
    check(&[
        ("const d = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 500));", "[d.toISOString(), d.getTime(), d.getDay(), d.getTimezoneOffset(), d.toJSON(), String(d).slice(0, 33), d.getFullYear()]", r#"["2024-02-29T12:30:15.500Z",1709209815500,4,0,"2024-02-29T12:30:15.500Z","Thu Feb 29 2024 12:30:15 GMT+0000",2024]"#),
        ("", "[Date.parse('2024-03-01'), Date.parse('2024-03-01T10:00:00+02:00'), new Date('2024-03-01T00:00').getTime(), new Date(2024, 0, 31).setMonth(1), new Date(NaN).getTime() !== new Date(NaN).getTime(), new Date(2020, 1, 30).toISOString()]", r#"[1709251200000,1709280000000,1709251200000,1709337600000,true,"2020-03-01T00:00:00.000Z"]"#),
        ("", "[typeof Date.now(), performance.now() >= 0, new Date(0).toUTCString(), new Date('2024-12-25').toDateString()]", r#"["number",true,"Thu, 01 Jan 1970 00:00:00 GMT","Wed Dec 25 2024"]"#),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_the_web() {
    check(&[
        ("", "[btoa('hi?>'), atob('aGk/Pg=='), [...new TextEncoder().encode('é😀')].join(), new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac, 0xff]))]", r#"["aGk/Pg==","hi?>","195,169,240,159,152,128","€�"]"#),
        ("const p = new URLSearchParams('a=1&b=x+y%20z&a=2'); p.append('ü', '&'); p.delete('b');", "[p.getAll('a'), p.get('zz'), String(p), [...p.keys()], p.has('a'), String(new URLSearchParams({ q: 'a b*~' }))]", r#"[["1","2"],null,"a=1&a=2&%C3%BC=%26",["a","a","ü"],true,"q=a+b*%7E"]"#),
        ("let e; try { structuredClone(() => 1) } catch (x) { e = x }", "[e.name, e instanceof DOMException, e instanceof Error, crypto.randomUUID().length, crypto.getRandomValues(new Uint8Array(8)).length]", r#"["DataCloneError",true,true,36,8]"#),
        ("", "[globalThis === (0, eval)('this'), eval('1 + 1'), new Function('a', 'return a * 2')(4), typeof Math.random(), [1, 2].toString(), isFinite('12')]", r#"[true,2,8,"number","1,2",true]"#),
    ]);
}

/// Without `Intl`, English is written as elsewhere.
#[test]
#[rustfmt::skip]
fn locales() {
    check(&[
        ("", "[1234567.8915, 1e21, -0.5, 0, NaN, -Infinity, 123456n, [1234, 5]].map(n => n.toLocaleString())", r#"["1,234,567.892","1,000,000,000,000,000,000,000","-0.5","0","NaN","-∞","123,456","1,234,5"]"#),
        ("const n = (value, options) => value.toLocaleString('en-US', options);", "[n(1.005, { maximumFractionDigits: 2 }), n(12, { minimumFractionDigits: 2 }), n(0.125, { style: 'percent' }), n(0.1234, { style: 'percent', maximumFractionDigits: 1 }), n(-5, { style: 'currency', currency: 'USD' }), n(1e4, { useGrouping: false })]", r#"["1.01","12.00","13%","12.3%","-$5.00","10000"]"#),
        ("const d = new Date(Date.UTC(2024, 1, 5, 13, 4, 9));", "[d.toLocaleString(), d.toLocaleDateString('en-US', { timeZone: 'UTC' }), d.toLocaleTimeString(), new Date(NaN).toLocaleString()]", r#"["2/5/2024, 1:04:09 PM","2/5/2024","1:04:09 PM","Invalid Date"]"#),
        ("", "['résumé', 'Resume', 'zeal', 'resume', 'Zeal', 'Résumé', 'co-op', 'coop', 'apple', '9', 'ß', 'sz', 'ss', '_a', 'ж'].sort((a, b) => a.localeCompare(b)).join(' ')", r#""_a 9 apple co-op coop resume Resume résumé Résumé ss ß sz zeal Zeal ж""#),
        ("const c = (a, b, options) => a.localeCompare(b, undefined, options);", "[c('a', 'B'), c('a', 'A'), c('a', 'a'), c('item 10', 'item 9'), c('item 10', 'item 9', { numeric: true }), c('É', 'e', { sensitivity: 'base' }), c('É', 'e', { sensitivity: 'accent' }), c('E', 'e', { sensitivity: 'accent' })]", "[-1,-1,0,-1,1,0,1,0]"),
    ]);
}

/// What can't be honoured is told, once.
#[test]
fn locales_that_are_not_there() {
    let verdict = judge(
        "var f = e => (1234.5).toLocaleString('de-DE') + (1).toLocaleString('fr') + 'a'.localeCompare('b', 'sv')
            + new Date(0).toLocaleDateString('en-US', { month: 'long' }) + (1).toLocaleString('en-US')",
    );
    assert_eq!(outcome(&verdict), "\"1,234.51-11/1/19701\"");
    assert_eq!(
        verdict.logs,
        [
            "jurybox: toLocaleString ignores the locale de-DE, because there is no Intl",
            "jurybox: localeCompare ignores the locale sv, because there is no Intl",
            "jurybox: toLocaleDateString ignores month, because there is no Intl",
        ]
    );
}

/// Environments that a snippet might look for aren't there, and it can tell.
#[test]
fn what_is_not_there() {
    let names = "[typeof fetch, typeof process, typeof Deno, typeof Bun, typeof Buffer, typeof Intl, typeof WebAssembly, \
                 typeof std, typeof os, typeof native, typeof gc, typeof importScripts]";
    let expected = format!("[{}]", ["\"undefined\""; 12].join(","));
    check(&[("", names, &expected)]);
}

#[test]
fn lines_of_the_log() {
    let source = r#"
        class Point { x = 1; #y = 2; get z() { return 3 } }
        function score(event) {
            console.log("text", 1, -0, 12n, true, null, undefined, Symbol("s"));
            console.log({ a: 1, "b-c": [1, "it's", { deep: { er: [] } }] }, [1, , 3], new Point(), Point, score, () => 1);
            console.error("two\nlines");
            console.warn("%s has %d %i %j %%", "it", 1.5, 1.5, { a: 1 }, "rest");
            console.info(new Map([["k", { v: 1 }]]), new Set([1]), new Date(0), /x/g, new Uint8Array(2), Promise.resolve(4));
            console.debug(new TypeError("bad"));
            const circle = { name: "c" }; circle.self = circle;
            console.log(circle, Object.create(null), { get a() { return 1 }, set b(v) {} }, [[[[[[[1]]]]]]]);
            print("printed", event.outputs);
            console.group("group"); console.log("inside"); console.groupEnd();
            console.assert(1 > 2, "smaller"); console.assert(true, "silent");
            console.count(); console.count(); console.table([1]); console.dir({ a: 1 });
            return 1;
        }"#;
    let verdict = judge(source);
    let expected = [
        "text 1 -0 12n true null undefined Symbol(s)",
        "{ a: 1, 'b-c': [ 1, 'it\\'s', { deep: { er: [] } } ] } [ 1, <empty>, 3 ] Point { x: 1 } [class Point] \
         [Function: score] [Function (anonymous)]",
        "two",
        "lines",
        "it has 1.5 1 { a: 1 } % rest",
        "Map(1) { 'k' => { v: 1 } } Set(1) { 1 } 1970-01-01T00:00:00.000Z /x/g Uint8Array(2) [ 0, 0 ] Promise { 4 }",
        "TypeError: bad",
        "    at score (metric.js:9:31)",
        "{ name: 'c', self: [Circular] } [Object: null prototype] {} { a: [Getter], b: [Setter] } [ [ [ [ [ [ [Array] ] ] ] ] ] ]",
        "printed { content: 'It is 4.', result: 'It is 4.' }",
        "group",
        "  inside",
        "Assertion failed: smaller",
        "default: 1",
        "default: 2",
        "[ 1 ]",
        "{ a: 1 }",
    ];
    assert_eq!(verdict.logs, expected);
}
