"""What a warning service leaves behind, for tests of the pages that show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stadtlabor.city import city
from stadtlabor.rain.warning import Assessment, Event, Journal, Outlook, Warner
from stadtlabor.rain.warning.parcel import message_event
from stadtlabor.rain.warning.pulse import beat

__all__ = ["ended", "played", "stands", "written"]

MINUTE = timedelta(minutes=1)
_START = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
_OUTLOOK = Outlook("bach", {}, {}, 12.0, 3.0, 4.0, 4.0, 1.0, 0.0)
_open: dict[Path, Journal] = {}


def written(home: Path, level: int = 0, age_min: float = 3, reasons: tuple[str, ...] = ()) -> None:
    """Write what a warning service writes: one catchment at a level, data of some age."""
    journal = Journal(home / "warning", write=True)
    _write(journal, home, level, age_min, reasons)
    journal.close()


def _write(
    journal: Journal, home: Path, level: int, age_min: float, reasons: tuple[str, ...] = ()
) -> None:
    now, settings = datetime.now(UTC), city().warning
    issued = now - age_min * MINUTE
    chances = {n: 0.6 if n <= level else 0.01 for n in (2, 3, 4)}
    outlooks = tuple(
        Outlook(c.id, chances if c.id == "nord" else dict.fromkeys(chances, 0.0), {}, 17.3, 4.2,
                4.2, 4.2, 1.0, 0.0)
        for c in settings.catchments
    )  # fmt: skip
    told = Assessment(issued, outlooks, False, "Deutscher Wetterdienst")
    warner = Warner(settings)
    events = [message_event(m) for m in warner.update(told, now)]
    state = {
        "newest": issued.isoformat(), "assessment": told.to_dict(), "reasons": list(reasons),
        "at": now.isoformat(),
    }  # fmt: skip
    body = {"assessment": told.to_dict(), "levels": {"nord": level}}
    journal.commit(
        [*events, Event("cycle", now.isoformat(), body, now)],
        {"warner": warner.memory, "state": state},
    )
    beat(home / "warning", now)


def stands(home: Path, level: int = 0, age_min: float = 3) -> None:
    """Say how the warning stands, in place of the service, which is kept from its journal.

    Called before the Stadtlabor starts, and as often as wanted after, until :func:`ended`. In
    between the journal stays open: the service tries again and again to become its writer.
    """
    if home not in _open:
        _open[home] = Journal(home / "warning", write=True)
    _write(_open[home], home, level, age_min)


def ended(home: Path) -> None:
    """Give the journal of :func:`stands` free."""
    _open.pop(home).close()


def played(folder: Path, levels: list[int], sums: list[float]) -> Path:
    """Write a replay of one catchment: its levels and its hourly sums, five minutes apart."""
    journal = Journal(folder, write=True)
    for n, (level, mm) in enumerate(zip(levels, sums, strict=True)):
        one = replace(_OUTLOOK, fallen_hour_mm=mm, fallen_six_mm=mm)
        told = Assessment(_START + n * 5 * MINUTE, (one,), False, "Probe").to_dict()
        body = {"assessment": told, "levels": {_OUTLOOK.catchment: level}}
        journal.commit([Event("cycle", str(n), body, _START)])
    journal.close()
    return folder
