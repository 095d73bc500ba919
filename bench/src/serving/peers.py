"""LightGBM behind FastAPI, and by itself: processor time per request, and rows per second.

Prints one JSON object. The model has 100 trees of 31 leaves, as ours.
"""

import json
import multiprocessing
import socket
import sys
import time

import httpx
import lightgbm
import pandas
import uvicorn
from fastapi import FastAPI

REQUESTS = 2_000


def serve(booster_text: str, port: int) -> None:
    """One worker; a row in, a probability out."""
    booster = lightgbm.Booster(model_str=booster_text)
    names = booster.feature_name()
    app = FastAPI()

    @app.post("/predict")
    async def predict(row: dict) -> dict:
        values = [[row[name] for name in names]]
        share = float(booster.predict(values, num_threads=1)[0])
        return {"prediction": "yes" if share > 0.5 else "no", "probability": share}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def cpu_seconds(pid: int) -> float:
    """On-processor time of all threads of a process."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    """Trains, measures, prints."""
    table = pandas.read_csv(sys.argv[1])
    features, target = table.iloc[:, :-1], (table.iloc[:, -1] == "yes").astype(int)
    data = lightgbm.Dataset(features, target)
    settings = {"objective": "binary", "num_leaves": 31, "num_threads": 1, "verbose": -1}
    booster = lightgbm.train(settings, data, num_boost_round=100)
    matrix = features.to_numpy()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 2:
        booster.predict(matrix, num_threads=1)
        count += len(matrix)
    rate = count / (time.perf_counter() - began)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(booster.model_to_string(), port), daemon=True
    )
    server.start()
    rows = features.head(500).to_dict("records")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(300):
            try:
                client.post("/predict", json=rows[0])
                break
            except httpx.TransportError:
                time.sleep(0.1)
        for row in rows[:200]:
            client.post("/predict", json=row)
        before = cpu_seconds(server.pid)
        for number in range(REQUESTS):
            client.post("/predict", json=rows[number % len(rows)])
        used = cpu_seconds(server.pid) - before
    server.terminate()
    print(json.dumps({"request_ms": 1_000 * used / REQUESTS, "rows_a_second": rate}))


if __name__ == "__main__":
    main()
