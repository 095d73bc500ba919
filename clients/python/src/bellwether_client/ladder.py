"""ladder: which way to the server is tried next.

The WebSocket first; where it fails twice although HTTP answers, Server-Sent Events; where those do not
come through either, polling. Where nothing answers, it begins at the top: a server that comes back most
likely comes back whole.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Way: TypeAlias = Literal["socket", "stream", "poll"]

_FAILURES = 2
"""Failures, with HTTP answering, that are no accident any more."""


class Ladder:
    def __init__(self) -> None:
        self.way: Way = "socket"
        self._blocked = 0

    def reach(self, way: Way) -> None:
        """A way is open. Whether it holds is not known yet."""
        if way != self.way:
            self._blocked = 0
        self.way = way

    def settle(self) -> None:
        """The way has held for a while: earlier failures were accidents."""
        self._blocked = 0

    def start_over(self) -> None:
        self.way = "socket"
        self._blocked = 0

    def blocked(self, opened: bool) -> bool:
        """The way failed although HTTP answers, with or without having been open. Whether another one
        is next. A stream that does not even begin is not tried twice: a proxy that holds streams back
        costs ten seconds each time."""
        self._blocked += _FAILURES if self.way == "stream" and not opened else 1
        if self.way == "poll" or self._blocked < _FAILURES:
            return False
        self.reach("stream" if self.way == "socket" else "poll")
        return True
