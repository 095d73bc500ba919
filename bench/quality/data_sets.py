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
from sklearn.model_selection import train_test_split

Task = Literal["binary", "multiclass", "regression"]
TEST_SHARE = 0.2
FIRST_SHARE = 0.4
"""Of a course of time, what the first seed trains on; each seed after it a tenth more."""
WITHIN = 1_000
"""First seed of splits within training rows."""


@dataclass(frozen=True)
class DataSet:
    name: str
    path: Path | None
    task: Task
    target: str
    is_course: bool
    time_column: str | None
    source: str
    made: pd.DataFrame | None = None
    """The rows themselves, where there is no file."""

    def rows(self) -> pd.DataFrame:
        """Every cell as the text that it is in the file."""
        if self.made is not None:
            return self.made
        return pd.read_csv(self.path, dtype=str, keep_default_na=False)

    def split(self, rows: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the rows to train on and to test on, in the order in which a program gets them. Of
        classes each keeps its share; of a course of time the test is what comes next."""
        count = len(rows)
        if self.is_course:
            cut = int(count * (FIRST_SHARE + 0.1 * seed))
            return np.arange(cut), np.arange(cut, min(count, cut + int(count * TEST_SHARE)))
        strata = rows[self.target] if self.task != "regression" else None
        places = np.arange(count)
        return train_test_split(places, test_size=TEST_SHARE, random_state=seed, stratify=strata)

    def split_within(self, rows: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """The same once more within the training rows of the first seed: what decisions are made by, so that
        no row that the table of results tests on has a part in them."""
        train, _ = self.split(rows, 0)
        if self.is_course:
            cut = int(len(train) * (0.5 + 0.1 * (seed % 4)))
            return train[:cut], train[cut : cut + int(len(train) * TEST_SHARE)]
        strata = rows[self.target].iloc[train] if self.task != "regression" else None
        seed = WITHIN + seed
        return train_test_split(train, test_size=TEST_SHARE, random_state=seed, stratify=strata)


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


def shipped() -> list[DataSet]:
    """Sets that scikit-learn carries or makes: to decide by, together with splits within training rows."""
    from sklearn import datasets

    def of(name: str, task: Task, x: np.ndarray, y: np.ndarray) -> DataSet:
        rows = pd.DataFrame(x, columns=[f"x{place}" for place in range(x.shape[1])])
        rows["y"] = y if task == "regression" else [f"c{int(one)}" for one in y]
        return DataSet(name, None, task, "y", False, None, "scikit-learn", rows.astype(str))

    made = datasets.make_classification(
        6_000,
        25,
        n_informative=8,
        n_redundant=5,
        n_clusters_per_class=4,
        flip_y=0.05,
        random_state=1,
    )
    several = datasets.make_classification(
        4_000, 20, n_informative=9, n_classes=5, flip_y=0.1, class_sep=0.8, random_state=2
    )
    return [
        of("breast_cancer", "binary", *datasets.load_breast_cancer(return_X_y=True)),
        of("wine", "multiclass", *datasets.load_wine(return_X_y=True)),
        of("iris", "multiclass", *datasets.load_iris(return_X_y=True)),
        of("digits", "multiclass", *datasets.load_digits(return_X_y=True)),
        of("diabetes", "regression", *datasets.load_diabetes(return_X_y=True)),
        of("made_two_classes", "binary", *made),
        of("made_five_classes", "multiclass", *several),
        of("hastie", "binary", *datasets.make_hastie_10_2(8_000, random_state=3)),
        of(
            "friedman_1",
            "regression",
            *datasets.make_friedman1(5_000, 12, noise=1.5, random_state=4),
        ),
        of("friedman_2", "regression", *datasets.make_friedman2(3_000, noise=60.0, random_state=5)),
    ]
