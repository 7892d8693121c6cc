"""Read dates and times written in one common way, and ask where day and month may be swapped."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.question import Option, Question

__all__ = ["clock_minutes", "dates", "stated_zone"]

CLOCKS = ("", " %H:%M", " %H:%M:%S")
FAMILIES: dict[str, tuple[tuple[str, str], ...]] = {
    # family: (pattern of the day, its strptime form); one form holds for the whole column
    "iso": ((r"\d{4}-\d\d-\d\d", "%Y-%m-%d"), (r"\d{4}/\d\d/\d\d", "%Y/%m/%d")),
    "german": ((r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"), (r"\d{1,2}\.\d{1,2}\.\d\d", "%d.%m.%y")),
    "slash": ((r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"), (r"\d{1,2}/\d{1,2}/\d\d", "%d/%m/%y")),
    "words": (
        (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
        (r"[A-Za-z]{3} \d{1,2} \d{4}", "%b %d %Y"),
    ),
}  # fmt: skip
YEARS = (1950, 2100)
"""No meter was read before or after."""

CLOCK = r"(?:[T ](\d{1,2}:\d\d(?::\d\d)?(?:\.0+)?)(?: ?Uhr)?)?"
SERIAL = r"[2-7]\d{4}(?:\.\d+)?"
"""Excel's count of days since 30 December 1899 (from 1954 to 2119)."""


def dates(
    raw: pd.Series, name: str, form: Form, exact: npt.NDArray[np.bool_] | None = None
) -> tuple[pd.Series, str]:
    """Read dates or times.

    Parameters
    ----------
    raw
        Text.
    name
        File name for the question.
    form
        What is stated about the file.
    exact
        Cells that are numbers in the file itself (days of Excel).

    Returns
    -------
    tuple
        Times (UTC where every one states an offset, else without zone; NaT where unreadable) and
        the family: ``offset``, ``iso``, ``german``, ``slash``, ``words`` or ``serial``. 24:00 is
        the midnight after the day.

    Raises
    ------
    Question
        If day and month cannot be told apart.
    """
    text = raw.fillna("").str.replace(r"\s+", " ", regex=True).str.strip()
    text = text.str.replace(r"^(?:Mo|Di|Mi|Do|Fr|Sa|So)[.,]* (?=\d)", "", regex=True)
    filled = int((text != "").sum())
    offset = text.str.fullmatch(
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)"
    )
    if filled and offset.sum() > filled / 2:
        times = pd.to_datetime(text.where(offset, ""), utc=True, errors="coerce", format="ISO8601")
        times = times.astype("datetime64[us, UTC]")
        return times.where(times.dt.year.between(*YEARS)), "offset"
    numeric = np.zeros(len(text), dtype=bool) if exact is None else exact
    serial = numeric & text.str.fullmatch(SERIAL).to_numpy(bool)
    counts = {
        (family, n): int(text.str.fullmatch(day + CLOCK).sum())
        for family, forms in FAMILIES.items()
        for n, (day, _) in enumerate(forms)
    }
    (family, n), found = max(counts.items(), key=lambda item: item[1])
    times = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    if found:
        day, pattern = FAMILIES[family][n]
        if family == "slash" and not _day_first(text, name, form):
            pattern = pattern.replace("%d/%m", "%m/%d")
        times = _read(text, day, pattern)
    if serial.sum() > found:  # a single number among dates is no date
        days = pd.to_numeric(text[serial])
        seconds = (days * 86_400).round().astype("int64")
        times[serial] = pd.Timestamp(1899, 12, 30) + pd.to_timedelta(seconds, unit="s")
        family = "serial"
    return times, family


def _read(text: pd.Series, day: str, pattern: str) -> pd.Series:
    parts = text.str.extract(rf"^({day}){CLOCK}$")
    stamps = pd.to_datetime(parts[0], format=pattern, errors="coerce").astype("datetime64[us]")
    stamps = stamps.where(stamps.dt.year.between(*YEARS))
    minutes = clock_minutes(parts[1].fillna("00:00"))
    whole = pd.to_timedelta(pd.Series(minutes, index=text.index), unit="m")
    return (stamps + whole).astype("datetime64[us]")


def clock_minutes(text: pd.Series) -> npt.NDArray[np.float64]:
    """Return minutes since midnight of ``8:15``, ``08:15:00`` or ``24:00``; NaN if unreadable."""
    parts = text.str.extract(r"^(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.0+)?(?: ?Uhr)?$")
    hour, minute, second = (
        pd.to_numeric(parts[n], errors="coerce").to_numpy("float64") for n in (0, 1, 2)
    )
    second = np.where(np.isnan(second), 0, second)
    total = hour * 60 + minute + second / 60
    good = (minute < 60) & (second < 60) & (total <= 24 * 60)
    return np.where(good, total, np.nan)


def _day_first(text: pd.Series, name: str, form: Form) -> bool:
    if form.day_first is not None:
        return form.day_first
    parts = text.drop_duplicates().str.extract(r"^(\d{1,2})/(\d{1,2})/")
    first, second = (pd.to_numeric(parts[n], errors="coerce") for n in (0, 1))
    large_first, large_second = int((first > 12).sum()), int((second > 12).sum())
    # One damaged date must not decide for the others.
    least = max(1, len(parts) // 20)
    if large_first >= least and not large_second:
        return True
    if large_second >= least and not large_first:
        return False
    shown = text[text.str.contains("/", regex=False)].iloc[0]
    raise Question(
        name,
        f"Ist „{shown}“ Tag/Monat oder Monat/Tag?",
        [
            Option("Tag zuerst", "datum-tmj", {"day_first": True}),
            Option("Monat zuerst", "datum-mtj", {"day_first": False}),
        ],
    )


def stated_zone(texts: list[str], local: str) -> str | None:
    """Read the zone from header and lines above it: ``Zeit (Ortszeit)``, ``Zeitzone: MEZ``."""
    joined = " ".join(texts)
    if re.search(r"MEZ\s*/\s*MESZ|CET\s*/\s*CEST|Ortszeit|gesetzliche Zeit", joined, re.IGNORECASE):
        return local
    if re.search(r"\b(UTC|GMT)\b(?![+-])", joined):
        return "UTC"
    if re.search(r"\b(MEZ|CET|Winterzeit)\b", joined):
        return "Etc/GMT-1"
    return None
