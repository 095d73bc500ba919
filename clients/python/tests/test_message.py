from __future__ import annotations

import json

import pytest

from bellwether_client.message import (
    Envelope,
    Gap,
    MalformedMessage,
    Ok,
    Pong,
    Position,
    Refusal,
    Unknown,
    Welcome,
    decode,
)


def check(said: object, expected: object) -> None:
    assert decode(json.dumps(said)) == expected


def test_every_kind_of_message_is_known() -> None:
    state = {"topic": "host/a/cpu", "type": "state", "ts": 5, "epoch": 7, "offset": 2}
    at = Position(7, 2)
    check({**state, "full": {"a": 1}}, Envelope("host/a/cpu", "state", 5, at, "full", {"a": 1}))
    check({**state, "patch": {}}, Envelope("host/a/cpu", "state", 5, at, "patch", {}))
    event = {**state, "type": "event", "data": False}
    check(event, Envelope("host/a/cpu", "event", 5, at, "data", False))
    gap = {"from": [7, 1], "to": [7, 9], "reason": "overrun"}
    check({"topic": "a", "gap": gap}, Gap("a", Position(7, 1), Position(7, 9), "overrun"))
    gap = {"to": [8, 1], "reason": "a reason of a newer server"}
    check({"topic": "a", "gap": gap}, Gap("a", None, Position(8, 1), gap["reason"]))
    check({"op": "ok", "id": 3}, Ok(3, {"op": "ok", "id": 3}))
    check({"op": "pong", "ts": 4}, Pong(4))
    refusal = {"op": "error", "id": 3, "code": "too_many", "detail": "no", "limit": 256}
    check(refusal, Refusal(3, "too_many", "no", 256))
    check(
        {"op": "error", "code": "bad_message", "detail": "no"},
        Refusal(None, "bad_message", "no", None),
    )
    check({"op": "dance", "id": 3}, Unknown())


def test_a_welcome_says_its_limits_and_those_of_a_newer_server() -> None:
    limits = {"message_bytes": 10, "patterns": 2, "ring": 3, "dances": 4}
    said = {
        "op": "welcome",
        "session": "s",
        "server": "b",
        "ts": 1,
        "role": "viewer",
        "limits": limits,
    }
    welcome = decode(json.dumps(said))
    assert isinstance(welcome, Welcome)
    assert welcome.limits.message_bytes == 10
    assert welcome.limits.interval_max_ms == 10_000
    assert welcome.limits.every["dances"] == 4


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        "{}",
        '{"topic":"a"}',
        '{"topic":"a","type":"state","ts":1,"epoch":1,"offset":-1,"full":{}}',
        '{"topic":"a","type":"state","ts":1,"epoch":1,"offset":true,"full":{}}',
        '{"topic":"a","type":"state","ts":1,"epoch":1,"offset":1,"full":[]}',
        '{"topic":"a","type":"event","ts":1,"epoch":1,"offset":1,"full":{}}',
        '{"topic":"a","gap":{"to":[1],"reason":"overrun"}}',
        '{"op":"ok"}',
        '{"op":"welcome","session":"s","server":"b","ts":1,"role":"viewer","limits":3}',
    ],
)
def test_what_is_no_message_is_said(text: str) -> None:
    with pytest.raises(MalformedMessage):
        decode(text)
