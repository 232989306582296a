//! The grammar, as tables of sources and trees.

use crate::language::hog::dump::{dump, dump_with_positions};
use crate::language::hog::parser::parse;

/// The tree of a source on one line; the codes of the errors if it has any.
fn tree(source: &str) -> String {
    match parse(source) {
        Ok(parsed) => dump(&parsed.program).split_whitespace().collect::<Vec<_>>().join(" "),
        Err(errors) => errors
            .iter()
            .map(|error| format!("!{}", error.code))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Compares statements.
fn statements(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(tree(source), *expected, "source: {source}");
    }
}

/// Compares expressions.
fn expressions(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(
            tree(&format!("return {source}")),
            format!("(return {expected})"),
            "source: {source}"
        );
    }
}

#[test]
fn precedence() {
    expressions(&[
        ("a + b * c", "(+ a (* b c))"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("2 * 3 % 4", "(% (* 2 3) 4)"),
        ("-a * b", "(* (negate a) b)"),
        ("a * -b", "(* a (negate b))"),
        ("-a.b", "(negate (. a b))"),
        ("-a(b)", "(negate (call a b))"),
        ("-x::int", "(negate (:: x int))"),
        ("x::int + 1", "(+ (:: x int) 1)"),
        ("a == b == c", "(== (== a b) c)"),
        ("a < b == c", "(== (< a b) c)"),
        ("a + b < c", "(< (+ a b) c)"),
        ("a in b in c", "(in (in a b) c)"),
        ("a not in b", "(not-in a b)"),
        ("a not like 'x' and b", "(and (not-like a 'x') b)"),
        ("a == b is null", "(is-null (== a b))"),
        ("a + b is not null", "(is-not-null (+ a b))"),
        ("a is null == b", "(== (is-null a) b)"),
        ("a ?? b == c", "(?? a (== b c))"),
        ("a ?? b is null", "(?? a (is-null b))"),
        ("a ?? b ?? c", "(?? (?? a b) c)"),
        ("a ?? b between c and d", "(between (?? a b) c d)"),
        ("a == b between 1 and 2", "(between (== a b) 1 2)"),
        ("a between b and c and d", "(and (between a b c) d)"),
        ("a between 1 and 2 ?? 3", "(between a 1 (?? 2 3))"),
        ("a not between 1 and 2", "(not-between a 1 2)"),
        ("not a between b and c", "(not (between a b c))"),
        ("not a == b", "(not (== a b))"),
        ("not a ?? b", "(not (?? a b))"),
        ("a == not b", "(== a (not b))"),
        ("a and not b or c", "(or (and a (not b)) c)"),
        ("not not a", "(not (not a))"),
        ("not (a) == b", "(== (not a) b)"),
        ("not (a, b)", "(call not a b)"),
        ("a or b and c", "(or a (and b c))"),
        ("a or b ? c : d", "(? (or a b) c d)"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("a ? b ? c : d : e", "(? a (? b c d) e)"),
        ("a || b || c", "(template a b c)"),
        ("a || b + c || d", "(template (+ (template a b) c) d)"),
        ("a || b = c", "(== (template a b) c)"),
    ]);
}

#[test]
fn every_operator() {
    expressions(&[
        ("a = b", "(== a b)"),
        ("a <> b", "(!= a b)"),
        ("a != b", "(!= a b)"),
        ("a <= b", "(<= a b)"),
        ("a >= b", "(>= a b)"),
        ("a > b", "(> a b)"),
        ("a like b", "(like a b)"),
        ("a ILIKE b", "(ilike a b)"),
        ("a not ilike b", "(not-ilike a b)"),
        ("a ~ b", "(=~ a b)"),
        ("a =~ b", "(=~ a b)"),
        ("a !~ b", "(!~ a b)"),
        ("a ~* b", "(=~* a b)"),
        ("a =~* b", "(=~* a b)"),
        ("a !~* b", "(!~* a b)"),
        ("a % b", "(% a b)"),
        ("a / b", "(/ a b)"),
        ("a\nand b", "(and a b)"),
    ]);
}

#[test]
fn numbers_and_signs() {
    expressions(&[
        ("-5", "-5"),
        ("- 5", "-5"),
        ("+5", "5"),
        ("-5[1]", "([] -5 1)"),
        ("-5 + 2", "(+ -5 2)"),
        ("1 -5", "(- 1 5)"),
        ("[1 -5]", "(array (- 1 5))"),
        ("1 - -5", "(- 1 -5)"),
        ("- -5", "(negate -5)"),
        ("-(5)", "(negate 5)"),
        ("-x", "(negate x)"),
        ("-inf", "-inf"),
        ("nan", "NaN"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("5.", "5.0"),
        ("a ? .5 : b", "(? a 0.5 b)"),
        ("010", "10"),
        ("0xFF.x", "(. 255 x)"),
    ]);
}

#[test]
fn calls_indexes_and_properties() {
    expressions(&[
        ("f(x)", "(call f x)"),
        ("f(a,)", "(call f a)"),
        ("f(a)(b)", "(call (call f a) b)"),
        ("(f)(b)", "(call f b)"),
        ("a.b(1).c(2)[3]", "([] (call (. (call (. a b) 1) c) 2) 3)"),
        ("a\n(b)", "(call a b)"),
        ("a\n[1]", "([] a 1)"),
        ("x.1.2.3", "([] ([] ([] x 1) 2) 3)"),
        ("x?.1.2", "([] (?.[] x 1) 2)"),
        ("x?.y.z", "(. (?. x y) z)"),
        ("x?.[1].y", "(. (?.[] x 1) y)"),
        ("a ?? [1]", "(?? a (array 1))"),
        ("a ? [1] : b", "(? a (array 1) b)"),
        ("a.in.return.if", "(. (. (. a in) return) if)"),
        ("a.\"b c\"", "(. a `b c`)"),
        ("a[1:2]", "([:] a 1 2)"),
        ("a[:]", "([:] a _ _)"),
        ("a[b ? c : d]", "([] a (? b c d))"),
        ("a[b:c ? d : e]", "([:] a b (? c d e))"),
        ("x::int::string", "(:: (:: x int) string)"),
        ("'a'[1]", "([] 'a' 1)"),
        ("null.x", "(. null x)"),
        ("if(a, b, c)", "(call if a b c)"),
    ]);
}

#[test]
fn containers() {
    expressions(&[
        ("(1,)", "(tuple 1)"),
        ("(1, 2)", "(tuple 1 2)"),
        ("(1)", "1"),
        ("[]", "(array)"),
        ("[1, 2,]", "(array 1 2)"),
        ("{}", "(object)"),
        ("{a: 1}", "(object (: a 1))"),
        (
            "{'a': 1, b: {c: [1, 2,],},}",
            "(object (: 'a' 1) (: b (object (: c (array 1 2)))))",
        ),
        ("{if: 1, null: 2, (a): 3}", "(object (: if 1) (: null 2) (: a 3))"),
        ("{a ? b : c : d}", "(object (: (? a b c) d))"),
        ("{a: 1}.a", "(. (object (: a 1)) a)"),
    ]);
}

#[test]
fn lambdas() {
    expressions(&[
        ("x -> x", "(-> (x) x)"),
        ("(x, y) -> x + y", "(-> (x y) (+ x y))"),
        ("(x,) -> x", "(-> (x) x)"),
        ("() -> 1", "(-> () 1)"),
        ("x, y -> x", "(-> (x y) x)"),
        ("x -> y -> z", "(-> (x) (-> (y) z))"),
        ("lambda x, y: x", "(-> (x y) x)"),
        ("1 + x -> x", "(+ 1 (-> (x) x))"),
        ("x -> x ? 1 : 2", "(-> (x) (? x 1 2))"),
        ("a ? x -> y : z", "(? a (-> (x) y) z)"),
        ("[a, x -> x]", "(array (-> (a x) x))"),
        ("f(a, b, x -> x, c)", "(call f (-> (a b x) x) c)"),
        ("f(1, x -> x)", "(call f 1 (-> (x) x))"),
        ("f(x -> x, y -> y)", "(call f (-> (x) (-> (x y) y)))"),
        ("f(lambda x: x, 1)", "(call f (-> (x) x) 1)"),
        ("x -> {}", "(-> (x) (object))"),
        ("x -> {a: 1}", "(-> (x) (object (: a 1)))"),
        ("x -> {'a': 1}.a", "(-> (x) (. (object (: 'a' 1)) a))"),
        ("x -> {f(x)}", "(-> (x) (block (drop (call f x))))"),
        ("x -> {a; b}", "(-> (x) (block (drop a) (drop b)))"),
        ("x -> {return 1}", "(-> (x) (block (return 1)))"),
        ("x -> {;}", "(-> (x) (block))"),
        ("x -> {x -> x: 1}", "(-> (x) (object (: (-> (x) x) 1)))"),
        ("() -> { return 1 }(2)", "(call (-> () (block (return 1))) 2)"),
        ("f(x -> { return 1 }, 2)", "(call f (-> (x) (block (return 1))) 2)"),
        ("x\n-> y", "(-> (x) y)"),
    ]);
}

#[test]
fn case_interval_and_templates() {
    expressions(&[
        ("case when a then b end", "(case _ (when a b))"),
        (
            "case a when b then c when d then e else f end",
            "(case a (when b c) (when d e) f)",
        ),
        ("case (a) when 1 then 2 end.d", "(. (case a (when 1 2)) d)"),
        ("interval 1 day", "(call toIntervalDay 1)"),
        ("interval 1 + 1 HOUR", "(call toIntervalHour (+ 1 1))"),
        ("interval -1 month", "(call toIntervalMonth -1)"),
        ("interval '5 days'", "(call toIntervalDay 5)"),
        ("interval 1 day + x", "(+ (call toIntervalDay 1) x)"),
        ("interval(1)", "(call interval 1)"),
        ("f''", "''"),
        ("f'a'", "'a'"),
        ("f'{a}'", "a"),
        ("f'a{b}c'", "(template 'a' b 'c')"),
        ("f'a {f'b {c}'}'", "(template 'a ' (template 'b ' c))"),
        ("f'{{a: 1}}'", "(object (: a 1))"),
        ("f'{a}}'", "(template a '}')"),
    ]);
}

#[test]
fn keywords_are_names_where_nothing_else_fits() {
    statements(&[
        ("let if := 1", "(let if 1)"),
        ("let IN := 1", "(let IN 1)"),
        ("let true := 1", "(let true 1)"),
        ("return := 1", "(:= return 1)"),
        ("case := 1 for := 2", "(:= case 1) (:= for 2)"),
        ("let like := like like like", "(let like (like like like))"),
        ("let x := and(a, b)", "(let x (call and a b))"),
        ("let x := in(a, b)", "(let x (call in a b))"),
        ("return.a", "(drop (. return a))"),
        ("let let := 1", "!reserved-name"),
        ("let x := a.fun", "!reserved-name"),
    ]);
}

#[test]
fn declarations_and_assignments() {
    statements(&[
        ("let x", "(let x)"),
        ("let x\n:= 1;", "(let x 1)"),
        ("let `a b` := 1", "(let `a b` 1)"),
        ("let a := 1 let b := 2", "(let a 1) (let b 2)"),
        (
            "a.b := 1 a[1] := 2 a.1 := 3",
            "(:= (. a b) 1) (:= ([] a 1) 2) (:= ([] a 1) 3)",
        ),
        ("a := x -> y", "(:= a (-> (x) y))"),
        ("fun f(a, b,) { return a }", "(fun f (a b) (block (return a)))"),
        ("fn f() {} ;;", "(fun f () (block))"),
        ("fun f() {}\n(b)", "(fun f () (block)) (drop b)"),
    ]);
}

#[test]
fn control_flow() {
    statements(&[
        ("return\n2 + 2", "(return (+ 2 2))"),
        ("return;\n2", "(return) (drop 2)"),
        ("fun f() { return }", "(fun f () (block (return)))"),
        ("return\nlet x := 1", "(return) (let x 1)"),
        ("return .5", "(return 0.5)"),
        ("if (a) b", "(if a (drop b))"),
        (
            "if (a) { b } else if (c) { d } else { e }",
            "(if a (block (drop b)) (if c (block (drop d)) (block (drop e))))",
        ),
        ("if (a) return; else y", "(if a (return) (drop y))"),
        ("if (a) ; else y", "(if a (empty) (drop y))"),
        ("if (a) if (b) c else d", "(if a (if b (drop c) (drop d)))"),
        ("if (a) (b)", "(if a (drop b))"),
        ("if (a) -b", "(if a (drop (negate b)))"),
        ("if(a, b, c).d := 1", "(:= (. (call if a b c) d) 1)"),
        ("while (a) { b };", "(while a (block (drop b)))"),
        ("for (let x in y) z", "(for-in _ x y (drop z))"),
        ("for (let k, v in y) { }", "(for-in k v y (block))"),
        (
            "for (let i := 0; i < 5; i := i + 1) x",
            "(for (let i 0) (< i 5) (:= i (+ i 1)) (drop x))",
        ),
        ("for (; a;) x", "(for _ a _ (drop x))"),
        ("for (i := 0; a; f(i)) x", "(for (:= i 0) a (drop (call f i)) (drop x))"),
        ("throw\nError('x');", "(throw (call Error 'x'))"),
        (
            "try { a } catch { b }",
            "(try (block (drop a)) (catch _ _ (block (drop b))))",
        ),
        (
            "try {} catch (e) {} catch (e: Foo) {}",
            "(try (block) (catch e _ (block)) (catch e Foo (block)))",
        ),
    ]);
}

#[test]
fn braces_are_blocks_or_objects() {
    statements(&[
        ("{}", "(block)"),
        ("{}.a", "(drop (. (object) a))"),
        ("{a}", "(block (drop a))"),
        ("{a: 1}", "(drop (object (: a 1)))"),
        ("{return: 1}", "(drop (object (: return 1)))"),
        ("{if(a, b, c): 1}", "(drop (object (: (call if a b c) 1)))"),
        ("{{a: 1}}", "(block (drop (object (: a 1))))"),
        ("{ {} }", "(block (block))"),
        ("f(a)\n{ b }", "(drop (call f a)) (block (drop b))"),
        ("if (a) {a: 1}", "(if a (drop (object (: a 1))))"),
    ]);
}

#[test]
fn long_chains_are_no_deep_trees() {
    let words: Vec<String> = (0..500).map(|number| format!("output ilike '%{number}%'")).collect();
    assert!(parse(&format!("return {}", words.join(" or "))).is_ok());
    assert!(parse(&format!("return {}", vec!["a"; 5000].join(" || "))).is_ok());
    assert_eq!(tree(&vec!["a"; 300].join(" + ")), "!nested-too-deeply");
    assert!(parse(&format!("{}1{}", "(".repeat(190), ")".repeat(190))).is_ok());
}

#[test]
fn a_metric() {
    let source = "\
// Scores how well the answer keeps to the facts.
fun mentions(text, words) {
    for (let word in words) {
        if (text ilike f'%{word}%') { return true }
    }
    return false
}

let answer := output ?? ''
let words := arrayMap(x -> lower(x), ['sorry', 'cannot'])
if (length(answer) == 0 or mentions(answer, words)) {
    print('refused', {'length': length(answer), 'words': words})
    return false
}
try {
    let parsed := jsonParse(answer)
    return parsed?.score between 0 and 1 and parsed.items[1]['name'] is not null
} catch (error: Error) {
    return properties.$ai_model =~ 'gpt-\\\\d' ? null : false
}
";
    let parsed = parse(source);
    insta::assert_snapshot!(parsed.map(|parsed| dump(&parsed.program)).unwrap_or_default());
}

#[test]
fn positions_can_be_shown() {
    let parsed = parse("let x := (1 + f(y))\nreturn x.a");
    insta::assert_snapshot!(
        parsed
            .map(|parsed| dump_with_positions(&parsed.program))
            .unwrap_or_default()
    );
}
