"""mailbox: what waits for one watcher. Newest state wins; events wait in order, up to a bound.

A watcher that is too slow for the bound loses the oldest events and is told so by a gap in their place,
just as the server would tell it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from .message import Event, Gap, Position, State


class Mailbox:
    """`bound`: events that may wait. States wait once per topic."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._line: deque[Event | Gap | str] = deque()
        """In order; a text is a state topic, whose newest value is in `_states`."""
        self._states: dict[str, State] = {}
        self._events = 0
        self._lost: dict[str, Gap] = {}
        self._error: BaseException | None = None
        self._closed = False
        self._filled = asyncio.Event()

    def put(self, item: State | Event | Gap) -> None:
        if self._closed:
            return
        if isinstance(item, State):
            if item.topic not in self._states:
                self._line.append(item.topic)
            self._states[item.topic] = item
        else:
            self._line.append(item)
            self._events += 1
            if self._events > self._bound:
                self._shed()
        self._filled.set()

    def end(self, error: BaseException | None = None) -> None:
        """Nothing comes after what waits already; then `error` is raised."""
        self._closed = True
        self._error = error
        self._filled.set()

    async def take(self) -> State | Event | Gap:
        """The next one. Raises what ended it, or `StopAsyncIteration`."""
        while not self._line and not self._lost:
            if self._closed:
                raise self._error or StopAsyncIteration
            self._filled.clear()
            await self._filled.wait()
        if self._lost:
            # Whatever waits of the same topic came after it.
            return self._lost.pop(next(iter(self._lost)))
        first = self._line.popleft()
        if isinstance(first, str):
            return self._states.pop(first)
        self._events -= 1
        return first

    def _shed(self) -> None:
        at = next(i for i, waiting in enumerate(self._line) if not isinstance(waiting, str))
        oldest = self._line[at]
        assert not isinstance(oldest, str)
        del self._line[at]
        self._events -= 1
        gap = oldest if isinstance(oldest, Gap) else _gap_of(oldest)
        before = self._lost.get(gap.topic)
        self._lost[gap.topic] = replace(gap, since=before.since) if before else gap


def _gap_of(event: Event) -> Gap:
    epoch, offset = event.position
    return Gap(event.topic, Position(epoch, offset - 1), Position(epoch, offset + 1), "overrun")
