"""asyncio's event loop for a sandbox: no files and no processes to wait for, and time that passes when nothing else is
left to do."""

from . import base_events, events

__all__ = ("SelectorEventLoop", "DefaultEventLoopPolicy", "EventLoop")


class NothingHappens(RuntimeError):
    """Everything waits for something else."""


class _Nothing:
    """Stands for the selector of a loop: it waits for timers alone, and doesn't wait."""

    def __init__(self, loop):
        self._loop = loop

    def select(self, timeout):
        if timeout is None:
            raise NothingHappens("the coroutine waits for something that never happens")
        self._loop._passed += timeout
        return ()

    def close(self):
        pass


class SelectorEventLoop(base_events.BaseEventLoop):
    def __init__(self, selector=None):
        super().__init__()
        self._passed = 0.0
        # Rounding must not leave a timer a hair in the future: no time would pass until then.
        self._clock_resolution = 1e-6
        self._selector = _Nothing(self)

    def time(self):
        return self._passed

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, func, *args):
        """Runs it at once: there are no threads."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    async def shutdown_default_executor(self, timeout=None):
        pass


EventLoop = SelectorEventLoop


class DefaultEventLoopPolicy(events.BaseDefaultEventLoopPolicy):
    _loop_factory = SelectorEventLoop
