"""What a person states about a meter file where the file leaves it open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.words import words
from stadtlabor.sources.question import Option

__all__ = ["Form", "stated_form"]

ZONES = {"utc": "UTC", "mez": "Etc/GMT-1", "ortszeit": "ortszeit"}
FALLS = {"wechsel": "swap", "ueberlauf": "rollover", "fehler": "mistake"}

CONTENTS = {"zaehlerstand": "counter", "verbrauch": "consumption"}


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
        ``kWh``, ``kW``, ``m³`` …
    decimal
        ``,`` or ``.``.
    medium
        ``electricity``, ``heat``, ``gas``, ``water`` …
    sheet
        Name of the sheet of a workbook.
    column
        Name of the column with the values.
    counter
        Why a counter falls: ``swap`` (another meter), ``rollover`` (through zero) or ``mistake``
        (the falling reading does not count).
    content
        ``counter`` if the values are states of a counter, ``consumption`` if not.
    """

    timezone: str | None = None
    day_first: bool | None = None
    unit: str | None = None
    decimal: str | None = None
    medium: str | None = None
    sheet: str | None = None
    column: str | None = None
    counter: str | None = None
    content: str | None = None

    def answered(self, option: Option) -> Form:
        """Return this form with the answer to a question."""
        return replace(self, **option.answer)


def stated_form(name: str, local: str) -> Form:
    """Read what the parts of a file name state.

    Parameters
    ----------
    name
        File name; its parts between dots may say ``zeit-utc``, ``zeit-mez``, ``zeit-ortszeit`` or
        ``zeit-europe-london``, ``datum-tmj`` or ``datum-mtj``, ``einheit-kwh``, ``einheit-kw``,
        ``einheit-m3`` …, ``dezimal-komma`` or ``dezimal-punkt``, ``medium-gas`` …,
        ``blatt-<sheet>``, ``spalte-<column>``, ``zaehler-wechsel``, ``zaehler-ueberlauf`` or
        ``zaehler-fehler``, ``inhalt-zaehlerstand`` or ``inhalt-verbrauch``.
    local
        Zone meant by ``zeit-ortszeit``.

    Raises
    ------
    SourceError
        If the zone in the name does not exist.
    """
    stated: dict[str, Any] = {}
    for part in name.lower().split("."):
        key, _, said = part.partition("-")
        if key == "zeit" and said:
            stated["timezone"] = _zone(name, said, local)
        elif key == "datum" and said in ("tmj", "mtj"):
            stated["day_first"] = said == "tmj"
        elif key == "einheit" and said in words()["units"]:
            stated["unit"] = words()["units"][said]
        elif key == "dezimal" and said in ("komma", "punkt"):
            stated["decimal"] = "," if said == "komma" else "."
        elif key == "medium" and said in words()["german"]:
            stated["medium"] = said
        elif key == "blatt" and said:
            stated["sheet"] = said
        elif key == "spalte" and said:
            stated["column"] = said
        elif key == "zaehler" and said in FALLS:
            stated["counter"] = FALLS[said]
        elif key == "inhalt" and said in CONTENTS:
            stated["content"] = CONTENTS[said]
    return Form(**stated)


def _zone(name: str, said: str, local: str) -> str:
    zone = ZONES.get(said)
    if zone == "ortszeit":
        return local
    if zone is None:
        zone = {z.lower().replace("/", "-"): z for z in available_timezones()}.get(said)
    if zone is None:
        raise SourceError(
            f"{name}: Die Zeitzone „{said}“ im Dateinamen ist nicht bekannt. "
            "Möglich sind zeit-ortszeit, zeit-utc und zeit-mez."
        )
    return zone
