"""watch: one wish of a program, and what came for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from .mailbox import Mailbox
from .message import Event, Gap, Position, State
from .patterns import covers

if TYPE_CHECKING:
    from .client import Client


class Watch:
    """`async for item in bell.watch("app/**")`. As a context manager it begins at once and ends with
    the block; without one it begins with the first item that is asked for and ends by `close()`."""

    def __init__(
        self,
        client: Client,
        patterns: tuple[str, ...],
        since: Mapping[str, Position] | Literal["now"] | None,
        durable: str | None,
        mailbox: Mailbox,
    ) -> None:
        self.patterns = patterns
        self.since = since
        self.durable = durable
        self.mailbox = mailbox
        self.accepted = False
        """Whether a server has taken these patterns before."""
        self._client = client
        self._begun = False

    def wants(self, topic: str) -> bool:
        return covers(self.patterns, topic)

    def close(self) -> None:
        self._client.end(self)

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> State | Event | Gap:
        await self._begin()
        return await self.mailbox.take()

    async def __aenter__(self) -> Watch:
        await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            await self._client.begin(self)
