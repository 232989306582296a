//! Shares of events as arguments.

/// A share between 0 and 1, and how it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Between 0 and 1.
    pub share: f64,
    text: String,
}

impl Rate {
    /// A share from `0.9` or `90%`.
    ///
    /// # Errors
    /// A sentence for people, when the text is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        // The decimal point is moved in the text, so that 33.3% is exactly what 0.333 is.
        let share = match text.strip_suffix('%') {
            Some(percent) => format!("{}e-2", percent.trim_end()).parse(),
            None => text.parse(),
        };
        match share {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(Self {
                share,
                text: text.to_owned(),
            }),
            Ok(percent) if percent > 1.0 && percent <= 100.0 => {
                Err(format!("expected a share from 0 to 1, or a percentage: {text}%"))
            }
            _ => Err("expected a share from 0 to 1, or a percentage, such as 0.9 or 90%".to_owned()),
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn shares_and_percentages() {
        for (text, share) in [
            ("0", 0.0),
            ("1", 1.0),
            ("0.9", 0.9),
            ("90%", 0.9),
            ("33.3 %", 0.333),
            ("100%", 1.0),
        ] {
            assert_eq!(Rate::parse(text).map(|rate| rate.share), Ok(share), "{text}");
        }
        for text in ["", "%", "-0.1", "90", "101%", "1.01", "NaN", "most"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }
}
