"""ways: the three ways to a server. Each runs until it ends, and says why it did.

Enters: wishes of the desk, frames and answers of the server. Leaves: messages, in order, to the desk.
A way knows nothing of subscriptions: over HTTP what is asked for is part of each request, and on a socket
the desk asks for it once the welcome is there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

import aiohttp

from .errors import Problem
from .http import Http, problem_of
from .message import Limits, MalformedMessage, Message, Pong, Welcome, decode, decode_object
from .pace import Pace
from .server_events import EventReader
from .wishes import Wishes
from .within import within

SUBPROTOCOL = "bellwether.v1"
NO_ANSWER = 1006
"""As RFC 6455, section 7.1.5, calls an end without a close frame."""
SIGN_IN_AGAIN = 4401
_SILENT_PINGS = 2


class Ended(Exception):
    """A way has ended; the code carries advice (docs/PROTOCOL.md)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Desk(Protocol):
    """What a way needs of the one who opened it."""

    changed: asyncio.Event
    """Set when there are other wishes than before, or somebody wants to know now."""

    def welcome(self, welcome: Welcome, outgoing: asyncio.Queue[str] | None) -> None: ...

    def receive(self, message: Message) -> None: ...

    def fault(self, detail: str) -> None: ...

    def measured(self, latency_ms: float) -> None: ...

    def wishes(self) -> Wishes: ...

    def accepted(self, wishes: Wishes) -> None:
        """What was asked for over HTTP is what comes now."""

    def refused(self, problem: Problem) -> bool:
        """The server does not take these wishes. Whether there are fewer now."""


async def first_of(*runs: Coroutine[Any, Any, Any]) -> Any:
    """What the first to end gives or raises; the others are cancelled, and over when this returns."""
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    # Of two that end at once the earlier one counts: an end outweighs a change of wishes.
    return next(task for task in tasks if task in done).result()


def _said(text: str, desk: Desk) -> Message | None:
    try:
        return decode(text)
    except MalformedMessage as error:
        desk.fault(str(error))
        return None


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


async def by_socket(http: Http, pace: Pace, desk: Desk) -> None:
    """RFC 6455 with our subprotocol. Raises `Ended`."""
    loop = asyncio.get_running_loop()
    outgoing: asyncio.Queue[str] = asyncio.Queue()
    heard = asyncio.Event()
    pings: dict[int, float] = {}

    async def read(socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        while True:
            frame = await socket.receive()
            heard.set()
            if frame.type is aiohttp.WSMsgType.TEXT:
                said = _said(frame.data, desk)
                if isinstance(said, Pong):
                    sent = pings.pop(said.ts, None)
                    if sent is not None:
                        desk.measured((loop.time() - sent) * 1_000)
                elif isinstance(said, Welcome):
                    desk.welcome(said, outgoing)
                elif said is not None:
                    desk.receive(said)
            elif frame.type is aiohttp.WSMsgType.CLOSE:
                raise Ended(int(frame.data or 1005), str(frame.extra or ""))
            elif frame.type in (aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
                # Not its close code, which is 1000 also where the other end just went away.
                raise Ended(NO_ANSWER, "the connection was lost")
            elif frame.type is aiohttp.WSMsgType.ERROR:
                raise Ended(NO_ANSWER, _reason(frame.data))

    async def write(socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        while True:
            await socket.send_str(await outgoing.get())

    async def ping() -> None:
        silent = number = 0
        while True:
            silent = 0 if heard.is_set() else silent + 1
            heard.clear()
            if silent >= _SILENT_PINGS:
                raise Ended(NO_ANSWER, "the server fell silent")
            number += 1
            pings.clear()
            pings[number] = loop.time()
            outgoing.put_nowait(json.dumps({"op": "ping", "ts": number}))
            await asyncio.sleep(pace.ping_s)

    try:
        async with http.session.ws_connect(
            http.socket,
            protocols=(SUBPROTOCOL,),
            headers=http.headers,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=pace.close_s),
        ) as socket:
            heard.set()
            await first_of(read(socket), write(socket), ping())
    except (aiohttp.ClientError, OSError, asyncio.TimeoutError, AssertionError) as error:
        # aiohttp asserts that a connection is there which is cut right behind its handshake.
        raise Ended(NO_ANSWER, _reason(error)) from error


async def by_stream(http: Http, pace: Pace, desk: Desk) -> None:
    """Server-Sent Events. What is asked for is part of the address, so other wishes open another
    stream, which goes on where the one before was. Raises `Ended`."""
    loop = asyncio.get_running_loop()
    welcomed = False

    async def read(wishes: Wishes) -> None:
        nonlocal welcomed
        began = loop.time()
        headers = {**http.headers, "accept": "text/event-stream"}
        address = f"{http.origin}/api/stream?{wishes.query()}"
        async with http.session.get(address, headers=headers) as response:
            if response.status >= 400:
                raise await problem_of(response)
            desk.accepted(wishes)
            reader = EventReader()
            while True:
                async with within(pace.stream_silence_s):
                    piece = await response.content.readany()
                if not piece:
                    raise Ended(NO_ANSWER, "the stream ended")
                for name, data in reader.read(piece):
                    if name == "bye":
                        _bye(data)
                    said = _said(data, desk)
                    if isinstance(said, Welcome):
                        if not welcomed:
                            welcomed = True
                            desk.welcome(said, None)
                            desk.measured((loop.time() - began) * 1_000)
                    elif said is not None:
                        desk.receive(said)

    await _asking(read, desk)


async def by_polling(http: Http, pace: Pace, desk: Desk) -> None:
    """`GET /api/topics` again and again, where nothing endless comes through. Raises `Ended`."""
    loop = asyncio.get_running_loop()
    welcomed = False

    async def ask(wishes: Wishes) -> None:
        nonlocal welcomed
        if not welcomed:
            began = loop.time()
            session = await http.json("GET", "/api/session")
            desk.welcome(
                Welcome(
                    session="polling",
                    server=f"bellwether/{session['version']}",
                    ts=int(session["ts"]),
                    role=str(session["role"]),
                    limits=Limits(),
                ),
                None,
            )
            desk.measured((loop.time() - began) * 1_000)
            welcomed = True
            wishes = desk.wishes()
        while True:
            answer = await http.json("GET", f"/api/topics?{wishes.query(clock=False)}")
            desk.accepted(wishes)
            for one in answer["envelopes"]:
                try:
                    desk.receive(decode_object(one))
                except MalformedMessage as error:
                    desk.fault(str(error))
            await asyncio.sleep(pace.poll_s)
            wishes = desk.wishes()

    await _asking(ask, desk)


async def _asking(ask: Any, desk: Desk) -> None:
    """Asks anew whenever the wishes change, and makes one kind of end of all that may go wrong."""
    while True:
        desk.changed.clear()
        try:
            await first_of(ask(desk.wishes()), desk.changed.wait())
        except Problem as problem:
            if problem.status in (401, 403):
                raise Ended(SIGN_IN_AGAIN, problem.detail) from problem
            if problem.status != 400 or not desk.refused(problem):
                raise Ended(NO_ANSWER, str(problem)) from problem
        except asyncio.TimeoutError as error:
            raise Ended(NO_ANSWER, "the server fell silent") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Ended(NO_ANSWER, _reason(error)) from error
        except (KeyError, TypeError, ValueError) as error:
            raise Ended(NO_ANSWER, f"an answer that is none of ours: {error!r}") from error


def _bye(data: str) -> None:
    code, reason = NO_ANSWER, "the stream ended"
    with suppress(ValueError, TypeError, KeyError):
        said = json.loads(data)
        code, reason = int(said["code"]), str(said["reason"])
    # The place in its topics grew too long for a stream: polling can.
    raise Ended(NO_ANSWER if code == 1009 else code, reason)
