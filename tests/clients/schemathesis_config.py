"""Makes some of everything at JURYBOX_URL, and prints a configuration by which requests find it:
    schemathesis_config.py > schemathesis.toml
What is made up at random is refused at the door; with names of what there is, requests come further in."""

import json
import os
import sys
import uuid

sys.path.insert(0, os.path.dirname(__file__))
from conftest import Server

# As much of each: requests delete some of it.
COUNT = 12

SOURCES = [
    "return true",
    "print(input, output) return length(output) > 3",
    "return properties.$ai_latency / 0",
    "fun f(n) { return f(n + 1) } return f(0)",
    "while (true) {}",
    "let",
    "def f(event):\n    return event['outputs']['content'] == 'Hello'\n",
    "result = len(outputs)",
    "import os\nresult = os.listdir('/')",
    "export default (event) => event.output.length",
    "(module)",
]


def made(server: Server) -> dict[str, list[str | int]]:
    """Names of what there is now, by what it is."""
    evaluations, events, sessions, runs, metrics, configurations = [], [], [], [], [], []
    datasets, items, hive_datasets, datapoints, tasks = [], [], [], [], []
    for number in range(COUNT):
        evaluation = server.post(
            "/api/environments/@current/evaluations",
            {
                "name": f"evaluation {number}",
                "evaluation_type": "hog",
                "evaluation_config": {"source": SOURCES[number % 3]},
                "output_type": "boolean",
                "enabled": number % 4 == 0,
                "conditions": [{"id": "all", "properties": []}],
            },
            status=201,
        )
        evaluations.append(evaluation["id"])
        dataset = server.post("/api/projects/@current/datasets", {"name": f"dataset {number}"}, status=201)
        datasets.append(dataset["id"])
        item = {"dataset": dataset["id"], "input": {"question": number}}
        items.append(server.post("/api/projects/@current/dataset_items", item, status=201)["id"])

        event = {"event": "$ai_generation", "distinct_id": "ada", "uuid": str(uuid.uuid4())}
        server.post("/batch", {"api_key": server.key, "batch": [event]})
        events.append(event["uuid"])

        session = server.post("/session/start", {"session": {"session_name": "some"}})["session_id"]
        sessions.append(session)
        logged = {"event_type": "model", "session_id": session, "inputs": {}, "outputs": {"content": "Hello"}}
        events.append(server.post("/v1/events", logged)["event_id"])
        metric = {"name": f"metric {number}", "type": "PYTHON", "criteria": SOURCES[6], "return_type": "boolean"}
        metrics.append(server.post("/v1/metrics", metric)["metric_id"])
        run = server.post("/v1/runs", {"name": f"run {number}", "event_ids": [session]})
        runs.append(run["run_id"])
        point = server.post("/v1/datapoints", {"inputs": {"question": "1 + 1"}, "ground_truth": {"answer": "2"}})
        datapoints.extend(point["result"]["insertedIds"])
        hive_dataset = server.post("/v1/datasets", {"name": f"dataset {number}", "datapoints": datapoints[-1:]})
        hive_datasets.append(hive_dataset["result"]["insertedId"])
        parameters = {"call_type": "chat", "model": "gpt-4o"}
        configuration = {"name": f"configuration {number}", "provider": "openai", "parameters": parameters}
        configurations.append(server.post("/v1/configurations", configuration)["insertedId"])
        task = {"name": f"task {number}", "metrics": [{"name": "words", "code_snippet": SOURCES[6]}]}
        tasks.append(server.post("/tasks", task)["name"])
    return {
        "evaluation": evaluations,
        "dataset": datasets,
        "item": items,
        "event": events,
        "session": sessions,
        "metric": metrics,
        "run": runs,
        "datapoint": datapoints,
        "hive_dataset": hive_datasets,
        "configuration": configurations,
        "task": tasks,
        "version": ["v1", "v2", "v3"],
        "source": list(SOURCES),
    }


# Which names go where: a pattern of paths, and what its parameters are called.
PLACES = [
    ("^/api/(environments|projects)/[^/]*/evaluations", {"path.id": "evaluation"}),
    (
        "^/api/(environments|projects)/[^/]*/evaluation_runs",
        {"body.evaluation_id": "evaluation", "body.target_event_id": "event"},
    ),
    ("^/api/(environments|projects)/[^/]*/datasets", {"path.id": "dataset"}),
    (
        "^/api/(environments|projects)/[^/]*/dataset_items",
        {"path.id": "item", "query.dataset": "dataset", "body.dataset": "dataset"},
    ),
    ("^/api/jurybox/", {"path.id": "evaluation", "body.metric": "evaluation"}),
    ("^(/v1)?/sessions?/", {"path.session_id": "session"}),
    ("^/v1/events", {"path.event_id": "event"}),
    ("^/v1/metrics", {"path.metric_id": "metric", "query.metric_id": "metric", "path.version_name": "version"}),
    ("^/v1/runs", {"path.run_id": "run", "path.old_run_id": "run"}),
    ("^/v1/data(sets|points)", {"path.dataset_id": "hive_dataset", "query.dataset_id": "hive_dataset", "path.datapoint_id": "datapoint"}),
    ("^/v1/configurations", {"path.id": "configuration"}),
    ("^/(tasks|metrics)", {"query.name": "task", "query.task": "task", "query.metric_id": "metric"}),
]

EVERYWHERE = {
    "body.source": "source",
    "body.evaluation_config.source": "source",
    "body.code_snippet": "source",
    "body.criteria": "source",
}


def table(parameters: dict[str, str], probability: float) -> str:
    # JSON's strings are TOML's, too.
    bindings = (
        f'{json.dumps(name)} = {{ dictionary = "{dictionary}", probability = {probability} }}'
        for name, dictionary in parameters.items()
    )
    return "\n".join(bindings)


def main() -> None:
    server = Server(os.environ["JURYBOX_URL"], os.environ["JURYBOX_KEY"])
    for name, values in made(server).items():
        print(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n")
    # Always: at another project nothing is found but 403.
    project = '"path.project_id" = "@current"'
    print(f"[parameters]\n{project}\n{table(EVERYWHERE, 0.9)}\n")
    for pattern, parameters in PLACES:
        print(f"[[operations]]\ninclude-path-regex = {json.dumps(pattern)}")
        print(f"[operations.parameters]\n{project}\n{table(EVERYWHERE | parameters, 0.9)}\n")


main()
