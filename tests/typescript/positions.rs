//! Errors are where the author wrote them, whatever was taken out before.

use jurybox::Snippet;

use super::harness::{check_outcomes, judge, judge_snippet};

/// Where the error of a snippet is.
fn place(snippet: &Snippet) -> String {
    let verdict = judge_snippet(snippet);
    let error = verdict
        .error
        .unwrap_or_else(|| panic!("no error: {}\n{snippet:?}", verdict.value));
    let [line, column] = [error.line, error.column].map(Option::unwrap_or_default);
    format!(
        "{line}:{column} {}",
        error.traceback.join(", ").replace(".ts", "").replace(".js", "")
    )
}

/// Checks that errors are where JavaScript has them that has spaces in the place of what stands in `⟦ ⟧`. Both get a line
/// before them.
#[track_caller]
fn check_types(sources: &[&str]) {
    let wrong: Vec<_> = sources
        .iter()
        .filter_map(|source| {
            let mut depth = 0;
            let mut javascript = String::new();
            let source = format!("//\n{source}");
            for character in source.chars() {
                match character {
                    '⟦' => depth += 1,
                    '⟧' => depth -= 1,
                    _ if depth > 0 && character != '\n' => javascript.push(' '),
                    _ => javascript.push(character),
                }
            }
            let typescript = source.replace(['⟦', '⟧'], "");
            let given = place(&Snippet::typescript(typescript.as_str()));
            let expected = place(&Snippet::javascript(javascript.as_str()));
            (given != expected).then(|| format!("{typescript}\n  at {given}\n not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that errors are where the mark is.
#[track_caller]
fn check_places(sources: &[&str]) {
    let wrong: Vec<_> = sources
        .iter()
        .filter_map(|source| {
            let before = source.find('¶').expect("a mark");
            let line = 1 + source[..before].matches('\n').count();
            let column = 1 + source[..before].rsplit('\n').next().unwrap_or_default().chars().count();
            let plain = source.replace('¶', "");
            let given = place(&Snippet::typescript(plain));
            (!given.starts_with(&format!("{line}:{column} "))).then(|| format!("{source}\n  at {given}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn types_move_nothing() {
    check_types(&[
        "function f(e⟦: any⟧)⟦: number⟧ {\n  const x⟦: undefined | { y: { z: number } }⟧ = undefined;\n  return x.y.z;\n}",
        "⟦interface A {\n  x: number;\n}\n\n\ntype B = A;⟧\nfunction f(e⟦: B⟧) {\n  throw new Error('here');\n}",
        "class A {\n  run()⟦: number⟧ {\n    return this.y⟦!⟧.z;\n  }\n}\nconst f = (e⟦: any⟧)⟦: number⟧ => new A().run();",
        "const f = (e⟦: any⟧) => {   const   missing⟦:  any⟧ = null ;   return   missing  .x  }",
        "const f = (e⟦: any⟧) => { const üa⟦: string⟧ = 'ü😀'; const 名⟦: any⟧ = null; return üa + '😀' + 名.x }",
        "const f = (e⟦: any⟧) => { const t = 'ü😀' ⟦as string⟧; return `名😀${t}` + /* ü */ t.foo.bar }",
        "export default async function (e⟦: X⟧)⟦: Promise<number>⟧ {\n  await null;\n  return (e⟦ as any⟧).nothing.more;\n}",
        "⟦abstract ⟧class Base⟦<T>⟧ {\n  ⟦abstract run(): T;⟧\n}\nclass Own extends Base⟦<number>⟧ {\n  ⟦override ⟧run()⟦: number⟧ {\n    return [1, 2].map((x⟦: number⟧)⟦: number⟧ => {\n      if (x > 1) throw new TypeError('two');\n      return x;\n    })[0]⟦!⟧;\n  }\n}\nconst f = (e⟦: any⟧) => new Own().run();",
        "function f(e⟦: any⟧) {\n  return [3].map((n⟦: number⟧) =>\n    n > 2\n      ? e.a.b.c(n⟦ as number⟧)\n      : 0,\n  );\n}",
        "function f(e⟦: any⟧) { return e\n  .outputs\n  .content⟦!⟧\n  .nothing() }",
        "function f({ outputs: { nothing: { deep } } }⟦: any⟧) { return 1 }",
        "const f = (e⟦: any⟧) => { let n⟦: number⟧ = 0; for (const x of e.outputs.content) { n += x.length; if (n > 3) JSON.parse('{' ⟦as string⟧) } return n }",
        "const f = (e⟦: any⟧) => (undefinedName⟦ as any⟧) + 1",
        "const a⟦: any⟧ = { get b() { throw new Error('getter') } };\nfunction f(e⟦: any⟧) { return 1 + a.b }",
        "function inner(x⟦: T⟧)⟦: never⟧ {\n  throw new Error('deep');\n}\n\n\nfunction f(e⟦: any⟧)⟦: T⟧ {\n  return inner(1⟦ as T⟧);\n}\n",
        "(output⟦: string⟧, context⟦: any⟧) => {\n  throw new Error('arrow');\n}",
        "const x⟦: any⟧ = null;\nreturn x.y;",
        "const x⟦: any⟧ = null; throw new Error(output⟦ as string⟧)\nreturn 1",
        "const f = (e⟦: any⟧) => JSON.parse(e.x)",
        "function f(e⟦: any⟧) { return JSON.parse(e.outputs.content) }",
        "context.vars.nothing.more⟦ as number⟧",
    ]);
}

#[test]
fn what_is_rewritten_leads_back() {
    check_places(&[
        "enum Level {\n  Low,\n  High,\n}\nfunction f(e: any) {\n  if (Level.Low === 0) throw new ¶RangeError('low');\n}",
        "namespace Deep {\n  export namespace Inner {\n    export function fail(): never {\n      throw new ¶Error('inner');\n    }\n  }\n}\nfunction f(e: any) { Deep.Inner.fail() }",
        "class A {\n  constructor(private readonly x: number, public y?: { z: number }) {}\n  run(): number {\n    throw new ¶Error('class');\n  }\n}\nconst f = (e: any): number => new A(1).run();",
        "function noted(target: any, key: string) {}\nclass A {\n  @noted\n  x: number = 1;\n  accessor y = 2;\n  fail() {\n    throw new ¶Error('decorated');\n  }\n}\nfunction f(e: any) { new A().fail() }\n",
        "const enum E { A = 'ü😀' }\nimport type { X } from 'x';\nexport = (e: X): number => { if (E.A) throw new ¶Error('ü') }",
        "namespace N { export const go = (x: any): any => ¶x.y.z }\nimport go = N.go;\nfunction f(e: any) {\n\n  return go({});\n}",
    ]);
}

#[test]
fn in_tracebacks() {
    let verdict = judge(
        "type T = number;\n\nfunction inner(x: T): never {\n  throw new Error('deep');\n}\n\n\nfunction f(e: any): T {\n  return inner(1 as T);\n}\n",
    );
    let error = verdict.error.expect("an error");
    assert_eq!(
        error.traceback,
        ["at inner (metric.ts:4:13)", "at f (metric.ts:9:10)"],
        "{error:?}"
    );
}

#[test]
fn when_loading() {
    check_outcomes(&[(
        "type A = 1;\nconst x: any = null;\nconst y: number = x.z;\nfunction f(e: any) { return 1 }",
        "TypeError: cannot read property 'z' of null at 3:19",
    )]);
}
