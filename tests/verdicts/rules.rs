//! Return types, pass rules and ground truth. Plain Hog programs may return anything, so they show it.

use jurybox::{EvaluationOptions, PassRule, ReturnType, Snippet, Status, Verdict};
use serde_json::json;

use super::{compile, event};

fn judge(returned: &str, options: &EvaluationOptions) -> Verdict {
    let program = Snippet::hog_program(format!("return {returned}"));
    compile(&program).evaluate_with(&event(r#"{"output": "o"}"#), options)
}

#[test]
fn a_value_of_another_type_is_invalid() {
    for (returns, returned, error) in [
        (ReturnType::Boolean, "true", None),
        (
            ReturnType::Boolean,
            "1",
            Some("The metric must return a boolean and returned 1 (a number)"),
        ),
        (ReturnType::Number, "0.5", None),
        (
            ReturnType::Number,
            "true",
            Some("The metric must return a number and returned true (a boolean)"),
        ),
        (ReturnType::String, "'a'", None),
        (
            ReturnType::Categorical(vec!["good".to_owned(), "bad".to_owned()]),
            "'ugly'",
            Some(r#"The metric must return one of "good", "bad" and returned "ugly" (a text)"#),
        ),
    ] {
        let mut options = EvaluationOptions::default();
        options.returns = Some(returns);
        let verdict = judge(returned, &options);
        let status = if error.is_some() {
            Status::InvalidResult
        } else {
            Status::Ok
        };
        assert_eq!(verdict.status, status, "{returned}");
        assert_eq!(verdict.error.map(|error| error.message).as_deref(), error, "{returned}");
        assert!(
            error.is_none() || (verdict.value.is_null() && verdict.passed.is_none()),
            "{returned}"
        );
    }
}

#[test]
fn a_rule_decides_what_passes() {
    let min = |min| PassRule::Within {
        min: Some(min),
        max: None,
    };
    for (rule, returned, passed) in [
        (None, "true", Some(true)),
        (None, "false", Some(false)),
        (None, "0.5", None),
        (Some(PassRule::Equals(false)), "false", Some(true)),
        (Some(min(0.5)), "0.5", Some(true)),
        (Some(min(0.5)), "0.25", Some(false)),
        (Some(min(0.5)), "true", None),
        (Some(PassRule::Within { min: None, max: None }), "0.5", None),
        (Some(PassRule::OneOf(vec!["a".to_owned()])), "'a'", Some(true)),
        (Some(PassRule::OneOf(vec!["a".to_owned()])), "['a', 'b']", Some(false)),
        (Some(PassRule::None), "true", None),
    ] {
        let mut options = EvaluationOptions::default();
        options.pass_rule = rule;
        let verdict = judge(returned, &options);
        assert_eq!(
            (verdict.status, verdict.passed),
            (Status::Ok, passed),
            "{returned} {:?}",
            options.pass_rule
        );
    }
}

#[test]
fn events_without_ground_truth_are_skipped_if_it_is_needed() {
    let evaluator = compile(&Snippet::hog_program("return true"));
    let mut options = EvaluationOptions::default();
    options.needs_ground_truth = true;
    for (source, status) in [
        (r#"{"output": "o"}"#, Status::Skipped),
        (r#"{"expected": null}"#, Status::Skipped),
        (r#"{"feedback": {"ground_truth": ""}}"#, Status::Skipped),
        (r#"{"expected": false}"#, Status::Ok),
        (r#"{"feedback": {"ground_truth": "t"}}"#, Status::Ok),
        (r#"{"properties": {"expected": 0}}"#, Status::Ok),
    ] {
        let verdict = evaluator.evaluate_with(&event(source), &options);
        assert_eq!(verdict.status, status, "{source}");
        let (value, passed) = if status == Status::Ok {
            (json!(true), Some(true))
        } else {
            (json!(null), None)
        };
        assert_eq!((verdict.value, verdict.passed), (value, passed), "{source}");
    }
}
