//! Tables of tokens.

use super::*;

/// The tokens of a source in short, and the codes of the diagnostics.
fn tokens(source: &str) -> String {
    let lexed = lex(source);
    let mut words: Vec<String> = lexed
        .tokens
        .iter()
        .filter(|token| token.kind != TokenKind::End)
        .map(|token| match &token.kind {
            TokenKind::Name => format!("name:{}", token.span.text(source)),
            TokenKind::Keyword(keyword) => keyword.text().to_owned(),
            TokenKind::QuotedName { name, .. } => format!("quoted:{name}"),
            TokenKind::Integer(number) => format!("int:{number}"),
            TokenKind::Float(number) => format!("float:{number:?}"),
            TokenKind::String(text) => format!("text:{text:?}"),
            TokenKind::TemplateStart => "f'".to_owned(),
            TokenKind::TemplateText(text) => format!("part:{text:?}"),
            TokenKind::TemplateOpen => "${".to_owned(),
            TokenKind::TemplateClose => "}$".to_owned(),
            TokenKind::TemplateEnd => "'".to_owned(),
            TokenKind::Sign(sign) => sign.text().to_owned(),
            TokenKind::Invalid => "invalid".to_owned(),
            TokenKind::End => String::new(),
        })
        .collect();
    words.extend(
        lexed
            .diagnostics
            .iter()
            .map(|diagnostic| format!("!{}", diagnostic.code)),
    );
    words.join(" ")
}

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(tokens(source), *expected, "source: {source:?}");
    }
}

#[test]
fn words() {
    check(&[
        ("AND True nUlL Let", "and true null let"),
        ("_a $b c1 $ _", "name:_a name:$b name:c1 name:$ name:_"),
        ("inf Infinity nan", "inf infinity nan"),
        ("grüße", "name:gr invalid !unknown-character"),
        ("\"a b\" `c`", "quoted:a b quoted:c"),
        (
            "\"a\"\"b\" `c``d` \"e\\\"f\\n\"",
            "quoted:a\"b quoted:c`d quoted:e\"f\n",
        ),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("12 010 0", "int:12 int:10 int:0"),
        (
            "1.5 5. 1e3 1.e5 1.5E-3 .5e1",
            "float:1.5 float:5.0 float:1000.0 float:100000.0 float:0.0015 float:5.0",
        ),
        (".5", ". int:5"),
        ("0xFF 0X1f 0x1e5", "int:255 int:31 int:485"),
        ("0x1p4 0x1.8p4 0x1P-1", "float:16.0 float:24.0 float:0.5"),
        ("0b101 0B1", "int:5 int:1"),
        ("12345678901234567890123", "int:12345678901234567890123"),
        ("1e400", "float:inf"),
        ("x.1.2", "name:x . int:1 . int:2"),
        ("x?.1.2", "name:x ?. int:1 . int:2"),
        ("0o17", "invalid !octal-number"),
        (
            "0b2 0x 0b 1x 1_000",
            "invalid invalid invalid invalid invalid !malformed-number !malformed-number !malformed-number !malformed-number !malformed-number",
        ),
        ("1and 2", "int:1 and int:2"),
        ("0xFFFFFFFFFFFFFFFFFF", "int:4722366482869645213695"),
    ]);
    assert_eq!(tokens(&"9".repeat(5000)), "invalid !number-too-long");
}

#[test]
fn texts() {
    check(&[
        ("'a' ''", "text:\"a\" text:\"\""),
        (r"'it''s' 'it\'s'", r#"text:"it's" text:"it's""#),
        (r"'\b\f\r\n\t\a\v\\'", r#"text:"\u{8}\u{c}\r\n\t\u{7}\u{b}\\""#),
        (r"'\0a' '\x41' '\N'", r#"text:"a" text:"\\x41" text:"\\N""#),
        ("'a\nb'", "text:\"a\\nb\""),
        (r"'\d+ \q'", r#"text:"\\d+ \\q" !unknown-escape"#),
        (r"'\x4'", r#"text:"\\x4" !unknown-escape"#),
        ("'ü€'", "text:\"ü€\""),
        ("'abc", "invalid !unterminated-string"),
        ("'abc\\", "invalid !unterminated-string"),
        ("\"abc", "invalid !unterminated-name"),
        ("`abc", "invalid !unterminated-name"),
    ]);
}

#[test]
fn templates() {
    check(&[
        ("f''", "f' '"),
        ("f'a'", "f' part:\"a\" '"),
        ("f'a{b}c'", "f' part:\"a\" ${ name:b }$ part:\"c\" '"),
        ("f'{a}{b}'", "f' ${ name:a }$ ${ name:b }$ '"),
        (
            "f'a {f'b {c}'}'",
            "f' part:\"a \" ${ f' part:\"b \" ${ name:c }$ ' }$ '",
        ),
        ("f'{ {a: 1} }'", "f' ${ { name:a : int:1 } }$ '"),
        (r"f'\{a}''b\n'", r#"f' part:"{a}'b\n" '"#),
        ("f'{'x'}'", "f' ${ text:\"x\" }$ '"),
        ("f 'a' xf'a'", "name:f text:\"a\" name:xf text:\"a\""),
        ("f'abc", "f' part:\"abc\" invalid !unterminated-template"),
        ("f'a{b", "f' part:\"a\" ${ name:b !unterminated-template"),
        ("f'a{b'", "f' part:\"a\" ${ name:b invalid !unterminated-template"),
        ("f\"a\"", "text:\"a\" !template-quotes"),
        ("F'a'", "f' part:\"a\" ' !template-quotes"),
    ]);
}

#[test]
fn comments_and_white_space() {
    check(&[
        ("a // b\nc", "name:a name:c"),
        ("a -- b\nc", "name:a name:c"),
        ("a # b\rc", "name:a name:c"),
        ("a /* b /* \n */ c", "name:a name:c"),
        ("a--1", "name:a !decrement"),
        ("/* a", "!unterminated-comment"),
        (
            "\u{feff}a\u{a0}b\u{2003}c\u{85}d\u{3000}",
            "name:a name:b name:c name:d",
        ),
    ]);
    let lexed = lex("a /* \n */ b c\nd 'x\ny' e");
    let on_new_line: Vec<bool> = lexed.tokens.iter().map(|token| token.on_new_line).collect();
    assert_eq!(on_new_line, [false, true, false, true, false, false, false]);
}

#[test]
fn signs() {
    check(&[
        (
            "=~* !~* =~ !~ ~* ~ := :: : || -> == != <> <= >= = < >",
            "=~* !~* =~ !~ ~* ~ := :: : || -> == != <> <= >= = < >",
        ),
        (
            "?. ?? ? . ; , + - * / % ( ) [ ] { }",
            "?. ?? ? . ; , + - * / % ( ) [ ] { }",
        ),
        ("a && b", "name:a and name:b !ampersands"),
        ("!a", "not name:a !exclamation-mark"),
        (
            "a @ b ^ | \\",
            "name:a invalid name:b invalid invalid invalid !unknown-character !unknown-character !unknown-character !unknown-character",
        ),
    ]);
}
