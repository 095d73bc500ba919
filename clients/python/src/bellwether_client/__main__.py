"""The client by hand: `python -m bellwether_client watch http://127.0.0.1:8420 'host/**'`.

Each item is one line of JSON on standard output; how the connection stands is one on standard error, or
beside the items with `--states`.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import sys
from typing import Any

from .client import Client
from .connection_state import ConnectionState
from .errors import BellwetherError
from .message import Event, Gap, State
from .pace import Pace


def main() -> int:
    wish = _arguments().parse_args()
    try:
        return asyncio.run(_watch(wish) if wish.command == "watch" else _publish(wish))
    except (BellwetherError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bellwether-client", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    watch = commands.add_parser("watch", help="print what topics say")
    publish = commands.add_parser("publish", help="publish one value under app/")
    for command in (watch, publish):
        command.add_argument("origin", help="such as http://127.0.0.1:8420")
        command.add_argument(
            "--token",
            default=os.environ.get("BELLWETHER_TOKEN"),
            help="or in BELLWETHER_TOKEN",
        )
    watch.add_argument("patterns", nargs="+", help="topics, with * and **")
    watch.add_argument("--now", action="store_true", help="only what comes from now on")
    watch.add_argument("--durable", help="a place that the server keeps under this name")
    watch.add_argument("--interval-ms", type=int, help="shortest time between two flushes")
    watch.add_argument("--states", action="store_true", help="how it stands beside the items")
    watch.add_argument(
        "--shortest-wait-s",
        type=float,
        default=Pace().shortest_wait_s,
        help="before a next attempt",
    )
    watch.add_argument(
        "--longest-wait-s", type=float, default=Pace().longest_wait_s, help="before a next attempt"
    )
    watch.add_argument(
        "--poll-s", type=float, default=Pace().poll_s, help="between polls, where it has to poll"
    )
    watch.add_argument(
        "--stable-s", type=float, default=Pace().stable_s, help="how long a good connection lives"
    )
    publish.add_argument("topic")
    publish.add_argument("data", help="as JSON")
    publish.add_argument("--event", action="store_true", help="an event instead of a state")
    publish.add_argument("--full", action="store_true", help="replaces the state whole")
    return parser


async def _watch(wish: argparse.Namespace) -> int:
    def became(state: ConnectionState) -> None:
        line = json.dumps({"is": type(state).__name__.lower(), **dataclasses.asdict(state)})
        print(line, file=sys.stdout if wish.states else sys.stderr, flush=True)

    pace = Pace(
        shortest_wait_s=wish.shortest_wait_s,
        longest_wait_s=wish.longest_wait_s,
        poll_s=wish.poll_s,
        socket_again_s=min(Pace().socket_again_s, wish.poll_s),
        socket_again_longest_s=min(Pace().socket_again_longest_s, 10 * wish.poll_s),
        stable_s=wish.stable_s,
    )
    client = Client(
        wish.origin,
        token=wish.token,
        interval_ms=wish.interval_ms,
        pace=pace,
        on_state=became,
        on_fault=lambda detail: print(detail, file=sys.stderr),
    )
    async with client:
        watched = client.watch(
            *wish.patterns, since="now" if wish.now else None, durable=wish.durable
        )
        async for item in watched:
            print(json.dumps(_line(item), ensure_ascii=False), flush=True)
    return 0


def _line(item: State | Event | Gap) -> dict[str, Any]:
    return {"is": type(item).__name__.lower(), **dataclasses.asdict(item)}


async def _publish(wish: argparse.Namespace) -> int:
    client = Client(wish.origin, token=wish.token)
    try:
        await client.publish(
            wish.topic,
            json.loads(wish.data),
            kind="event" if wish.event else "state",
            full=wish.full,
        )
    finally:
        await client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
