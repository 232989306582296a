//! The examples of `docs/conventions.md` run as they stand there.

use jurybox::{Convention, Language, Snippet, Status};

use super::{compile, event};

struct Example {
    convention: Convention,
    language: Language,
    source: String,
}

/// The blocks of code below "An example of each".
fn examples() -> Vec<Example> {
    let page = include_str!("../../docs/conventions.md");
    let section = page.split("## An example of each").nth(1).expect("the section");
    let section = section.split("\n## ").next().expect("its end");
    let mut examples: Vec<Example> = Vec::new();
    let mut convention = Convention::Auto;
    let mut block: Option<Example> = None;
    for line in section.lines() {
        if let Some(done) = block.take_if(|_| line == "```") {
            examples.push(done);
        } else if let Some(block) = &mut block {
            block.source.push_str(line);
            block.source.push('\n');
        } else if let Some(name) = line.strip_prefix("```") {
            let language = Language::ALL.into_iter().find(|language| language.name() == name);
            block = Some(Example {
                convention,
                language: language.expect(name),
                source: String::new(),
            });
        } else if line.starts_with("**") {
            let name = line.split("(`").nth(1).and_then(|rest| rest.split('`').next());
            convention = name.and_then(Convention::from_name).expect(line);
        }
    }
    examples
}

/// An event whose answer is the expected one, and one whose answer isn't, as each platform has them.
fn events(convention: Convention) -> Vec<[String; 2]> {
    let both = |event: &str| [event.to_owned(), event.replacen("Because.", "Why not?", 1)];
    let plain = both(r#"{"id": 1, "input": "Why?", "output": "Because.", "expected": "Because."}"#);
    let posthog = both(
        r#"{"uuid": "u-1", "properties": {"$ai_input": "Why?", "$ai_output": "Because.", "expected": "Because."}}"#,
    );
    let honeyhive = both(
        r#"{"event_id": "e-1", "inputs": {"question": "Why?"}, "outputs": {"content": "Because."}, "feedback": {"ground_truth": "Because."}}"#,
    );
    match convention {
        Convention::HoneyHive => vec![plain, posthog, honeyhive],
        _ => vec![plain, posthog],
    }
}

#[test]
fn every_convention_has_an_example_in_python_and_javascript() {
    for convention in Convention::ALL {
        for languages in [&[Language::Python][..], &[Language::JavaScript, Language::TypeScript]] {
            let is_there = examples()
                .iter()
                .any(|example| example.convention == convention && languages.contains(&example.language));
            let is_wanted = languages.iter().any(|language| convention.is_for(*language));
            assert_eq!(
                is_there,
                is_wanted && convention != Convention::Auto,
                "{convention:?} {languages:?}"
            );
        }
    }
}

#[test]
fn every_example_is_recognised_and_judges_every_event() {
    for example in examples() {
        let evaluator = compile(&Snippet::new(example.language, example.source.as_str()));
        assert_eq!(evaluator.convention(), example.convention, "{}", example.source);
        for [right, wrong] in events(example.convention) {
            for (source, is_right) in [(right, true), (wrong, false)] {
                let verdict = evaluator.evaluate(&event(&source));
                assert_eq!(
                    (verdict.status, verdict.error),
                    (Status::Ok, None),
                    "{}{source}",
                    example.source
                );
                let value = verdict
                    .value
                    .as_f64()
                    .map_or(verdict.value.as_bool(), |score| Some(score > 0.5));
                assert_eq!(value, Some(is_right), "{}{source}", example.source);
            }
        }
    }
}
