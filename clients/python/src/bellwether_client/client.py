"""client: what a program sees. Watch topics, and what they say comes, now and after every loss of the
connection: each event once and in order, or the loss of some is told; of each state the newest value.

Enters: wishes, and messages of the connection. Leaves: states, events, gaps, answers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote, urlencode

import aiohttp

from . import patterns as pattern_rules
from .connection import Connection
from .connection_state import Closed, ConnectionState, Live, Offline, Polling, SignedOut
from .errors import GivenUp, NotSignedIn, Problem, Refused, Unanswered
from .held import NOWHERE, Held
from .http import Http
from .mailbox import Mailbox
from .message import (
    Envelope,
    Event,
    Gap,
    Limits,
    Message,
    Ok,
    Position,
    Refusal,
    State,
    Welcome,
    decode_object,
    position_of,
)
from .pace import Pace
from .turns import Turns
from .watch import Watch
from .wishes import Wishes, in_order
from .within import within

_PUBLICATIONS_PER_SECOND = 50
"""What the server takes of one token, until its welcome says so."""
_SHARE = 0.9
_ACK_AGAIN_S = (0.1, 0.3, 1.0)


class Client:
    """One server, seen by one program. `async with Client(origin) as bell:` connects and closes.

    `token` is what `bellwether token create` prints. `attempts` without any answer end it; without a
    number it never gives up. `interval_ms` is the shortest time between two flushes of the server to
    us. `waiting` events wait for a slow watcher before the oldest are told as a gap.
    """

    def __init__(
        self,
        origin: str,
        *,
        token: str | None = None,
        interval_ms: int | None = None,
        attempts: int | None = None,
        waiting: int = 10_000,
        pace: Pace | None = None,
        session: aiohttp.ClientSession | None = None,
        on_state: Callable[[ConnectionState], None] | None = None,
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._http = Http(origin, token, session, self._pace.answer_s)
        self._attempts = attempts
        self._waiting = waiting
        self._interval_ms = interval_ms
        self._on_state = on_state
        self._on_fault = on_fault
        self._state: ConnectionState = Closed()
        self._connected = asyncio.Event()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._held = Held()
        self._watches: list[Watch] = []
        self._outgoing: asyncio.Queue[str] | None = None
        self._answers: dict[int, asyncio.Future[Ok]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._ids = 0
        self._turns = Turns()
        self.limits = Limits()
        """What the server accepts; its own once a welcome came."""

    # How it stands

    @property
    def state(self) -> ConnectionState:
        return self._state

    @property
    def positions(self) -> dict[str, Position]:
        """How far we are in each topic; keep them, and hand them to `watch(since=…)` another day."""
        return self._held.positions()

    async def connected(self) -> ConnectionState:
        """Waits until what is watched comes. Raises what ended it for good."""
        waiting = asyncio.ensure_future(self._connected.wait())
        ends: set[asyncio.Future[Any]] = {waiting}
        if self._task is not None:
            ends.add(self._task)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        error = self._error()
        if error is not None:
            raise error
        return self._state

    def connect(self) -> None:
        if self._task is None or self._task.done():
            self._connection = Connection(self, self._http, self._pace, self._attempts)
            self._task = asyncio.create_task(self._run(self._connection), name="bellwether")

    async def close(self) -> None:
        """Says goodbye. Watches end when what came already is taken."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        for watch in self._watches:
            watch.mailbox.end()
        self._watches.clear()
        await self._http.close()

    async def __aenter__(self) -> Client:
        self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def reconnect(self) -> None:
        """Tries now instead of after the wait; starts over after it was given up."""
        self.connect()
        if self._connection is not None:
            self._connection.hurry()

    # What is watched

    def watch(
        self,
        *patterns: str,
        since: Mapping[str, Position] | Literal["now"] | None = None,
        durable: str | None = None,
    ) -> Watch:
        """What topics say, as an asynchronous iterator of `State`, `Event` and `Gap`.

        States begin with their full value; events with what the ring still holds (300 a topic), after
        the positions of `since`, or with what comes from now on. `durable` names a place that the
        server keeps: what is acknowledged there does not come again, to whoever comes with that name.
        """
        if not patterns:
            raise ValueError("what is to be watched? name a topic or a pattern, such as 'app/**'")
        asked = in_order(pattern_rules.checked(pattern) for pattern in patterns)
        return Watch(self, asked, since, durable, Mailbox(self._waiting))

    def set_interval_ms(self, interval_ms: int) -> None:
        """How often the server may flush to us: longer saves energy, values are merged meanwhile."""
        self._interval_ms = interval_ms
        self._ask({"op": "subscribe", "topics": [], "interval_ms": interval_ms})
        self._renew()

    async def glance(
        self, *patterns: str, since: Mapping[str, Position] | Literal["now"] | None = None
    ) -> tuple[list[State | Event | Gap], dict[str, Position]]:
        """What topics say, asked for once over HTTP, and where to go on."""
        asked = {"topics": ",".join(pattern_rules.checked(pattern) for pattern in patterns)}
        if since is not None:
            asked["since"] = since if isinstance(since, str) else json.dumps(since)
        answer = await self._http.json("GET", f"/api/topics?{urlencode(asked)}")
        held = Held()
        items: list[State | Event | Gap] = []
        for one in answer["envelopes"]:
            said = decode_object(one)
            if isinstance(said, Gap):
                held.take_gap(said)
                items.append(said)
            elif isinstance(said, Envelope):
                verdict = held.take(said)
                items += verdict if isinstance(verdict, list) else []
        positions = {topic: position_of(at) for topic, at in answer["positions"].items()}
        return items, positions

    async def begin(self, watch: Watch) -> None:
        """For `Watch`: from now on it gets what its patterns match."""
        if watch.since == "now":
            # By its answer alone, `now` would give no position to come back to.
            items, positions = await self.glance(*watch.patterns, since="now")
            states = {item.topic for item in items if isinstance(item, State)}
            watch.since = {topic: at for topic, at in positions.items() if topic not in states}
        for topic, position in (watch.since or {}).items():
            self._held.start(topic, Position(*position))
        for item in self._held.known():
            if watch.wants(item.topic):
                watch.mailbox.put(item)
        self._watches.append(watch)
        error = self._error()
        if error is not None:
            watch.mailbox.end(error)
        self._subscribe([watch])
        self._renew()

    def end(self, watch: Watch) -> None:
        """For `Watch`: nobody takes it any more."""
        if watch not in self._watches:
            return
        self._watches.remove(watch)
        watch.mailbox.end()
        left = {pattern for other in self._watches for pattern in other.patterns}
        surplus = [pattern for pattern in watch.patterns if pattern not in left]
        if surplus:
            self._ask({"op": "unsubscribe", "topics": surplus})
            self._renew()
        self._held.forget(lambda topic: not self._is_wanted(topic))

    # What is said

    async def publish(
        self,
        topic: str,
        data: Any,
        *,
        kind: Literal["state", "event"] = "state",
        full: bool = False,
        priority: Literal["low", "normal", "high"] | None = None,
        ts: int | None = None,
    ) -> Position:
        """Publishes under `app/`: by the socket where there is one, otherwise by HTTP.

        Of a state, what `data` does not name stays, and None takes a field away; `full` replaces it
        whole. `priority` is that of an event; `ts` says when it was measured or happened, in epoch
        milliseconds, where that is not now. Waits for its turn where more is published than the server
        takes in a second. Returns the position that it got; raises `Refused`, `NotSignedIn` or
        `Unanswered`.
        """
        pattern_rules.checked(topic)
        fields: dict[str, Any] = {"kind": kind, "data": data}
        if full:
            fields["full"] = True
        if priority is not None:
            fields["priority"] = priority
        if ts is not None:
            fields["ts"] = ts
        await self._turns.next(self._rate())
        if self._outgoing is not None:
            answer = await self._request({"op": "publish", "topic": topic, **fields})
            return position_of(answer.every.get("position"))
        path = "/".join(quote(segment, safe="-._~:%") for segment in topic.split("/"))
        said = await self._post(f"/api/publish/{path}", fields)
        return position_of(said["position"])

    async def ack(self, durable: str, positions: Mapping[str, Position]) -> None:
        """What came up to these positions is done: it does not come again under that name. When this
        returns, the server has it on disk."""
        asked = {"op": "ack", "durable": durable, "positions": dict(positions)}
        for wait_s in (*_ACK_AGAIN_S, None):
            try:
                await self._request(asked)
                return
            except Refused as refused:
                # After a reconnect it comes again, and may be acknowledged once it did.
                if refused.code != "out_of_range" or wait_s is None:
                    raise
                await asyncio.sleep(wait_s)

    def _rate(self) -> float:
        """Publications in a second. Pings and wishes need a few messages of a socket too."""
        publications = float(
            self.limits.every.get("publishes_per_second", _PUBLICATIONS_PER_SECOND)
        )
        if self._outgoing is None:
            return publications
        return min(publications, max(1.0, self.limits.messages_per_second * _SHARE))

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        try:
            return await self._http.json("POST", path, body)
        except Problem as problem:
            if problem.status == 401:
                raise NotSignedIn(problem.detail) from problem
            raise Refused(problem.code, problem.detail) from problem
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
            raise Unanswered(f"no answer came: {error or type(error).__name__}") from error

    async def _request(self, fields: dict[str, Any]) -> Ok:
        answer = self._ask(fields)
        if answer is None:
            raise Unanswered("there is no connection; wait for `connected()` and ask again")
        try:
            async with within(self._pace.answer_s):
                return await answer
        except asyncio.TimeoutError:
            raise Unanswered("the server did not answer in time") from None

    def _ask(self, fields: dict[str, Any]) -> asyncio.Future[Ok] | None:
        """Sends a request where there is a socket; otherwise the next welcome makes up for it."""
        if self._outgoing is None:
            return None
        self._ids += 1
        text = json.dumps({**fields, "id": self._ids}, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
        if size > self.limits.message_bytes:
            limit = self.limits.message_bytes
            raise Refused("too_many", f"a message of {size} bytes; {limit} are taken", limit)
        answer = asyncio.get_running_loop().create_future()
        # Nobody may be waiting for it when it fails.
        answer.add_done_callback(lambda it: it.cancelled() or it.exception())
        self._answers[self._ids] = answer
        self._outgoing.put_nowait(text)
        return answer

    # What the connection asks of us

    def wishes(self) -> Wishes:
        return self._wishes_of(self._watches)

    def became(self, state: ConnectionState) -> None:
        self._state = state
        if isinstance(state, Live | Polling):
            self._connected.set()
        else:
            self._connected.clear()
        if self._on_state is not None:
            self._on_state(state)

    def welcomed(self, welcome: Welcome, outgoing: asyncio.Queue[str] | None) -> None:
        if welcome.limits.every:
            self.limits = welcome.limits
        self._outgoing = outgoing
        if self._watches:
            self._subscribe(self._watches)
        if self._interval_ms is not None and outgoing is not None:
            self._ask({"op": "subscribe", "topics": [], "interval_ms": self._interval_ms})

    def lost(self) -> None:
        self._outgoing = None
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(Unanswered("the connection ended before the answer came"))

    def receive(self, message: Message) -> None:
        match message:
            case Envelope():
                self._take(message)
            case Gap():
                if self._is_wanted(message.topic) and self._held.take_gap(message):
                    self._tell(message)
            case Ok(id=about):
                answer = self._answers.pop(about, None)
                if answer is not None and not answer.done():
                    answer.set_result(message)
            case Refusal():
                self._refuse(message)
            case _:
                pass

    def fault(self, detail: str) -> None:
        """Something that should not have happened. The client goes on without it."""
        if self._on_fault is not None:
            self._on_fault(detail)

    def accepted(self, wishes: Wishes) -> None:
        for watch in self._watches:
            watch.accepted = watch.accepted or set(watch.patterns) <= set(wishes.patterns)

    def refused(self, problem: Problem) -> bool:
        newest = next((one for one in reversed(self._watches) if not one.accepted), None)
        if newest is None:
            return False
        self._drop(newest, Refused("bad_topic", problem.detail))
        return True

    # Inside

    async def _run(self, connection: Connection) -> None:
        error: Exception | None = None
        try:
            self.became(await connection.run())
            error = self._error()
        except Exception as mistake:
            error = mistake
            raise
        finally:
            # Nobody waits for what cannot come any more.
            for watch in self._watches:
                watch.mailbox.end(error)

    def _error(self) -> Exception | None:
        match self._state:
            case SignedOut(detail):
                return NotSignedIn(detail)
            case Offline(reason, detail):
                return GivenUp(f"{reason}: {detail}")
        return None

    def _take(self, envelope: Envelope) -> None:
        # One that was under way when its pattern was taken back is nobody's.
        if not self._is_wanted(envelope.topic):
            return
        verdict = self._held.take(envelope)
        if verdict == "unfounded":
            self._ask({"op": "subscribe", "topics": [], "since": {envelope.topic: NOWHERE}})
        elif isinstance(verdict, list):
            for item in verdict:
                self._tell(item)

    def _tell(self, item: State | Event | Gap) -> None:
        for watch in self._watches:
            if watch.wants(item.topic):
                watch.mailbox.put(item)

    def _is_wanted(self, topic: str) -> bool:
        return any(watch.wants(topic) for watch in self._watches)

    def _wishes_of(self, watches: Iterable[Watch]) -> Wishes:
        asked = in_order(pattern for watch in watches for pattern in watch.patterns)
        known = {
            topic: position
            for topic, position in self._held.positions().items()
            if pattern_rules.covers(asked, topic)
        }
        states = {topic: at for topic, at in known.items() if self._held.is_state(topic)}
        events = {topic: at for topic, at in known.items() if topic not in states}
        return Wishes(asked, events, states, self._interval_ms)

    def _subscribe(self, watches: list[Watch]) -> None:
        """All in one request; where one of them is refused, the others shall not suffer for it."""
        if self._outgoing is None:
            return
        plain = [watch for watch in watches if watch.durable is None]
        for group in [plain, *([watch] for watch in watches if watch.durable is not None)]:
            if not group:
                continue
            wishes = replace(self._wishes_of(group), interval_ms=None)
            fields = {"op": "subscribe", **wishes.request(self.limits.message_bytes - 100)}
            if group[0].durable is not None:
                fields["durable"] = group[0].durable
                # Positions would outweigh the place that the server keeps, also of topics that did not
                # speak here yet. What comes again after what was acknowledged is known here.
                if not group[0].since:
                    fields.pop("since", None)
            answer = self._ask(fields)
            if answer is not None:
                answer.add_done_callback(lambda it, group=group: self._answered(it, group))  # type: ignore[misc]

    def _answered(self, answer: asyncio.Future[Ok], watches: list[Watch]) -> None:
        error = None if answer.cancelled() else answer.exception()
        if not isinstance(error, Refused):
            return
        if len(watches) > 1:
            for watch in watches:
                self._subscribe([watch])
        else:
            self._drop(watches[0], error)

    def _drop(self, watch: Watch, error: Exception) -> None:
        if watch in self._watches:
            self._watches.remove(watch)
        watch.mailbox.end(error)

    def _refuse(self, refusal: Refusal) -> None:
        error = Refused(refusal.code, refusal.detail, refusal.limit)
        answer = None if refusal.id is None else self._answers.pop(refusal.id, None)
        if answer is None or answer.done():
            self.fault(str(error))
        else:
            answer.set_exception(error)

    def _renew(self) -> None:
        """Where wishes are part of the request, a new one is made."""
        if self._connection is not None and self._outgoing is None:
            self._connection.changed()
