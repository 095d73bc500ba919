"""The libraries that we are compared with, each as its own documentation recommends for tables: native
categories, early stopping on a tenth of the training rows, and else the defaults of the library.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from data_sets import DataSet

ROUNDS = 1_000
PATIENCE = 20
VALIDATION_SHARE = 0.1
CATEGORIES = 200
"""Rarer texts of a column count as missing: more than that no library takes well."""
EPOCH = pd.Timestamp("2000-01-01", tz="UTC")
DAY = pd.Timedelta(days=1)


class Coder:
    """Numbers as they are, dates as parts of the calendar, texts as codes; learned on the training rows."""

    def __init__(self, rows: pd.DataFrame, target: str, time_column: str) -> None:
        self.columns = [name for name in rows.columns if name != target]
        self.times = {time_column} & set(self.columns)
        self.codes: dict[str, dict[str, int]] = {}
        for name in self.columns:
            filled = rows[name][rows[name] != ""]
            if name not in self.times and pd.to_numeric(filled, errors="coerce").isna().any():
                frequent = filled.value_counts().index[:CATEGORIES]
                self.codes[name] = {text: code for code, text in enumerate(frequent)}
        self.categories: list[int] = []

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        columns: list[np.ndarray] = []
        self.categories = []
        for name in self.columns:
            if name in self.times:
                at = pd.to_datetime(rows[name], utc=True, format="ISO8601").dt
                hour = at.hour + at.minute / 60
                parts = (at.month, at.dayofweek, hour, at.dayofyear)
                columns += [part.to_numpy(float) for part in parts]
                since = pd.to_datetime(rows[name], utc=True, format="ISO8601") - EPOCH
                columns.append((since / DAY).to_numpy(float))
            elif name in self.codes:
                self.categories.append(len(columns))
                columns.append(rows[name].map(self.codes[name]).to_numpy(float))
            else:
                columns.append(pd.to_numeric(rows[name], errors="coerce").to_numpy(float))
        return np.column_stack(columns)


def held_out(truth: np.ndarray, task: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places to fit on and to stop by."""
    from sklearn.model_selection import train_test_split

    strata = truth if task != "regression" and np.bincount(truth).min() > 4 else None
    return train_test_split(
        np.arange(len(truth)), test_size=VALIDATION_SHARE, random_state=seed, stratify=strata
    )


Predict = Callable[[np.ndarray], np.ndarray]


def histogram(x: np.ndarray, y: np.ndarray, task: str, categories: list[int], seed: int) -> Predict:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    model = kind(
        max_iter=ROUNDS,
        early_stopping=True,
        n_iter_no_change=PATIENCE,
        validation_fraction=VALIDATION_SHARE,
        random_state=seed,
        categorical_features=categories or None,
    ).fit(x, y)
    return model.predict if task == "regression" else model.predict_proba


def lightgbm(x: np.ndarray, y: np.ndarray, task: str, categories: list[int], seed: int) -> Predict:
    import lightgbm as library

    fit, stop = held_out(y, task, seed)
    settings = {"objective": task, "seed": seed, "verbose": -1, "num_threads": 1}
    if task == "multiclass":
        settings["num_class"] = int(y.max()) + 1
    train = library.Dataset(x[fit], y[fit], categorical_feature=categories or "auto")
    model = library.train(
        settings,
        train,
        ROUNDS,
        valid_sets=[train.create_valid(x[stop], y[stop])],
        callbacks=[library.early_stopping(PATIENCE, verbose=False)],
    )
    return model.predict


def xgboost(x: np.ndarray, y: np.ndarray, task: str, categories: list[int], seed: int) -> Predict:
    import xgboost as library

    objectives = {
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
        "regression": "reg:squarederror",
    }
    settings = {"objective": objectives[task], "seed": seed, "nthread": 1, "tree_method": "hist"}
    if task == "multiclass":
        settings["num_class"] = int(y.max()) + 1
    kinds = ["c" if place in categories else "q" for place in range(x.shape[1])]

    def matrix(rows: np.ndarray, truth: np.ndarray | None = None) -> library.DMatrix:
        return library.DMatrix(rows, truth, feature_types=kinds, enable_categorical=True, nthread=1)

    fit, stop = held_out(y, task, seed)
    model = library.train(
        settings,
        matrix(x[fit], y[fit]),
        ROUNDS,
        evals=[(matrix(x[stop], y[stop]), "stop")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    best = (0, model.best_iteration + 1)
    return lambda rows: model.predict(matrix(rows), iteration_range=best)


LIBRARIES = {"lightgbm": lightgbm, "xgboost": xgboost, "histogram": histogram}


def told_by(
    library: str, data_set: DataSet, seed: int, train: pd.DataFrame, test: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    """What a library says of the rows to test on, and the processor time of its fit."""
    coder = Coder(train, data_set.target, data_set.time_column or "")
    classes: list[str] = []
    if data_set.task == "regression":
        truth = train[data_set.target].to_numpy(float)
    else:
        classes = sorted(train[data_set.target].unique())
        codes = {text: code for code, text in enumerate(classes)}
        truth = train[data_set.target].map(codes).to_numpy(int)
    x = coder.matrix(train)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = time.process_time()
        predict = LIBRARIES[library](x, truth, data_set.task, coder.categories, seed)
        spent = time.process_time() - began
        told = predict(coder.matrix(test))
    if data_set.task == "regression":
        return pd.DataFrame({"prediction": told}), spent
    shares = np.column_stack([1 - told, told]) if told.ndim == 1 else told
    return pd.DataFrame(shares, columns=[f"p_{one}" for one in classes]), spent


def warm_up() -> None:
    """What a library loads with its first use is no part of a fit."""
    few = np.arange(60.0).reshape(-1, 1)
    for fit in LIBRARIES.values():
        fit(few, few[:, 0], "regression", [], 0)
