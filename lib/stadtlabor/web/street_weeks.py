"""How many people pass in which hour of the week, per street with a counter."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from stadtlabor.city import city

__all__ = ["StreetWeeks"]

LOOK_BACK = timedelta(days=120)
KEPT_S = 3600.0
LEAST_DAYS = 14
"""Fewer days make no week that could be relied on."""

Week = tuple[float | None, ...]


class StreetWeeks:
    """Weeks of the city's counters, made anew every hour when somebody asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[float, dict[str, Week], bool] | None = None

    def get(self) -> tuple[dict[str, Week], bool]:
        """Return street → 168 means, and whether any of them is simulated."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] > KEPT_S:
                weeks, simulated = _weeks()
                self._made = (time.monotonic(), weeks, simulated)
            return self._made[1], self._made[2]


def _weeks() -> tuple[dict[str, Week], bool]:
    # The store takes a while to import; only this page needs it so early.
    import pandas as pd

    from stadtlabor import data
    from stadtlabor.innenstadt import flag, good, profile
    from stadtlabor.innenstadt.matching import week

    series = data.datastreams("footfall")
    own = {counter.id: counter.name.split(" (")[0] for counter in city().counters}
    hourly = series[series["thing"].isin(list(own)) & series["id"].str.endswith("/hour")]
    found: dict[str, Week] = {}
    simulated = False
    begin = datetime.now(UTC) - LOOK_BACK
    for row in hourly.to_dict("records"):
        frame = data.read("footfall", row["id"], start=begin)
        if frame.empty or frame["time"].max() - frame["time"].min() < timedelta(days=LEAST_DAYS):
            continue
        counts = pd.DataFrame(
            {"counter": row["id"], "start": frame["time"], "pedestrians": frame["value"]}
        )
        kept = good(flag(counts))
        local = kept["start"].dt.tz_convert(city().city.timezone)
        values = pd.Series(kept["pedestrians"].to_numpy(), index=pd.DatetimeIndex(local)).dropna()
        found[own[row["thing"]]] = week(profile(values))
        simulated = simulated or bool(row["simulated"])
    return found, simulated
