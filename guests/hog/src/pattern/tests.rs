use super::*;

/// Both ways of compiling, which must agree.
fn compiled(source: &str, insensitive: bool) -> [Pattern; 2] {
    [
        Pattern::compile(source, insensitive).expect(source),
        Pattern::compile_quick(source, insensitive).expect(source),
    ]
}

fn matches(source: &str, text: &str) -> bool {
    let [eager, lazy] = compiled(source, false);
    assert_eq!(eager.is_match(text), lazy.is_match(text), "{source} in {text:?}");
    eager.is_match(text)
}

fn extracted<'t>(source: &str, text: &'t str) -> Option<&'t str> {
    let [eager, lazy] = compiled(source, false);
    let found = eager.extract(text);
    assert_eq!(found, lazy.extract(text), "{source} in {text:?}");
    assert_eq!(found.is_some(), eager.is_match(text), "{source} in {text:?}");
    found
}

#[test]
fn matches_like_re2() {
    for (source, text, expected) in [
        ("", "", true),
        ("", "abc", true),
        ("b", "abc", true),
        ("^b", "abc", false),
        ("^abc$", "abc", true),
        ("abc$", "abc\n", false),
        ("(?m)^b$", "a\nb\nc", true),
        ("^b$", "a\nb\nc", false),
        ("a.c", "a\nc", false),
        ("(?s)a.c", "a\nc", true),
        ("a[^b]c", "a\nc", true),
        ("a.c", "aéc", true),
        ("^.$", "é", true),
        ("^..$", "é", false),
        (r"\d", "٣", false),
        (r"\w", "é", false),
        (r"\W", "é", true),
        (r"\s", "\u{a0}", false),
        (r"\s", "\u{b}", false),
        (r"[[:space:]]", "\u{b}", true),
        (r"[[:^space:]]", "\u{b}", false),
        (r"é\b", "éa", true),
        (r"\bcat\b", "the cat sat", true),
        (r"\bcat\b", "concatenate", false),
        (r"\Bcat", "concatenate", true),
        (r"\Aabc\z", "abc", true),
        (r"\Qa.b\E+", "a.bbb", true),
        (r"\Qa.b\E", "axb", false),
        (r"\Qa.b", "a.b", true),
        (r"\101\x42\x{43}", "ABC", true),
        (r"\0", "\0", true),
        (r"[[]", "[", true),
        (r"[a&&b]", "&", true),
        (r"[a&&b]", "a", true),
        (r"[a~~b]", "~", true),
        (r"[]a]", "]", true),
        (r"[^]a]", "]", false),
        (r"[a-]", "-", true),
        (r"[\d-z]", "-", true),
        (r"[--a]", "0", true),
        (r"x{,2}", "x{,2}", true),
        (r"x{01}", "x{01}", true),
        (r"a{", "a{", true),
        (r"^(?:a{2}){3}$", "aaaaaa", true),
        (r"^(?:a{2}){3}$", "aaaaa", false),
        (r"\pN", "٣", true),
        (r"\p{Greek}", "α", true),
        (r"\p{^Greek}", "α", false),
        (r"\P{Greek}", "α", false),
        (r"\P{^Greek}", "α", true),
        (r"\p{Any}", "\n", true),
        (r"\p{Cs}", "a", false),
        (r"\p{C}", "\u{378}", false),
        (r"\x{D800}|a", "a", true),
        (r"(?i)straße", "STRAẞE", true),
        (r"(?i)k", "\u{212a}", true),
        (r"(?i)[^k]", "\u{212a}", false),
        (r"(?i)\w", "ſ", true),
        (r"(?i)\W", "ſ", false),
        (r"(?i)\p{Lu}", "a", true),
        (r"(?i)\P{Lu}", "A", false),
        (r"(?i)ı", "I", false),
        (r"(?i:a)b", "Ab", true),
        (r"(?i:a)b", "AB", false),
        (r"(?i-i:a)b", "Ab", false),
        (r"(a(?i)b)c", "aBc", true),
        (r"(a(?i)b)c", "aBC", false),
        (r"(?P<n>a)(?<m>b)", "ab", true),
        (r"(a){0}(b)", "b", true),
        (r"^*a", "a", true),
        (r"|a", "", true),
        (r".*foo.*", "a foo b", true),
        (r".*foo.*", "a fo", false),
        (r"^.*foo$", "é foo", true),
        (r"foo.+bar", "foo\u{1f600}bar", true),
        (r"foo.+bar", "foobar", false),
        (r"foo[^,]*bar", "foo é, bar", false),
        (r"(foo|bar)+baz", "foobarbaz", true),
        (r"a\Bb|é\B", "é", true),
    ] {
        assert_eq!(matches(source, text), expected, "{source} in {text:?}");
    }
}

#[test]
fn extracts_the_first_group_or_the_whole() {
    for (source, text, expected) in [
        ("b+", "abbbc", Some("bbb")),
        ("b+?", "abbbc", Some("b")),
        ("(?U)b+", "abbbc", Some("b")),
        ("(?U)b+?", "abbbc", Some("bbb")),
        ("a|ab", "ab", Some("a")),
        ("x", "abc", None),
        ("", "abc", Some("")),
        (".*b", "abcbd\nb", Some("abcb")),
        ("(a)(b)?", "ab", Some("a")),
        ("(x)?ab", "ab", Some("ab")),
        ("(x)|y", "y", Some("y")),
        ("(x)|(y)", "y", Some("")),
        ("(x){0}(y)", "y", Some("")),
        ("(?:a)(b)", "ab", Some("b")),
        (r"(?P<year>\d{4})-", "on 2024-05", Some("2024")),
        (r"é(.)", "éü", Some("ü")),
        (r"\B", "é", Some("")),
    ] {
        assert_eq!(extracted(source, text), expected, "{source} in {text:?}");
    }
}

#[test]
fn both_kinds_of_machine_agree_on_long_texts() {
    let text =
        "It was 9 o'clock;\nthe caf\u{e9} at 12 Elm Street (call 555-0123) had closed, sorry\u{2014}so we left. "
            .repeat(3);
    for source in [
        r"\d{3}-\d{4}",
        r"\b\d{2}\b",
        r"(?i)\b(SORRY|apologi[sz]e)\b",
        r"(?m)^the",
        r"\pL+\s\pL+\d",
        r"\pL{40}x",
        r"left\. $",
        r"zebra|\d\d\d\d\d",
        r"[^\x00-\x7f] ",
    ] {
        let [eager, lazy] = compiled(source, false);
        for start in (0..text.len()).filter(|&start| text.is_char_boundary(start)) {
            for part in [&text[start..], &text[..start]] {
                assert_eq!(eager.is_match(part), lazy.is_match(part), "{source} in {part:?}");
                assert_eq!(eager.extract(part), lazy.extract(part), "{source} in {part:?}");
            }
        }
    }
}

#[test]
fn a_pattern_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Pattern>();
}

#[test]
fn ignores_case_when_told() {
    for (source, text, expected) in [
        ("abc", "xABCx", true),
        ("straße", "STRAẞE", true),
        ("(?-i)abc", "ABC", false),
        ("[a-c]+$", "ABC", true),
        ("σ", "ς", true),
    ] {
        for pattern in compiled(source, true) {
            assert_eq!(pattern.is_match(text), expected, "{source} in {text:?}");
        }
    }
}

#[test]
fn refuses_in_re2s_words() {
    for (source, message) in [
        ("(", "missing ): ("),
        ("(?:a", "missing ): (?:a"),
        (")", "unexpected ): )"),
        ("a)b(", "unexpected ): a)b("),
        ("[abc", "missing ]: [abc"),
        ("x[]", "missing ]: []"),
        ("[a-", "missing ]: [a-"),
        (r"[\]", r"missing ]: [\]"),
        ("[[:alpha:]", "missing ]: [[:alpha:]"),
        ("*", "no argument for repetition operator: *"),
        ("a|*?", "no argument for repetition operator: *?"),
        ("({2})", "no argument for repetition operator: {2}"),
        ("a**", "bad repetition operator: **"),
        ("a*??", "bad repetition operator: *??"),
        ("a{2}{3}", "bad repetition operator: {2}{3}"),
        ("a+?+", "bad repetition operator: +?+"),
        ("a{1001}", "invalid repetition size: {1001}"),
        ("a{2,1}", "invalid repetition size: {2,1}"),
        ("(?:a{32}){32}", "invalid repetition size: {32}"),
        (r"\q", r"invalid escape sequence: \q"),
        (r"\1", r"invalid escape sequence: \1"),
        (r"\18", r"invalid escape sequence: \1"),
        (r"\8", r"invalid escape sequence: \8"),
        (r"\é", r"invalid escape sequence: \é"),
        (r"\E", r"invalid escape sequence: \E"),
        (r"\C", r"invalid escape sequence: \C"),
        (r"\Z", r"invalid escape sequence: \Z"),
        (r"\x{110000}", r"invalid escape sequence: \x{110000"),
        (r"\x{}", r"invalid escape sequence: \x{}"),
        (r"\xZ", r"invalid escape sequence: \xZ"),
        (r"\x4", r"invalid escape sequence: \x4"),
        (r"[\b]", r"invalid escape sequence: \b"),
        (r"[a-\d]", r"invalid escape sequence: \d"),
        ("\\", "trailing \\"),
        ("[z-a]", "invalid character class range: z-a"),
        ("[a--]", "invalid character class range: a--"),
        (r"[z-\x41]", r"invalid character class range: z-\x41"),
        ("[[:foo:]]", "invalid character class range: [:foo:]"),
        (r"\p{Foo}", r"invalid character class range: \p{Foo}"),
        (r"\pX", r"invalid character class range: \pX"),
        (r"\p{greek}", r"invalid character class range: \p{greek}"),
        (r"\p{Grek}", r"invalid character class range: \p{Grek}"),
        (r"\p{Letter}", r"invalid character class range: \p{Letter}"),
        (r"\p{L", r"invalid character class range: \p{L"),
        (r"\p", r"invalid character class range: \p"),
        ("(?=a)", "invalid perl operator: (?="),
        ("(?<!a)", "invalid perl operator: (?<!"),
        ("(?x)a", "invalid perl operator: (?x"),
        ("(?i", "invalid perl operator: (?i"),
        ("(?--i)", "invalid perl operator: (?--"),
        ("(?i-)", "invalid perl operator: (?i-)"),
        ("(?P=n)", "invalid perl operator: (?P"),
        ("(?P<n", "invalid named capture group: (?P<n"),
        ("(?P<a b>x)", "invalid named capture group: (?P<a b>"),
        ("(?<>x)", "invalid named capture group: (?<>"),
        (r"\pL{1000}", "pattern too large - compile failed"),
    ] {
        assert_eq!(
            Pattern::compile(source, false).err().as_deref(),
            Some(message),
            "{source}"
        );
        assert_eq!(
            Pattern::compile_quick(source, false).err().as_deref(),
            Some(message),
            "{source}"
        );
    }
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |depth: usize| "(".repeat(depth) + &")".repeat(depth);
    assert!(Pattern::compile(&nested(200), false).is_ok());
    assert_eq!(
        Pattern::compile(&nested(100_000), false).err().as_deref(),
        Some(syntax::TOO_LARGE)
    );
}
