"""Which files belong to the same meter, and which would count the same energy twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.dossier.entry import FileNote, Period
from stadtlabor.klimaschule.dossier.sorting import Sorted
from stadtlabor.klimaschule.dossier.texts import number, text
from stadtlabor.sources.meter import MeterReading

__all__ = ["Chain", "chains", "choose"]

SAME = 1e-6


@dataclass(frozen=True)
class Chain:
    """All values of one meter in one medium.

    Attributes
    ----------
    medium, unit
        As the meter reader tells them.
    number
        Its number in the files, empty where none stands there.
    step_s
        Length of the values in seconds; 0 for bills and readings by hand.
    frame
        ``file``, ``line``, ``start``, ``end`` (UTC), ``value``, ``provenance``.
    label
        German name for people: number, else the file's name.
    simulated
        True where the values are invented.
    notes
        Notes of its files.
    """

    medium: str
    unit: str
    number: str
    step_s: int
    frame: pd.DataFrame
    label: str
    simulated: bool
    notes: tuple[FileNote, ...]

    @property
    def sort(self) -> tuple[int, str]:
        """Chains of one sort stand side by side; chains of two sorts may be the same meter."""
        return self.step_s, self.unit

    def covered(self, period: Period) -> float:
        """Return the share of the period that has values, 0–1."""
        start, end = self._clipped(period.start, period.stop)
        seconds: Any = (end - start).dt.total_seconds()
        return float(seconds.sum() / (period.stop - period.start).total_seconds())

    def _clipped(self, start: pd.Timestamp, end: pd.Timestamp) -> tuple[Any, Any]:
        first: Any = self.frame["start"]
        last: Any = self.frame["end"]
        return first.clip(start, end), last.clip(start, end)

    def within(self, start: pd.Timestamp, end: pd.Timestamp) -> float:
        """Return the sum of the values between two times, shared out by time."""
        first, last = self._clipped(start, end)
        whole: Any = self.frame["end"] - self.frame["start"]
        return float((self.frame["value"] * ((last - first) / whole)).sum())


def chains(read: Sequence[Sorted]) -> list[Chain]:
    """Put the files of each meter together.

    Files of one meter follow each other in time. What stands in two files counts once. Two files
    without a number that state different values for the same time are two meters.
    """
    found: list[Chain] = []
    for each in read:
        if not isinstance(each.reading, MeterReading):
            continue
        data = each.reading.data
        for (meter, medium, unit), rows in data.groupby(["meter", "medium", "unit"], sort=False):
            frame = rows[["line", "start", "end", "value", "provenance"]].copy()
            frame.insert(0, "file", each.member.name)
            stem = PurePosixPath(each.member.plain).name.split(".")[0]
            one = Chain(
                str(medium), str(unit), str(meter), each.reading.step_s,
                frame.reset_index(drop=True), str(meter) or stem, each.simulated, (each.note,),
            )  # fmt: skip
            _place(one, found)
    return found


def _place(new: Chain, found: list[Chain]) -> None:
    for n, old in enumerate(found):
        if (old.medium, old.sort, old.number) != (new.medium, new.sort, new.number):
            continue
        doubled, same = _doubled(old.frame, new.frame)
        if doubled.any() and not same:
            if not new.number:
                continue  # another meter
            new.notes[0].tell(
                text("meter.contradicts", meter=new.number, rows=int(doubled.sum())),
                text("remedy.contradicts"),
            )
        elif doubled.any():
            new.notes[0].tell(
                text("meter.doubled", rows=int(doubled.sum())), text("remedy.nothing")
            )
        frame = pd.concat([old.frame, new.frame[~doubled]], ignore_index=True)
        notes = old.notes if new.notes[0] in old.notes else (*old.notes, *new.notes)
        found[n] = replace(
            old, frame=frame.sort_values("start", kind="stable", ignore_index=True),
            simulated=old.simulated or new.simulated, notes=notes,
        )  # fmt: skip
        return
    found.append(new)


def _doubled(old: pd.DataFrame, new: pd.DataFrame) -> tuple[Any, bool]:
    """Return which new rows lie on old ones, and whether all of those say the same."""
    start, end = old["start"].to_numpy(), old["end"].to_numpy()
    after = np.searchsorted(start, new["end"].to_numpy(), side="left")
    before = np.searchsorted(end, new["start"].to_numpy(), side="right")
    doubled = after > before
    place = np.clip(before, 0, len(old) - 1)
    same = (
        (start[place] == new["start"].to_numpy())
        & (end[place] == new["end"].to_numpy())
        & (np.abs(old["value"].to_numpy()[place] - new["value"].to_numpy()) <= SAME)
    )
    return doubled, bool(same[doubled].all())


def choose(found: Sequence[Chain], period: Period) -> tuple[list[Chain], list[str]]:
    """Return the chains of a medium that count, and sentences on those that were only compared.

    A load profile and a bill may tell of the same meter: without two different numbers they are
    never added. The sort that covers more of the period counts.
    """
    inside = [chain for chain in found if chain.covered(period) > 0]
    for chain in found:
        if chain not in inside:
            for note in chain.notes:
                note.tell(text("meter.outside"), text("remedy.outside"))
    sorts = {chain.sort for chain in inside}
    if len(sorts) < 2:
        return inside, []

    def worth(sort: tuple[int, str]) -> tuple[float, bool, bool]:
        mine = [chain for chain in inside if chain.sort == sort]
        cover = min(round(min(chain.covered(period), 1.0), 2) for chain in mine)
        return cover, sort[0] > 0, sort[1] == "kWh"

    best = max(sorts, key=worth)
    counted = [chain for chain in inside if chain.sort == best]
    numbers = {chain.number for chain in counted}
    said = []
    for chain in inside:
        if chain.sort == best:
            continue
        if chain.number and "" not in numbers and chain.number not in numbers:
            counted.append(chain)  # surely another meter
            continue
        said.append(_compared(chain, counted, numbers, period))
        for note in chain.notes:
            note.tell(said[-1], text("remedy.compared"))
    return counted, said


def _compared(chain: Chain, counted: list[Chain], numbers: set[str], period: Period) -> str:
    others = [c for c in counted if c.number == chain.number] or counted
    start = max(chain.frame["start"].min(), period.start)
    end = min(chain.frame["end"].max(), period.stop)
    told = {"other": chain.label, "counted": ", ".join(c.label for c in others)}
    if any(c.unit != chain.unit for c in others):
        return text("meter.other_unit", **told)
    mine, theirs = chain.within(start, end), sum(c.within(start, end) for c in others)
    fits = abs(mine - theirs) <= 0.05 * max(mine, theirs)
    return text(
        "meter.fits" if fits else "meter.differs", amount=number(mine), mine=number(theirs),
        unit=chain.unit, **told,
    )  # fmt: skip
