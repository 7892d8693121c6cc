"""Differences of a counter that is read from time to time, with swaps, rollovers and mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO, Ledger
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.question import Option, Question

__all__ = ["Reading", "differences"]

USUAL_FACTOR = 5.0
"""After a rollover the daily consumption is at most so many times the usual one."""

HIGH_FACTOR = 20.0
"""More than so many times the usual daily consumption is told."""


GROWN = 1_000.0
"""From this state on a counter does not become ten times as large between two readings."""


@dataclass(frozen=True)
class Reading:
    """One row of a counter.

    Attributes
    ----------
    line
        Line of the file.
    at
        When it was read (UTC).
    before
        State that ends the time before; with an explicit swap the old meter's last state (plus
        what the new one has counted since).
    after
        State that begins the time after.
    estimated
        True where it is no real reading.
    swap
        True where the row says that the meter was swapped, without the states.
    shown
        State as it stands in the file.
    """

    line: int
    at: pd.Timestamp
    before: float
    after: float
    estimated: bool
    swap: bool
    shown: str


def differences(
    readings: list[Reading],
    ledger: Ledger,
    decided: str | None,
    label: str,
    column: str,
    disordered: bool = False,
) -> list[tuple[Reading, Reading, float]]:
    """Return (reading before, reading, consumption) for each time between two readings.

    Parameters
    ----------
    readings
        Of one counter, ordered by time, each time once.
    ledger
        Takes what is told.
    decided
        What a person says about a falling state: ``swap``, ``rollover`` or ``mistake``.
    label
        Name of the counter for the question.
    column
        Name of the column for the messages.
    disordered
        True where many dates break the order of the file; then a fall means wrong dates.

    Raises
    ------
    Question
        If the counter falls and the file does not say why.
    SourceError
        If it falls again and again.
    """
    if disordered:
        fall = next((b for a, b in pairwise(readings) if b.before < a.after), None)
        if fall is not None:
            raise _mixed_up(ledger.file, fall)
    kept = _without_slips(readings, ledger, column)
    usual = _usual_rate(kept)
    found: list[tuple[Reading, Reading, float]] = []
    last = kept[0] if kept else None
    for reading in kept[1:]:
        assert last is not None  # noqa: S101 (for the type checker)
        change = reading.before - last.after
        days = (reading.at - last.at) / pd.Timedelta(days=1)
        if change < 0:
            if reading.swap or decided == "swap":
                ledger.repair(
                    reading.line,
                    f"Zählerwechsel vor der Ablesung {reading.shown}: Der Verbrauch seit der "
                    f"Ablesung davor ({last.shown}) ist unbekannt und zählt nicht",
                    "Bitte Ausbaustand und Einbaustand nachtragen",
                    column,
                )
                last = reading
                continue
            rolled = _rolled(last.after, reading.before, days, usual, decided == "rollover")
            if rolled is not None:
                ledger.repair(
                    reading.line,
                    f"Das Zählwerk ist durch null gelaufen ({last.shown} → {reading.shown}); "
                    f"gerechnet mit {german(rolled, 0)}",
                    NOTHING_TO_DO,
                    column,
                )
                change = rolled
            elif decided == "mistake":
                ledger.reject(
                    reading.line,
                    f"Der Zählerstand fällt von {last.shown} auf {reading.shown}",
                    "Bitte den Stand nachsehen",
                    column,
                )
                continue
            else:
                raise _ask(ledger.file, label, last, reading)
        elif (usual is not None and change > HIGH_FACTOR * usual * days) or (
            last.after >= GROWN and reading.before >= 10 * last.after
        ):
            ledger.doubt(
                reading.line,
                f"Von {last.shown} auf {reading.shown} ist auffällig viel für {days:.0f} Tage",
                "Bitte den Stand nachsehen; er zählt mit",
                column,
            )
        found.append((last, reading, change))
        last = reading
    return found


def _without_slips(readings: list[Reading], ledger: Ledger, column: str) -> list[Reading]:
    """Refuse single readings without which the counter rises: slips of the pen.

    The sum over the whole time stays right, because the readings around them remain.
    """
    kept = list(readings)
    allowed = max(1, len(readings) // 5)
    n = 1
    while n < len(kept):
        here, before = kept[n], kept[n - 1]
        if here.before >= before.after or here.swap:
            n += 1
            continue
        peak = n >= 2 and here.before >= kept[n - 2].after
        dip = n + 1 < len(kept) and kept[n + 1].before >= before.after
        if not peak and not dip:
            n += 1
            continue
        if peak and dip:
            # Either may be the slip, or none of them: after a swap the new counter starts at zero.
            ledger.doubt(
                kept[n + 1].line,
                f"Davor fällt der Stand von {before.shown} auf {here.shown}: falsch abgelesen, "
                "oder vielleicht wurde der Zähler gewechselt. Gezählt ist ohne Wechsel",
                "Bitte die Ablesungen nachsehen und einen Wechsel mit Ausbaustand und Einbaustand "
                "eintragen",
                column,
            )
        for slip in ([before] if peak else []) + ([here] if dip else []):
            ledger.reject(
                slip.line,
                f"Der Zählerstand {slip.shown} passt nicht zu den Ablesungen davor und danach",
                "Bitte den Stand nachsehen",
                column,
            )
            kept.remove(slip)
        allowed -= 1
        if allowed < 0:
            raise _mixed_up(ledger.file, here)
        n = max(1, n - 1)
    return kept


def _mixed_up(name: str, reading: Reading) -> SourceError:
    return SourceError(
        f"{name}, Zeile {reading.line}: Die Zählerstände fallen, wenn man sie nach dem Datum "
        "ordnet. Bitte prüfen, ob Tag und Monat vertauscht sind."
    )


def _usual_rate(readings: list[Reading]) -> float | None:
    """Return the median consumption per day, from three rising times on."""
    rates = [
        (b.before - a.after) / ((b.at - a.at) / pd.Timedelta(days=1))
        for a, b in pairwise(readings)
        if b.before > a.after and b.at > a.at
    ]
    return float(np.median(rates)) if len(rates) >= 3 else None


def _rolled(last: float, now: float, days: float, usual: float | None, sure: bool) -> float | None:
    """Return the consumption if a register of five to eight digits ran through zero."""
    digits = max(5 if not sure else 1, len(str(int(last))))
    full = 10.0**digits
    change = full - last + now
    if sure:
        return change
    likely = last >= 0.9 * full and now <= 0.1 * full
    if likely and usual is not None and change <= USUAL_FACTOR * usual * max(days, 1.0):
        return change
    return None


def _ask(name: str, label: str, last: Reading, now: Reading) -> Question:
    which = f" des Zählers {label}" if label else ""
    return Question(
        f"{name}, Zeile {now.line}",
        f"Warum fällt der Zählerstand{which} von {last.shown} auf {now.shown}?",
        [
            Option("Zähler getauscht", "zaehler-wechsel", {"counter": "swap"}),
            Option("Zählwerk durch null gelaufen", "zaehler-ueberlauf", {"counter": "rollover"}),
            Option("falsch abgelesen", "zaehler-fehler", {"counter": "mistake"}),
        ],
    )
