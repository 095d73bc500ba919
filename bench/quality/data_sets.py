"""Data sets as an index names them, and how each is split, from a seed.

The index is a JSON list: `name`, `file` (CSV beside it), `task` (binary, multiclass, regression), `target`,
and where it matters `split` ("time": by the order of the rows) and `time_column`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

Task = Literal["binary", "multiclass", "regression"]
TEST_SHARE = 0.2
FIRST_SHARE = 0.4
"""Of a course of time, what the first seed trains on; each seed after it a tenth more."""


@dataclass(frozen=True)
class DataSet:
    name: str
    path: Path
    task: Task
    target: str
    is_course: bool
    time_column: str | None
    source: str

    def rows(self) -> pd.DataFrame:
        """Every cell as the text that it is in the file."""
        return pd.read_csv(self.path, dtype=str, keep_default_na=False)

    def split(self, rows: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the rows to train on and to test on. Of classes each keeps its share; of a course of time
        the test is what comes next."""
        count = len(rows)
        if self.is_course:
            cut = int(count * min(FIRST_SHARE + 0.1 * seed, 1 - TEST_SHARE))
            return np.arange(cut), np.arange(cut, min(count, cut + int(count * TEST_SHARE)))
        dice = np.random.default_rng(seed)
        groups = [np.arange(count)]
        if self.task != "regression":
            targets = rows[self.target].to_numpy()
            groups = [np.flatnonzero(targets == one) for one in np.unique(targets)]
        train, test = [], []
        for group in groups:
            shuffled = dice.permutation(group)
            cut = round(len(group) * TEST_SHARE)
            test.append(shuffled[:cut])
            train.append(shuffled[cut:])
        return np.sort(np.concatenate(train)), np.sort(np.concatenate(test))


def read_index(folder: Path) -> list[DataSet]:
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return [
        DataSet(
            name=entry["name"],
            path=folder / entry["file"],
            task=entry["task"],
            target=entry["target"],
            is_course=entry.get("split") == "time",
            time_column=entry.get("time_column"),
            source=entry.get("source", ""),
        )
        for entry in entries
    ]
