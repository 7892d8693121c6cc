"""What a survey says about all: estimates with their sampling error, nobody recognisable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.footprint import Item
from stadtlabor.klimaschule.mobility.answer import GROUPS, Answer
from stadtlabor.klimaschule.mobility.modes import modes
from stadtlabor.suppression import cover

__all__ = ["SCHOOL_DAYS", "K", "Survey", "compare", "evaluate", "suppress"]

K = 5
"""Counts below this are not shown: a smaller group could be recognised."""

SCHOOL_DAYS = 186
"""School days of a Bavarian year: mean of 2018–2026 by ``schooldays.csv``."""

FEW = 0.5
"""Below this share of answers the others may travel quite differently."""


@dataclass(frozen=True)
class Survey:
    """Result of a survey.

    Attributes
    ----------
    answers, persons
        How many answered of how many who were asked.
    shares
        Per mode ``count``, ``share``, ``low`` and ``high`` (90 %, of all persons), by main mode;
        ``count`` is NaN where it is hidden.
    groups
        Counts per group and mode; hidden where fewer than :data:`K`.
    km
        Per mode kilometres of a year by all persons: ``km`` (of persons), ``counted_km`` (that
        emissions are counted for), ``low``, ``high`` (of ``counted_km``).
    notes
        German sentences.
    """

    answers: int
    persons: int
    shares: pd.DataFrame
    groups: pd.DataFrame
    km: pd.DataFrame
    notes: list[str]

    def items(self, source: str) -> list[Item]:
        """Return the amounts for the footprint, with the sampling error as their range."""
        found = []
        for key, row in self.km.iterrows():
            mode = modes()[str(key)]
            amount = float(row["counted_km"])
            if amount == 0:
                continue
            half = max(float(row["high"]) - amount, amount - float(row["low"]))
            found.append(
                Item(
                    activity=mode.activity,
                    amount=amount,
                    unit="km" if mode.vehicle else "Pkm",
                    source=source,
                    kind="surveyed",
                    uncertainty_pct=min(100.0, half / amount * 100),
                )
            )
        return found


def evaluate(answers: Sequence[Answer], persons: int, school_days: float = SCHOOL_DAYS) -> Survey:
    """Estimate how all persons of a school travel.

    The answers are taken as a random sample: estimates are projected to all, with a finite
    population correction (Cochran 1977, Sampling Techniques, chapter 2). Who is not asked may
    travel differently; that error is named, not computed.

    Parameters
    ----------
    answers
        Answers.
    persons
        Pupils and staff who belong to the survey.
    school_days
        School days of a year.

    Raises
    ------
    ValueError
        In German, if fewer than :data:`K` answered, or more than there are persons.
    """
    n = len(answers)
    if n < K:
        raise ValueError(
            f"Erst ab {K} Antworten wird etwas gezeigt, damit niemand erkennbar ist. Bisher: {n}."
        )
    if n > persons:
        raise ValueError(
            f"Es gibt {n} Antworten, aber nur {persons} Personen. Bitte die Zahl der Personen "
            "prüfen, oder ob jemand mehrfach geantwortet hat."
        )
    main = pd.Series([a.main_mode for a in answers])
    groups = pd.crosstab(
        pd.Series([a.group for a in answers], name="group"), pd.Series(main, name="mode")
    ).reindex(index=list(GROUPS), columns=list(modes()), fill_value=0)
    groups = groups.loc[groups.sum(axis=1) > 0]
    return Survey(
        n,
        persons,
        _shares(main, persons),
        suppress(groups),
        _kilometres(answers, persons, school_days),
        _notes(answers, persons),
    )


def _correction(n: int, persons: int) -> float:
    """Return the finite population correction of a standard error."""
    return math.sqrt(max(0.0, (persons - n) / max(1, persons - 1)))


def _shares(main: pd.Series, persons: int) -> pd.DataFrame:
    from scipy.special import ndtri

    n = len(main)
    counts = main.value_counts().reindex(list(modes()), fill_value=0)
    share = counts / n
    # Wilson's interval never leaves 0–100 % and holds for small counts; shortened for the sample
    # being a large part of a finite school.
    z = ndtri(0.95) * _correction(n, persons)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    shown = suppress(counts.to_frame().T).iloc[0]
    return pd.DataFrame(
        {"count": shown, "share": share, "low": centre - half, "high": centre + half}
    ).where(shown.notna(), np.nan)


def _kilometres(answers: Sequence[Answer], persons: int, school_days: float) -> pd.DataFrame:
    from scipy.special import stdtrit

    n = len(answers)
    t = stdtrit(n - 1, 0.95) * _correction(n, persons)
    rows = []
    for key, mode in modes().items():
        own = np.zeros(n)
        counted = np.zeros(n)
        by_time = 0.0
        for i, answer in enumerate(answers):
            times = 2 * school_days * answer.days / 5
            for leg in answer.legs:
                if leg.mode == key:
                    own[i] += leg.distance_km * times
                    counted[i] += leg.counted_km * times
                    by_time += leg.counted_km * times if leg.km is None else 0.0
        total = float(counted.mean() * persons)
        sampling = t * counted.std(ddof=1) / math.sqrt(n) * persons
        speed = by_time / n * persons * mode.speed_pct / 100
        half = math.hypot(sampling, speed)
        rows.append((own.mean() * persons, total, max(0.0, total - half), total + half))
    return pd.DataFrame(rows, columns=["km", "counted_km", "low", "high"], index=list(modes()))


def suppress(counts: pd.DataFrame) -> pd.DataFrame:
    """Hide counts from 1 to 4, and more where those could be found by subtraction.

    In each row and column with something hidden at least two counts are hidden, and together they
    make at least :data:`K`, so that the sum of a line does not give them away.

    Parameters
    ----------
    counts
        Whole numbers, groups in rows.

    Returns
    -------
    DataFrame
        Floats, NaN where hidden. Zero is shown: nobody is in it.
    """
    values = counts.to_numpy()
    places = np.arange(values.size).reshape(values.shape)
    flat = values.ravel()
    hidden = cover(flat, (flat > 0) & (flat < K), [*places, *places.T], K).reshape(values.shape)
    return counts.astype("float64").where(~hidden, np.nan)


def _notes(answers: Sequence[Answer], persons: int) -> list[str]:
    n = len(answers)
    said = [f"{n} von {persons} haben geantwortet ({n / persons * 100:.0f} %)."]
    if n / persons < FEW:
        said.append(
            "Weniger als die Hälfte hat geantwortet. Wer nicht geantwortet hat, ist vielleicht "
            "anders unterwegs; die Spanne enthält das nicht."
        )
    seasons = {a.season for a in answers}
    if seasons in ({"summer"}, {"winter"}):
        half = "Sommerhalbjahr" if seasons == {"summer"} else "Winterhalbjahr"
        said.append(f"Alle Antworten gelten für das {half}. Im anderen Halbjahr ist es anders.")
    if any(leg.km is None for a in answers for leg in a.legs):
        said.append(
            "Wo nur die Dauer bekannt ist, sind die Kilometer mit einer angenommenen "
            "Geschwindigkeit geschätzt."
        )
    return said


def compare(before: Survey, after: Survey) -> pd.DataFrame:
    """Compare two surveys and tell whether a change is larger than chance.

    Returns
    -------
    DataFrame
        Per mode ``change`` of the share, ``low``, ``high`` (90 %) and ``verdict`` in German. Modes
        whose share is hidden in one of both are left out.
    """
    rows = {}
    for key in modes():
        old, old_low, old_high = _range(before, key)
        new, new_low, new_high = _range(after, key)
        if math.isnan(old) or math.isnan(new):
            continue
        change = new - old
        # Newcombe 1998, Statistics in Medicine 17, method 10: from the two Wilson intervals.
        low = change - math.hypot(new - new_low, old_high - old)
        high = change + math.hypot(new_high - new, old - old_low)
        if low > 0 or high < 0:
            verdict = "mehr als vorher" if change > 0 else "weniger als vorher"
        else:
            verdict = "nicht größer als der Zufall"
        rows[key] = (change, low, high, verdict)
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["change", "low", "high", "verdict"]
    )


def _range(survey: Survey, mode: str) -> tuple[float, float, float]:
    share, low, high = survey.shares.loc[[mode], ["share", "low", "high"]].to_numpy()[0]
    return float(share), float(low), float(high)
