"""Is a challenger better? Weighed on paired scores, event by event, block by block."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.promotion.errors import PromotionError

__all__ = ["COLUMNS", "Verdict", "weigh"]

COLUMNS = ("event", "block", "champion", "challenger")
FEWEST_EVENTS = 3
FEWEST_BLOCKS = 2
"""Per event: with one block nothing can be drawn anew."""
DRAWS = 9_999


@dataclass(frozen=True)
class Verdict:
    """What the evidence says, all differences being challenger minus champion.

    Attributes
    ----------
    difference
        Mean over the events of their mean difference: a long event counts as much as a short one.
    low, high
        95 % interval of it, paired block bootstrap (blocks are drawn within each event).
    by_event
        Event → mean difference.
    without_event
        Event → ``difference`` where this event is left out.
    events, blocks
        How many there were.
    margin
        What may be lost on a hard event.
    faults
        German sentences; none where the challenger wins.
    """

    difference: float
    low: float
    high: float
    by_event: dict[str, float]
    without_event: dict[str, float]
    events: int
    blocks: int
    margin: float
    faults: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the challenger wins."""
        return not self.faults

    def figures(self) -> dict[str, Any]:
        """Return all of it for the register."""
        return {**asdict(self), "accepted": self.accepted}


def weigh(evidence: pd.DataFrame, margin: float = 0.0, seed: int = 42) -> Verdict:
    """Weigh paired scores.

    The challenger wins if the lower end of the 95 % interval of the mean difference is above 0, if
    it would win on average without any single event too, and if it loses by more than ``margin``
    on no hard event.

    Parameters
    ----------
    evidence
        Columns ``event``, ``block`` (hour, issue time or the like; what hangs together is one
        block), ``champion``, ``challenger``: scores on the same cases, higher is better, neither
        tuned on that event. Optional ``hard`` (bool): events on which nothing may be lost; without
        it, all. Several rows of one block are averaged.
    margin
        In the unit of the score, 0 or more.
    seed
        Of the bootstrap.

    Raises
    ------
    PromotionError
        If it is no such table or too small (German sentence).
    """
    _check(evidence, margin)
    table = evidence.assign(difference=evidence["challenger"] - evidence["champion"])
    blocks = table.groupby(["event", "block"], sort=True)["difference"].mean()
    samples = {str(e): group.to_numpy(float) for e, group in blocks.groupby("event")}
    lone = [event for event, values in samples.items() if len(values) < FEWEST_BLOCKS]
    if len(samples) < FEWEST_EVENTS or lone:
        raise PromotionError(
            f"Der Beleg hat {len(samples)} Ereignisse; nötig sind mindestens {FEWEST_EVENTS} "
            f"mit je {FEWEST_BLOCKS} Blöcken."
            + (f" Zu wenige Blöcke: {', '.join(lone)}." if lone else "")
        )
    by_event = {event: float(values.mean()) for event, values in samples.items()}
    means = pd.Series(by_event)
    low, high = _interval(list(samples.values()), seed)
    hard = table.groupby("event")["hard"].any() if "hard" in table else None
    faults = []
    if not low > 0:
        faults.append(
            f"Der Vorsprung ist nicht gesichert: {_n(means.mean())}, 95 % zwischen {_n(low)} und "
            f"{_n(high)}."
        )
    without = {event: float(means.drop(event).mean()) for event in means.index}
    faults += [
        f"Ohne „{event}“ gibt es keinen Vorsprung ({_n(value)})."
        for event, value in without.items()
        if not value > 0
    ]
    faults += [
        f"Auf „{event}“ geht {_n(-value)} verloren, erlaubt sind {_n(margin)}."
        for event, value in by_event.items()
        if (hard is None or hard[event]) and value < -margin
    ]
    return Verdict(
        float(means.mean()), low, high, by_event, without, len(samples), len(blocks), margin, faults
    )


def _check(evidence: pd.DataFrame, margin: float) -> None:
    missing = [name for name in COLUMNS if name not in evidence]
    if missing:
        raise PromotionError(
            f"Im Beleg fehlen die Spalten {', '.join(missing)}. Bitte im Notebook so ablegen: "
            f"record(evidence=Tabelle mit {', '.join(COLUMNS)})."
        )
    scores = evidence[["champion", "challenger"]]
    numbers = all(pd.api.types.is_numeric_dtype(scores[name]) for name in scores)
    if not numbers or not np.isfinite(scores.to_numpy(float)).all():
        raise PromotionError(
            "Im Beleg fehlt ein Wert oder ist keine Zahl. Bitte nur Fälle ablegen, die beide "
            "Fassungen beantwortet haben."
        )
    if not margin >= 0:
        raise PromotionError("Der erlaubte Verlust darf nicht negativ sein.")


def _interval(samples: list[np.ndarray], seed: int) -> tuple[float, float]:
    def mean(*drawn: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.mean([each.mean(axis=axis) for each in drawn], axis=0))

    # Here: pages that only show runs need none of it.
    from scipy.stats import bootstrap

    if all(np.ptp(each) == 0 for each in samples):
        only = float(mean(*samples))
        return only, only
    found = bootstrap(
        samples, mean, n_resamples=DRAWS, method="percentile", vectorized=True, batch=999,
        rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)


def _n(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")
