"""A home whose store holds a year and more of hourly counts of an invented street."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.simulation.counted_street import Event, counted_street
from stadtlabor.store import Store

BUSIEST = {"Marktgasse": 700, "Bachweg": 500, "Torplatz": 420, "Lindenhof": 380, "Steg": 300,
           "Hafen": 450}  # fmt: skip
EVENT = Event("Marktgasse", date(2026, 6, 12), date(2026, 6, 28), 16.0)


def fill(home: Path, days: int = 420) -> list[str]:
    """Write the counts; return the ids of the series."""
    frame = counted_street(7, date(2025, 7, 1), days, BUSIEST, event=EVENT)
    here = city().city
    series = [
        Datastream(
            f"footfall/{name.lower()}/hour", f"Stundenwerte {name}", "pedestrians", "1", 3600,
            "Simulierte Zählung", "CC0-1.0", simulated=True, thing_name=name, area=here.short_name,
            lat=47.7, lon=10.3,
        )
        for name in BUSIEST
    ]  # fmt: skip
    ids = {name: each.id for name, each in zip(BUSIEST, series, strict=True)}
    table = observations(
        frame["counter"].map(ids), frame["start"], frame["pedestrians"], Quality.SIMULATED
    )
    store = Store(home / "store", here.timezone)
    store.write(Batch(table, series))
    store.close()
    return list(ids.values())


def digest(folder: Path) -> str:
    """Return a hash over all files below a folder."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()
