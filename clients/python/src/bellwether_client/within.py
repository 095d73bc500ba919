"""within: a limit of time that leaves cancellation alone.

`asyncio.wait_for` before Python 3.12 loses a cancellation that comes together with the result.
"""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from asyncio import timeout as within
else:
    from async_timeout import timeout as within  # comes with aiohttp where asyncio has none

__all__ = ["within"]
