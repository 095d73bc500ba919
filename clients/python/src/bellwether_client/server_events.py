"""server_events: reads Server-Sent Events out of pieces of bytes (WHATWG HTML, section 9.2.6).

`id` and `retry` are passed over: positions are in the envelopes, and when to come back is ours to say.
"""

from __future__ import annotations

from collections.abc import Iterator


class EventReader:
    def __init__(self) -> None:
        self._rest = bytearray()
        self._name = ""
        self._data: list[str] = []

    def read(self, piece: bytes) -> Iterator[tuple[str, str]]:
        """Name and data of each event that is complete with this piece."""
        self._rest += piece
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for raw in lines:
            line = raw.rstrip(b"\r").decode("utf-8", "replace")
            if line:
                self._field(line)
                continue
            name, data = self._name or "message", self._data
            self._name, self._data = "", []
            if data:
                yield name, "\n".join(data)

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
