"""HoneyHive's own client makes metrics, runs them, and logs events on which saved metrics leave their results."""

import time
import uuid
from typing import Any, Callable, Iterator

import pytest
from honeyhive import HoneyHive, HoneyHiveTracer, evaluate, trace
from honeyhive._generated.api_config import HTTPException
from honeyhive._generated.models import CreateMetricVersionRequest, LegacyRunMetricRequest, RunMetricRequest
from honeyhive._generated.services import Metrics_service
from honeyhive.models import (
    AddDatapointsToDatasetRequest,
    CreateDatapointRequest,
    CreateDatasetRequest,
    CreateMetricRequest,
    EventFilter,
    MetricItem,
    PostEventBatchRequest,
    PostEventRequest,
    PostExperimentRunRequest,
    PutExperimentRunRequest,
    UpdateDatapointRequest,
    UpdateDatasetRequest,
    UpdateEventRequest,
    UpdateMetricRequest,
)

from conftest import Server

SAYS_HELLO = """
def says_hello(event):
    return "hello" in event["outputs"]["content"].lower()
"""

WORDS = """
result = len(outputs["content"].split())
"""

EXACT = """
def exact(event):
    same = event["outputs"]["content"] == event["feedback"]["ground_truth"]
    return {"score": 1.0 if same else 0.0, "explanation": "the same" if same else "not the same"}
"""


@pytest.fixture(scope="module")
def honeyhive(server: Server) -> HoneyHive:
    return HoneyHive(api_key=server.key, base_url=server.url)


@pytest.fixture
def metric(honeyhive: HoneyHive) -> Iterator[Callable[..., MetricItem]]:
    """Makes metrics that end with the test: they would judge the events of others."""
    made: list[str] = []

    def make(criteria: str, **more: Any) -> MetricItem:
        created = honeyhive.metrics.create(
            CreateMetricRequest(
                **{
                    "name": f"metric {uuid.uuid4()}",
                    "type": "PYTHON",
                    "criteria": criteria,
                    "return_type": "boolean",
                    "sampling_percentage": 100,
                    **more,
                }
            )
        )
        assert created.inserted
        made.append(created.metric_id)
        (found,) = honeyhive.metrics.get_metric(created.metric_id)
        return found

    yield make
    left = [other.id for other in honeyhive.metrics.list()]
    for metric_id in made:
        if metric_id in left:
            assert honeyhive.metrics.delete(metric_id).deleted


def model_event(session: str, answer: str, **more: Any) -> dict[str, Any]:
    now = time.time() * 1000
    return {
        "event_type": "model",
        "event_name": "answer",
        "source": "production",
        "session_id": session,
        "config": {"model": "gpt-4o", "provider": "openai"},
        "inputs": {"question": "Say hello"},
        "outputs": {"role": "assistant", "content": answer},
        "start_time": now - 12.5,
        "end_time": now,
        "duration": 12.5,
        **more,
    }


@pytest.fixture
def session(honeyhive: HoneyHive) -> str:
    started = honeyhive.sessions.start({"session": {"session_name": "a test", "source": "production"}})
    assert uuid.UUID(started.session_id)
    return started.session_id


def events_of(honeyhive: HoneyHive, session: str) -> dict[str, dict[str, Any]]:
    """The events of a session other than the session itself, by id."""
    this_session = EventFilter(field="session_id", operator="is", value=session, type="string")
    found = honeyhive.events.export(filters=[this_session])
    assert found.total_events == len(found.events)
    events = [event.model_dump(exclude_unset=True) for event in found.events]
    return {event["event_id"]: event for event in events if event["event_type"] != "session"}


def test_metrics_are_made_listed_changed_and_deleted(
    honeyhive: HoneyHive, metric: Callable[..., MetricItem]
) -> None:
    filters = {"filterArray": [{"field": "event_name", "operator": "is", "value": "answer", "type": "string"}]}
    made = metric(
        SAYS_HELLO,
        description="Whether it says hello",
        threshold={"pass_when": True},
        needs_ground_truth=True,
        filters=filters,
    )
    assert made.criteria == SAYS_HELLO
    assert (made.type, made.return_type, made.enabled_in_prod) == ("PYTHON", "boolean", False)
    assert (made.needs_ground_truth, made.sampling_percentage) == (True, 100)
    assert made.threshold == {"pass_when": True}
    assert made.filters.model_dump() == filters

    assert made.id in [other.id for other in honeyhive.metrics.list()]
    assert made.id in [other.id for other in honeyhive.metrics.list(type="PYTHON")]
    assert made.id not in [other.id for other in honeyhive.metrics.list(type="LLM")]

    assert honeyhive.metrics.update(UpdateMetricRequest(id=made.id, description="Changed")).updated
    (changed,) = honeyhive.metrics.get_metric(made.id)
    assert (changed.description, changed.criteria) == ("Changed", SAYS_HELLO)

    assert honeyhive.metrics.delete(made.id).deleted
    assert made.id not in [other.id for other in honeyhive.metrics.list()]


def test_what_is_left_out_has_the_documented_defaults(metric: Callable[..., MetricItem]) -> None:
    made = metric("result = 1.0", return_type=None, scale=5, sampling_percentage=None)
    assert (made.description, made.return_type, made.enabled_in_prod) == ("", "float", False)
    assert (made.needs_ground_truth, made.sampling_percentage, made.scale) == (False, 10, 5)
    assert made.filters.filterArray == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"type": "SQL"}, id="type"),
        pytest.param({"return_type": "float"}, id="float-without-scale"),
        pytest.param({"criteria": ""}, id="no-code"),
        pytest.param({"name": "n" * 201}, id="long-name"),
        pytest.param({"unknown": 1}, id="unknown-field"),
    ],
)
def test_a_metric_that_is_wrong_is_refused(metric: Callable[..., MetricItem], wrong: dict[str, Any]) -> None:
    with pytest.raises(HTTPException) as refused:
        metric(**{"criteria": SAYS_HELLO, **wrong})
    assert refused.value.status_code == 400
    assert refused.value.server_message
    assert refused.value.error_code


def test_versions(honeyhive: HoneyHive, metric: Callable[..., MetricItem]) -> None:
    made = metric(SAYS_HELLO)
    first = honeyhive.metric_versions.list(made.id).data
    assert [version.deployed for version in first] == [True]
    content = {"name": made.name, "type": "PYTHON", "criteria": "result = True", "return_type": "boolean"}
    created = honeyhive.metric_versions.create(
        made.id, CreateMetricVersionRequest(message="always", content=content)
    ).data
    assert (created.message, created.content.criteria, created.deployed) == ("always", "result = True", False)
    deployed = honeyhive.metric_versions.deploy(made.id, created.name).data
    assert (deployed.name, deployed.deployed) == (created.name, True)
    assert honeyhive.metrics.get_metric(made.id)[0].criteria == "result = True"
    versions = honeyhive.metric_versions.list(made.id).data
    assert [version.name for version in versions if version.deployed] == [created.name]
    honeyhive.metric_versions.deploy(made.id, first[0].name)
    assert honeyhive.metrics.get_metric(made.id)[0].criteria == SAYS_HELLO


@pytest.mark.parametrize(
    ("run", "request_type"),
    [
        pytest.param(Metrics_service.runMetric, RunMetricRequest, id="run"),
        pytest.param(Metrics_service.runMetricLegacy, LegacyRunMetricRequest, id="run_metric"),
    ],
)
def test_a_metric_is_tried_without_saving_it(honeyhive: HoneyHive, run: Any, request_type: Any) -> None:
    def result(criteria: str, **more: Any) -> Any:
        metric = {"name": "tried", "type": "PYTHON", "criteria": criteria, "return_type": "boolean", **more}
        event = {
            "event_type": "model",
            "inputs": {"question": "Say hello"},
            "outputs": {"content": "Hello there"},
            "feedback": {"ground_truth": "Hello there"},
        }
        return run(honeyhive.api_config, data=request_type(metric=metric, event=event))

    passed = result(SAYS_HELLO)
    assert (passed.success, passed.loading, passed.result) == (True, False, True)
    counted = result(WORDS, return_type="float", scale=10)
    assert (counted.success, counted.result) == (True, 2)
    explained = result(EXACT, return_type="float", scale=1, needs_ground_truth=True)
    assert (explained.success, explained.result, explained.explanation) == (True, 1.0, "the same")
    failed = result("def fails(event):\n    return event['nothing']\n")
    assert (failed.success, failed.result) == (False, None)
    assert "KeyError" in failed.explanation


def test_enabled_metrics_judge_what_is_logged(
    server: Server, honeyhive: HoneyHive, metric: Callable[..., MetricItem], session: str
) -> None:
    hello = metric(SAYS_HELLO, enabled_in_prod=True).name
    words = metric(WORDS, return_type="float", scale=100, enabled_in_prod=True).name
    exact = metric(EXACT, return_type="float", scale=1, needs_ground_truth=True, enabled_in_prod=True).name
    other = {"filterArray": [{"field": "event_name", "operator": "is", "value": "another", "type": "string"}]}
    filtered = metric(SAYS_HELLO, enabled_in_prod=True, filters=other).name
    off = metric(SAYS_HELLO).name

    logged = honeyhive.events.create(PostEventRequest(event=model_event(session, "Hello, my friend")))
    assert logged.success
    batch = honeyhive.events.create_batch(
        PostEventBatchRequest(
            events=[
                model_event(session, "Goodbye"),
                model_event(session, "Farewell", feedback={"ground_truth": "Farewell"}),
            ]
        )
    )
    assert batch.success
    goodbye, farewell = batch.event_ids

    def judged() -> dict[str, dict[str, Any]] | None:
        found = events_of(honeyhive, session)
        assert set(found) == {logged.event_id, goodbye, farewell}
        complete = all({hello, words} <= set(event["metrics"]) for event in found.values())
        return found if complete and exact in found[farewell]["metrics"] else None

    metrics = {event_id: event["metrics"] for event_id, event in server.eventually(judged).items()}
    assert [metrics[event][hello] for event in (logged.event_id, goodbye, farewell)] == [True, False, False]
    assert [metrics[event][words] for event in (logged.event_id, goodbye, farewell)] == [3, 1, 1]
    assert metrics[farewell][exact] == 1.0
    assert metrics[farewell][f"{exact}_explanation"] == "the same"
    for of_event in metrics.values():
        assert filtered not in of_event
        assert off not in of_event
    assert exact not in metrics[logged.event_id]
    assert exact not in metrics[goodbye]


def test_events_keep_what_they_were_given(honeyhive: HoneyHive, session: str) -> None:
    given = model_event(
        session,
        "Hello",
        metadata={"cost": 0.25, "nested": {"list": [1, 2.5, None, "ü"]}},
        user_properties={"user_id": "ada"},
        metrics={"client side": 4},
    )
    event_id = honeyhive.events.create(PostEventRequest(event=given)).event_id
    kept = events_of(honeyhive, session)[event_id]
    assert {name: kept[name] for name in given} == given

    honeyhive.events.update(
        UpdateEventRequest(event_id=event_id, feedback={"rating": 5, "ground_truth": "Hello"}, metadata={"more": True})
    )
    changed = events_of(honeyhive, session)[event_id]
    assert changed["feedback"] == {"rating": 5, "ground_truth": "Hello"}
    assert changed["metadata"]["more"] is True
    assert changed["outputs"] == given["outputs"]


def test_filters_and_pages(honeyhive: HoneyHive, session: str) -> None:
    events = [model_event(session, f"Hello {number}", event_name=f"answer {number % 2}") for number in range(5)]
    honeyhive.events.create_batch(PostEventBatchRequest(events=events))
    filters = [
        EventFilter(field="session_id", operator="is", value=session, type="string"),
        EventFilter(field="event_name", operator="contains", value="answer 1", type="string"),
    ]
    found = honeyhive.events.export(filters=filters, limit=1, page=2)
    assert found.total_events == 2
    assert [event.event_name for event in found.events] == ["answer 1"]


def test_datasets_and_datapoints(honeyhive: HoneyHive) -> None:
    name = f"dataset {uuid.uuid4()}"
    dataset = honeyhive.datasets.create(CreateDatasetRequest(name=name, description="of a test")).result.insertedId
    (found,) = honeyhive.datasets.list(name=name).datasets
    assert (found.id, found.description, found.datapoints) == (dataset, "of a test", [])

    added = honeyhive.datasets.add_datapoints(
        dataset,
        AddDatapointsToDatasetRequest(
            data=[{"question": "1 + 1", "answer": "2"}, {"question": "2 + 2", "answer": "4"}],
            mapping={"inputs": ["question"], "ground_truth": ["answer"], "history": []},
        ),
    )
    assert added.inserted
    first, second = honeyhive.datapoints.list(datapoint_ids=added.datapoint_ids).datapoints
    assert {point.inputs["question"]: point.ground_truth["answer"] for point in (first, second)} == {
        "1 + 1": "2",
        "2 + 2": "4",
    }
    own = honeyhive.datapoints.create(
        CreateDatapointRequest(inputs={"question": "3 + 3"}, ground_truth={"answer": "6"}, linked_datasets=[dataset])
    ).result.insertedIds[0]
    assert {point.id for point in honeyhive.datapoints.list(dataset_name=name).datapoints} == {
        *added.datapoint_ids,
        own,
    }
    assert honeyhive.datapoints.update(own, UpdateDatapointRequest(inputs={"question": "4 + 2"})).updated
    (changed,) = honeyhive.datapoints.get(own).datapoint
    assert (changed.inputs, changed.ground_truth) == ({"question": "4 + 2"}, {"answer": "6"})

    assert honeyhive.datasets.remove_datapoint(dataset, first.id).dereferenced
    assert honeyhive.datapoints.delete(own).deleted
    renamed = honeyhive.datasets.update(UpdateDatasetRequest(dataset_id=dataset, name=f"{name} (2)")).result
    assert (renamed.name, renamed.datapoints) == (f"{name} (2)", [second.id])
    assert honeyhive.datasets.delete(dataset).result.id == dataset
    assert honeyhive.datasets.list(dataset_id=dataset).datasets == []


def test_runs(honeyhive: HoneyHive, session: str) -> None:
    created = honeyhive.experiments.create_run(
        PostExperimentRunRequest(name="a run", status="pending", event_ids=[], configuration={"k": 1})
    )
    run = created.run_id
    assert created.evaluation.run_id == run
    updated = honeyhive.experiments.update_run(run, PutExperimentRunRequest(status="completed", event_ids=[session]))
    assert (updated.evaluation.status, updated.evaluation.event_ids) == ("completed", [session])
    assert honeyhive.experiments.get_run(run).evaluation.configuration == {"k": 1}
    assert run in [other.run_id for other in honeyhive.experiments.list_runs(run_ids=[run]).evaluations]
    assert honeyhive.experiments.delete_run(run).deleted


def test_an_experiment(server: Server) -> None:
    def answer(datapoint: dict[str, Any]) -> dict[str, Any]:
        return {"content": datapoint["inputs"]["answer"]}

    def exact(outputs: Any, inputs: Any, ground_truth: Any) -> float:
        return 1.0 if outputs["content"] == ground_truth["content"] else 0.0

    result = evaluate(
        function=answer,
        dataset=[
            {"inputs": {"answer": "Hello"}, "ground_truth": {"content": "Hello"}},
            {"inputs": {"answer": "Goodbye"}, "ground_truth": {"content": "Hello"}},
        ],
        evaluators=[exact],
        name="an experiment",
        api_key=server.key,
        server_url=server.url,
        print_results=False,
    )
    assert (result.status, result.success) == ("completed", True)
    (details,) = [details for details in result.metrics.details if details.metric_name == "exact"]
    assert details.aggregate == 0.5
    assert sorted(details.values) == [0.0, 1.0]


def test_what_is_traced_is_logged(server: Server, honeyhive: HoneyHive, metric: Callable[..., MetricItem]) -> None:
    hello = metric(
        'result = "hello" in str(outputs).lower() if event_type == "model" else None', enabled_in_prod=True
    ).name
    tracer = HoneyHiveTracer.init(
        api_key=server.key, project="default", source="production", session_name="traced", server_url=server.url
    )

    @trace(event_type="model", event_name="traced answer", tracer=tracer)
    def answer(question: str) -> str:
        return f"Hello, you asked: {question}"

    answer("who?")
    tracer.enrich_session(feedback={"rating": 5})
    tracer.force_flush()

    def judged() -> dict[str, Any] | None:
        found = list(events_of(honeyhive, tracer.session_id).values())
        return found[0] if found and hello in found[0]["metrics"] else None

    event = server.eventually(judged)
    assert (event["event_type"], event["source"]) == ("model", "production")
    assert event["inputs"]["question"] == "who?"
    assert event["outputs"]["result"] == "Hello, you asked: who?"
    assert event["metrics"][hello] is True


def test_a_wrong_key_is_refused(server: Server) -> None:
    with pytest.raises(HTTPException) as refused:
        HoneyHive(api_key="wrong", base_url=server.url).metrics.list()
    assert refused.value.status_code == 401
    assert refused.value.server_message
