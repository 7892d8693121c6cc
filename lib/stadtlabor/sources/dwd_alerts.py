"""Official weather warnings of the German weather service for the city's warning cell.

DWD puts all warnings in force in Germany as CAP 1.2 files into one archive, for communities
(``COMMUNEUNION_CELLS_STAT``) with one area per warning cell (geocode ``WARNCELLID``; communities:
8 and the AGS). Form: DWD, "CAP-DWD-Profil" and "Implementierungshinweise". ``severity`` is the
level: Minor 1, Moderate 2, Severe 3, Extreme 4; ``eventCode`` GROUP the kind.

The archive states what holds now, so an answer becomes the highest level per kind for each of the
next 48 hours, 0 where nothing is warned of: a warning that is withdrawn disappears with the next
answer, because the later statement wins.
"""

from __future__ import annotations

import io
import tomllib
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from stadtlabor.city import city
from stadtlabor.feeds import AlertsFeed
from stadtlabor.observations import Batch, Datastream, Problem, observations
from stadtlabor.sources.asking import DriftError
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "DATASET", "Alert", "Status", "alerts", "groups", "parse"]

BASE = "https://opendata.dwd.de"
DATASET = "weather-alert"
SOURCE = "Deutscher Wetterdienst, amtliche Warnungen"
LICENCE = "CC BY 4.0"
PATH = (
    "/weather/alerts/cap/COMMUNEUNION_CELLS_STAT/"
    "Z_CAP_C_EDZW_LATEST_PVW_STATUS_PREMIUMCELLS_COMMUNEUNION_DE.zip"
)
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
LEVELS = {"Minor": 1, "Moderate": 2, "Severe": 3, "Extreme": 4}
MOST_BYTES = 2 * 2**20
MOST_FILES = 5_000
OTHER = "other"
HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Alert:
    """One warning in force for the cell.

    Attributes
    ----------
    kinds
        ``what`` of :func:`groups`, the leading one first: a thunderstorm brings rain and wind.
    level
        1 to 4.
    onset, expires
        From and up to, UTC; without an end it holds until it is withdrawn.
    sent
        When it was stated.
    headline
        The service's own words.
    """

    kinds: tuple[str, ...]
    level: int
    onset: pd.Timestamp
    expires: pd.Timestamp | None
    sent: pd.Timestamp
    headline: str


@cache
def _table() -> dict[str, Any]:
    text = files("stadtlabor.sources").joinpath("dwd_alerts.toml").read_text("utf-8")
    return tomllib.loads(text)


def groups() -> dict[str, str]:
    """Return the kinds of warnings and their German names."""
    return {group["what"]: group["german"] for group in _table()["group"]}


class Status:
    """Asks for the warnings in force; the last good answer is kept for those who show it."""

    def __init__(self, feed: AlertsFeed, base: str = BASE) -> None:
        self._cell, self._base = feed.warncell, base

    def __call__(self, now: datetime) -> list[Request]:
        """Return the one request."""
        return [Request("dwd-alerts", self._base + PATH, keep=f"{DATASET}/status", checked=True)]


def alerts(
    body: bytes, cell: str, name: str = "DWD-Warnungen"
) -> tuple[list[Alert], list[Problem]]:
    """Return the warnings of an archive that hold for a cell, and what was not understood.

    Raises
    ------
    SourceError
        In German, if the archive is damaged or holds something else.
    """
    found: list[Alert] = []
    problems: list[Problem] = []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith(".xml")]
            if len(members) > MOST_FILES or any(m.file_size > MOST_BYTES for m in members):
                raise DriftError(f"{name}: Das Archiv ist viel größer als erwartet.")
            for member in members:
                try:
                    root = fromstring(archive.read(member))
                except (ET.ParseError, DefusedXmlException):
                    where = f"{name}, {member.filename}"
                    problems.append(
                        Problem(where, "Kein gültiges XML", "Die anderen Warnungen gelten")
                    )
                    continue
                if root.tag != f"{CAP}alert":
                    raise DriftError(f"{name}: {member.filename} ist keine Warnung nach CAP 1.2.")
                found += _of_cell(root, cell, f"{name}, {member.filename}", problems)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise SourceError(f"{name}: Das Archiv ist beschädigt. Bitte neu laden.") from error
    return found, problems


def _of_cell(root: ET.Element, cell: str, where: str, problems: list[Problem]) -> Iterator[Alert]:
    told = (root.findtext(f"{CAP}status"), root.findtext(f"{CAP}msgType"))
    if told[0] != "Actual" or told[1] == "Cancel":
        return  # exercises and withdrawals warn of nothing
    for info in root.iter(f"{CAP}info"):
        cells = {
            code.findtext(f"{CAP}value")
            for code in info.iter(f"{CAP}geocode")
            if code.findtext(f"{CAP}valueName") == "WARNCELLID"
        }
        if cell not in cells:
            continue
        try:
            sent = _instant(root.findtext(f"{CAP}sent"))
            onset = info.findtext(f"{CAP}onset") or info.findtext(f"{CAP}effective")
            expires = info.findtext(f"{CAP}expires")
            level = LEVELS[info.findtext(f"{CAP}severity") or ""]
            yield Alert(
                _kinds(info),
                level,
                _instant(onset) if onset else sent,
                _instant(expires) if expires else None,
                sent,
                (info.findtext(f"{CAP}headline") or "").strip(),
            )
        except (ValueError, KeyError):
            problems.append(
                Problem(where, "Stufe oder Zeit ist nicht lesbar", "Bitte auf dwd.de nachsehen")
            )


def _instant(text: str | None) -> pd.Timestamp:
    instant = pd.Timestamp(text or "")
    if pd.isna(instant) or instant.tzinfo is None:
        raise ValueError("time without zone")
    return instant.tz_convert("UTC")


def _kinds(info: ET.Element) -> tuple[str, ...]:
    told = " ".join(
        (code.findtext(f"{CAP}value") or "").upper()
        for code in info.iter(f"{CAP}eventCode")
        if code.findtext(f"{CAP}valueName") == "GROUP"
    )
    named = [str(g["what"]) for g in _table()["group"] if any(w in told for w in g["words"])]
    return tuple(named) or (OTHER,)


def parse(delivery: Delivery) -> Batch:
    """Read an archive for the city's cell.

    Raises
    ------
    SourceError
        In German, if it is not such an archive or the city names no cell.
    """
    name = plain_name(delivery.name)
    feed = city().feeds.alerts
    found, problems = alerts(delivery.body, feed.warncell if feed else "", name)
    if feed is None:
        raise SourceError(
            f"{name}: In city.toml steht keine Warnzelle. Bitte dort [feeds.alerts] ausfüllen."
        )
    received = pd.Timestamp(delivery.received_at)
    hours = pd.date_range(received.floor("h"), periods=int(_table()["hours"]), freq="h")
    levels = {what: np.zeros(len(hours)) for what in groups()}
    for alert in found:
        held = np.asarray(hours + HOUR > alert.onset)
        if alert.expires is not None:
            held &= np.asarray(hours < alert.expires)
        for kind in alert.kinds:
            levels[kind][held] = np.maximum(levels[kind][held], alert.level)
    levels = {"any": np.max(list(levels.values()), axis=0), **levels}
    names = {"any": "höchste Stufe aller Warnungen", **groups()}
    streams = [
        Datastream(
            id=f"{DATASET}/{feed.warncell}/{what}",
            name=f"Amtliche Warnung, {names[what]}, {feed.name}",
            observed_property="warning_level",
            unit="1",
            interval_s=3600,
            source=SOURCE,
            licence=LICENCE,
            thing_name=f"Warngebiet {feed.name}",
            area=feed.name,
            lat=city().city.centre.lat,
            lon=city().city.centre.lon,
        )
        for what in levels
    ]
    frame = pd.concat(
        [
            observations(stream.id, hours, levels[what], result_time=received)
            for stream, what in zip(streams, levels, strict=True)
        ],
        ignore_index=True,
    )
    # The archive is the whole truth about the past hour; what is ahead may still change.
    complete = {} if problems else {s.id: (hours[0], received) for s in streams}
    return Batch(frame, streams, problems, complete)
