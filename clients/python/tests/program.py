"""The real server as a process of its own, on a free port, with data in a temporary folder."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Program:
    """`BELLWETHER_BIN` names the program; the debug build otherwise."""

    def __init__(self) -> None:
        target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
        built = ROOT / target / "debug" / "bellwether"
        self.binary = os.environ.get("BELLWETHER_BIN", str(built))
        self.origin = ""
        self._data = ""
        self._listen = "127.0.0.1:0"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Program:
        self._data = tempfile.mkdtemp(prefix="bellwether-python-")
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end(signal.SIGTERM)
        shutil.rmtree(self._data, ignore_errors=True)

    async def start(self) -> None:
        options = ["--listen", self._listen, "--data", self._data, "--anonymous", "admin"]
        self._process = await asyncio.create_subprocess_exec(
            self.binary, "serve", *options, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        listening = re.fullmatch(r"listening on (http://(\S+))\n", line)
        assert listening, f"the first line says {line!r}"
        self.origin, self._listen = listening[1], listening[2]

    async def kill(self) -> None:
        """Ends it as the kernel would for lack of memory: without a word."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        # Not `communicate`: what it says after its first line is read and thrown away here.
        assert self._process.stdout is not None
        await self._process.stdout.read()
        await self._process.wait()
