"""LightGBM behind FastAPI, BentoML and `mlflow models serve`: processor time per request.

And by itself: rows per second. Prints one JSON object. The model has 100 trees of 31 leaves, as ours.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import lightgbm
import mlflow
import pandas

REQUESTS = 2_000
WARM_UP = 200
# A server of several processes imports the same libraries in each of them, one after the other.
START_S = 120
HERE = Path(__file__).parent
BINARIES = Path(sys.executable).parent


class Peer(NamedTuple):
    """A server of one worker: how it is started, and how one row is asked."""

    name: str
    command: list[str]
    path: str
    body: Callable[[dict], dict]


def peers(model: Path, folder: Path, port: str) -> list[Peer]:
    """All of them, each listening on this port when its turn comes."""
    at = ["--host", "127.0.0.1", "--port", port]
    one_here = ["--workers", "1", "--env-manager", "local"]
    bentoml, mlflow = str(BINARIES / "bentoml"), str(BINARIES / "mlflow")
    return [
        Peer(
            "fastapi",
            [sys.executable, str(HERE / "behind_fastapi.py"), str(model), port],
            "/predict",
            lambda row: row,
        ),
        Peer(
            "bentoml",
            [bentoml, "serve", "behind_bentoml:Predictor", "--working-dir", str(HERE), *at],
            "/predict",
            lambda row: {"row": row},
        ),
        Peer(
            "mlflow",
            [mlflow, "models", "serve", "--model-uri", str(folder), *at, *one_here],
            "/invocations",
            lambda row: {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}},
        ),
    ]


def family(root: int) -> dict[int, list[int]]:
    """A process and all that it started, each with its ticks on a processor."""
    ticks: dict[int, list[int]] = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        pid = int(stat.parent.name)
        ticks[pid] = [int(field) for field in fields[11:13]]
        children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        found[pid] = ticks.get(pid, [])
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """On-processor time of a server, all of its processes."""
    return sum(map(sum, family(root).values())) / os.sysconf("SC_CLK_TCK")


def end(server: subprocess.Popen) -> None:
    """Asks the server to end, and ends what it leaves behind."""
    started = family(server.pid)
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=20)
    for pid in started:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()


def request_ms(peer: Peer, rows: list[dict], model: Path, port: str) -> float:
    """Processor time of the server for one request of one row, on one connection."""
    own = {"MODEL": str(model), "BENTOML_DO_NOT_TRACK": "True", "MLFLOW_DISABLE_TELEMETRY": "true"}
    # mlflow starts uvicorn by its name.
    own["PATH"] = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(peer.command, env=os.environ | own, stdout=quiet, stderr=quiet)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            ask_until_answered(client, peer, rows[0], server)
            for row in rows[:WARM_UP]:
                client.post(peer.path, json=peer.body(row))
            before = cpu_seconds(server.pid)
            for number in range(REQUESTS):
                row = rows[number % len(rows)]
                client.post(peer.path, json=peer.body(row)).raise_for_status()
            return 1_000 * (cpu_seconds(server.pid) - before) / REQUESTS
    finally:
        end(server)


def ask_until_answered(
    client: httpx.Client, peer: Peer, row: dict, server: subprocess.Popen
) -> None:
    """A server that starts refuses connections, or answers that it is not ready."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            if client.post(peer.path, json=peer.body(row)).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"did not answer within {START_S} s, or ended")


def rows_a_second(booster: lightgbm.Booster, features: pandas.DataFrame) -> float:
    """LightGBM in its own process, one thread, batches of all rows."""
    matrix = features.to_numpy()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 2:
        booster.predict(matrix, num_threads=1)
        count += len(matrix)
    return count / (time.perf_counter() - began)


def free_port() -> str:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def main() -> None:
    """Trains, measures, prints. A peer that does not start says so and has no figure."""
    table = pandas.read_csv(sys.argv[1])
    features, target = table.iloc[:, :-1], (table.iloc[:, -1] == "yes").astype(int)
    settings = {"objective": "binary", "num_leaves": 31, "num_threads": 1, "verbose": -1}
    booster = lightgbm.train(settings, lightgbm.Dataset(features, target), num_boost_round=100)
    model, folder = HERE / "model.txt", HERE / "model"
    booster.save_model(model)
    mlflow.lightgbm.save_model(booster, folder)

    said: dict[str, object] = {"rows_a_second": rows_a_second(booster, features)}
    rows = features.head(500).to_dict("records")
    port = free_port()
    requests_ms: dict[str, float] = {}
    for peer in peers(model, folder, port):
        try:
            requests_ms[peer.name] = request_ms(peer, rows, model, port)
        except (RuntimeError, OSError, httpx.HTTPError) as error:
            print(f"{peer.name}: {error}", file=sys.stderr)
    said["request_ms"] = requests_ms
    print(json.dumps(said))


if __name__ == "__main__":
    main()
