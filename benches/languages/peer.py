"""Times the metric in this Python without a sandbox, and in Monty where `pydantic_monty` is installed:
    python3 peer.py SECONDS < {"source": ..., "document": ...}
Prints the fastest and the median time of a run, in microseconds, as JSON."""

import json
import sys
import time

seconds = float(sys.argv[1])
given = json.load(sys.stdin)
source, document = given["source"], given["document"]
expected = given["expected"]


def measure(run):
    assert abs(run() - expected) < 1e-9, "another score"
    end = time.perf_counter() + seconds / 4
    while time.perf_counter() < end:
        run()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        # Short runs are timed in batches: the clock has its own cost.
        start, runs = time.perf_counter(), 0
        while True:
            run()
            runs += 1
            elapsed = time.perf_counter() - start
            if elapsed >= 0.0002:
                break
        times.append(elapsed / runs * 1e6)
    times.sort()
    return {"min": times[0], "median": times[len(times) // 2]}


def executed():
    """As platforms without a sandbox do: compile, run the top, call; every event."""
    names = {}
    exec(compile(source, "metric.py", "exec"), names)
    return names["judge"](json.loads(document))["score"]


names = {}
exec(compile(source, "metric.py", "exec"), names)
judge = names["judge"]
result = {
    "version": sys.version.split()[0],
    "exec": measure(executed),
    "call": measure(lambda: judge(json.loads(document))["score"]),
}
try:
    import pydantic_monty
except ImportError:
    pass
else:
    with pydantic_monty.Monty() as pool:
        code = source + "\nimport json\njudge(json.loads(document))['score']\n"

        def checked_out():
            with pool.checkout() as session:
                return session.feed_run(code, inputs={"document": document})

        try:
            result["monty"] = measure(checked_out)
            result["monty_version"] = pydantic_monty.__version__
        except Exception as error:
            result["monty_error"] = f"{type(error).__name__}: {error}"
print(json.dumps(result))
