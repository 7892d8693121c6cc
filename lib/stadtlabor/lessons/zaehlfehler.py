"""Zählfehler: two ways in which a count deceives, one in the data and one in the test (Innenstadt).

The defect is one that real counters had: zeros at 23 h on 36 to 72 % of the days of a month
(Würzburg, open data of 2024). The data of the lesson are invented.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import city
from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.settings import settings
from stadtlabor.simulation.counted_street import counted_street, silence
from stadtlabor.simulation.dice import dice
from stadtlabor.ui.bars import bars
from stadtlabor.ui.lines import lines
from stadtlabor.ui.texts import date as day_text
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

FIRST, DAYS = date(2025, 3, 3), 364
STREET, BUSIEST = "Marktgasse", 300.0
HOUR, FAULT_AFTER = 23, 180
SHARES = (30, 75)
"""Shares of faulty days, per cent, that can be found and are still believed by a hasty reader."""

DRIFT = 0.4
SHOWN = (20, 21, 22, 23, 0, 1, 2, 3)
FIRST_TEST, HEAPS, NEIGHBOURS = 120, 5, 3


def scene(share: int = 60) -> Scene:
    """Return the material: a year of an invented counter.

    Parameters
    ----------
    share
        Per cent of the days since the fault began that have it.

    Raises
    ------
    SceneError
        If the fault could not be found, or not be missed.
    """
    if not SHARES[0] <= share <= SHARES[1]:
        raise SceneError(text("zaehlfehler.share", low=SHARES[0], high=SHARES[1]))
    seed = settings().simulation.seed
    counts = counted_street(seed, FIRST, DAYS, {STREET: BUSIEST}, drift=DRIFT)
    broken = silence(counts, seed, HOUR, FIRST + timedelta(days=FAULT_AFTER), share / 100)
    table = _table(broken)
    hours = table["Stunde"].to_numpy()
    persons = table["Menschen"].to_numpy(dtype="float64")
    late, before = persons[hours == HOUR], persons[hours == HOUR - 1]
    zeros = {hour: int((persons[hours == hour] == 0).sum()) for hour in SHOWN}
    daily = _daily(table)
    apart, mixed = _errors(daily, seed)
    note = invented()
    names = [text("zaehlfehler.hour", hour=hour) for hour in SHOWN]
    quarter = daily.index[-1].to_period("Q").start_time
    return Scene(
        intro=text(
            "zaehlfehler.intro", street=STREET, start=day_text(pd.Timestamp(FIRST)),
            days=number(DAYS), sum=number(float(late.sum())),
        ),
        raw=table.tail(6),
        data=table,
        truths={
            "zeros_late": float(zeros[HOUR]),
            "zeros_all": float((persons == 0).sum()),
            "days": float(DAYS),
            "days_since": float(DAYS - FAULT_AFTER),
            "percent_late": 100 * zeros[HOUR] / DAYS,
            "mean_clean": float(late[late > 0].mean()),
            "mean_late": float(late.mean()),
            "mean_before": float(before.mean()),
            "mean_all": float(persons.mean()),
            "ratio": apart / mixed,
            "ratio_turned": mixed / apart,
            "difference": apart - mixed,
            "percent_more": 100 * (apart / mixed - 1),
        },
        pictures={
            "nullen": lambda: bars(
                names, [float(n) for n in zeros.values()], text("zaehlfehler.days"),
                title=text("zaehlfehler.zeros_title"),
                subtitle=text("zaehlfehler.zeros_subtitle", days=number(DAYS)),
                note=note, meaning="pedestrians", head=text("zaehlfehler.begin"),
            ),
            "verlauf": lambda: lines(
                {text("zaehlfehler.week"): daily["persons"].rolling(7, center=True).mean()},
                text("zaehlfehler.axis"),
                title=text("zaehlfehler.days_title"), subtitle=text("zaehlfehler.days_subtitle"),
                note=note, meaning="pedestrians", digits=0, stepped=False,
                spans={text("zaehlfehler.last"): [(quarter, daily.index[-1])]},
            ),
            "fehler": lambda: bars(
                [text("zaehlfehler.mixed"), text("zaehlfehler.apart")], [mixed, apart],
                text("zaehlfehler.persons"),
                title=text("zaehlfehler.errors_title"),
                subtitle=text("zaehlfehler.errors_subtitle"),
                note=note, meaning=("neutral", "pedestrians"),
            ),
        },
        simulated=True,
    )  # fmt: skip


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts as pupils get them: local day, weekday, hour, persons."""
    local = counts["start"].dt.tz_convert(city().city.timezone)
    return pd.DataFrame(
        {
            "Tag": local.dt.strftime("%d.%m.%Y"),
            "Stunde": local.dt.hour,
            "Menschen": counts["pedestrians"].astype(int),
        }
    )


def _daily(table: pd.DataFrame) -> pd.DataFrame:
    """Return persons per day (``persons``) without the faulty hour, and the weekday."""
    rows = table[table["Stunde"] != HOUR]
    days = pd.to_datetime(rows["Tag"], format="%d.%m.%Y")
    daily = rows.groupby(days)["Menschen"].sum().astype("float64").to_frame("persons")
    daily["weekday"] = pd.DatetimeIndex(daily.index).day_of_week
    return daily


def _errors(daily: pd.DataFrame, seed: int) -> tuple[float, float]:
    """Return the mean error of one model on the same days, tested honestly and not.

    Honestly: of each quarter it knows only the days before that quarter. Not honestly: the days are
    dealt at random into five heaps, and of each heap it knows all the other heaps.

    Returns
    -------
    tuple of float
        Persons per day: quarters, heaps.
    """
    place = np.arange(len(daily))
    asked = place[FIRST_TEST:]
    quarter = pd.DatetimeIndex(daily.index).to_period("Q")
    begin = np.array([int(np.argmax(quarter == q)) for q in quarter])
    heap = dice(seed, "lesson-heaps", len(daily)).permutation(place) % HEAPS
    honest = [_miss(daily, day, place[place < begin[day]]) for day in asked]
    mixed = [_miss(daily, day, place[heap != heap[day]]) for day in asked]
    return float(np.mean(honest)), float(np.mean(mixed))


def _miss(daily: pd.DataFrame, day: int, known: npt.NDArray[np.int64]) -> float:
    """Return by how much the nearest known days of the same weekday miss a day."""
    persons, weekday = daily["persons"].to_numpy(), daily["weekday"].to_numpy()
    alike = known[weekday[known] == weekday[day]]
    nearest = alike[np.argsort(np.abs(alike - day), kind="stable")[:NEIGHBOURS]]
    return float(abs(persons[nearest].mean() - persons[day]))
