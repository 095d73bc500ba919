"""connection: keeps one way to the server open, the best that comes through.

Enters: what ways report. Leaves: messages of one way at a time, and how it stands.
May not know what is subscribed; the client says that anew after each welcome.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import aiohttp

from .connection_state import (
    Closed,
    Connecting,
    ConnectionState,
    Live,
    Offline,
    Polling,
    Reconnecting,
    SignedOut,
    quality_of,
)
from .errors import Problem
from .http import Http
from .ladder import Ladder, Way
from .message import Message, Welcome
from .pace import Pace
from .ways import NO_ANSWER, SIGN_IN_AGAIN, Desk, Ended, by_polling, by_socket, by_stream
from .wishes import Wishes
from .within import within

_POLLS_PER_STREAM = 10
"""Each poll looks for a WebSocket; every tenth one for a stream instead."""
_MEDIAN_OF = 3
_COME_BACK = re.compile(r"come back in (\d+) ms")
_LONGEST_TOLD_S = 60.0
_BY: dict[Way, Callable[[Http, Pace, Desk], Awaitable[None]]] = {
    "socket": by_socket,
    "stream": by_stream,
    "poll": by_polling,
}


class Owner(Protocol):
    """Who the connection works for."""

    def became(self, state: ConnectionState) -> None: ...

    def welcomed(self, welcome: Welcome, outgoing: asyncio.Queue[str] | None) -> None:
        """`outgoing` takes texts where the way is a socket."""

    def lost(self) -> None:
        """What was not answered until now will not be."""

    def receive(self, message: Message) -> None: ...

    def fault(self, detail: str) -> None: ...

    def wishes(self) -> Wishes: ...

    def accepted(self, wishes: Wishes) -> None: ...

    def refused(self, problem: Problem) -> bool: ...


class _Attempt:
    """One way that is being opened, or is open. Nothing of it is heard before its welcome made it the
    main one, nor after another one became that."""

    def __init__(self, connection: Connection, way: Way) -> None:
        self.way = way
        self.changed = asyncio.Event()
        self.opened = asyncio.Event()
        self.welcomed_at: float | None = None
        self._connection = connection
        self._latencies: list[float] = []
        self.task = asyncio.create_task(self._run(), name=f"bellwether {way}")

    async def _run(self) -> Ended:
        http, pace = self._connection.http, self._connection.pace
        run = asyncio.ensure_future(_BY[self.way](http, pace, self))
        opened = asyncio.ensure_future(self.opened.wait())
        try:
            await asyncio.wait(
                (run, opened), timeout=pace.welcome_s, return_when=asyncio.FIRST_COMPLETED
            )
            if not self.opened.is_set() and not run.done():
                return Ended(NO_ANSWER, "no welcome came")
            await run
        except Ended as ended:
            return ended
        except (
            Exception
        ) as error:  # whatever it is, it is the end of this way and not of the client
            self.fault(f"{self.way}: {error!r}")
            return Ended(NO_ANSWER, repr(error))
        finally:
            for task in (run, opened):
                task.cancel()
            await asyncio.gather(run, opened, return_exceptions=True)
        raise AssertionError("a way returned without an end")

    def _is_main(self) -> bool:
        return self._connection.main is self

    def welcome(self, welcome: Welcome, outgoing: asyncio.Queue[str] | None) -> None:
        if not self._connection.is_awaited(self):
            return
        self.welcomed_at = asyncio.get_running_loop().time()
        self.opened.set()
        self._connection.promote(self)
        self._connection.owner.welcomed(welcome, outgoing)

    def receive(self, message: Message) -> None:
        if self._is_main():
            self._connection.owner.receive(message)

    def fault(self, detail: str) -> None:
        self._connection.owner.fault(detail)

    def measured(self, latency_ms: float) -> None:
        if not self._is_main():
            return
        self._latencies = [*self._latencies, latency_ms][-_MEDIAN_OF:]
        middle = sorted(self._latencies)[len(self._latencies) // 2]
        if self.way == "poll":
            self._connection.owner.became(Polling())
        else:
            self._connection.owner.became(Live(self.way, middle, quality_of(middle)))

    def wishes(self) -> Wishes:
        # One that only looks whether it comes through asks for nothing.
        return self._connection.owner.wishes() if self._is_main() else Wishes()

    def accepted(self, wishes: Wishes) -> None:
        if self._is_main():
            self._connection.owner.accepted(wishes)

    def refused(self, problem: Problem) -> bool:
        return self._is_main() and self._connection.owner.refused(problem)


class Connection:
    def __init__(
        self,
        owner: Owner,
        http: Http,
        pace: Pace,
        attempts: int | None,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self.owner = owner
        self.http = http
        self.pace = pace
        self.main: _Attempt | None = None
        self._attempts = attempts
        self._dice = dice
        self._ladder = Ladder()
        self._unanswered = 0
        self._welcomes = 0
        self._failures = 0
        self._better: _Attempt | None = None
        self._hurry = asyncio.Event()
        self._switched = asyncio.Event()

    async def run(self) -> ConnectionState:
        """Until it is over for good; says how it stands then."""
        self.owner.became(Connecting())
        looking = asyncio.create_task(self._look(), name="bellwether looks for better ways")
        try:
            while True:
                self.main = _Attempt(self, self._ladder.way)
                over = await self._next(await self._ended())
                if over is not None:
                    return over
        finally:
            left: list[asyncio.Task[Any]] = [looking]
            left += [one.task for one in (self.main, self._better) if one is not None]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            self.main = None
            self.owner.lost()
            self.owner.became(Closed())

    def changed(self) -> None:
        """There are other wishes than before: where they are part of the request, one is made anew."""
        if self.main is not None:
            self.main.changed.set()

    def hurry(self) -> None:
        """Somebody wants to know now: no more waiting for the next attempt."""
        self._hurry.set()
        self.changed()

    def is_awaited(self, attempt: _Attempt) -> bool:
        """Whether its welcome is still of use."""
        return attempt in (self.main, self._better)

    def promote(self, attempt: _Attempt) -> None:
        """A way has its welcome: what was subscribed goes on there, from where it was."""
        before = self.main
        self.main = attempt
        self._switched.set()
        if before is not attempt:
            # It only looked whether it comes through: now it has to ask for something.
            attempt.changed.set()
            self._better = None
            self.owner.lost()
            if before is not None:
                before.task.cancel()
        self._ladder.reach(attempt.way)
        self._unanswered = 0
        self._welcomes += 1

    async def _ended(self) -> tuple[_Attempt, Ended]:
        """How the main way ended; it may have become another one meanwhile."""
        while True:
            main = self.main
            assert main is not None, "run() made one"
            await asyncio.wait({main.task})
            if main is self.main:
                return main, main.task.result()

    async def _next(self, end: tuple[_Attempt, Ended]) -> ConnectionState | None:
        """What to do after an end: nothing, when it is time for the next attempt."""
        main, ended = end
        welcomed_at = main.welcomed_at
        lived = asyncio.get_running_loop().time() - welcomed_at if welcomed_at is not None else 0.0
        held = lived >= self.pace.stable_s
        self.main = None
        if self._better is not None:
            # What comes next is decided here, and not by who happens to come through meanwhile.
            self._better.task.cancel()
            self._better = None
        self.owner.lost()
        if held:
            self._failures = 0
            self._ladder.settle()
        wait: float | None = None
        if ended.code == SIGN_IN_AGAIN:
            return SignedOut(ended.reason)
        if ended.code == 1000:
            return Offline("closed_by_server", ended.reason)
        if ended.code == 4409:
            return Offline("taken_over", ended.reason)
        if ended.code in (1002, 1003, 1007, 1009):
            return Offline("protocol", f"{ended.reason} ({ended.code})")
        told = _COME_BACK.search(ended.reason) if ended.code == 1001 else None
        if told is not None:
            # Each client is told another time, so that they come back spread over time.
            wait = min(int(told[1]) / 1_000, _LONGEST_TOLD_S)
        elif ended.code == 4429:
            wait = self.pace.longest_wait_s
        else:
            if welcomed_at is None:
                self._unanswered += 1
            # A failed poll may mean that nothing answers: then it begins at the top.
            if not held or main.way == "poll":
                answers = await self._probe()
                if answers is None:
                    self._ladder.start_over()
                elif isinstance(answers, SignedOut):
                    return answers
                elif self._ladder.blocked(welcomed_at is not None):
                    return None  # another way need not wait for what this one did
        if self._attempts is not None and self._unanswered >= self._attempts:
            return Offline("no_answer", ended.reason)
        if wait is None:
            wait = self.pace.wait_s(self._failures, self._dice())
            self._failures += 1
        self.owner.became(Reconnecting(self._unanswered + 1, wait, ended.reason))
        self._hurry.clear()
        with suppress(asyncio.TimeoutError):
            async with within(wait):
                await self._hurry.wait()
        return None

    async def _probe(self) -> SignedOut | bool | None:
        """Does the server answer over HTTP, and does it know us?"""
        try:
            await self.http.json("GET", "/api/session")
        except Problem as problem:
            # Who may only publish is not let in over HTTP, but has been on a socket.
            knows = problem.status == 403 and self._welcomes > 0
            gone = problem.status in (401, 403) and not knows
            return SignedOut(problem.detail) if gone else True
        except ValueError:
            return True
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError):
            return None
        return True

    async def _look(self) -> None:
        """Looks for a better way beside one that is not the best."""
        polls = 0
        again = self.pace.socket_again_s
        while True:
            way = self.main.way if self.main is not None and self.main.welcomed_at else None
            if way == "socket":
                again = self.pace.socket_again_s
            wait = {"stream": again, "poll": self.pace.poll_s}.get(way or "socket")
            if await self._switches(wait):
                continue
            if way == "poll":
                polls += 1
                await self._try("stream" if polls % _POLLS_PER_STREAM == 0 else "socket")
            else:
                again = min(2 * again, self.pace.socket_again_longest_s)
                await self._try("socket")

    async def _switches(self, wait_s: float | None) -> bool:
        """Whether another way got its welcome within that time."""
        self._switched.clear()
        try:
            async with within(wait_s):
                await self._switched.wait()
        except asyncio.TimeoutError:
            return False
        return True

    async def _try(self, way: Way) -> None:
        if self.main is None or self.main.welcomed_at is None or self.main.way == "socket":
            return
        better = self._better = _Attempt(self, way)
        opened = asyncio.ensure_future(better.opened.wait())
        try:
            await asyncio.wait((better.task, opened), return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
            if self._better is better:
                self._better = None
                better.task.cancel()
