//! How well the words of the answer match those of the expected answer: the F1 score of reading comprehension (SQuAD).

use std::collections::HashMap;

use jurybox_guest::{Event, Verdict, log, metric};

#[metric]
fn token_f1(event: &Event) -> Verdict {
    let Some(expected) = event.expected_text() else {
        return Verdict::not_applicable();
    };
    let (answer, expected) = (words(event.output_text()), words(expected));
    let common = common(&answer, &expected);
    log!(
        "{} words, {} expected, {common} in common",
        answer.len(),
        expected.len()
    );
    if common == 0 {
        let score = if answer.is_empty() && expected.is_empty() {
            1.0
        } else {
            0.0
        };
        return Verdict::score(score).because("no words in common");
    }
    let precision = common as f64 / answer.len() as f64;
    let recall = common as f64 / expected.len() as f64;
    Verdict::score(2.0 * precision * recall / (precision + recall))
        .because(format!("precision {precision:.2}, recall {recall:.2}"))
        .with_metadata("precision", precision)
        .with_metadata("recall", recall)
}

/// The words, without case, punctuation and articles.
fn words(text: &str) -> Vec<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !matches!(word.as_str(), "" | "a" | "an" | "the"))
        .collect()
}

/// How many words of one text have a partner in the other.
fn common(one: &[String], other: &[String]) -> usize {
    let mut partners: HashMap<&str, usize> = HashMap::new();
    for word in other {
        *partners.entry(word).or_default() += 1;
    }
    one.iter()
        .filter(|word| match partners.get_mut(word.as_str()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jurybox_guest::json;

    fn judge(output: &str, expected: &str) -> Verdict {
        let event = Event::from_value(json!({"output": output, "expected": expected})).expect("an object");
        token_f1(&event)
    }

    #[test]
    fn same_words_score_one() {
        assert_eq!(
            judge("The capital is Paris.", "capital is paris").to_json()["value"],
            1.0
        );
    }

    #[test]
    fn every_word_counts_once() {
        assert_eq!(judge("no no no", "no yes").to_json()["value"], 0.4);
    }
}
