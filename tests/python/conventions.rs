//! Every convention, with events of the three shapes; and what happens when none is recognised.

use jurybox::{Convention, Snippet};

use super::harness::{ENGINE, EVENT, judge_snippet, refused};

const POSTHOG: &str = r#"{"uuid": "u-1", "event": "$ai_generation", "properties": {"$ai_input": [{"role": "user", "content": "Why?"}], "$ai_output": "Because.", "expected": "So.", "metadata": {"k": 1}}}"#;
const HONEYHIVE: &str = r#"{"event_id": "e-1", "inputs": {"question": "Why?"}, "outputs": {"content": "Because."}, "feedback": {"ground_truth": "So."}, "metadata": {"k": 1}, "session_id": "s"}"#;
const PLAIN: &str = r#"{"id": 1, "input": "Why?", "output": "Because.", "expected": "So.", "metadata": {"k": 1}}"#;

/// Each: source, its convention, and the `repr` of what it sees of a PostHog, a HoneyHive and a plain event.
#[test]
fn every_convention_is_recognised_and_called() {
    let table = [
        (
            "def score(event):\n    return repr((event['outputs'], event['feedback'], event['metadata'], event['session_id'], event['event_type']))",
            Convention::HoneyHive,
            [
                "({'content': 'Because.', 'result': 'Because.'}, {'ground_truth': 'So.'}, {'k': 1}, None, 'model')",
                "({'content': 'Because.'}, {'ground_truth': 'So.'}, {'k': 1}, 's', 'model')",
                "({'content': 'Because.', 'result': 'Because.'}, {'ground_truth': 'So.'}, {'k': 1}, None, 'model')",
            ],
        ),
        (
            "def score():\n    return repr((outputs['content'], feedback, event_id, error))",
            Convention::HoneyHive,
            [
                "('Because.', {'ground_truth': 'So.'}, 'u-1', None)",
                "('Because.', {'ground_truth': 'So.'}, 'e-1', None)",
                "('Because.', {'ground_truth': 'So.'}, '1', None)",
            ],
        ),
        (
            "result = outputs['content'] + feedback['ground_truth']",
            Convention::HoneyHive,
            ["Because.So."; 3],
        ),
        (
            "def evaluate(generation, metadata):\n    return repr((generation, metadata))",
            Convention::HoneyHive,
            ["('Because.', {'k': 1})"; 3],
        ),
        (
            "def grade(sample, item):\n    return repr((sample['output_text'], sample['choices'][0]['message'], sample['choices'][0]['index'], item['reference_answer'], item['metadata']))",
            Convention::OpenAi,
            ["('Because.', {'role': 'assistant', 'content': 'Because.'}, 0, 'So.', {'k': 1})"; 3],
        ),
        (
            "def perform_eval(run, example):\n    return repr((run['outputs'], example.outputs['answer'], run.extra))",
            Convention::LangSmith,
            [
                "({'output': 'Because.', 'answer': 'Because.'}, 'So.', {'metadata': {'k': 1}})",
                "({'content': 'Because.'}, 'So.', {'metadata': {'k': 1}})",
                "({'output': 'Because.', 'answer': 'Because.'}, 'So.', {'metadata': {'k': 1}})",
            ],
        ),
        (
            "def handler(input, output, expected, metadata):\n    return repr((output, expected, metadata))",
            Convention::Braintrust,
            [
                "('Because.', 'So.', {'k': 1})",
                "({'content': 'Because.'}, 'So.', {'k': 1})",
                "('Because.', 'So.', {'k': 1})",
            ],
        ),
        (
            "def any_name(output, reference, threshold=3):\n    return repr((output, reference, threshold))",
            Convention::Phoenix,
            [
                "('Because.', 'So.', 3)",
                "({'content': 'Because.'}, 'So.', 3)",
                "('Because.', 'So.', 3)",
            ],
        ),
        (
            "def evaluate(ctx):\n    return repr((ctx.experiment.item_expected_output, ctx['observation']['metadata'], ctx.observation.toolCalls))",
            Convention::Langfuse,
            ["('So.', {'k': 1}, [])"; 3],
        ),
        (
            "def evaluate(instance):\n    return repr((instance['response'], instance['reference']))",
            Convention::Vertex,
            [
                "('Because.', 'So.')",
                "({'content': 'Because.'}, 'So.')",
                "('Because.', 'So.')",
            ],
        ),
        (
            "def get_assert(output, context):\n    return repr((output, context['vars']['question'], context['vars']['expected']))",
            Convention::Promptfoo,
            [
                "('Because.', 'user: Why?', 'So.')",
                "({'content': 'Because.'}, 'Why?', 'So.')",
                "('Because.', 'Why?', 'So.')",
            ],
        ),
    ];
    for (source, convention, expected) in table {
        let snippet = Snippet::python(source);
        let evaluator = ENGINE
            .compile(&snippet)
            .unwrap_or_else(|error| panic!("{error}\n{source}"));
        assert_eq!(evaluator.convention(), convention, "{source}");
        for (event, expected) in [POSTHOG, HONEYHIVE, PLAIN].iter().zip(expected) {
            let verdict = judge_snippet(&snippet, event);
            assert_eq!(verdict.value, expected, "{verdict:?}\n{source}\n{event}");
        }
    }
}

#[test]
fn the_metric_is_found_among_helpers() {
    for source in [
        "def helper(text):\n    return text\ndef check(event):\n    return helper('x')",
        "def _private(event):\n    return 'no'\ndef check(event):\n    return 'x'",
        "def other(event):\n    return 'no'\ndef score(event):\n    return 'x'",
        "score = lambda output: 'x'",
        "import functools\ndef _f(n, event):\n    return n\nscore = functools.partial(_f, 'x')",
        "def make(n):\n    def inner(event):\n        return n\n    return inner\nmetric_one = make('x')",
        "class C:\n    def __call__(self, event):\n        return 'x'\ncheck = C()",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def wrapped(*a, **k):\n        return f(*a, **k)\n    return wrapped\n@deco\ndef check(event):\n    return 'x'",
        "from difflib import SequenceMatcher\ndef check(event):\n    return 'x'\nif __name__ == '__main__':\n    result = check({})",
        "try:\n    def check(event):\n        return 'x'\nexcept Exception:\n    pass",
        "def check(event):\n    return 'x'\nresult = check(event)",
        "words = [event for event in 'abc']\ndef check(event):\n    return 'x'",
        // What code at the top hands on.
        "def short(text):\n    return 1\ndef polite(text):\n    return 1\nCHECKS = [short, polite]\ndef quality(output, expected):\n    return 'x' * (sum(check(output) for check in CHECKS) // len(CHECKS))",
        "def words(text):\n    return 'x'\nWORDS = words('')\ndef quality(answer):\n    return WORDS",
        "CHECKS = []\ndef short(text):\n    return 'x'\nCHECKS.append(short)\ndef quality(answer):\n    return CHECKS[0](answer)",
        "def check(event):\n    return 'x'\nMETRICS = [check]",
        "def helper(text):\n    return 'x'\ndef check(event):\n    return helper('')\nMETRICS = [check]\nassert helper('')",
        "def wrap(f):\n    return f\ndef short(text):\n    return 1\nCHECKS = [short]\ndef check(event):\n    return 'x'\ncheck = wrap(check)",
        "def short(text):\n    return 1\nCHECKS = [short]\ndef check(output):\n    return 'x'\nprint(check(''))\nalias = check",
        // Names that a convention knows.
        "def short(text):\n    return 1\ndef polite(text):\n    return 1\ndef quality(output, expected):\n    return 'x'",
    ] {
        assert_eq!(judge_snippet(&Snippet::python(source), EVENT).value, "x", "{source}");
    }
}

#[test]
fn what_is_unclear_is_said() {
    for (source, words) in [
        (
            "def a(event):\n    pass\ndef b(event):\n    pass",
            &["a(event) in line 1", "b(event) in line 3", "--entry b"][..],
        ),
        (
            "def a(output, expected):\n    pass\ndef b(event):\n    pass",
            &["2 functions", "--entry b"],
        ),
        ("def a(x, y, z):\n    pass", &["a(x, y, z)", "--convention"]),
        ("x = 1", &["no function to call", "result"]),
        ("def _a(event):\n    pass", &["underscore"]),
    ] {
        let message = refused(&Snippet::python(source)).to_string();
        for word in words {
            assert!(message.contains(word), "{message}\n{source}");
        }
    }
    let named = |source: &str| Snippet::python(source);
    let message = refused(&named("def a(event):\n    pass").with_entry("b")).to_string();
    assert!(
        message.contains("no function b") && message.contains("a(event)"),
        "{message}"
    );
    let message = refused(&named("def a(x):\n    pass").with_convention(Convention::OpenAi)).to_string();
    assert!(message.contains("grade(sample, item)"), "{message}");
}

#[test]
fn entry_and_convention_can_be_named() {
    let source = "def a(event):\n    return 'a'\ndef b(x, y):\n    return y['label']\n";
    let snippet = || Snippet::python(source);
    assert_eq!(judge_snippet(&snippet().with_entry("a"), EVENT).value, "a");
    assert_eq!(
        judge_snippet(&snippet().with_entry("b").with_convention(Convention::OpenAi), EVENT).value,
        "4"
    );
    assert_eq!(
        judge_snippet(&snippet().with_convention(Convention::OpenAi), EVENT).value,
        "4"
    );
}

#[test]
fn replays_get_the_values_they_name() {
    let event = r#"{"args": {"output": "o", "threshold": 2, "x": [1]}}"#;
    for (source, expected) in [
        (
            "def score(output, threshold=5):\n    return repr((output, threshold))",
            "('o', 2)",
        ),
        (
            "def score(event=None, *, x):\n    return repr((event, x))",
            "(None, [1])",
        ),
        ("def grade(output, x):\n    return repr((output, x))", "('o', [1])"),
        (
            "def score(output, **rest):\n    return repr((output, rest))",
            "('o', {'threshold': 2, 'x': [1]})",
        ),
    ] {
        assert_eq!(
            judge_snippet(&Snippet::python(source), event).value,
            expected,
            "{source}"
        );
    }
}

#[test]
fn patterns_in_functions_are_hinted_at() {
    let source =
        "import re\nP = re.compile('a')\ndef score(event):\n    return bool(re.search(r'\\d', 'x') or P.search('a'))\n";
    let evaluator = ENGINE.compile(&Snippet::python(source)).expect("it loads");
    assert_eq!(evaluator.warnings().len(), 1, "{:?}", evaluator.warnings());
    let start = evaluator.warnings()[0].start;
    assert_eq!((start.line, start.column), (4, 17));
}
