"""connection_state: how it stands with the way to the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .ladder import Way

Quality: TypeAlias = Literal["excellent", "good", "fair", "poor"]


@dataclass(frozen=True, slots=True)
class Connecting:
    pass


@dataclass(frozen=True, slots=True)
class Live:
    way: Way
    latency_ms: float
    """The middle one of the last three round trips."""
    quality: Quality


@dataclass(frozen=True, slots=True)
class Polling:
    """Nothing endless comes through: what is known is as old as the last question."""


@dataclass(frozen=True, slots=True)
class Reconnecting:
    attempt: int
    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Offline:
    """Given up: the server asked for that, or nothing answered as often as was tried."""

    reason: Literal["no_answer", "closed_by_server", "taken_over", "protocol"]
    detail: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The server wants to know again who we are."""

    detail: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Ended from our side, or not begun."""


ConnectionState: TypeAlias = (
    Connecting | Live | Polling | Reconnecting | Offline | SignedOut | Closed
)


def quality_of(latency_ms: float) -> Quality:
    """From the round trip: under 50, 150 and 300 ms, or more."""
    if latency_ms < 50:
        return "excellent"
    if latency_ms < 150:
        return "good"
    return "fair" if latency_ms <= 300 else "poor"
