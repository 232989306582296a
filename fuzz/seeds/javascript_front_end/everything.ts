#!/usr/bin/env node
import type { Event } from "./types";
enum Kind { A, B = "b", C = 1 << 2, D = `${"x"}` }
declare const wanted: string;
namespace Text { export const LIMIT = 3; export function cut(s: string): string { return s.slice(0, LIMIT); } }
interface Result<T = unknown> { score: T; reason?: string }
type Words<in out T extends readonly string[]> = { readonly [K in keyof T]-?: T[K] } & (abstract new () => object);
abstract class Base<T> { static #count = 0n; declare private x: T; constructor(protected readonly y: number = 1, z?: string) { Base.#count++; } abstract m(this: Base<T>): asserts this is Base<T>; get v(): number { return this.y; } static { this.#count **= 2n; } }
class Child extends Base<string> implements Result<number> { score = 1; override m() { super.v; } [Symbol.iterator]*() { yield* [1, 2]; } accessor w = 3 }
function over(a: string): string; function over(a: any) { return a!; }
const re = /(?<y>\d{4})[/\]](?!x)/gu, t = <const>["a"], o = { ...{ a: 1 }, async *g() {}, get [`k`]() { return 1; } } satisfies object;
label: for (const [i, { a = 1, ...rest } = {}] of Object.entries([])) { if (i as unknown as number > 1) continue label; }
export default function evaluate({ input, output, expected = "x" }: { input: string; output: string; expected?: string }): Result<number> {
  const words = output?.split(/\s+/) ?? [];
  return { score: words.length <= Text.LIMIT ? 1 : 0, reason: `${words.length} words, ${Kind[Kind.A]} ${over("é😀")}` };
}
