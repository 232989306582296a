"""Metrics that are coroutines: nothing in the sandbox takes time, so they are run to their end at once."""

import sys
from types import CoroutineType

NEVER = "a coroutine that waits for something that never happens"


class Never(Exception):
    """The coroutine waits for something that will never happen."""


def is_awaitable(value):
    """Whether a returned value is to be awaited."""
    return type(value) is CoroutineType or (
        hasattr(type(value), "__await__") and not isinstance(value, type)
    )


def result_of(awaitable):
    """What an awaitable gives."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio.__name__ == "asyncio":
        # The snippet may sleep and gather; the event loop's time passes when nothing else is left to do.
        try:
            return asyncio.run(_awaited(awaitable))
        except asyncio.unix_events.NothingHappens:
            raise Never from None
    coroutine = awaitable if type(awaitable) is CoroutineType else _awaited(awaitable)
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise Never


async def _awaited(awaitable):
    return await awaitable
