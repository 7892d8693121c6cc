"""A gradient-boosted learner of the ratio to the adjusted median, fitted anew every month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.experts import FLOOR, Experts
from stadtlabor.innenstadt.footfall.features import CATEGORIES, features
from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.prepare import Prepared
from stadtlabor.innenstadt.footfall.settings import settings

__all__ = ["learned"]

LARGEST_RATIO = 6.0
LEAST_ROWS = 1500
SEED = 20
YEARLY = ("day_of_year",)
TREES = (
    "learning_rate", "num_leaves", "feature_fraction", "bagging_fraction", "lambda_l2", "max_bin",
)  # fmt: skip


def learned(prepared: Prepared, rules: Experts, cuts: Sequence[pd.Timestamp]) -> Floats:
    """Forecast from each cut to the next with what was known before the cut.

    The learner minimises the absolute error in persons: its target is the ratio, its weights are
    the level.

    Parameters
    ----------
    prepared, rules
        Counts and forecasts by rule.
    cuts
        Local days on which it is fitted, ascending; the last fit serves to the end.

    Returns
    -------
    ndarray
        Persons per hour, shape (counter, day, 24); NaN before the first cut and where too little
        is known.
    """
    rule = settings()["learner"]
    out = np.full_like(prepared.training, np.nan)
    days = prepared.grid.days
    begins = [c for c in cuts if (c - days[0]).days >= rule["least_days"]]
    if not begins:
        return out
    import lightgbm  # takes a while: only those who forecast wait for it

    block, names = features(prepared, rules)
    scale = np.maximum(rules.adjusted, FLOOR)
    known = np.isfinite(prepared.training) & np.isfinite(rules.adjusted)
    ratio = np.clip(prepared.training / scale, 0.0, LARGEST_RATIO)
    tree = {name: rule[name] for name in TREES} | {
        "objective": "l1", "bagging_freq": 1, "num_threads": 1, "seed": SEED, "verbose": -1,
        "deterministic": True, "force_col_wise": True,
    }  # fmt: skip
    for n, cut in enumerate(begins):
        end = begins[n + 1] if n + 1 < len(begins) else days[-1] + pd.Timedelta(days=1)
        age = np.asarray((cut - days).days)
        use = known & ((age > 0) & (age <= rule["history_days"]))[None, :, None]
        weight = scale * (0.5 ** (age / rule["half_life_days"]))[None, :, None]
        if use.sum() < LEAST_ROWS:
            continue
        place = np.flatnonzero(use)
        if len(place) > rule["rows"]:
            place = np.random.default_rng(SEED).choice(place, rule["rows"], replace=False)
        rows = block.reshape(-1, len(names))
        span = min((cut - days[0]).days / rule["year_days"], 1.0)
        rounds = round(rule["least_rounds"] + span * (rule["rounds"] - rule["least_rounds"]))
        least, most = rule["leaf"]
        tree["min_data_in_leaf"] = int(np.clip(rule["leaf_part"] * len(place), least, most))
        # With less than a year the day of the year would only name the days gone by.
        tree["feature_contri"] = [0.0 if span < 1 and name in YEARLY else 1.0 for name in names]
        data = lightgbm.Dataset(
            rows[place],
            label=ratio.ravel()[place],
            weight=weight.ravel()[place],
            categorical_feature=[names.index(name) for name in CATEGORIES],
            feature_name=names,
        )
        model = lightgbm.train(tree, data, num_boost_round=rounds)
        ask = np.zeros(out.shape, dtype=bool)
        ask[:, (days >= cut) & (days < end)] = True
        ask &= np.isfinite(rules.adjusted)
        if ask.any():
            out[ask] = np.maximum(model.predict(block[ask], num_threads=1), 0.0) * scale[ask]
    return out
