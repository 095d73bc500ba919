"""http: requests to our own routes. What fails is a `Problem`, or whatever aiohttp raises."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .errors import Problem


class Http:
    """One server, one token, one pool of connections. `timeout_s` is the longest wait for an answer."""

    def __init__(
        self,
        origin: str,
        token: str | None,
        session: aiohttp.ClientSession | None,
        timeout_s: float,
    ) -> None:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{origin!r} is no address like http://127.0.0.1:8420")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws"
        self.headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self._given = session
        self._own: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    @property
    def session(self) -> aiohttp.ClientSession:
        """Made on first use: aiohttp wants a running loop."""
        if self._given is not None:
            return self._given
        if self._own is None or self._own.closed:
            # No total limit: streams never end. Each request has its own.
            self._own = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._own

    async def close(self) -> None:
        if self._own is not None:
            await self._own.close()

    async def json(self, method: str, path: str, body: Any = None) -> Any:
        """The answer, or a `Problem` for anything that is no success."""
        headers = dict(self.headers)
        data = None
        if body is not None:
            headers["content-type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        async with self.session.request(
            method, self.origin + path, headers=headers, data=data, timeout=self._timeout
        ) as response:
            if response.status >= 400:
                raise await problem_of(response)
            text = await response.text()
            return json.loads(text) if text else None


async def problem_of(response: aiohttp.ClientResponse) -> Problem:
    try:
        said = json.loads(await response.text())
    except (ValueError, aiohttp.ClientError):
        said = {}
    return Problem(response.status, said if isinstance(said, dict) else {})
