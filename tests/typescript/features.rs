//! The language's own constructs, and what they come to.

use super::harness::{check_outcomes, compile};

#[test]
fn types_go() {
    check_outcomes(&[
        (
            "type Event = { outputs: Record<string, string> };\nfunction f(event: Event): number { return event.outputs.content.length }",
            "8",
        ),
        (
            "interface Answer { text: string; score?: number }\nconst f = (e: any): Answer['score'] => ({ text: 'a', score: 2 } as Answer).score",
            "2",
        ),
        (
            "const f = (output: string) => (output as unknown as number as any) + 1",
            r#""It is 4.1""#,
        ),
        ("const f = (output: string) => <any>output + 1", r#""It is 4.1""#),
        (
            "const limits = { low: 1 } satisfies Record<string, number>; const f = (e: any) => limits.low",
            "1",
        ),
        ("const f = (e: any) => e.outputs!.content!.length!", "8"),
        (
            "function first<T extends { length: number }, U = T>(items: readonly T[], other?: U): T { return items[0]! }\nfunction f(e: any) { return first<string>(['a', 'b']) }",
            r#""a""#,
        ),
        (
            "const pick = <const T,>(a: T): T => a; export default (e: any) => JSON.stringify(pick([1, 2]))",
            "[1,2]",
        ),
        (
            "function f(a: string): string; function f(a: number): number; function f(a: any): any { return 3 }",
            "3",
        ),
        (
            "declare const missing: number; declare function gone(): void; declare global { interface X {} }\nexport const f = (e: any) => typeof missing",
            r#""undefined""#,
        ),
        (
            "type Deep<T> = T extends (infer U extends string)[] ? { [K in keyof T as `get${K & string}`]-?: U } : never;\nconst f = (e: unknown) => 1",
            "1",
        ),
        (
            "function isText(value: unknown): value is string { return typeof value === 'string' }\nfunction sure(v: unknown): asserts v {}\nfunction f(e: any) { sure(e); return isText(e.outputs.content) }",
            "true",
        ),
        ("function f(this: void, e: any) { return 4 }", "4"),
        (
            "const f = (e?: { outputs: any }, ...rest: number[]) => rest.length",
            "0",
        ),
        (
            "const tuple: [a: string, b?: number, ...rest: boolean[]] = ['x']; const f = (e: any) => tuple[0]",
            r#""x""#,
        ),
        (
            "let value!: number; value = 5; const f = (e: any): typeof value => value",
            "5",
        ),
        (
            "const make = Array<number>; const f = (e: any) => new make(3).length",
            "3",
        ),
        (
            "import type { Scorer } from 'autoevals';\nimport { type A, B } from 'b';\nexport const f: Scorer<A> = (e: B) => 6",
            "6",
        ),
        ("export type { X }; type X = 1; export default (e: X) => 7", "7"),
        (
            "const f = (e: any) => { try { throw 1 } catch (error: unknown) { return error as number } }",
            "1",
        ),
        (
            "const key: unique symbol = Symbol(); const f = (e: { readonly [key]?: 1 }) => 8",
            "8",
        ),
    ]);
}

#[test]
fn enums() {
    check_outcomes(&[
        (
            "enum Level { Low, Mid = 5, High, Text = 'text' }\nfunction f(e: any) { return JSON.stringify([Level.Low, Level.High, Level[5], Level.Text]) }",
            r#"[0,6,"Mid","text"]"#,
        ),
        (
            "enum Flags { A = 1 << 0, B = 1 << 1, Both = A | B, Length = 'abc'.length }\nconst f = (e: any) => JSON.stringify([Flags.Both, Flags.Length])",
            "[3,3]",
        ),
        (
            "const enum Direction { Up = 'UP', Down = `${Up}-DOWN` }\nconst f = (e: any) => Direction.Down",
            r#""UP-DOWN""#,
        ),
        ("enum A { X = 1 }\nenum A { Y = X + 1 }\nconst f = (e: any) => A.Y", "2"),
        ("export enum A { X = 3 }\nexport function f(e: any) { return A.X }", "3"),
        ("declare enum A { X }\nconst f = (e: any) => typeof A", r#""undefined""#),
    ]);
}

#[test]
fn namespaces() {
    check_outcomes(&[
        (
            "namespace Text { const cut = 2; export function short(s: string) { return s.slice(0, cut) } export const n = 1 }\nconst f = (output: string) => Text.short(output) + Text.n",
            r#""It1""#,
        ),
        (
            "namespace A.B.C { export const x = 9 }\nimport short = A.B.C;\nconst f = (e: any) => short.x",
            "9",
        ),
        (
            "namespace A { export const x = 1 }\nnamespace A { export const y = A.x + 1 }\nconst f = (e: any) => A.y",
            "2",
        ),
        (
            "namespace Types { export type T = string; export interface I {} }\nconst f = (e: Types.T) => typeof Types",
            r#""undefined""#,
        ),
        (
            "function f(e: any) { return f.extra }\nnamespace f { export const extra = 4 }",
            "4",
        ),
        (
            "class A {}\nnamespace A { export const made = 5 }\nconst f = (e: any) => (A as any).made",
            "5",
        ),
    ]);
}

#[test]
fn classes() {
    check_outcomes(&[
        (
            "class Point { constructor(public readonly x: number, private y = 2, protected z?: number) {} sum() { return this.x + this.y } }\nconst f = (e: any) => new Point(1).sum()",
            "3",
        ),
        (
            "abstract class Base { abstract name: string; abstract run(): number; twice() { return this.run() * 2 } }\nclass Own extends Base { name = 'own'; override run() { return 4 } }\nconst f = (e: any) => new Own().twice()",
            "8",
        ),
        (
            "class A<T> implements Iterable<T> { declare ghost: T; static #count = 0; [key: string]: any; constructor(private items: T[]) { A.#count++ } *[Symbol.iterator]() { yield* this.items } }\nconst f = (e: any) => JSON.stringify(['ghost' in new A([1]), ...new A([1, 2])])",
            "[false,1,2]",
        ),
        (
            "class A { accessor x = 1; static accessor y = 2 }\nconst f = (e: any) => { const a = new A(); a.x += 5; return JSON.stringify([a.x, A.y, Object.hasOwn(a, 'x')]) }",
            "[6,2,false]",
        ),
        (
            "class A { get x(): number { return 1 } set x(value: number) {} private static readonly y?: number; z!: string }\nconst f = (e: any) => 'z' in new A()",
            "true",
        ),
        (
            "class A extends Array<number> { constructor(public tag: string) { super(); this.push(1) } }\nconst f = (e: any) => JSON.stringify([new A('t').tag, new A('t').length])",
            r#"["t",1]"#,
        ),
    ]);
}

#[test]
fn decorators_are_those_of_typescript() {
    check_outcomes(&[
        (
            "const log: string[] = [];\nfunction note(target: any, key: string, descriptor: PropertyDescriptor) { log.push(key); const inner = descriptor.value; descriptor.value = function () { return inner.call(this) * 2 } }\nclass A { @note run() { return 21 } }\nfunction f(e: any) { return JSON.stringify([new A().run(), ...log]) }\n",
            r#"[42,"run"]"#,
        ),
        (
            "const seen: any[] = [];\nfunction sealed(type: Function) { seen.push(type.name) }\nfunction tag(name: string) { return (target: any, key: string, at?: any) => { seen.push(name, at === undefined ? key : at) } }\n@sealed class A { @tag('field') x = 1; run(@tag('parameter') a: number) {} }\nconst f = (e: any) => JSON.stringify(seen)",
            r#"["field","x","parameter",0,"A"]"#,
        ),
        (
            "function replaced<T extends new (...a: any[]) => any>(type: T) { return class extends type { extra = 1 } }\n@replaced class A {}\nconst f = (e: any) => (new A() as any).extra",
            "1",
        ),
    ]);
}

/// A decorator of TypeScript 5 gets other arguments than it expects, so no author must be left without a word.
#[test]
fn decorators_come_with_a_warning() {
    let source = "function bonus(value: Function, context: any) { return value }\nclass A {\n  @bonus run() { return 1 }\n}\nconst f = (e: any) => new A().run()\n";
    let evaluator = compile(source);
    let warnings: Vec<_> = evaluator
        .warnings()
        .iter()
        .map(|warning| (warning.code.as_str(), warning.start.line, warning.start.column))
        .collect();
    assert_eq!(warnings, [("legacy-decorator", 3, 3)]);
    assert!(compile("const f = (e: any) => 1\n").warnings().is_empty());
}

#[test]
fn what_runs_as_it_is() {
    check_outcomes(&[
        (
            "const f = (e: any) => { const log: string[] = []; { using a = { [Symbol.dispose]() { log.push('a') } }; log.push('body') } return JSON.stringify(log) }",
            r#"["body","a"]"#,
        ),
        (
            "export default async (e: any) => { await using a = { async [Symbol.asyncDispose]() {} }; for await (const x of [Promise.resolve(2)]) return x }",
            "2",
        ),
        (
            "const f = (e: any) => e?.outputs?.nothing ?? [3, 1].toSorted().findLast((x) => x > 1)",
            "3",
        ),
        (
            "class A { static #x = 1; static { this.y = A.#x in {} ? 0 : 2 } static y: number; static has(o: any) { return #x in o } }\nconst f = (e: any) => A.has(A)",
            "true",
        ),
        (
            "const f = (e: any) => 'aßc'.match(/(?<one>[\\p{L}--[ß]])/v)?.groups?.one",
            r#""a""#,
        ),
        (
            "const n: bigint = 2n ** 64n; const f = (e: any) => String(n)",
            r#""18446744073709551616""#,
        ),
        (
            "const top: number = await Promise.resolve(11); const f = (e: any) => top",
            "11",
        ),
        (
            "'use strict'; function f(this: any, e: any) { return this === undefined }",
            "true",
        ),
    ]);
}

#[test]
fn what_is_refused_says_where() {
    check_outcomes(&[
        (
            "import { Levenshtein } from 'autoevals';\nexport const f = (e: any) => Levenshtein(e)",
            "imports are not available in the sandbox at 1:1",
        ),
        (
            "import 'side-effect';\nexport const f = (e: any) => 1",
            "imports are not available in the sandbox at 1:1",
        ),
        (
            "const x = 1;\nimport fs = require('fs');\nconst f = (e: any) => fs",
            "imports are not available in the sandbox at 2:1",
        ),
        (
            "namespace N { export let x = 1 }\nconst f = (e: any) => N",
            "variables that a namespace exports must be constants at 1:26",
        ),
        (
            "const a: number = 1;\nconst a: string = '';\nconst f = (e: any) => a",
            "Identifier `a` has already been declared at 2:7",
        ),
        (
            "const f = (e: any) => { return <b>x</b> }",
            "JSX is not supported at 1:37",
        ),
        ("const f = (e: any): => 1", "Unexpected token at 1:21"),
    ]);
}
