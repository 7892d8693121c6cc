"""Rules of asking that all providers share: when an answer counts, and what is said if it does not.

An answer counts once it is on the disk and, where its request says so, could be read. Only then are
its validators, its mark and its copy remembered. So a crash or a changed form costs a repetition,
never a value, and the last good data stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.asking_memory import Memory, Stretch
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError

__all__ = ["DriftError", "accept", "expect", "grid_stretch", "stand_sentence"]


class DriftError(SourceError):
    """A provider's answer no longer has the form that it had; the last good data stay."""


def accept(fetcher: Fetcher, memory: Memory, request: Request, answer: Delivery | None) -> None:
    """Take note that an answer is safe on the disk, or that nothing has changed.

    Parameters
    ----------
    fetcher, request, answer
        As asked and answered; None where the provider said "not modified".
    memory
        Where it is noted.

    Raises
    ------
    SourceError
        In German, if the answer cannot be read. Nothing is noted then, so it is asked for again.
    """
    if answer is None:
        if request.keep:
            memory.still(request.keep, datetime.now(UTC))
        return
    if not request.checked:
        return
    from stadtlabor.sources.decode import DecodeError, decode

    try:
        decode(answer)
    except DecodeError as error:
        raise SourceError(str(error)) from error
    if request.keep:
        memory.keep(request.keep, request.url, answer.body, answer.received_at)
    memory.remember(request.url, fetcher.validators(request.url), request.mark)


def expect(record: Any, fields: Iterable[str], where: str) -> Mapping[str, Any]:
    """Return a JSON object that has these fields.

    Parameters
    ----------
    record
        What came.
    fields
        Names that must be there.
    where
        File and place for the message.

    Raises
    ------
    DriftError
        In German, naming what is missing.
    """
    if not isinstance(record, dict):
        raise DriftError(f"{where}: Erwartet war ein Objekt mit Feldern. {_DRIFT}")
    if lacking := [name for name in fields if name not in record]:
        listed = ", ".join(f"„{name}“" for name in lacking)
        verb = "fehlt das Feld" if len(lacking) == 1 else "fehlen die Felder"
        raise DriftError(f"{where}: In der Antwort {verb} {listed}. {_DRIFT}")
    return record


_DRIFT = (
    "Der Anbieter hat die Form seiner Daten wohl geändert. Die letzten guten Daten bleiben stehen; "
    "bitte dem Stadtlabor melden."
)


def grid_stretch(
    times: pd.DatetimeIndex, ends: pd.DatetimeIndex, present: npt.NDArray[np.bool_]
) -> Stretch | None:
    """Return from when to when a provider's regular grid states values without a gap.

    Not up to the newest value: the stretch ends at the grid's first break, and where the provider
    itself writes "nothing yet" (empty values up to the end of the grid). Single empty values before
    others are the provider's statement that there is none.

    Parameters
    ----------
    times, ends
        Starts and ends of the grid's intervals, ascending, with zone.
    present
        Whether the provider states a value; all three have one entry per interval.
    """
    if not len(times):
        return None
    breaks = np.flatnonzero(times[1:] > ends[:-1])
    size = int(breaks[0]) + 1 if len(breaks) else len(times)
    stated = np.flatnonzero(present[:size])
    return (times[0], ends[stated[-1]]) if len(stated) else None


def stand_sentence(memory: Memory, source: str, timezone: str) -> str:
    """Say in German how fresh a source is, for a page or a chart.

    Parameters
    ----------
    memory
        Of the installation.
    source
        Name of the :class:`~stadtlabor.sources.delivery.Poll`.
    timezone
        Of the city.
    """
    found = memory.stand(source)
    if found is None:
        return "Noch nicht abgefragt."
    good, _, error = found
    zone = ZoneInfo(timezone)
    stand = (
        f"Stand: {good.astimezone(zone):%d.%m.%Y, %H:%M} Uhr."
        if good
        else "Stand: noch keine guten Daten."
    )
    return f"{stand} Seither keine neuen Daten: {error}" if error else stand
