from __future__ import annotations

import asyncio

import pytest

from bellwether_client.mailbox import Mailbox
from bellwether_client.message import Event, Gap, Position, State


def event(offset: int, topic: str = "e") -> Event:
    return Event(topic, 0, Position(7, offset), offset)


def state(offset: int, topic: str = "s") -> State:
    return State(topic, 0, Position(7, offset), {"n": offset})


async def drain(mailbox: Mailbox) -> list[object]:
    mailbox.end()
    items: list[object] = []
    while True:
        try:
            items.append(await mailbox.take())
        except StopAsyncIteration:
            return items


async def test_events_wait_in_order_and_of_a_state_the_newest() -> None:
    mailbox = Mailbox(10)
    for item in (event(1), state(1), event(2), state(2), state(1, "t"), event(3)):
        mailbox.put(item)
    expected = [event(1), state(2), event(2), state(1, "t"), event(3)]
    assert await drain(mailbox) == expected


async def test_beyond_the_bound_the_oldest_are_told_as_a_gap_in_their_place() -> None:
    mailbox = Mailbox(3)
    mailbox.put(event(1, "other"))
    for offset in range(1, 8):
        mailbox.put(event(offset))
    gap = Gap("e", Position(7, 0), Position(7, 5), "overrun")
    # A topic of which nothing else waits has its gap told too.
    other = Gap("other", Position(7, 0), Position(7, 2), "overrun")
    assert await drain(mailbox) == [other, gap, event(5), event(6), event(7)]


async def test_a_gap_that_is_shed_is_part_of_what_is_told() -> None:
    mailbox = Mailbox(2)
    mailbox.put(event(1))
    mailbox.put(Gap("e", Position(7, 1), Position(7, 5), "overrun"))
    for offset in (5, 6, 7):
        mailbox.put(event(offset))
    gap = Gap("e", Position(7, 0), Position(7, 6), "overrun")
    assert await drain(mailbox) == [gap, event(6), event(7)]


async def test_it_wakes_and_ends_with_the_reason() -> None:
    mailbox = Mailbox(2)
    taken = asyncio.ensure_future(mailbox.take())
    await asyncio.sleep(0)
    mailbox.put(event(1))
    assert await taken == event(1)
    mailbox.put(event(2))
    mailbox.end(ValueError("why"))
    mailbox.put(event(3))
    assert await mailbox.take() == event(2)
    for _ in range(2):
        with pytest.raises(ValueError, match="why"):
            await mailbox.take()
