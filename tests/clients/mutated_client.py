"""Requests as clients make them, each with something wrong in it: none may end in a 5xx, each answer is JSON.

`MUTATIONS` says how many of each platform's [default: 400]."""

import copy
import gzip
import http.client
import json
import os
import re
import uuid
from typing import Any, Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import Server

Request = tuple[str, str, Any]

PYTHON = "def f(event):\n    return len(event['outputs']['content'])\n"
NOW = "2026-01-02T03:04:05.678901Z"
SOME_ID = "01920000-0000-7000-8000-000000000001"
FILTER = {"key": "$ai_model", "value": ["gpt-4o"], "operator": "exact", "type": "event"}
CONDITIONS = [{"id": "all", "rollout_percentage": 50.5, "properties": [FILTER]}]
EVALUATION = {
    "name": "an evaluation",
    "description": "of a test",
    "enabled": True,
    "evaluation_type": "hog",
    "evaluation_config": {"source": "return length(output) > 3"},
    "output_type": "numeric",
    "output_config": {"allows_na": True, "min": 0, "max": 1, "passing_rule": {"operator": "gte", "threshold": 0.5}},
    "conditions": CONDITIONS,
    "target": "generation",
    "target_config": {},
    "model_configuration": None,
}
GENERATION = {
    "event": "$ai_generation",
    "distinct_id": "ada",
    "timestamp": NOW,
    "properties": {
        "$ai_trace_id": "a trace",
        "$ai_model": "gpt-4o",
        "$ai_input": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
        "$ai_output_choices": [
            {"message": {"role": "assistant", "content": "Hello", "tool_calls": [{"function": {"name": "f"}}]}}
        ],
        "$ai_latency": 0.5,
    },
}
METRIC = {
    "name": "a metric",
    "type": "PYTHON",
    "criteria": PYTHON,
    "description": "of a test",
    "return_type": "float",
    "enabled_in_prod": True,
    "needs_ground_truth": False,
    "sampling_percentage": 12.5,
    "scale": 5,
    "threshold": {"min": 1, "max": 5, "pass_when": 3, "passing_categories": ["good"]},
    "categories": [{"category": "good", "score": 1}],
    "filters": {"filterArray": [{"field": "event_name", "operator": "is", "value": "answer", "type": "string"}]},
}
EVENT = {
    "event_type": "model",
    "event_name": "answer",
    "source": "production",
    "session_id": SOME_ID,
    "parent_id": SOME_ID,
    "children_ids": [SOME_ID],
    "config": {"model": "gpt-4o"},
    "inputs": {"question": "Say hello"},
    "outputs": {"role": "assistant", "content": "Hello"},
    "error": None,
    "start_time": 1.7e12,
    "end_time": 1700000000001,
    "duration": 1.5,
    "metadata": {"cost": 0.1},
    "feedback": {"ground_truth": "Hello"},
    "metrics": {"own": 1},
    "user_properties": {"user": "ada"},
}
SPAN = {
    "traceId": "929160fba125bfe71b49e0dc4692151e",
    "spanId": "29a93896bb13ce8b",
    "name": "answer",
    "kind": "SPAN_KIND_INTERNAL",
    "startTimeUnixNano": "1795348998070431349",
    "endTimeUnixNano": "1795348998071403092",
    "attributes": [
        {"key": "honeyhive.session_id", "value": {"stringValue": SOME_ID}},
        {"key": "honeyhive_inputs.list.0.deep", "value": {"intValue": "1"}},
        {"key": "honeyhive_outputs.result", "value": {"arrayValue": {"values": [{"doubleValue": 0.5}]}}},
    ],
    "status": {"code": "STATUS_CODE_UNSET"},
}
OF_SESSION = {"field": "session_id", "operator": "is", "value": SOME_ID, "type": "string"}

POSTHOG: list[Request] = [
    ("POST", "/api/environments/@current/evaluations", EVALUATION),
    ("PATCH", "/api/environments/@current/evaluations/{evaluation}", EVALUATION),
    ("PUT", "/api/projects/@current/evaluations/{evaluation}/", EVALUATION),
    (
        "POST",
        "/api/environments/@current/evaluations/test_hog/",
        {"source": "return output", "sample_count": 2, "allows_na": True, "conditions": CONDITIONS, "events": [GENERATION]},
    ),
    (
        "POST",
        "/api/environments/@current/evaluation_runs/",
        {"evaluation_id": "{evaluation}", "target_event_id": SOME_ID, "timestamp": NOW, "event": "$ai_generation"},
    ),
    ("POST", "/api/projects/@current/datasets/", {"name": "a dataset", "metadata": {"k": [1]}}),
    (
        "POST",
        "/api/projects/@current/dataset_items/",
        {"dataset": "{dataset}", "input": {"q": 1}, "output": "a", "metadata": {}, "ref_trace_timestamp": NOW},
    ),
    ("POST", "/batch/", {"api_key": "{key}", "historical_migration": False, "sent_at": NOW, "batch": [GENERATION]}),
    ("POST", "/capture/", {"api_key": "{key}", **GENERATION}),
    ("POST", "/i/v0/ai/batch/", {"api_key": "{key}", "batch": [GENERATION]}),
    (
        "POST",
        "/i/v1/analytics/events",
        {"created_at": NOW, "batch": [{**GENERATION, "uuid": SOME_ID, "options": {"process_person_profile": False}}]},
    ),
    ("GET", "/api/environments/@current/evaluations/?limit=2&offset=1&search=an&enabled=true&order_by=-created_at", None),
    ("GET", "/api/projects/@current/datasets/?id__in={dataset}&archived=false&search=a&order_by=-updated_at", None),
]

HONEYHIVE: list[Request] = [
    (
        "POST",
        "/tasks",
        {
            "name": "a task",
            "prompts": [{"name": "p", "input_variables": ["name"], "hyperparameters": {}, "created_at": NOW}],
            "metrics": [{"name": "m", "code_snippet": PYTHON, "threshold": {"min": 1}, "pass_when": True}],
            "datasets": [{"name": "d", "file": [{"q": 1}], "bytes": 12}],
        },
    ),
    ("PUT", "/tasks", {"task_id": "{task}", "metrics": [{"name": "m", "code_snippet": PYTHON}]}),
    ("POST", "/metrics", {"name": "m", "task": "t", "type": "custom", "code_snippet": PYTHON, "threshold": {"min": 1}}),
    ("PUT", "/metrics", {"metric_id": "{metric}", "return_type": "boolean", "pass_when": True}),
    ("POST", "/metrics/compute", {"generation": "Hello", "metric": {"name": "m", "code_snippet": PYTHON, "task": "t"}}),
    ("POST", "/v1/metrics", METRIC),
    ("PUT", "/v1/metrics", {"id": "{metric}", **METRIC}),
    ("PUT", "/v1/metrics/{metric}", METRIC),
    ("POST", "/v1/metrics/run", {"metric": METRIC, "event": EVENT}),
    ("POST", "/v1/metrics/{metric}/versions", {"message": "m", "content": METRIC, "deploy_immediately": True}),
    ("POST", "/session/start", {"session": {"session_name": "s", "session_id": SOME_ID, "metadata": {"run_id": SOME_ID}}}),
    ("POST", "/events", {"event": EVENT}),
    ("PUT", "/events", {"event_id": SOME_ID, "metadata": {"a": 1}, "outputs": {"b": 2}, "duration": 1.5}),
    ("POST", "/events/batch", {"events": [EVENT, EVENT], "is_single_session": True, "session_properties": {"source": "s"}}),
    ("POST", "/events/model", {"model_event": {"model": "m", "messages": [{"role": "user", "content": "x"}], "duration": 1}}),
    ("POST", "/v1/events", EVENT),
    ("POST", "/v1/events/batch", {"events": [EVENT], "single_session": True}),
    (
        "POST",
        "/v1/events/export",
        {"filters": [OF_SESSION], "dateRange": {"$gte": NOW, "$lte": NOW}, "projections": ["inputs"], "limit": 5, "page": 1},
    ),
    ("POST", "/opentelemetry/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN]}]}]}),
    ("POST", "/v1/datasets", {"name": "d", "description": "x", "datapoints": [SOME_ID]}),
    ("PUT", "/v1/datasets", {"dataset_id": "{hive_dataset}", "datapoints": [SOME_ID]}),
    (
        "POST",
        "/v1/datasets/{hive_dataset}/datapoints",
        {"data": [{"q": 1, "a": 2}], "mapping": {"inputs": ["q"], "ground_truth": ["a"], "history": []}},
    ),
    ("POST", "/v1/datapoints", {"inputs": {"q": 1}, "ground_truth": {"a": 1}, "history": [{}], "linked_datasets": [SOME_ID]}),
    (
        "POST",
        "/v1/runs",
        {"run_id": SOME_ID, "name": "r", "status": "pending", "event_ids": [SOME_ID], "configuration": {}, "metadata": {}},
    ),
    ("PUT", "/v1/runs/{run}", {"status": "completed", "event_ids": [SOME_ID], "results": {}}),
    ("GET", "/v1/runs?page=1&limit=2&run_ids%5B%5D={run}&sort_by=created_at&sort_order=asc&status=pending", None),
    ("GET", "/v1/runs/{run}/result?aggregate_function=p90", None),
    ("GET", "/v1/datapoints?datapoint_ids%5B%5D=a&dataset_name=b", None),
    ("GET", "/v1/metrics?type=PYTHON&id={metric}", None),
]

JURYBOX: list[Request] = [
    ("POST", "/api/jurybox/check", {"language": "python", "source": PYTHON, "convention": "honeyhive", "entry": "f"}),
    (
        "POST",
        "/api/jurybox/evaluate",
        {
            "language": "hog",
            "source": "return true",
            "events": [GENERATION, EVENT],
            "options": {"allows_na": True, "returns": "boolean", "limits": {"fuel": 1000000}, "now_ns": 1, "seed": 2},
        },
    ),
    ("POST", "/api/jurybox/events", {"events": [GENERATION, EVENT]}),
    ("GET", "/api/jurybox/events?limit=2&name=$ai_generation&search=x", None),
    ("GET", "/api/jurybox/evaluations/{evaluation}/history?days=3", None),
]

# What breaks programs.
ODD = st.one_of(
    st.sampled_from(
        [None, True, False, 0, -1, 0.5, 1e308, -1e-308, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**40, "", " ", "0", "true"]
    ),
    st.sampled_from(["\x00", "\ud800", "é" * 300, "a" * 70000, "9" * 400, "{{x}}", "%00", "../..", "'; --", "\u202e\ufeff"]),
    st.sampled_from(["hog", "PYTHON", "float", "boolean", "categorical", NOW, "2026-13-45", "+275760-09-13", SOME_ID]),
    st.sampled_from([[], {}, [[]], [None], {"": None}, {"a": {"b": [1, {"c": float("nan")}]}}, [0] * 2000]),
    # Stands for something deeper than Python's own JSON goes.
    st.sampled_from(["<deep 100>", "<deep 126>", "<deep 129>", "<deep 9000>"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something could be something else."""
    found = [path]
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    else:
        inner = ()
    for key, child in inner:
        found.extend(places(child, (*path, key)))
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value[path[0]] = put(value[path[0]], path[1:], new)
    return value


def dump(value: Any) -> bytes:
    def deep(found: re.Match[bytes]) -> bytes:
        depth = int(found[1])
        return b"[" * depth + b"]" * depth

    return re.sub(rb'"<deep (\d+)>"', deep, json.dumps(value).encode())


@st.composite
def mutated(draw: st.DrawFn, requests: list[Request]) -> tuple[str, str, bytes | None, dict[str, str]]:
    method, path, body = draw(st.sampled_from(requests))
    headers = {"Content-Type": "application/json"}
    if body is None:
        start, _, query = path.partition("?")
        fields = [field.split("=") for field in query.split("&")] if query else []
        for field in fields:
            if draw(st.booleans()):
                odd = ["", "-1", "0", "99999999999999999999", "%00", "%FF", "NaN", "null", "a,b", "x" * 5000, NOW]
                field[1] = draw(st.sampled_from(odd))
        return method, start + "?" + "&".join("=".join(field) for field in fields), None, headers
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        body = put(body, place, copy.deepcopy(draw(ODD)))
    data = dump(body)
    match draw(st.integers(0, 19)):
        case 0:
            data = data[: draw(st.integers(0, len(data)))]
        case 1:
            data = data.replace(b"a", b"\xff", 1)
        case 2:
            headers["Content-Type"] = draw(st.sampled_from(["text/plain", "application/x-ndjson", "multipart/form-data", "x"]))
        case 3:
            headers["Content-Encoding"] = draw(st.sampled_from(["gzip", "deflate", "br", "zstd", "x"]))
        case 4:
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data)
        case 5:
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data)[:-5]
    return method, path, data, headers


class Wire:
    """One connection, opened again when the server closes it."""

    def __init__(self, server: Server) -> None:
        self.key = server.key
        parts = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> tuple[int, str, bytes]:
        try:
            self.connection.request(method, path, data, {"Authorization": f"Bearer {self.key}", **headers})
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # It may refuse a body before it read all of it.
            self.connection.close()
            return 0, "", b""
        return response.status, response.headers.get("Content-Type", ""), response.read()


@pytest.fixture(scope="module")
def names(server: Server) -> Iterator[dict[str, str]]:
    """What the paths and bodies name."""
    unique = uuid.uuid4()
    task = server.post("/tasks", {"name": f"mutated {unique}"})
    yield {
        "{key}": server.key,
        "{evaluation}": server.post("/api/environments/@current/evaluations", EVALUATION, status=201)["id"],
        "{dataset}": server.post("/api/projects/@current/datasets", {"name": f"mutated {unique}"}, status=201)["id"],
        "{task}": task["id"],
        "{metric}": server.post("/v1/metrics", METRIC)["metric_id"],
        "{hive_dataset}": server.post("/v1/datasets", {"name": f"mutated {unique}"})["result"]["insertedId"],
        "{run}": server.post("/v1/runs", {"name": "mutated", "event_ids": []})["run_id"],
    }
    assert server.get("/readyz")


def filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


@pytest.mark.parametrize("requests", [POSTHOG, HONEYHIVE, JURYBOX], ids=["posthog", "honeyhive", "jurybox"])
def test_no_request_is_too_wrong(server: Server, names: dict[str, str], requests: list[Request]) -> None:
    wire = Wire(server)

    @settings(
        max_examples=int(os.environ.get("MUTATIONS", "400")),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated(requests))
    def none(request: tuple[str, str, bytes | None, dict[str, str]]) -> None:
        method, path, data, headers = request
        if data is not None and "Content-Encoding" not in headers:
            for name, value in names.items():
                data = data.replace(name.encode(), value.encode())
        status, content_type, answer = wire.send(method, filled(path, names), data, headers)
        assert status < 500, (status, answer)
        if status and status != 204:
            assert content_type.startswith(("application/json", "application/x-ndjson")), (status, content_type, answer)
            for line in answer.splitlines() if "ndjson" in content_type else [answer]:
                json.loads(line)

    none()


@pytest.mark.parametrize(
    "request_", [*POSTHOG, *HONEYHIVE, *JURYBOX], ids=lambda request: f"{request[0]} {request[1].partition('?')[0]}"
)
def test_without_a_mutation_they_are_understood(server: Server, names: dict[str, str], request_: Request) -> None:
    method, path, body = request_
    data = None if body is None else filled(json.dumps(body), names).encode()
    wire = Wire(server)
    status, _, answer = wire.send(method, filled(path, names), data, {"Content-Type": "application/json"})
    # What is named at random is nowhere to be found, or is there from before.
    assert status in (200, 201, 202, 404, 409), (status, answer)
