"""The client against a server that says what it is told: what is asked for, and what comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from fake_server import HURRIED, FakeServer, event, state
from until import until

from bellwether_client import (
    Client,
    Closed,
    Event,
    Gap,
    GivenUp,
    Live,
    NotSignedIn,
    Pace,
    Polling,
    Position,
    Reconnecting,
    Refused,
    State,
    Unanswered,
    Watch,
)


@asynccontextmanager
async def pair(pace: Pace = HURRIED, **options: Any) -> AsyncIterator[tuple[FakeServer, Client]]:
    async with FakeServer() as server, Client(server.origin, pace=pace, **options) as client:
        yield server, client


async def some(watch: Watch, count: int) -> list[State | Event | Gap]:
    return [await asyncio.wait_for(anext(watch), 10) for _ in range(count)]


def offsets(items: list[State | Event | Gap]) -> list[Any]:
    return ["gap" if isinstance(item, Gap) else item.position.offset for item in items]


def is_socket(client: Client) -> bool:
    return isinstance(client.state, Live) and client.state.way == "socket"


def is_stream(client: Client) -> bool:
    return isinstance(client.state, Live) and client.state.way == "stream"


async def test_it_asks_with_its_token_and_says_what_came() -> None:
    async with pair(token="t", interval_ms=500) as (server, client):
        async with client.watch("host/**", "system/*") as watch:
            await until(lambda: server.sent("subscribe"))
            assert server.asked[0].headers["authorization"] == "Bearer t"
            asked = server.sent("subscribe")[0]
            assert asked["topics"] == ["host/**", "system/*"]
            assert {"interval_ms": 500}.items() <= server.sent("subscribe")[-1].items()
            await server.say(state(1), event(4), state(2, patch={"n": None, "m": 1}), event(5))
            first, *rest = await some(watch, 3)
            assert isinstance(first, State)
            assert offsets([first, *rest]) in ([2, 4, 5], [1, 4, 2])
            assert client.limits.every["publish_bytes"] == 32_768
        await until(lambda: server.sent("unsubscribe"))
        assert server.sent("unsubscribe")[0]["topics"] == ["host/**", "system/*"]
        assert client.positions == {}


async def test_after_a_cut_it_goes_on_from_its_positions() -> None:
    async with pair() as (server, client), client.watch("host/**") as watch:
        await until(lambda: server.sent("subscribe"))
        await server.say(state(1), event(4))
        await some(watch, 2)
        server.cut()
        await until(lambda: server.welcomes == 2 and len(server.sent("subscribe")) == 2)
        since = {"host/a/cpu": [7, 1], "host/a/process": [7, 4]}
        assert server.sent("subscribe")[-1]["since"] == since
        gap = {"from": [7, 4], "to": [7, 8], "reason": "overrun"}
        told = {"topic": "host/a/process", "gap": gap}
        await server.say(event(4), told, event(8), state(3, patch={"m": 2}))
        items = await some(watch, 3)
        assert offsets(items) == ["gap", 8, 3]
        assert items[0] == Gap("host/a/process", Position(7, 4), Position(7, 8), "overrun")
        assert isinstance(items[2], State)
        assert items[2].value == {"n": 1, "m": 2}


async def test_two_watches_of_a_topic_are_one_subscription_and_both_get_all() -> None:
    async with pair() as (server, client), client.watch("host/a/process") as one:
        await until(lambda: server.sent("subscribe"))
        await server.say(event(1), state(1))
        await some(one, 1)
        async with client.watch("host/a/*") as other:
            assert offsets(await some(other, 1)) == [1]
            await until(lambda: len(server.sent("subscribe")) == 2)
            await server.say(event(2))
            assert offsets(await some(one, 1) + await some(other, 1)) == [2, 2]
        await until(lambda: server.sent("unsubscribe"))
        assert server.sent("unsubscribe")[0]["topics"] == ["host/a/*"]
        assert client.positions == {"host/a/process": (7, 2)}


async def test_a_patch_of_something_else_makes_it_ask_for_the_full_value() -> None:
    async with pair() as (server, client), client.watch("host/a/cpu") as watch:
        await until(lambda: server.sent("subscribe"))
        await server.say(state(5, patch={"n": 1}))
        await until(lambda: len(server.sent("subscribe")) == 2)
        assert server.sent("subscribe")[1]["since"] == {"host/a/cpu": [0, 0]}
        await server.say(state(5))
        assert offsets(await some(watch, 1)) == [5]


async def test_a_refused_watch_says_so_and_the_others_go_on() -> None:
    async with pair() as (server, client):
        await client.connected()
        server.answers = False
        good, bad = client.watch("host/**"), client.watch("app/**")
        async with good, bad:
            await until(lambda: len(server.sent("subscribe")) == 2)
            about = server.sent("subscribe")[1]["id"]
            refusal = {"op": "error", "id": about, "code": "too_many", "detail": "no", "limit": 256}
            await server.say(refusal, event(1))
            with pytest.raises(Refused) as refused:
                await anext(bad)
            assert (refused.value.code, refused.value.limit) == ("too_many", 256)
            assert offsets(await some(good, 1)) == [1]


async def test_without_sockets_it_streams_and_goes_back_when_one_comes_through() -> None:
    async with pair() as (server, client), client.watch("host/**") as watch:
        await until(lambda: server.sent("subscribe"))
        await server.say(event(1), state(1))
        await some(watch, 2)
        server.sockets = "refuse"
        server.cut()
        await until(lambda: is_stream(client) and server.streaming)
        await until(lambda: "host/**" in server.last("/api/stream").query["topics"])
        since = json.loads(server.last("/api/stream").query["since"])
        assert since == {"host/a/cpu": [7, 1], "host/a/process": [7, 1]}
        await server.say(event(2))
        assert offsets(await some(watch, 1)) == [2]
        # Other wishes: the stream is opened anew and goes on where it was.
        async with client.watch("system/*"):
            asked = "host/**,system/*"
            await until(lambda: server.last("/api/stream").query["topics"] == asked)
        server.sockets = "pass"
        await until(lambda: is_socket(client))
        await until(lambda: server.sent("subscribe")[-1]["since"]["host/a/process"] == [7, 2])
        await server.say(event(3))
        assert offsets(await some(watch, 1)) == [3]


async def test_without_streams_too_it_polls_and_goes_back() -> None:
    async with pair() as (server, client), client.watch("host/**") as watch:
        await until(lambda: server.sent("subscribe"))
        server.sockets = server.streams = "refuse"
        server.cut()
        await until(lambda: isinstance(client.state, Polling))
        server.envelopes = [state(3), event(9)]
        assert offsets(await some(watch, 2)) == [3, 9]
        polls = server.paths("/api/topics")
        await until(lambda: server.paths("/api/topics") >= polls + 2)
        last = server.last("/api/topics")
        assert json.loads(last.query["since"]) == {"host/a/cpu": [7, 3], "host/a/process": [7, 9]}
        # Each poll looked for a socket, and one of ten for a stream.
        streams = server.paths("/api/stream")
        await until(lambda: server.paths("/api/stream") > streams)
        server.sockets = "pass"
        await until(lambda: is_socket(client))
        asked = server.paths("/api/topics")
        await server.say(event(10))
        assert offsets(await some(watch, 1)) == [10]
        assert server.paths("/api/topics") == asked


async def test_a_stream_that_comes_through_again_asks_for_what_is_watched() -> None:
    async with pair() as (server, client), client.watch("host/**") as watch:
        await until(lambda: server.sent("subscribe"))
        server.sockets = server.streams = "refuse"
        server.cut()
        await until(lambda: isinstance(client.state, Polling))
        server.streams = "pass"
        await until(lambda: is_stream(client))
        await until(lambda: server.last("/api/stream").query["topics"] == "host/**")
        await until(lambda: server.streaming)
        await server.say(event(1))
        assert offsets(await some(watch, 1)) == [1]


async def test_what_is_held_back_counts_as_not_there() -> None:
    pace = replace(HURRIED, welcome_s=0.1)
    async with pair(pace) as (server, client), client.watch("host/**"):
        server.sockets, server.streams = "mute", "hold"
        server.cut()
        await until(lambda: isinstance(client.state, Polling))
        assert server.paths("/api/stream") == 1


async def test_a_server_that_falls_silent_is_left() -> None:
    async with pair(replace(HURRIED, ping_s=0.05)) as (server, client):
        await until(lambda: len(server.sent("ping")) >= 3)
        assert is_socket(client)
        server.answers = False
        await until(lambda: server.welcomes >= 2)


async def test_who_went_away_without_a_word_is_come_back_to() -> None:
    async with pair() as (server, client):
        await client.connected()
        (socket,) = server.open
        assert socket._req is not None
        assert socket._req.transport is not None
        # The end of the stream without a close frame: aiohttp calls that 1000.
        socket._req.transport.close()
        await until(lambda: server.welcomes == 2)


async def test_a_server_that_stops_says_when_to_come_back() -> None:
    waits: list[Any] = []
    async with pair(on_state=waits.append) as (server, client):
        await client.connected()
        reason = b"the server is stopping; come back in 321 ms"
        await server.open[0].close(code=1001, message=reason)
        await until(lambda: server.welcomes == 2)
    assert [one.wait_s for one in waits if isinstance(one, Reconnecting)] == [0.321]


async def test_who_may_only_publish_is_not_signed_out_by_a_cut() -> None:
    async with pair() as (server, client):
        await client.connected()
        server.session_status = 403
        server.cut()
        await until(lambda: server.welcomes == 2)


async def test_close_codes_carry_advice() -> None:
    async def ends_with(code: int) -> Any:
        async with pair() as (server, client), client.watch("host/**") as watch:
            await client.connected()
            await until(lambda: server.open)
            await server.open[0].close(code=code, message=b"because")
            with pytest.raises((GivenUp, NotSignedIn)) as ended:
                await anext(watch)
            return ended

    for code, error, word in (
        (1000, GivenUp, "closed_by_server"),
        (1009, GivenUp, "protocol"),
        (4401, NotSignedIn, "because"),
        (4409, GivenUp, "taken_over"),
    ):
        ended = await ends_with(code)
        assert ended.type is error
        assert word in str(ended.value)
    async with pair(replace(HURRIED, longest_wait_s=30)) as (server, client):
        await until(lambda: server.open)
        await server.open[0].close(code=4429)
        await until(lambda: isinstance(client.state, Reconnecting) and client.state.wait_s == 30)
        client.reconnect()
        await until(lambda: is_socket(client))


async def test_a_token_that_is_none_is_told() -> None:
    async with FakeServer() as server:
        server.sockets, server.session_status = "refuse", 401
        async with Client(server.origin, pace=HURRIED) as client:
            with pytest.raises(NotSignedIn, match="who are you"):
                await anext(client.watch("host/**"))
            with pytest.raises(NotSignedIn):
                await client.connected()


async def test_where_nothing_answers_it_gives_up_only_when_asked_to() -> None:
    async with FakeServer() as server:
        origin = server.origin
    async with Client(origin, pace=HURRIED, attempts=5) as client:
        with pytest.raises(GivenUp, match="no_answer"):
            await client.connected()
    states: list[Any] = []
    async with Client(origin, pace=HURRIED, on_state=states.append) as client:
        await until(lambda: len(states) > 12)
    assert {type(one) for one in states[1:-1]} == {Reconnecting}
    assert isinstance(client.state, Closed)


async def test_it_publishes_by_socket_and_otherwise_by_http() -> None:
    async with FakeServer() as server:
        client = Client(server.origin, pace=HURRIED)
        at = await client.publish("app/a%20b", {"n": None}, full=True)
        assert at == Position(7, 1)
        assert server.published == [
            ("app/a b", {"kind": "state", "data": {"n": None}, "full": True})
        ]
        client.connect()
        await client.connected()
        at = await client.publish("app/e", "x", kind="event", priority="high", ts=5)
        asked = server.sent("publish")[0]
        assert at == (7, len(server.requests))
        del asked["id"]
        assert asked == {
            "op": "publish",
            "topic": "app/e",
            "kind": "event",
            "data": "x",
            "priority": "high",
            "ts": 5,
        }
        await client.close()


async def test_publishing_keeps_to_the_limits_instead_of_running_into_them() -> None:
    async with pair() as (server, client):
        await client.connected()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(client.publish("app/n", {"n": n}) for n in range(24)))
        # 18 a second, of which those of the first second may go at once.
        assert loop.time() - began >= 0.3
        assert [one["data"]["n"] for one in server.sent("publish")] == list(range(24))


async def test_errors_of_publishing_say_what_to_do() -> None:
    async with FakeServer() as server:
        client = Client(server.origin, pace=HURRIED)
        for status, error, code in (
            (413, Refused, "too_large"),
            (403, Refused, "forbidden"),
            (401, NotSignedIn, None),
        ):
            kind = f"about:blank#{code}".replace("_", "-")
            server.publish_answer = (status, {"type": kind, "detail": "no"})
            with pytest.raises(error) as refused:
                await client.publish("app/n", {})
            assert getattr(refused.value, "code", None) == code
        with pytest.raises(ValueError, match="segment"):
            await client.publish("app/a b", {})
        client.connect()
        await client.connected()
        with pytest.raises(Refused, match="65536"):
            await client.publish("app/n", {"text": "x" * 70_000})
        server.answers = False
        asked = asyncio.ensure_future(client.publish("app/n", {}))
        await until(lambda: server.sent("publish"))
        server.cut()
        with pytest.raises(Unanswered):
            await asked
        await client.close()
        await server.stop()
        with pytest.raises(Unanswered):
            await client.publish("app/n", {})
        await client.close()
        await server.start()


async def test_a_durable_subscription_is_named_and_acknowledged() -> None:
    async with pair() as (server, client):
        jobs = client.watch("app/jobs", durable="worker")
        async with jobs as watch, client.watch("host/**"):
            await until(lambda: len(server.sent("subscribe")) == 2)
            named = [one.get("durable") for one in server.sent("subscribe")]
            assert sorted(named, key=str) == [None, "worker"]
            await server.say(event(4, "app/jobs"))
            (item,) = await some(watch, 1)
            assert isinstance(item, Event)
            await client.ack("worker", {item.topic: item.position})
            (asked,) = server.sent("ack")
            assert asked["durable"] == "worker"
            assert asked["positions"] == {"app/jobs": [7, 4]}
            # After a cut the server's place counts; what comes again is known here.
            server.cut()
            await until(lambda: len(server.sent("subscribe")) == 4)
            again = next(one for one in server.sent("subscribe")[2:] if "durable" in one)
            assert "since" not in again
            gap = {"from": [7, 1], "to": [7, 3], "reason": "overrun"}
            told = {"topic": "app/jobs", "gap": gap}
            await server.say(told, *(event(n, "app/jobs") for n in (3, 4, 5)))
            assert offsets(await some(watch, 1)) == [5]


async def test_from_now_on_has_positions_from_the_start() -> None:
    async with pair() as (server, client):
        await client.connected()
        server.envelopes = [state(3)]
        async with client.watch("host/**", since="now"):
            assert server.last("/api/topics").query["since"] == "now"
            await until(lambda: server.sent("subscribe"))


async def test_closing_says_goodbye_and_ends_what_is_watched() -> None:
    async with FakeServer() as server:
        client = Client(server.origin, pace=HURRIED)
        client.connect()
        watch = client.watch("host/**")
        async with watch:
            await until(lambda: server.sent("subscribe"))
            await server.say(event(1), event(2))
            await until(lambda: client.positions.get("host/a/process") == (7, 2))
            (socket,) = server.open
            await client.close()
            assert offsets([item async for item in watch]) == [1, 2]
        await until(lambda: socket.closed)
        assert socket.close_code == 1000
    ours = [task for task in asyncio.all_tasks() if task.get_name().startswith("bellwether")]
    assert ours == []
