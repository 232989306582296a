"""The server that is tested, as the environment names it: JURYBOX_URL and JURYBOX_KEY."""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any, Callable, NamedTuple, TypeVar

import pytest

Found = TypeVar("Found")


class Answer(NamedTuple):
    status: int
    body: Any


class Server:
    """What the tests ask directly, without a platform's client."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key

    def request(self, method: str, path: str, body: Any = None) -> Answer:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                return Answer(error.code, json.loads(text))
            except ValueError:
                return Answer(error.code, text)

    def get(self, path: str) -> Any:
        return self._expect(200, self.request("GET", path))

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        return self._expect(status, self.request("POST", path, body))

    @staticmethod
    def _expect(status: int, answer: Answer) -> Any:
        assert answer.status == status, answer
        return answer.body

    @staticmethod
    def eventually(look: Callable[[], Found], seconds: float = 30) -> Found:
        """What `look` finds as soon as it finds something: live evaluation runs behind the answers."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, f"nothing was found within {seconds} s"
            time.sleep(0.1)
        return found


@pytest.fixture(scope="session")
def server() -> Server:
    return Server(os.environ["JURYBOX_URL"], os.environ["JURYBOX_KEY"])
