"""Files of the simulated schools, laid into the ingest's inbox as people would upload them.

Once: load profiles, heat, waste and travel of the last 400 days. Then every day the files of the
day before. ``home()/simulation/files.json`` remembers up to which day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import City, School
from stadtlabor.schooldays import day_kind
from stadtlabor.simulation.school import electricity, heat, travel, waste
from stadtlabor.sources.school_sheet import sheets

__all__ = ["HISTORY_DAYS", "Office"]

HISTORY_DAYS = 400


class Office:
    """Writes what the schools would hand in.

    Parameters
    ----------
    city
        Its schools and time zone.
    seed
        Of the installation.
    home
        Folder of run-time files; files go to ``inbox/<kind>/`` in it.
    """

    def __init__(self, city: City, seed: int, home: Path) -> None:
        self._city, self._seed, self._home = city, seed, home
        self._marker = home / "simulation" / "files.json"

    def write(self, now: datetime) -> int:
        """Write all files that are due.

        Parameters
        ----------
        now
            Instant with time zone; the last complete local day before it is written.

        Returns
        -------
        int
            Number of files written.
        """
        today = now.astimezone(ZoneInfo(self._city.city.timezone)).date()
        done = self._done() or today - timedelta(days=HISTORY_DAYS + 1)
        days = [done + timedelta(days=n) for n in range(1, (today - done).days)]
        if not days:
            return 0
        written = 0
        for name, kind, text in self._due(days):
            self._put(kind, name, text)
            written += 1
        self._remember(days[-1])
        return written

    def _due(self, days: list[date]) -> Iterator[tuple[str, str, str]]:
        """Yield file name, kind and text: by month for a long time, by day for a short one."""
        long_time = len(days) > 31
        parts: dict[str, list[date]] = {}
        for day in days:
            parts.setdefault(f"{day:%Y-%m}" if long_time else f"{day:%Y-%m-%d}", []).append(day)
        span = f"{days[0]:%Y-%m-%d}" + ("" if len(days) == 1 else f"-bis-{days[-1]:%Y-%m-%d}")
        for school in self._city.schools:
            for part, some in parts.items():
                for medium in ("electricity", "heat"):
                    name = f"{school.id}.{medium}.{part}.simuliert.csv"
                    yield name, "meter", self._profile(school, medium, some)
            mondays = [day - timedelta(days=6) for day in days if day.weekday() == 6]
            if mondays:
                rows = [(m, waste(self._seed, school, m)) for m in mondays]
                yield f"{school.id}.waste.{span}.simuliert.csv", "waste-csv", _sheet("waste", rows)
            surveyed = [d for d in days if d.weekday() == 1 and day_kind(d) == "school"]
            if surveyed:
                counts = [(d, travel(self._seed, school, d)) for d in surveyed]
                text = _sheet("travel", counts)
                yield f"{school.id}.travel.{span}.simuliert.csv", "travel-csv", text

    def _profile(self, school: School, medium: str, days: list[date]) -> str:
        """Write a German load profile: semicolons, decimal comma, wall-clock time."""
        zone = self._city.city.timezone
        make = electricity if medium == "electricity" else heat
        label = "Strom" if medium == "electricity" else "Wärme"
        lines = [f"Simulierte Werte, kein echter Zähler: {school.name}"]
        lines.append(f"Zeit von (Ortszeit);{label} [kWh]")
        for day in days:
            lines += _lines(*make(self._seed, school, day, zone))
        return "\r\n".join(lines) + "\r\n"

    def _done(self) -> date | None:
        try:
            told = json.loads(self._marker.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        # Another seed is another city: its history must be told anew.
        return date.fromisoformat(told["until"]) if told["seed"] == self._seed else None

    def _remember(self, until: date) -> None:
        self._replace(self._marker, json.dumps({"until": f"{until}", "seed": self._seed}))

    def _put(self, kind: str, name: str, text: str) -> None:
        self._replace(self._home / "inbox" / kind / name, text)

    def _replace(self, path: Path, text: str) -> None:
        """Write beside and rename, so that nobody sees half a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._home / "simulation" / f"{path.name}.part"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(path)


def _lines(steps: pd.DatetimeIndex, values: npt.NDArray[np.float64]) -> list[str]:
    stamps = steps.strftime("%d.%m.%Y %H:%M")
    return [
        f"{stamp};" + f"{value:.3f}".replace(".", ",")
        for stamp, value in zip(stamps, values, strict=True)
        if not np.isnan(value)
    ]


def _sheet(kind: str, rows: Sequence[tuple[date, Mapping[str, float]]]) -> str:
    form = sheets()[kind]
    columns = list(rows[0][1])
    unit = "" if form["unit"] == "1" else f" [{form['unit']}]"
    titles = [form["columns"][c][0].capitalize() + unit for c in columns]
    lines = [";".join([form["date"][0].capitalize(), *titles])]
    for day, values in rows:
        cells = [f"{values[c]:g}".replace(".", ",") for c in columns]
        lines.append(";".join([f"{day:%d.%m.%Y}", *cells]))
    return "\r\n".join(lines) + "\r\n"
