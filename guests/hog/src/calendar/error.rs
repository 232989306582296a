use std::fmt;

/// Why a date function failed: a Python exception, or an error of the machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateError {
    /// The Hog machine's own error.
    Vm(String),
    /// An exception of the Python code beneath the standard library.
    Python {
        /// The exception's type name, such as `ValueError`.
        kind: &'static str,
        /// The exception's text.
        message: String,
    },
}

impl DateError {
    /// A Python `ValueError`.
    pub fn value(message: impl Into<String>) -> DateError {
        DateError::Python {
            kind: "ValueError",
            message: message.into(),
        }
    }

    /// A Python `OverflowError`.
    pub fn overflow(message: impl Into<String>) -> DateError {
        DateError::Python {
            kind: "OverflowError",
            message: message.into(),
        }
    }

    /// A Python `TypeError`.
    pub fn wrong_type(message: impl Into<String>) -> DateError {
        DateError::Python {
            kind: "TypeError",
            message: message.into(),
        }
    }

    /// A zone that the database does not have.
    pub fn unknown_zone(name: &str) -> DateError {
        DateError::Python {
            kind: "UnknownTimeZoneError",
            message: quoted(name),
        }
    }

    /// What `toUnixTimestamp` says of a text that is no date.
    pub fn not_a_date(text: &str) -> DateError {
        DateError::value(format!("Could not parse date: {text}"))
    }

    /// What `formatDateTime` and `toTimeZone` say of anything but a DateTime.
    pub fn expected_date_time() -> DateError {
        DateError::value("Expected a DateTime")
    }
}

impl fmt::Display for DateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DateError::Vm(message) => out.write_str(message),
            DateError::Python { kind, message } => write!(out, "{kind}: {message}"),
        }
    }
}

impl std::error::Error for DateError {}

/// A text as Python's `repr` quotes it.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut written = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            letter if letter == quote => written.extend(['\\', letter]),
            letter if letter.is_control() => written.push_str(&format!("\\x{:02x}", u32::from(letter))),
            letter => written.push(letter),
        }
    }
    written.push(quote);
    written
}
