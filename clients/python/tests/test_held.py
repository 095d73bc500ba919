from __future__ import annotations

from typing import Any

import pytest

from bellwether_client.held import Held
from bellwether_client.merge_patch import merged
from bellwether_client.message import Envelope, Event, Gap, Position, State


def state(offset: int, content: str, payload: dict[str, Any], epoch: int = 7) -> Envelope:
    return Envelope("s", "state", offset * 10, Position(epoch, offset), content, payload)


def event(offset: int, epoch: int = 7) -> Envelope:
    return Envelope("e", "event", offset * 10, Position(epoch, offset), "data", offset)


def took(offset: int, epoch: int = 7) -> Event:
    return Event("e", offset * 10, Position(epoch, offset), offset)


def test_states_are_patched_once_and_in_order() -> None:
    held = Held()
    assert held.take(state(1, "patch", {"a": 1})) == "unfounded"
    assert held.take(state(1, "full", {"a": 1, "b": {"c": 2, "d": 3}})) == [
        State("s", 10, Position(7, 1), {"a": 1, "b": {"c": 2, "d": 3}})
    ]
    assert held.take(state(1, "full", {})) == "known"
    # A slow client gets the merged change: the offset may jump.
    assert held.take(state(5, "patch", {"b": {"c": None}, "e": 1})) == [
        State("s", 50, Position(7, 5), {"a": 1, "b": {"d": 3}, "e": 1})
    ]
    assert held.take(state(4, "patch", {"a": 9})) == "known"
    assert held.take(state(6, "patch", {"a": 2}, epoch=8)) == "unfounded"
    assert held.take(state(1, "full", {"a": 3}, epoch=8)) == [
        State("s", 10, Position(8, 1), {"a": 3})
    ]
    assert held.positions() == {"s": Position(8, 1)}


def test_a_value_that_was_handed_out_does_not_change_under_the_hand() -> None:
    held = Held()
    (first,) = held.take(state(1, "full", {"a": {"b": 1}}))
    held.take(state(2, "patch", {"a": {"b": 2}, "c": 1}))
    assert isinstance(first, State)
    assert first.value == {"a": {"b": 1}}


def test_each_event_comes_once_and_a_hole_is_told() -> None:
    held = Held()
    assert held.take(event(3)) == [took(3)]
    assert held.take(event(4)) == [took(4)]
    assert held.take(event(4)) == "known"
    assert held.take(event(2)) == "known"
    hole = Gap("e", Position(7, 4), Position(7, 9), "overrun")
    assert held.take(event(9)) == [hole, took(9)]
    anew = Gap("e", Position(7, 9), Position(8, 1), "new_epoch")
    assert held.take(event(1, epoch=8)) == [anew, took(1, epoch=8)]


def test_after_a_told_gap_nothing_is_missing() -> None:
    held = Held()
    held.take(event(3))
    assert held.take_gap(Gap("e", Position(7, 3), Position(7, 8), "overrun"))
    assert held.positions() == {"e": Position(7, 7)}
    assert not held.take_gap(Gap("e", Position(7, 7), Position(7, 8), "overrun"))
    assert held.take(event(8)) == [took(8)]
    # One that lies behind us is no news, unless the server says that it knows less than we do.
    assert not held.take_gap(Gap("e", Position(7, 2), Position(7, 5), "overrun"))
    assert held.take_gap(Gap("e", Position(7, 8), Position(7, 5), "unknown_position"))
    assert held.positions() == {"e": Position(7, 4)}


def test_kept_positions_go_on_and_give_way_to_what_is_known() -> None:
    held = Held()
    held.start("e", Position(7, 3))
    held.start("s", Position(7, 1))
    assert held.take(event(3)) == "known"
    assert held.take(event(4)) == [took(4)]
    held.start("e", Position(7, 1))
    assert held.positions()["e"] == Position(7, 4)
    # It turns out to hold states: its position alone is no value.
    assert held.take(state(2, "patch", {})) == "unfounded"


def test_the_newest_events_are_kept_for_a_late_watcher() -> None:
    held = Held(keep=2)
    for offset in (1, 2, 3):
        held.take(event(offset))
    held.take(state(1, "full", {"a": 1}))
    assert [one.position.offset for one in held.known()] == [1, 2, 3]
    held.forget(lambda topic: topic == "e")
    assert [one.topic for one in held.known()] == ["s"]


# RFC 7396, appendix A.
@pytest.mark.parametrize(
    ("known", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_is_that_of_the_rfc(known: Any, patch: Any, expected: Any) -> None:
    assert merged(known, patch) == expected


def test_an_empty_state_says_that_there_is_none_any_more() -> None:
    held = Held()
    held.take(state(1, "full", {"a": 1}))
    told = held.take(state(2, "patch", {"a": None}))
    assert isinstance(told, list)
    assert isinstance(told[0], State)
    assert told[0].value == {}
    assert held.take(state(3, "patch", {"a": 2})) == "unfounded"


def test_what_did_not_come_back_after_a_restart_is_no_more() -> None:
    held = Held()
    held.take(state(4, "full", {"a": 1}))
    held.take(event(3))
    assert held.take(state(0, "full", {}, epoch=8)) == [State("s", 0, Position(8, 0), {})]
    assert held.positions() == {"e": Position(7, 3)}
    # Whether the other one held events the server does not know any more.
    gone = Envelope("e", "state", 0, Position(8, 0), "full", {})
    assert held.take(gone) == "known"
    assert list(held.known()) == [took(3)]
    anew = Gap("e", Position(7, 3), Position(8, 1), "new_epoch")
    assert held.take(event(1, epoch=8)) == [anew, took(1, epoch=8)]
