"""Coroutines are tests too, each in a loop of its own; one that hangs fails."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

LONGEST_S = 60


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    given = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(test(**given), LONGEST_S))
    return True
