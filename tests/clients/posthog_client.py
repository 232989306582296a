"""PostHog's own client captures; what it captured are samples for trying a metric, and saved metrics judge it live."""

import uuid
from typing import Any, Iterator

import httpx
import openai
import pytest
from posthog import Posthog
from posthog.ai.openai import OpenAI

from conftest import Server

EVALUATIONS = "/api/environments/@current/evaluations/"

# Answers that pass say so; reasoning is what was printed.
SAYS_HELLO = """
let text := toString(output)
print('judged', event.uuid)
return text ilike '%hello%'
"""


class Captured:
    """A client, and the errors it was told of: a client that isn't answered as it expects says so only there."""

    def __init__(self, server: Server, **settings: Any) -> None:
        self.errors: list[str] = []
        self.client = Posthog(
            settings.pop("project_api_key", server.key),
            host=server.url,
            on_error=lambda error, batch: self.errors.append(f"{error!r}: {error}"),
            max_retries=1,
            **settings,
        )

    def __enter__(self) -> Posthog:
        return self.client

    def __exit__(self, *raised: object) -> None:
        self.client.shutdown()
        assert self.errors == []


def generation(trace: str, answer: str, **more: Any) -> dict[str, Any]:
    return {
        "$ai_trace_id": trace,
        "$ai_model": "gpt-4o",
        "$ai_provider": "openai",
        "$ai_input": [{"role": "user", "content": "Say hello"}],
        "$ai_output_choices": [{"role": "assistant", "content": answer}],
        "$ai_latency": 0.25,
        "$ai_total_cost_usd": 0.001,
        **more,
    }


@pytest.fixture
def trace() -> str:
    """A trace of this test's own, by which its events are found."""
    return f"trace-{uuid.uuid4()}"


@pytest.fixture(scope="module")
def evaluation(server: Server) -> Iterator[dict[str, Any]]:
    """A saved evaluation that is on: it judges every generation that the tests of this file capture."""
    made = server.post(
        EVALUATIONS,
        {
            "name": "Says hello",
            "enabled": True,
            "evaluation_type": "hog",
            "evaluation_config": {"source": SAYS_HELLO},
            "output_type": "boolean",
            "output_config": {},
            "conditions": [{"id": "all", "rollout_percentage": 100, "properties": []}],
        },
        status=201,
    )
    assert made["enabled"] is True
    assert made["status"] == "active"
    yield made
    off = server.request("PATCH", f"{EVALUATIONS}{made['id']}/", {"enabled": False})
    assert (off.status, off.body["enabled"]) == (200, False)


def samples(server: Server, trace: str, source: str = SAYS_HELLO, **more: Any) -> list[dict[str, Any]]:
    """What `test_hog` makes of this trace's events."""
    this_trace = {"key": "$ai_trace_id", "value": trace, "operator": "exact", "type": "event"}
    answer = server.post(
        f"{EVALUATIONS}test_hog/",
        {
            "source": source,
            "sample_count": 10,
            "conditions": [{"id": "trace", "properties": [this_trace]}],
            **more,
        },
    )
    return answer["results"]


def verdicts(server: Server, evaluation: dict[str, Any], wanted: set[str]) -> dict[str, dict[str, Any]]:
    """The `$ai_evaluation` events about these events, by the event they are about."""

    def look() -> dict[str, dict[str, Any]] | None:
        found = {}
        for result in server.get("/api/jurybox/events?limit=200&name=$ai_evaluation")["results"]:
            properties = result["body"]["properties"]
            if properties["$ai_evaluation_id"] == evaluation["id"] and properties["$ai_target_event_id"] in wanted:
                assert properties["$ai_target_event_id"] not in found, "judged twice"
                found[properties["$ai_target_event_id"]] = properties
        return found if len(found) == len(wanted) else None

    return server.eventually(look)


def figures(server: Server, evaluation: dict[str, Any]) -> dict[str, int]:
    points = server.get(f"/api/jurybox/evaluations/{evaluation['id']}/history?days=1")["points"]
    kinds = ("passed", "failed", "not_applicable", "errors")
    return {kind: sum(point[kind] for point in points) for kind in kinds}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="batch"),
        pytest.param({"gzip": True}, id="gzip"),
        pytest.param({"sync_mode": True}, id="sync"),
        pytest.param({"flush_at": 1}, id="one-by-one"),
        pytest.param({"capture_mode": "v1"}, id="v1"),
        pytest.param({"capture_mode": "v1", "capture_compression": "gzip"}, id="v1-gzip"),
        pytest.param({"capture_mode": "v1", "capture_compression": "deflate"}, id="v1-deflate"),
    ],
)
def test_what_is_captured_becomes_samples(server: Server, trace: str, settings: dict[str, Any]) -> None:
    with Captured(server, **settings) as posthog:
        hello = posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Hello, Ada"))
        goodbye = posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Goodbye"))
    found = {result["event_uuid"]: result for result in samples(server, trace)}
    assert set(found) == {hello, goodbye}
    assert (found[hello]["result"], found[goodbye]["result"]) == (True, False)
    for event, result in found.items():
        assert result["trace_id"] == trace
        assert result["input_preview"] == "user: Say hello"
        assert result["reasoning"] == f"judged {event}"
        assert result["error"] is None


def test_large_events_take_their_own_way(server: Server, trace: str) -> None:
    with Captured(server) as posthog:
        event = posthog.capture_ai(
            "$ai_generation", distinct_id="ada", properties=generation(trace, "Hello " + "é" * 2**20)
        )
    (result,) = samples(server, trace, "print(length(output)) return true")
    assert (result["event_uuid"], result["result"], result["error"]) == (event, True, None)
    assert len(result["output_preview"]) == 200


def test_many_events_in_several_batches(server: Server, trace: str) -> None:
    with Captured(server, gzip=True, flush_at=40) as posthog:
        for number in range(150):
            posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, f"Hello {number}"))
    found = server.get(f"/api/jurybox/events?limit=200&name=$ai_generation&search={trace}")["results"]
    assert len(found) == 150


def test_events_of_other_kinds_come_along(server: Server, trace: str) -> None:
    with Captured(server) as posthog:
        posthog.capture("$pageview", properties={"$current_url": "https://example.com"})
        posthog.set(distinct_id="ada", properties={"plan": "free"})
        posthog.group_identify("company", "acme", {"seats": 3})
        posthog.alias("ada", "lovelace")
        posthog.capture_exception(ValueError("no"), distinct_id="ada")
        event = posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Hello"))
    assert [result["event_uuid"] for result in samples(server, trace)] == [event]


def test_an_event_that_is_sent_twice_counts_once(server: Server, trace: str) -> None:
    event = str(uuid.uuid4())
    for _ in range(2):
        with Captured(server) as posthog:
            posthog.capture(
                "$ai_generation", distinct_id="ada", uuid=event, properties=generation(trace, "Hello, twice")
            )
    assert [result["event_uuid"] for result in samples(server, trace)] == [event]


def test_a_wrong_key_is_refused_once_and_for_all(server: Server) -> None:
    captured = Captured(server, project_api_key="phc_wrong")
    captured.client.capture("$ai_generation", distinct_id="ada")
    captured.client.shutdown()
    (error,) = captured.errors
    assert "(401)" in error


@pytest.mark.parametrize("full", [False, True], ids=["redacted", "full"])
def test_the_wrapper_of_a_model_client_is_judged_live(
    server: Server, evaluation: dict[str, Any], trace: str, full: bool
) -> None:
    # A model that is always at hand.
    def model(request: httpx.Request) -> httpx.Response:
        message = {"role": "assistant", "content": "Hello, world"}
        return httpx.Response(
            200,
            json={
                "id": "completion",
                "object": "chat.completion",
                "created": 1,
                "model": "gpt-4o",
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
            },
        )

    transport = httpx.Client(transport=httpx.MockTransport(model))
    with Captured(server, enable_full_ai_capture=full) as posthog:
        client = OpenAI(api_key="none", posthog_client=posthog, http_client=transport)
        assert isinstance(client, openai.OpenAI)
        client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "Say hello"}],
            posthog_distinct_id="ada",
            posthog_trace_id=trace,
        )
    (result,) = samples(server, trace)
    assert (result["result"], result["input_preview"], result["output_preview"]) == (
        True,
        "user: Say hello",
        "assistant: Hello, world",
    )
    judged = verdicts(server, evaluation, {result["event_uuid"]})[result["event_uuid"]]
    assert judged["$ai_evaluation_result"] is True
    assert judged["$ai_trace_id"] == trace


def test_a_saved_evaluation_judges_what_is_captured(
    server: Server, evaluation: dict[str, Any], trace: str
) -> None:
    with Captured(server) as posthog:
        # What was captured before is judged, too: wait for the end of it.
        first = posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Hello"))
        posthog.flush()
        verdicts(server, evaluation, {first})
        before = server.eventually(lambda: figures(server, evaluation))

        answers = ["Hello", "Goodbye", "hello again", "Farewell", "So long"]
        events = {
            posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, answer)): answer
            for answer in answers
        }
        posthog.capture("$ai_span", distinct_id="ada", properties=generation(trace, "Hello from a span"))
    judged = verdicts(server, evaluation, set(events))
    for event, properties in judged.items():
        assert properties["$ai_evaluation_name"] == "Says hello"
        assert properties["$ai_evaluation_result"] is ("hello" in events[event].lower())
        assert properties["$ai_evaluation_reasoning"] == f"judged {event}"
        assert properties["$ai_evaluation_runtime"] == "hog"
        assert properties["$ai_evaluation_trigger"] == "live"
        assert properties["$ai_target_event_type"] == "$ai_generation"
        assert properties["$ai_trace_id"] == trace
    after = figures(server, evaluation)
    assert after == {**before, "passed": before["passed"] + 2, "failed": before["failed"] + 3}


def test_a_paused_evaluation_judges_nothing(server: Server, evaluation: dict[str, Any], trace: str) -> None:
    path = f"{EVALUATIONS}{evaluation['id']}/"
    paused = server.request("PATCH", path, {"enabled": False})
    assert (paused.status, paused.body["status"]) == (200, "paused")
    before = figures(server, evaluation)
    with Captured(server) as posthog:
        posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Hello"))
    again = server.request("PATCH", path, {"enabled": True})
    assert (again.status, again.body["status"]) == (200, "active")
    with Captured(server) as posthog:
        event = posthog.capture("$ai_generation", distinct_id="ada", properties=generation(trace, "Hello"))
    verdicts(server, evaluation, {event})
    assert figures(server, evaluation) == {**before, "passed": before["passed"] + 1}
