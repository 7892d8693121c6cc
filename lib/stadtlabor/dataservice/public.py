"""What an anonymous visitor may see, for pages and interfaces of the same house."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from stadtlabor.catalogue.policy import ANONYMOUS, Rule
from stadtlabor.dataservice.opening import desk
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
from stadtlabor.observations import COLUMNS
from stadtlabor.store import AGGREGATE_COLUMNS
from stadtlabor.store.frames import empty, framed

__all__ = ["datasets", "datastreams", "grain", "observations"]

PURPOSE = "participation"
_LOG = "web"


def datasets() -> list[str]:
    """Return the names of the data sets of which visitors may read each series."""
    return [name for name in desk(_LOG).store.datasets() if _rule(name) is not None]


def grain(dataset: str) -> str | None:
    """Return the finest period that visitors get, None for single values.

    Raises
    ------
    RefusedError
        If visitors get nothing of it, series by series.
    """
    rule = _rule(dataset)
    if rule is None:
        raise RefusedError(f"Der Datensatz „{dataset}“ ist nicht öffentlich.")
    return rule.grain


def datastreams(dataset: str) -> pd.DataFrame:
    """Return one row per series that visitors may read; columns are the fields of a datastream."""
    known = desk(_LOG).store.datastreams(dataset) if _rule(dataset) is not None else []
    return pd.DataFrame([vars(d) | {"dataset": d.dataset, "thing": d.thing} for d in known])


def observations(
    dataset: str,
    datastream: str,
    start: datetime | None = None,
    end: datetime | None = None,
    limit: int | None = None,
    descending: bool = False,
) -> pd.DataFrame:
    """Return values of one series as visitors may see them.

    Parameters
    ----------
    dataset, datastream
        Name of the data set, id of the series.
    start, end
        Half-open span; None where it is open.
    limit
        Most rows, the first ones of the order.
    descending
        True for the newest first.

    Returns
    -------
    pandas.DataFrame
        ``time``, ``value``, ``quality``, ``result_time``. Where visitors get periods only,
        ``value`` is the sum of what is counted or added up and the mean of everything else.

    Raises
    ------
    RefusedError, UnanswerableError
        In German.
    """
    question = Question(
        dataset=dataset, purpose=PURPOSE, datastreams=[datastream], start=start, end=end,
        grain=grain(dataset),
    )  # fmt: skip
    answer = desk(_LOG).answer(question, ANONYMOUS)
    whole = question.grain is None
    frame = framed(answer.table, COLUMNS if whole else AGGREGATE_COLUMNS)
    if not whole:
        frame = _periods(frame, dataset, datastream)
    frame = frame[["time", "value", "quality", "result_time"]]
    if descending:
        frame = frame[::-1]
    return (frame if limit is None else frame[:limit]).reset_index(drop=True)


def _periods(frame: pd.DataFrame, dataset: str, datastream: str) -> pd.DataFrame:
    """Put periods into the form of single values."""
    from stadtlabor.dataservice.limited import ADDITIVE
    from stadtlabor.observations import Quality

    series = next(d for d in desk(_LOG).store.datastreams(dataset) if d.id == datastream)
    found = empty({n: t for n, t in COLUMNS.items() if n != "datastream"}).reindex(frame.index)
    found["time"] = frame["time"]
    found["value"] = frame["sum" if series.unit in ADDITIVE else "mean"]
    found["quality"] = sum(
        (frame[name] > 0).astype("int8") * int(bit)
        for name, bit in (("simulated", Quality.SIMULATED), ("filled", Quality.FILLED),
                          ("suspect", Quality.SUSPECT))
    )  # fmt: skip
    found["result_time"] = frame["time"]
    return found


def _rule(dataset: str) -> Rule | None:
    try:
        rules = desk(_LOG).visible(dataset, ANONYMOUS, PURPOSE)
    except (RefusedError, UnanswerableError):
        return None
    return next((rule for rule in rules if rule.place == "sensor"), None)
