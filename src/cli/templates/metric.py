"""{{name}}: does the answer say what was expected, and say it briefly?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for the editor: the sandbox has no such module
    from jurybox import Json, Returned

MOST_WORDS = 40
# The top of the file runs once, not for every event. It is the place for patterns and tables.
WORD = re.compile(r"\w+")


def evaluate(output: Json, expected: Json) -> Returned:
    words = len(WORD.findall(str(output)))
    says_it = str(expected).lower() in str(output).lower()
    return {
        "score": 1.0 if says_it else 0.0,
        "pass": says_it and words <= MOST_WORDS,
        "reason": f"{words} words, {'with' if says_it else 'without'} what was expected",
    }
