"""The client against the real server. What cuts, delays and restarts do to it is tested beside the other
clients, by one suite for all (clients/ts/server-test)."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from fake_server import HURRIED
from program import Program

from bellwether_client import Client, Event, Live, NotSignedIn, Refused, State

README = Path(__file__).resolve().parents[1] / "README.md"


async def test_the_example_of_the_readme_publishes_and_sees_its_numbers() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    (example,) = blocks
    assert len([line for line in example.splitlines() if line]) <= 10
    async with Program() as program:
        code = example.replace("http://127.0.0.1:8420", program.origin)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            code,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        process.kill()
        await process.wait()
        assert line.decode() == "app/shop {'orders': 12, 'queue_length': 3}\n"


async def test_what_is_published_is_seen_and_becomes_a_series() -> None:
    async with Program() as program, Client(program.origin, pace=HURRIED) as client:
        async with client.watch("app/**") as watch:
            await client.connected()
            # A second ago, so that the two are samples of their own in any case.
            began = int(time.time() * 1_000) - 1_000
            first = await client.publish("app/shop", {"orders": 12, "note": "open"}, ts=began)
            state = await anext(watch)
            assert isinstance(state, State)
            assert state.ts == began
            assert (state.position, state.value) == (first, {"orders": 12, "note": "open"})
            second = await client.publish("app/shop", {"orders": 13, "note": None})
            assert second == (first.epoch, first.offset + 1)
            state = await anext(watch)
            assert isinstance(state, State)
            assert state.value == {"orders": 13}
            at = await client.publish("app/door", "opened", kind="event", priority="high")
            event = await anext(watch)
            assert isinstance(event, Event)
            assert (event.topic, event.position, event.data) == ("app/door", at, "opened")
            # A look without listening sees the same.
            items, positions = await client.glance("app/*")
            assert {item.topic for item in items} == {"app/shop", "app/door"}
            assert positions["app/shop"] == second
        assert isinstance(client.state, Live)
        assert client.state.way == "socket"
        assert client.limits.every["publish_bytes"] >= 1_024
        await _has_series(program.origin, "app/shop/orders", began, (12, 13))


async def _has_series(origin: str, name: str, began: int, ends: tuple[float, float]) -> None:
    """Until the store has what was published, from the lowest to the highest."""
    async with aiohttp.ClientSession() as session:
        for _ in range(400):
            query = {"names": name, "from": str(began)}
            async with session.get(f"{origin}/api/series", params=query) as response:
                answer = await response.json()
            for series in answer.get("series", []):
                if series["min"] and (min(series["min"]), max(series["max"])) == ends:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError(f"{name} has not become a series: {answer}")


async def test_what_may_not_be_published_is_refused_with_the_reason_on_both_ways() -> None:
    async with Program() as program:
        client = Client(program.origin, pace=HURRIED)
        await client.publish("app/state", {"n": 1})
        for connected in (False, True):
            if connected:
                client.connect()
                await client.connected()
            for topic, data, kind in (
                ("host/web-1/cpu", {"n": 1}, "state"),
                ("app/state", "an event", "event"),
                ("app/state", [1], "state"),
                ("app/state", {"text": "x" * 40_000}, "state"),
                ("app/other", None, "event"),
            ):
                with pytest.raises(Refused) as refused:
                    await client.publish(topic, data, kind=kind)  # type: ignore[arg-type]
                assert len(refused.value.detail) > 10
                assert re.fullmatch("[a-z_]+", refused.value.code)
            await client.publish("app/state", {"n": 2})
        await client.close()


async def test_roles_hold_and_a_revoked_token_ends_what_is_watched() -> None:
    async with Program() as program, aiohttp.ClientSession() as session:

        async def token(role: str) -> tuple[str, str]:
            wish = {"role": role, "name": role}
            async with session.post(f"{program.origin}/api/tokens", json=wish) as response:
                made = await response.json()
                return made["id"], made["secret"]

        _, secret = await token("publisher")
        publisher = Client(program.origin, token=secret, pace=HURRIED)
        await publisher.publish("app/shop", {"orders": 1})
        await publisher.close()

        about, secret = await token("viewer")
        async with Client(program.origin, token=secret, pace=HURRIED) as viewer:
            async with viewer.watch("app/shop") as watch:
                assert isinstance(await anext(watch), State)
                with pytest.raises(Refused, match="forbidden"):
                    await viewer.publish("app/shop", {"orders": 2})
                async with session.delete(f"{program.origin}/api/tokens/{about}") as response:
                    assert response.status < 300
                with pytest.raises(NotSignedIn):
                    await asyncio.wait_for(anext(watch), 20)

        with pytest.raises(NotSignedIn):
            async with Client(program.origin, token="none of ours", pace=HURRIED) as nobody:
                await anext(nobody.watch("app/**"))


async def test_from_now_on_leaves_out_what_was_and_misses_nothing_after() -> None:
    async with Program() as program, Client(program.origin, pace=HURRIED) as client:
        await client.connected()
        for n in range(3):
            await client.publish("app/door", n, kind="event")
        await client.publish("app/shop", {"orders": 1})
        async with client.watch("app/**", since="now") as watch:
            state = await anext(watch)
            assert isinstance(state, State)
            await client.publish("app/door", 3, kind="event")
            await client.publish("app/later", 4, kind="event")
            said = [await anext(watch), await anext(watch)]
            assert [item.data for item in said if isinstance(item, Event)] == [3, 4]


async def test_positions_of_another_day_go_on_where_they_were() -> None:
    async with Program() as program:
        async with Client(program.origin, pace=replace(HURRIED, poll_s=30)) as client:
            async with client.watch("app/door") as watch:
                await client.publish("app/door", 1, kind="event")
                assert isinstance(await anext(watch), Event)
                kept = client.positions
        async with Client(program.origin, pace=HURRIED) as client:
            await client.publish("app/door", 2, kind="event")
            async with client.watch("app/door", since=kept) as watch:
                event = await anext(watch)
                assert isinstance(event, Event)
                assert event.data == 2
