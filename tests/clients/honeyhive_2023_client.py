"""HoneyHive's client of November 2023: tasks with their metrics, and metrics that are computed without saving them."""

import uuid
from typing import Any

import pytest
from honeyhive.models import components, errors
from honeyhive.sdk import HoneyHive

from conftest import Server

WORDS = "def evaluate(generation, metadata):\n    return len(generation.split())\n"


@pytest.fixture(scope="module")
def honeyhive(server: Server) -> HoneyHive:
    return HoneyHive(bearer_auth=server.key, server_url=server.url)


@pytest.fixture
def name() -> str:
    return f"task {uuid.uuid4()}"


def test_a_task_and_its_metrics(honeyhive: HoneyHive, name: str) -> None:
    given = components.TaskCreationQuery(
        name=name,
        description="of a test",
        type="Text Generation",
        prompts=[components.PromptResponse(name="greet", text="Say hello to {{name}}", input_variables=["name"])],
        metrics=[
            components.MetricResponse(
                name="words",
                code_snippet=WORDS,
                return_type="float",
                threshold={"min": 1, "max": 10.5, "own": ["kept"]},
                enabled_in_prod=False,
            )
        ],
    )
    made = honeyhive.post_tasks(given).task_response
    assert made.id
    assert (made.name, made.description, made.type) == (name, "of a test", "Text Generation")
    (metric,) = made.metrics
    assert (metric.name, metric.code_snippet) == ("words", WORDS)
    assert metric.threshold == {"min": 1, "max": 10.5, "own": ["kept"]}
    assert made.prompts[0].input_variables == ["name"]

    (found,) = honeyhive.get_tasks(name=name).classes
    assert found == made
    assert made.id in [task.id for task in honeyhive.get_tasks().classes]

    updated = honeyhive.put_tasks(components.TaskUpdateQuery(task_id=made.id, type="Other")).task_update_response
    assert (updated.acknowledged, updated.matched_count, updated.modified_count) == (True, 1, 1)
    (changed,) = honeyhive.get_tasks(name=name).classes
    assert (changed.type, changed.description, changed.metrics) == ("Other", "of a test", made.metrics)

    assert honeyhive.delete_tasks(name=name).status_code == 200
    assert honeyhive.get_tasks(name=name).classes == []


def test_metrics(honeyhive: HoneyHive, name: str) -> None:
    created = honeyhive.post_metrics(
        components.MetricCreateRequest(
            name="words", task=name, description="How many", type="custom", return_type="float", code_snippet=WORDS
        )
    )
    assert created.metric_create_response.inserted
    listed = honeyhive.get_metrics(task=name)
    assert [(metric.name, metric.code_snippet) for metric in listed.classes] == [("words", WORDS)]
    # The client reads no id; whoever needs it takes it from the answer itself.
    (raw,) = listed.raw_response.json()
    changed = honeyhive.put_metrics(components.MetricUpdateRequest(metric_id=raw["id"], description="Words"))
    assert changed.metric_update_response.updated
    assert honeyhive.get_metrics(task=name).raw_response.json()[0]["description"] == "Words"
    assert honeyhive.delete_metrics(metric_id=raw["id"]).metric_delete_response.deleted
    assert honeyhive.get_metrics(task=name).classes == []


@pytest.mark.parametrize(
    ("snippet", "result"),
    [
        pytest.param(WORDS, 3, id="two-arguments"),
        pytest.param("def evaluate(generation, metadata):\n    return len(generation) / 4\n", 4.0, id="float"),
    ],
)
def test_a_metric_is_computed_without_saving_it(honeyhive: HoneyHive, name: str, snippet: str, result: Any) -> None:
    computed = honeyhive.post_metrics_compute(
        components.MetricComputeRequest(
            generation="Hello my friends", metric=components.Metric(name="tried", code_snippet=snippet, task=name)
        )
    )
    assert computed.metric_compute_response.result == result


def test_what_is_wrong_is_refused(server: Server, honeyhive: HoneyHive, name: str) -> None:
    broken = components.Metric(name="broken", code_snippet="def evaluate(generation, metadata:\n", task=name)
    with pytest.raises(errors.SDKError) as refused:
        honeyhive.post_metrics_compute(components.MetricComputeRequest(generation="Hello", metric=broken))
    assert refused.value.status_code == 400
    with pytest.raises(errors.SDKError) as refused:
        HoneyHive(bearer_auth="wrong", server_url=server.url).get_tasks()
    assert refused.value.status_code == 401


def test_a_session_with_an_event(honeyhive: HoneyHive, name: str) -> None:
    started = honeyhive.post_session_start(components.SessionStartQuery(project=name, session_name="a test"))
    session = started.session_start_response.session_id
    assert uuid.UUID(session)
    event = components.SessionEventQuery(
        event_name="answer", event_type="model", inputs={"question": "Say hello"}, outputs={"content": "Hello"}
    )
    logged = honeyhive.post_session_session_id_event(session, event).session_event_response
    assert logged.success
    assert logged.event_id
