"""wishes: what is asked for at a moment: patterns, how far we are in each of their topics, the clock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .message import Position

_QUERY_CHARACTERS = 6_000
"""Longest query: proxies take about 8 KB of address."""
_NOTHING = "-"
"""A pattern that no topic fits: a way can be opened before anything is asked for."""


@dataclass(frozen=True, slots=True)
class Wishes:
    patterns: tuple[str, ...] = ()
    events: dict[str, Position] = field(default_factory=dict)
    """Positions that must go with the request, or events would be missed or come twice."""
    states: dict[str, Position] = field(default_factory=dict)
    """These only save full values: they are left out where there is no room."""
    interval_ms: int | None = None

    def query(self, clock: bool = True) -> str:
        """`topics`, `since` and `interval_ms` of an address."""
        every = self._query({**self.states, **self.events}, clock)
        return every if len(every) <= _QUERY_CHARACTERS else self._query(self.events, clock)

    def request(self, longest: int) -> dict[str, Any]:
        """The fields of `subscribe`, in at most so many bytes where leaving out states helps."""
        fields = self._fields({**self.states, **self.events})
        if len(json.dumps(fields)) > longest:
            fields = self._fields(self.events)
        return fields

    def _query(self, positions: dict[str, Position], clock: bool) -> str:
        asked: dict[str, str] = {"topics": ",".join(self.patterns) or _NOTHING}
        if positions:
            asked["since"] = json.dumps(positions, separators=(",", ":"))
        if clock and self.interval_ms is not None:
            asked["interval_ms"] = str(self.interval_ms)
        return urlencode(asked)

    def _fields(self, positions: dict[str, Position]) -> dict[str, Any]:
        fields: dict[str, Any] = {"topics": list(self.patterns)}
        if positions:
            fields["since"] = positions
        if self.interval_ms is not None:
            fields["interval_ms"] = self.interval_ms
        return fields


def in_order(patterns: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order in which they came."""
    return tuple(dict.fromkeys(patterns))
