"""message: one text of the server, decoded into what it says (docs/PROTOCOL.md).

Enters: texts of any of the three ways. Leaves: typed values, or `MalformedMessage` with a reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias


class Position(NamedTuple):
    """Where in a topic something stands. Offsets grow by one within an epoch."""

    epoch: int
    offset: int


@dataclass(frozen=True, slots=True)
class State:
    """The newest value of a state topic."""

    topic: str
    ts: int
    """When it was measured, epoch milliseconds; grows also when the value stays the same."""
    position: Position
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it happened. Each comes once and in order."""

    topic: str
    ts: int
    position: Position
    data: Any


@dataclass(frozen=True, slots=True)
class Gap:
    """Events of a topic that are lost: never a silent hole."""

    topic: str
    since: Position | None
    """The last position that we had; on the wire `from`."""
    to: Position
    """The first that follows."""
    reason: str
    """`overrun`, `new_epoch` or `unknown_position`; a newer server may know more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server accepts from one connection, as its welcome says."""

    message_bytes: int = 65_536
    patterns: int = 256
    interval_max_ms: int = 10_000
    messages_per_second: int = 20
    ring: int = 300
    every: Mapping[str, Any] = field(default_factory=dict)
    """All limits as they came, those that this version does not name too."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first message of a connection."""

    session: str
    server: str
    ts: int
    role: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Envelope:
    """One signal on its way: exactly one of `full`, `patch` and `data` is what it says."""

    topic: str
    kind: str
    ts: int
    position: Position
    content: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Ok:
    id: int
    every: Mapping[str, Any] = field(default_factory=dict)
    """The whole answer: some requests are answered with more than `ok`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    id: int | None
    code: str
    detail: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Pong:
    ts: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something of a newer server that this client does not know."""


Message: TypeAlias = Welcome | Envelope | Gap | Ok | Refusal | Pong | Unknown


class MalformedMessage(ValueError):
    """A text that no message has."""


def decode(text: str) -> Message:
    """Raises `MalformedMessage`."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise MalformedMessage("a message is no JSON") from error
    if not isinstance(said, dict):
        raise MalformedMessage("a message is no object")
    return decode_object(said)


def decode_object(said: dict[str, Any]) -> Message:
    """The same for JSON that is read already, as in the answer to a poll."""
    try:
        if isinstance(said.get("topic"), str):
            return _delivered(said)
        match said.get("op"):
            case "welcome":
                return _welcome(said)
            case "ok":
                return Ok(_count(said["id"]), said)
            case "pong":
                return Pong(int(said["ts"]))
            case "error":
                return _refusal(said)
            case str():
                return Unknown()
    except (KeyError, TypeError, ValueError) as error:
        what = said.get("topic") or said.get("op")
        raise MalformedMessage(f"a message of {what} has not the fields it should") from error
    raise MalformedMessage("a message has neither op nor topic")


def position_of(value: Any) -> Position:
    """`[epoch, offset]` as JSON has it; raises `ValueError` for anything else."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{value!r} is no position")
    return Position(_count(value[0]), _count(value[1]))


def _delivered(said: dict[str, Any]) -> Message:
    topic = said["topic"]
    if "gap" in said:
        gap = said["gap"]
        since = position_of(gap["from"]) if gap.get("from") is not None else None
        return Gap(topic, since, position_of(gap["to"]), str(gap["reason"]))
    position = Position(_count(said["epoch"]), _count(said["offset"]))
    kind = said["type"]
    for content in ("data",) if kind == "event" else ("full", "patch"):
        if content in said:
            payload = said[content]
            if kind == "state" and not isinstance(payload, dict):
                raise ValueError("a state is no object")
            return Envelope(topic, kind, int(said["ts"]), position, content, payload)
    raise ValueError("an envelope without content")


def _welcome(said: dict[str, Any]) -> Welcome:
    limits = said["limits"]
    if not isinstance(limits, dict):
        raise ValueError("limits are no object")
    known = {name: _count(limits[name]) for name in _LIMITS if name in limits}
    return Welcome(
        session=str(said["session"]),
        server=str(said["server"]),
        ts=int(said["ts"]),
        role=str(said["role"]),
        limits=Limits(**known, every=limits),
    )


_LIMITS = ("message_bytes", "patterns", "interval_max_ms", "messages_per_second", "ring")


def _refusal(said: dict[str, Any]) -> Refusal:
    about = said.get("id")
    return Refusal(
        id=None if about is None else _count(about),
        code=str(said["code"]),
        detail=str(said["detail"]),
        limit=said.get("limit"),
    )


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value
