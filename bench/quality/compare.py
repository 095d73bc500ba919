"""How good models are: the program's `train` and `predict` beside LightGBM, XGBoost and scikit-learn's
histogram boosting, on the same rows and splits, with the processor time of each fit.

`compare.py --program BELLWETHER --data FOLDER [--seeds 5] [--only a,b] [--markdown FILE]`;
`make bench-quality DATA=FOLDER` prepares what it needs. A ratio is our error over that of the best library:
log loss of classes, root mean square error of numbers, means over the seeds; below 1 is better.
"""

from __future__ import annotations

import argparse
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

from data_sets import DataSet, read_index
from peers import LIBRARIES

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


def measure(program: Path, data_set: DataSet, seeds: int) -> dict[str, Figures]:
    rows = data_set.rows()
    figures: dict[str, Figures] = defaultdict(Figures)
    for seed in range(seeds):
        train, test = data_set.split(rows, seed)
        with tempfile.TemporaryDirectory() as folder:
            files = {name: Path(folder) / f"{name}.csv" for name in ("train", "test", "told")}
            rows.iloc[train].to_csv(files["train"], index=False)
            rows.iloc[test].drop(columns=[data_set.target]).to_csv(files["test"], index=False)
            truth = rows[data_set.target].iloc[test]
            model = Path(folder) / "model"
            wanted = ["--data", files["train"], "--target", data_set.target, "--out", model]
            spent = cpu_seconds([program, "train", *wanted, "--seed", str(seed)])
            told = subprocess.run(
                [program, "predict", "--model", model, "--data", files["test"]],
                stdout=subprocess.PIPE,
                timeout=LONGEST_S,
                check=True,
            ).stdout
            files["told"].write_bytes(told)
            add(figures["bellwether"], data_set, truth, files["told"], spent)
            for library in LIBRARIES:
                peer = [sys.executable, Path(__file__).with_name("peers.py"), library]
                what = [data_set.task, data_set.target, data_set.time_column or "", str(seed)]
                spent = cpu_seconds([*peer, *what, files["train"], files["test"], files["told"]])
                add(figures[library], data_set, truth, files["told"], spent - START_SECONDS)
    return figures


def add(figures: Figures, data_set: DataSet, truth: pd.Series, told: Path, cpu: float) -> None:
    figures.errors.append(error_of(data_set, truth, pd.read_csv(told, keep_default_na=False)))
    figures.cpu_seconds.append(max(cpu, 0.0))


def start_seconds() -> float:
    """What a peer spends before it reads anything: it is not the fit's."""
    imports = "import numpy, pandas, lightgbm, xgboost, sklearn.ensemble"
    return min(cpu_seconds([sys.executable, "-c", imports]) for _ in range(3))


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
    parser.add_argument("--data", type=Path, required=True, help="a folder with index.json")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of sets, with commas between them")
    parser.add_argument("--markdown", type=Path, help="writes the table there too")
    wanted = parser.parse_args()
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
    for data_set in read_index(wanted.data):
        if only and data_set.name not in only:
            continue
        try:
            figures = measure(wanted.program, data_set, wanted.seeds)
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


START_SECONDS = start_seconds() if __name__ == "__main__" else 0.0

if __name__ == "__main__":
    raise SystemExit(main())
