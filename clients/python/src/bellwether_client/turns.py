"""turns: spreads what is sent over time, so that a limit of the server is kept and not run into."""

from __future__ import annotations

import asyncio


class Turns:
    """A bucket of one second: what is saved up in a pause may go at once."""

    def __init__(self) -> None:
        self._next_at = 0.0

    async def next(self, per_second: float) -> None:
        """Waits until one more may go."""
        now = asyncio.get_running_loop().time()
        self._next_at = max(self._next_at, now - 1.0) + 1.0 / per_second
        if self._next_at > now:
            await asyncio.sleep(self._next_at - now)
