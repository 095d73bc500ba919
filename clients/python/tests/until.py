"""Waits for a condition: tests never sleep for a while and hope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE_S = 20


async def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience_s
    while not condition():
        if loop.time() > end:
            raise AssertionError(f"not within {patience_s} s")
        await asyncio.sleep(0.005)
