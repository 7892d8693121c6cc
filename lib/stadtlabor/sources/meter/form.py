"""How a meter file is written: date, number, unit and time zone, detected or asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError

__all__ = ["Form", "dates", "numbers", "stated_form", "stated_zone", "unit_of"]

ISO = ("ISO8601",)
GERMAN = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y", "%d.%m.%y %H:%M", "%d.%m.%y")
DAY_FIRST = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%y %H:%M", "%d/%m/%y")
MONTH_FIRST = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%y")
WORDS = ("%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y", "%b %d %Y %I:%M%p", "%b %d %Y")
ZONES = {"utc": "UTC", "mez": "Etc/GMT-1", "ortszeit": "ortszeit"}


@dataclass(frozen=True)
class Form:
    """What a person states about a file; ``None`` means: detect it.

    Attributes
    ----------
    timezone
        Zone of wall-clock times, for example ``Europe/Berlin``, ``UTC`` or ``Etc/GMT-1`` (MEZ all
        year).
    day_first
        True for day/month/year, False for month/day/year with slashes.
    unit
        ``kWh``, ``kW`` or ``m³``.
    """

    timezone: str | None = None
    day_first: bool | None = None
    unit: str | None = None


def stated_form(name: str, local: str) -> Form:
    """Read what the parts of a file name state.

    Parameters
    ----------
    name
        File name; its parts between dots may say ``zeit-utc``, ``zeit-mez``, ``zeit-ortszeit`` or
        ``zeit-europe-london``, ``datum-tmj`` or ``datum-mtj``, ``einheit-kwh``, ``einheit-kw`` or
        ``einheit-m3``.
    local
        Zone meant by ``zeit-ortszeit``.
    """
    parts = name.lower().split(".")
    zone = next((p.removeprefix("zeit-") for p in parts if p.startswith("zeit-")), None)
    timezone = None
    if zone is not None:
        named = {z.lower().replace("/", "-"): z for z in available_timezones()}
        timezone = ZONES.get(zone) or named.get(zone)
        if timezone is None:
            raise SourceError(
                f"{name}: Die Zeitzone „{zone}“ im Dateinamen ist nicht bekannt. "
                "Möglich sind zeit-ortszeit, zeit-utc und zeit-mez."
            )
    return Form(
        local if timezone == "ortszeit" else timezone,
        {True: True, False: False}.get("datum-tmj" in parts)
        if {"datum-tmj", "datum-mtj"} & set(parts)
        else None,
        next(
            (u for p, u in (("kwh", "kWh"), ("kw", "kW"), ("m3", "m³")) if f"einheit-{p}" in parts),
            None,
        ),
    )


def dates(raw: pd.Series, name: str, form: Form) -> tuple[pd.Series, str]:
    """Read dates or times written in one common way.

    Returns
    -------
    tuple
        Times (with zone where every one states an offset, else without; NaT where unreadable) and
        the family: ``offset``, ``iso``, ``german``, ``slash`` or ``words``.

    Raises
    ------
    SourceError
        If day and month cannot be told apart.
    """
    text = raw.str.strip().str.replace(r"\s+", " ", regex=True)
    offset = text.str.contains(r"(?:\d[T ]\d\d:.*)(?:Z|[+-]\d\d:?\d\d)$", regex=True)
    if offset.any() and offset[text != ""].mean() > 0.5:
        return pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601"), "offset"
    if text.str.contains(r"^\d{1,2}/\d{1,2}/\d{2,4}", regex=True).mean() > 0.5:
        day_first = form.day_first if form.day_first is not None else _day_first(text, name)
        return _read(text, DAY_FIRST if day_first else MONTH_FIRST), "slash"
    families = (("iso", ISO), ("german", GERMAN), ("words", WORDS))
    read = {family: _read(text, formats) for family, formats in families}
    best = max(read, key=lambda family: int(read[family].notna().sum()))
    return read[best], best


def _read(text: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns]")
    for one in formats:
        left = found.isna()
        if not left.any():
            break
        read = pd.to_datetime(text[left], format=one, errors="coerce")
        if getattr(read.dt, "tz", None) is None:
            found[left] = read.astype("datetime64[ns]")
    return found


def _day_first(text: pd.Series, name: str) -> bool:
    parts = text.str.extract(r"^(\d{1,2})/(\d{1,2})/")
    first, second = (pd.to_numeric(parts[n], errors="coerce") for n in (0, 1))
    if (first > 12).any() and not (second > 12).any():
        return True
    if (second > 12).any() and not (first > 12).any():
        return False
    raise SourceError(
        f"{name}: Ist „{text.iloc[0]}“ Tag/Monat oder Monat/Tag? Bitte im Dateinamen "
        "„.datum-tmj.“ (Tag zuerst) oder „.datum-mtj.“ (Monat zuerst) ergänzen."
    )


def numbers(raw: pd.Series) -> pd.Series:
    """Read numbers with decimal comma or point and thousands signs, decided for the whole column.

    Returns
    -------
    pandas.Series
        float64, NaN where unreadable.
    """
    text = raw.str.strip().str.replace(r"[\s\u00a0\u202f']", "", regex=True)
    comma, point = text.str.contains(",", regex=False), text.str.contains(".", regex=False)
    both = comma & point
    if both.any():
        german = (text[both].str.rfind(",") > text[both].str.rfind(".")).mean() > 0.5
    else:
        german = bool(comma.any())
    if german:
        # A point is a thousands sign only before three digits; else the cell is unreadable.
        wrong = point & ~text.str.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?")
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        text = text.mask(wrong, "")
    else:
        wrong = comma & ~text.str.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
        text = text.str.replace(",", "", regex=False).mask(wrong, "")
    values = pd.to_numeric(text, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))


def unit_of(header: str) -> str | None:
    """Read the unit from a column name or a cell: ``Verbrauch [kWh]``, ``Leistung (kW)``."""
    found = re.search(r"(?<![A-Za-z/])(kWh|kW|m³|m3|MWh)(?![A-Za-z])", header, flags=re.IGNORECASE)
    if not found:
        return None
    return {"kwh": "kWh", "kw": "kW", "m3": "m³", "m³": "m³", "mwh": "MWh"}[found[1].lower()]


def stated_zone(texts: list[str], local: str) -> str | None:
    """Read the zone from header and lines above it: ``Zeit (Ortszeit)``, ``Zeitzone: MEZ``."""
    joined = " ".join(texts)
    if re.search(r"\b(UTC|GMT)\b(?![+-])", joined):
        return "UTC"
    if re.search(r"MEZ\s*/\s*MESZ|CET\s*/\s*CEST|Ortszeit|gesetzliche Zeit", joined, re.IGNORECASE):
        return local
    if re.search(r"\b(MEZ|CET|Winterzeit)\b", joined):
        return "Etc/GMT-1"
    return None
