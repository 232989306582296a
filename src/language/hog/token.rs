//! The tokens of Hog.

use num_bigint::BigInt;

use crate::diagnostic::Span;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
    /// Whether a line ended between the token before and this one.
    pub on_new_line: bool,
}

/// The kinds of tokens. Words keep no text of their own: it is what their span covers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A word that is no keyword.
    Name,
    /// A keyword, in whatever case.
    Keyword(Keyword),
    /// A name in backticks or double quotes, escapes resolved.
    QuotedName {
        name: String,
        double: bool,
    },
    Integer(BigInt),
    Float(f64),
    /// A text, escapes resolved.
    String(String),
    /// `f'`.
    TemplateStart,
    /// What stands between the braces of a template, escapes resolved.
    TemplateText(String),
    /// The `{` of a template's part.
    TemplateOpen,
    /// The `}` of a template's part.
    TemplateClose,
    /// The `'` of a template.
    TemplateEnd,
    /// Brackets, operators, separators.
    Sign(Sign),
    /// Something the lexer has already complained about.
    Invalid,
    /// The end of the source.
    End,
}

/// Declares an enum whose variants are written in a fixed way, and the two conversions.
macro_rules! spelled {
    ($(#[$attribute:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum $name { $($variant),* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// How it is written.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

spelled! {
    /// The words with a meaning. Most of them may also be names.
    Keyword {
        And = "and", As = "as", Between = "between", Case = "case", Catch = "catch", Cohort = "cohort", Else = "else",
        End = "end", Except = "except", False = "false", Finally = "finally", Fn = "fn", For = "for", Fun = "fun",
        If = "if", ILike = "ilike", In = "in", Inf = "inf", Infinity = "infinity", Intersect = "intersect",
        Interval = "interval", Is = "is", Lambda = "lambda", Let = "let", Like = "like", Nan = "nan", Not = "not",
        Null = "null", Or = "or", Return = "return", Select = "select", Then = "then", Throw = "throw", True = "true",
        Try = "try", When = "when", While = "while",
    }
}

impl Keyword {
    /// The keyword that a word is, in whatever case.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|keyword| keyword.text().eq_ignore_ascii_case(word))
    }

    /// Whether it can never be a name.
    pub fn is_reserved(self) -> bool {
        matches!(
            self,
            Self::Let
                | Self::Fun
                | Self::Fn
                | Self::While
                | Self::Try
                | Self::Catch
                | Self::Throw
                | Self::Finally
                | Self::Null
                | Self::Nan
                | Self::Inf
                | Self::Infinity
                | Self::Except
                | Self::Intersect
        )
    }
}

spelled! {
    /// Signs, longest first where one begins another: the lexer takes the first that fits.
    Sign {
        MatchInsensitive = "=~*", NotMatchInsensitive = "!~*",
        Assign = ":=", Cast = "::", Concat = "||", Arrow = "->", Equal = "==", NotEqual = "!=", NotEqualSql = "<>",
        LessOrEqual = "<=", GreaterOrEqual = ">=", Match = "=~", NotMatch = "!~", TildeInsensitive = "~*",
        NullishProperty = "?.", Coalesce = "??",
        SingleEqual = "=", Less = "<", Greater = ">", Tilde = "~", Question = "?", Colon = ":", Semicolon = ";",
        Comma = ",", Dot = ".", Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%",
        OpenParen = "(", CloseParen = ")", OpenBracket = "[", CloseBracket = "]", OpenBrace = "{", CloseBrace = "}",
    }
}

impl Sign {
    /// The sign that a text starts with.
    pub fn at_start_of(text: &str) -> Option<Self> {
        // Comparing a byte first spares a call for nearly all of them.
        let first = text.bytes().next()?;
        Self::ALL
            .iter()
            .copied()
            .find(|sign| sign.text().as_bytes().first() == Some(&first) && text.starts_with(sign.text()))
    }
}

impl TokenKind {
    /// Whether the token can be a name.
    pub fn is_name(&self) -> bool {
        match self {
            Self::Name | Self::QuotedName { .. } => true,
            Self::Keyword(keyword) => !keyword.is_reserved(),
            _ => false,
        }
    }
}
