//! Sources that are long texts.

/// Half of what a source may have: enough for everything that is bounded or grows with the square, and quick to read.
const LENGTH: usize = 120 << 10;

/// As many repetitions as fit.
fn filled(start: &str, unit: &str, end: &str) -> Vec<u8> {
    let count = (LENGTH - start.len() - end.len()) / unit.len();
    format!("{start}{}{end}", unit.repeat(count)).into_bytes()
}

fn numbered(count: usize, unit: impl Fn(usize) -> String) -> String {
    (0..count).map(unit).collect()
}

// Hog

pub fn expressions_within_expressions() -> Vec<u8> {
    filled("return ", "(", "")
}

pub fn lambdas_within_lambdas() -> Vec<u8> {
    filled("let a := 1 return ", "a -> b -> [a, b, ", "1")
}

pub fn captures_that_multiply() -> Vec<u8> {
    let variables = numbered(2000, |number| format!("let v{number}:={number};"));
    let names = numbered(2000, |number| format!("v{number},"));
    format!("{variables} let f := {}[{names} 1] return f == 1", "()->".repeat(150)).into_bytes()
}

pub fn functions_without_end() -> Vec<u8> {
    let functions = numbered(6000, |number| format!("fun f{number}(x) {{ return x + {number} }}\n"));
    format!("{functions} return true").into_bytes()
}

pub fn too_many_parameters_in_hog() -> Vec<u8> {
    let names: Vec<_> = (0..1000).map(|number| format!("p{number}")).collect();
    filled(
        &format!("fun f({}) {{ return 1 }} ", names.join(",")),
        "f();",
        "return true",
    )
}

pub fn loops_without_end() -> Vec<u8> {
    filled("let a := [1] ", "for(let x in a){}", " return true")
}

pub fn constants_without_end() -> Vec<u8> {
    let texts = numbered(3000, |number| format!("'text {number}', {}{number},", "9".repeat(10)));
    format!("return length([{texts} 1]) == 6001").into_bytes()
}

pub fn conditions_without_end() -> Vec<u8> {
    filled("let a := 1 return a == 2", " or a==3 and a", "")
}

// Python

pub fn deep_parentheses() -> Vec<u8> {
    filled("result = ", "(", "")
}

pub fn long_expression() -> Vec<u8> {
    filled("result = 1", "+1", "\n")
}

pub fn null_bytes() -> Vec<u8> {
    b"# -*- coding: utf-7 -*-\ndef score(event):\n    return True\n\0\n# +AAo-raise SystemExit+AAo-\n".to_vec()
}

// JavaScript and TypeScript

pub fn long_sum() -> Vec<u8> {
    filled("const score = event => 1", "+1", "")
}

pub fn long_template() -> Vec<u8> {
    format!("const score = event => `{}`.length > 9", "${0}".repeat(10_000)).into_bytes()
}

pub fn too_many_parameters_in_javascript() -> Vec<u8> {
    let names = numbered(30_000, |number| format!("p{number},"));
    format!("function other({names} last) {{}} function score(event) {{ return true }}").into_bytes()
}

pub fn enum_that_doubles() -> Vec<u8> {
    let members = numbered(60, |number| format!("m{} = m{number} + m{number},", number + 1));
    format!("enum Bomb {{ m0 = 'xxxxxxxx', {members} }} function score(event) {{ return Bomb.m60 === '' }}")
        .into_bytes()
}

pub fn arrows_or_conditions() -> Vec<u8> {
    format!("const score = event => {}1", "a ? (b) : (c = ".repeat(40)).into_bytes()
}

pub fn generics_or_comparisons() -> Vec<u8> {
    format!("const score = event => {}1", "a<b<(c)=>d<e(f<".repeat(40)).into_bytes()
}

pub fn types_within_types() -> Vec<u8> {
    filled("function score(event) { return true }\ntype A = ", "A<", "1")
}

pub fn types_without_end() -> Vec<u8> {
    let texts = numbered(6000, |number| format!("| 'text {number}' "));
    let tuple = numbered(6000, |number| format!("{number}, "));
    let intersection = numbered(6000, |number| format!("& {{ k{number}: 1 }} "));
    format!(
        "type Texts = {texts}\ntype Tuple = [{tuple}]\ntype All = unknown {intersection}\n\
         function score(event: Texts & Tuple & All): boolean {{ return true }}"
    )
    .into_bytes()
}

pub fn namespaces_within_namespaces() -> Vec<u8> {
    filled("function score(event) { return true }\n", "namespace A{", "")
}

pub fn decorators_without_end() -> Vec<u8> {
    let all = "@f ".repeat(10_000);
    format!("const f = (target: any) => target\n{all}class A {{}}\nfunction score(event) {{ return !!A }}").into_bytes()
}

pub fn template_that_is_huge() -> Vec<u8> {
    let text = "x\\u{10ffff}`;".replace('`', "\\`").repeat(3000);
    format!("type T = `{text}`\nconst text = `{text}`\nfunction score(event: T) {{ return text.length > 9 }}")
        .into_bytes()
}

// WebAssembly

pub fn text_within_text() -> Vec<u8> {
    filled("", "(", "")
}
