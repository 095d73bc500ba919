"""The other end of the client, which says and refuses what it is told."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Literal

from aiohttp import WSMsgType, web

from bellwether_client import Pace

HURRIED = Pace(
    shortest_wait_s=0.005,
    longest_wait_s=0.02,
    welcome_s=0.5,
    ping_s=10,
    poll_s=0.02,
    socket_again_s=0.02,
    stable_s=60,
    answer_s=2,
    close_s=0.2,
)
"""A pace for tests: waits of milliseconds."""

LIMITS = {"message_bytes": 65_536, "patterns": 256, "interval_max_ms": 10_000, "ring": 300}


class FakeServer:
    def __init__(self) -> None:
        self.sockets: Literal["pass", "refuse", "mute"] = "pass"
        self.streams: Literal["pass", "refuse", "hold"] = "pass"
        self.session_status = 200
        self.answers = True
        """Whether requests on a socket are answered by themselves with ok."""
        self.envelopes: list[dict[str, Any]] = []
        """What a poll answers, once."""
        self.welcomes = 0
        self.requests: list[dict[str, Any]] = []
        """What came by sockets."""
        self.asked: list[web.Request] = []
        self.published: list[tuple[str, Any]] = []
        self.publish_answer: tuple[int, dict[str, Any]] = (200, {"position": [7, 1]})
        self.open: list[web.WebSocketResponse] = []
        self.streaming: list[web.StreamResponse] = []
        self.token: str | None = None
        self.origin = ""
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> FakeServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application()
        app.add_routes(
            [
                web.get("/ws", self._socket),
                web.get("/api/stream", self._stream),
                web.get("/api/topics", self._topics),
                web.get("/api/session", self._session),
                web.post("/api/publish/{topic:.+}", self._publish),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.origin = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        self.cut()
        assert self._runner is not None
        await self._runner.cleanup()

    def cut(self) -> None:
        """Ends every connection, without a word."""
        for one in [*self.open, *self.streaming]:
            transport = one._req.transport if one._req is not None else None
            if transport is not None:
                transport.abort()
        self.open.clear()
        self.streaming.clear()

    async def say(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            text = json.dumps(message)
            for socket in self.open:
                await socket.send_str(text)
            for stream in list(self.streaming):
                try:
                    await stream.write(f"data: {text}\n\n".encode())
                except ConnectionError:
                    self.streaming.remove(stream)

    def sent(self, op: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if request["op"] == op]

    def paths(self, path: str) -> int:
        return sum(request.path == path for request in self.asked)

    def last(self, path: str) -> web.Request:
        """The newest request of a path; others may have come since."""
        return next(request for request in reversed(self.asked) if request.path == path)

    def _welcome(self) -> dict[str, Any]:
        self.welcomes += 1
        return {
            "op": "welcome",
            "session": f"s-{self.welcomes}",
            "server": "bellwether/1",
            "ts": 1,
            "role": "admin",
            "limits": {**LIMITS, "messages_per_second": 20, "publish_bytes": 32_768},
        }

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        if self.sockets == "refuse":
            return web.Response(status=403)
        socket = web.WebSocketResponse(protocols=("bellwether.v1",))
        await socket.prepare(request)
        if self.sockets == "pass":
            await socket.send_json(self._welcome())
        self.open.append(socket)
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            asked = json.loads(frame.data)
            self.requests.append(asked)
            if asked["op"] == "ping" and self.answers:
                await socket.send_json({"op": "pong", "ts": asked["ts"]})
            elif self.answers:
                at = {"position": [7, len(self.requests)]} if asked["op"] == "publish" else {}
                await socket.send_json({"op": "ok", "id": asked["id"], **at})
        return socket

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        if self.streams == "refuse":
            return web.Response(status=502)
        stream = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await stream.prepare(request)
        if self.streams == "pass":
            welcome = json.dumps(self._welcome())
            await stream.write(f"event: welcome\ndata: {welcome}\n\nid: \n\n".encode())
            self.streaming.append(stream)
        await asyncio.Event().wait()
        return stream

    async def _topics(self, request: web.Request) -> web.Response:
        self._note(request)
        envelopes, self.envelopes = self.envelopes, []
        return web.json_response({"envelopes": envelopes, "positions": {}})

    async def _session(self, request: web.Request) -> web.Response:
        self._note(request)
        if self.session_status != 200:
            return web.json_response({"detail": "who are you?"}, status=self.session_status)
        return web.json_response({"version": "1", "ts": 1, "role": "admin"})

    async def _publish(self, request: web.Request) -> web.Response:
        self._note(request)
        self.published.append((request.match_info["topic"], await request.json()))
        status, body = self.publish_answer
        return web.json_response(body, status=status)

    def _note(self, request: web.Request) -> None:
        self.asked.append(request)


def state(offset: int, topic: str = "host/a/cpu", **content: Any) -> dict[str, Any]:
    where = {"topic": topic, "type": "state", "ts": offset, "epoch": 7, "offset": offset}
    return {**where, **(content or {"full": {"n": offset}})}


def event(offset: int, topic: str = "host/a/process", epoch: int = 7) -> dict[str, Any]:
    where = {"topic": topic, "type": "event", "ts": offset, "epoch": epoch, "offset": offset}
    return {**where, "data": offset}
