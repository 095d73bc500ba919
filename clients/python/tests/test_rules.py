"""Small rules: patterns, waiting, the ladder, Server-Sent Events, what goes into a request."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from bellwether_client import Pace, matches, topic
from bellwether_client.ladder import Ladder
from bellwether_client.message import Position
from bellwether_client.patterns import checked
from bellwether_client.server_events import EventReader
from bellwether_client.wishes import Wishes


@pytest.mark.parametrize(
    ("pattern", "given", "expected"),
    [
        ("host/**", "host", True),
        ("host/**", "host/a/cpu", True),
        ("host/*/cpu", "host/a/cpu", True),
        ("host/*", "host/a/cpu", False),
        ("host/*/cpu", "host/cpu", False),
        ("**", "a", True),
        ("a/b", "a", False),
        ("a", "a/b", False),
    ],
)
def test_patterns_match_as_on_the_server(pattern: str, given: str, expected: bool) -> None:
    assert matches(pattern, given) is expected


def test_what_is_no_pattern_is_said_at_once() -> None:
    assert checked("host/*/%2Fdata/**") == "host/*/%2Fdata/**"
    assert topic("app", "my shop/1") == "app/my%20shop%2F1"
    for wrong in ("", "a//b", "a b", "a/**/b", "a*", "%2", "a/" * 16 + "a", "a" * 513):
        with pytest.raises(ValueError, match="segment"):
            checked(wrong)


def test_waits_double_and_are_spread() -> None:
    pace = Pace()
    assert [pace.wait_s(n, 0.0) for n in range(3)] == [1, 1, 1]
    assert [pace.wait_s(n, 1.0) for n in range(6)] == [2, 4, 8, 16, 30, 30]
    assert pace.wait_s(10_000, 0.5) == 15.5


def test_the_ladder_leads_down_where_http_answers() -> None:
    ladder = Ladder()
    assert not ladder.blocked(opened=False)
    ladder.settle()
    assert not ladder.blocked(opened=True)
    assert ladder.blocked(opened=True)
    assert ladder.way == "stream"
    assert not ladder.blocked(opened=True)
    ladder.reach("stream")
    assert ladder.blocked(opened=False)
    assert ladder.way == "poll"
    assert not ladder.blocked(opened=False)
    ladder.start_over()
    assert ladder.way == "socket"


def test_server_sent_events_come_in_any_pieces() -> None:
    text = "event: welcome\ndata: ä\n\n: still here\n\nid: 1\r\ndata:a\r\ndata: b\r\n\r\ndata: half"
    for size in (1, 2, 7, 1_000):
        reader = EventReader()
        raw = text.encode()
        pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
        events = [event for piece in pieces for event in reader.read(piece)]
        assert events == [("welcome", "ä"), ("message", "a\nb")]


def test_a_long_request_leaves_out_what_only_saves_full_values() -> None:
    events = {"e": Position(7, 9)}
    states = {f"host/h-{n}/cpu": Position(7, n) for n in range(400)}
    wishes = Wishes(("e", "host/**"), events, states, 200)
    asked = parse_qs(wishes.query())
    assert asked["topics"] == ["e,host/**"]
    assert json.loads(asked["since"][0]) == {"e": [7, 9]}
    assert asked["interval_ms"] == ["200"]
    assert len(wishes.query()) < 6_000
    assert len(wishes.request(65_536)["since"]) == 401
    assert wishes.request(2_000)["since"] == events
    assert Wishes().query() == "topics=-"
