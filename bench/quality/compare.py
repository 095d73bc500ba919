"""How good models are: the program's `train` and `predict` beside LightGBM, XGBoost and scikit-learn's
histogram boosting, on the same rows and splits, with the processor time of each fit.

`compare.py --program BELLWETHER --data FOLDER [--seeds 5] [--only a,b] [--within] [--markdown FILE]`;
`make bench-quality DATA=FOLDER` prepares what it needs. A ratio is our error over that of the best library:
log loss of classes, root mean square error of numbers, means over the seeds; below 1 is better. Of processor
time, ours is that of the whole command, theirs that of the fit alone.

What the program does is decided with `--within` (splits within the training rows of the first seed) and on
`shipped`, the sets that scikit-learn carries; the rows that the table tests on have no part in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from data_sets import DataSet, read_index, shipped
from peers import LIBRARIES, told_by, warm_up

MEAN_BAR = 0.98
WORST_BAR = 1.05
LARGE_ROWS = 2_000
"""From here on a set has to hold the bar for the worst; smaller ones have to be within a standard error."""
LEAST_PROBABILITY = 1e-15
LONGEST_S = 900


@dataclass
class Figures:
    """Of one program on one set, a value a seed."""

    errors: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    @property
    def error(self) -> float:
        return float(np.mean(self.errors))


def cpu_seconds(command: Sequence[str | os.PathLike[str]]) -> float:
    """Runs a program to its end; the processor time that it took, all its threads together."""
    before = os.times()
    done = subprocess.run(command, capture_output=True, timeout=LONGEST_S, check=False)
    after = os.times()
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else f"exit status {done.returncode}")
    spent = after.children_user - before.children_user
    return spent + after.children_system - before.children_system


def error_of(data_set: DataSet, truth: pd.Series, told: pd.DataFrame) -> float:
    if len(told) != len(truth):
        raise RuntimeError(f"{len(told)} predictions for {len(truth)} rows")
    if data_set.task == "regression":
        missed = told["prediction"].to_numpy(float) - truth.to_numpy(float)
        return float(np.sqrt(np.mean(missed**2)))
    rows = truth.reset_index(drop=True)
    shares = told.filter(regex="^p_").to_numpy(float)
    names = [name.removeprefix("p_") for name in told.filter(regex="^p_").columns]
    places = rows.map({name: place for place, name in enumerate(names)})
    if places.isna().any():
        raise RuntimeError(f"no probability for class {rows[places.isna()].iloc[0]!r}")
    right = shares[np.arange(len(rows)), places.to_numpy(int)] / shares.sum(axis=1)
    return float(-np.mean(np.log(np.clip(right, LEAST_PROBABILITY, 1))))


def measure(wanted: argparse.Namespace, data_set: DataSet) -> dict[str, Figures]:
    rows = data_set.rows()
    split = data_set.split_within if wanted.within else data_set.split
    figures: dict[str, Figures] = defaultdict(Figures)
    for seed in range(wanted.seeds):
        train, test = split(rows, seed)
        truth = rows[data_set.target].iloc[test]
        with tempfile.TemporaryDirectory() as folder:
            files = {name: Path(folder) / f"{name}.csv" for name in ("train", "test", "told")}
            rows.iloc[train].to_csv(files["train"], index=False)
            rows.iloc[test].drop(columns=[data_set.target]).to_csv(files["test"], index=False)
            model = Path(folder) / "model"
            what = ["--data", files["train"], "--target", data_set.target, "--out", model]
            cpu = cpu_seconds([wanted.program, "train", *what, *wanted.train.split()])
            told = subprocess.run(
                [wanted.program, "predict", "--model", model, "--data", files["test"]],
                stdout=subprocess.PIPE,
                timeout=LONGEST_S,
                check=True,
            ).stdout
            files["told"].write_bytes(told)
            figures["bellwether"].errors.append(error_in(files["told"], data_set, truth))
            figures["bellwether"].cpu_seconds.append(cpu)
        for library in LIBRARIES:
            error, cpu = peer(
                library, data_set, seed, rows.iloc[train], rows.iloc[test], wanted.kept
            )
            figures[library].errors.append(error)
            figures[library].cpu_seconds.append(cpu)
    return figures


def peer(
    library: str,
    data_set: DataSet,
    seed: int,
    train: pd.DataFrame,
    test: pd.DataFrame,
    kept: Path | None,
) -> tuple[float, float]:
    """Error and processor time of a library; of rows that it fitted before, from where results are kept."""
    same = hashlib.sha256(f"{library} {data_set.task} {data_set.target} {seed}".encode())
    for one in ("peers.py", "requirements.txt"):
        same.update(Path(__file__).with_name(one).read_bytes())
    for rows in (train, test):
        same.update(pd.util.hash_pandas_object(rows).to_numpy().tobytes())
    place = kept / f"{same.hexdigest()}.json" if kept else None
    if place and place.exists():
        found = json.loads(place.read_text(encoding="utf-8"))
        return found["error"], found["cpu_seconds"]
    told, cpu = told_by(library, data_set, seed, train, test.drop(columns=[data_set.target]))
    error = error_of(data_set, test[data_set.target], told)
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"error": error, "cpu_seconds": cpu}), encoding="utf-8")
    return error, cpu


def error_in(told: Path, data_set: DataSet, truth: pd.Series) -> float:
    return error_of(data_set, truth, pd.read_csv(told, keep_default_na=False))


def row(data_set: DataSet, rows: int, figures: dict[str, Figures]) -> tuple[list[str], float]:
    peers = {name: one for name, one in figures.items() if name != "bellwether"}
    best = min(peers, key=lambda name: peers[name].error)
    ours, theirs = figures["bellwether"], peers[best]
    ratio = ours.error / theirs.error
    spread = (
        np.std(theirs.errors, ddof=1) / math.sqrt(len(theirs.errors))
        if len(theirs.errors) > 1
        else 0.0
    )
    holds = ratio <= WORST_BAR if rows >= LARGE_ROWS else ours.error <= theirs.error + spread
    cells = [data_set.name, f"{rows:,}", "log loss" if data_set.task != "regression" else "RMSE"]
    cells += [f"{figures[name].error:.4g}" for name in ("bellwether", *LIBRARIES)]
    cells += [best, f"{ratio:.3f}", f"{np.mean(ours.cpu_seconds):.1f}"]
    cells += [
        f"{sum(np.mean(one.cpu_seconds) for one in peers.values()):.1f}",
        "" if holds else "misses",
    ]
    return cells, ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--data", required=True, help="a folder with index.json, or `shipped`")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of sets, with commas between them")
    parser.add_argument("--within", action="store_true", help="split the training rows alone")
    parser.add_argument("--train", default="", help="options for the program's training")
    parser.add_argument("--kept", type=Path, help="where results of the libraries are kept")
    parser.add_argument("--markdown", type=Path, help="writes the table there too")
    wanted = parser.parse_args()
    warm_up()
    only = set(filter(None, wanted.only.split(",")))
    head = [
        "set",
        "rows",
        "error",
        "ours",
        *LIBRARIES,
        "best of them",
        "ratio",
        "our CPU s",
        "theirs, sum",
        "",
    ]
    table, ratios, ours, theirs = [head], [], 0.0, 0.0
    print("  ".join(head), flush=True)
    sets = shipped() if wanted.data == "shipped" else read_index(Path(wanted.data))
    for data_set in sets:
        if only and data_set.name not in only:
            continue
        try:
            figures = measure(wanted, data_set)
        except (RuntimeError, OSError, subprocess.SubprocessError, KeyError) as error:
            print(f"{data_set.name}: {error}", flush=True)
            table.append([data_set.name, "", f"failed: {error}", *[""] * (len(head) - 3)])
            continue
        cells, ratio = row(data_set, len(data_set.rows()), figures)
        print("  ".join(cells), flush=True)
        table.append(cells)
        ratios.append(ratio)
        ours += float(cells[-3])
        theirs += float(cells[-2])
    if not ratios:
        print("No set was measured.", file=sys.stderr)
        return 1
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    bar = "reached" if mean <= MEAN_BAR else "MISSED"
    says = (
        f"Geometric mean of the ratios over {len(ratios)} sets, {wanted.seeds} seeds: "
        f"{mean:.4f} (at most {MEAN_BAR}: {bar}). "
        f"Processor time of all fits: {ours:.0f} s ours, {theirs:.0f} s of the three together."
    )
    print(says)
    if wanted.markdown is not None:
        lines = ["| " + " | ".join(cells) + " |" for cells in table]
        lines.insert(1, "| " + " | ".join(["---"] * len(head)) + " |")
        wanted.markdown.write_text("\n".join([*lines, "", says, ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
