"""Electricity market data of the Federal Network Agency (SMARD), with their revisions.

Documented at smard.api.bund.dev: per series (filter), region and resolution an index file names
the chunks (``{"timestamps": [ms, …]}``), and a chunk holds ``{"meta_data": {"version", "created"},
"series": [[ms, value or null], …]}``. A chunk is a week for quarter hours and hours, a year for
days. Values are revised without notice, so each chunk of the last two weeks is asked for again
(unchanged ones are not transferred) and ``created``, the time at which the file was made, becomes
``result_time``: the later statement wins, the earlier one stays in the versions of the store.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.feeds import SmardFeed
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.sources.asking import DriftError, expect, grid_stretch
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError, look
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "DATASET", "Chunks", "parse", "series"]

BASE = "https://www.smard.de"
DATASET = "electricity-market"
SOURCE = "Bundesnetzagentur | SMARD.de"
LICENCE = "CC BY 4.0"
CHUNK = re.compile(r"(\d+)_([A-Za-z0-9-]+)_(quarterhour|hour|day)_(\d+)\.json")
INTERVAL_S = {"quarterhour": 900, "hour": 3600, "day": 86_400}
ZONE = "Europe/Berlin"
HISTORY = timedelta(days=400)
REVISED = timedelta(days=14)


@cache
def series() -> dict[int, dict[str, str]]:
    """Return what each number means (``smard.toml``)."""
    text = files("stadtlabor.sources").joinpath("smard.toml").read_text("utf-8")
    return {int(number): meaning for number, meaning in tomllib.loads(text).items()}


class Chunks:
    """Asks for the chunks of one series: those missed, and the latest ones again."""

    def __init__(self, feed: SmardFeed, memory: Memory, base: str = BASE) -> None:
        self._feed, self._memory = feed, memory
        self._folder = f"{base}/app/chart_data/{feed.filter}/{feed.region}/"

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per chunk, oldest first; raises SourceError."""
        feed = self._feed
        if feed.filter not in series():
            raise SourceError(
                f"SMARD: Die Nummer {feed.filter} ist nicht bekannt. Bekannt sind "
                f"{', '.join(map(str, sorted(series())))} (sources/smard.toml)."
            )
        url = f"{self._folder}index_{feed.resolution}.json"
        try:
            told = expect(json.loads(look(url)), ["timestamps"], url)["timestamps"]
            stamps = sorted(int(stamp) for stamp in told)
        except (ValueError, TypeError) as error:
            raise DriftError(f"{url}: Das Verzeichnis ist keine Liste von Zeiten.") from error
        # A chunk begins before what it holds, so the one that began before the history counts too.
        old = [s for s in stamps if s / 1000 < (now - HISTORY).timestamp()][-1:]
        wanted = old + [s for s in stamps if s / 1000 >= (now - HISTORY).timestamp()]
        fixed = (now - REVISED).timestamp()
        requests = []
        for place, stamp in enumerate(wanted):
            ends = wanted[place + 1] / 1000 if place + 1 < len(wanted) else float("inf")
            name = f"{feed.filter}_{feed.region}_{feed.resolution}_{stamp}.json"
            if ends < fixed and self._memory.mark(f"smard/{name}") is not None:
                continue
            mark = (f"smard/{name}", now.isoformat(timespec="seconds"))
            requests.append(Request("smard-json", f"{self._folder}{name}", mark=mark, checked=True))
        return requests


def parse(delivery: Delivery) -> Batch:
    """Read a chunk; the file name says which series it is.

    Raises
    ------
    SourceError
        In German, if the name or the content is not SMARD's.
    """
    name = plain_name(delivery.name)
    named = CHUNK.fullmatch(name)
    if named is None or int(named[1]) not in series():
        raise SourceError(f"{name}: Der Name sagt nicht, welche Zeitreihe von SMARD das ist.")
    try:
        chunk = expect(json.loads(delivery.body), ["series", "meta_data"], name)
        created = pd.Timestamp(
            int(expect(chunk["meta_data"], ["created"], name)["created"]), unit="ms", tz="UTC"
        )
        times = pd.DatetimeIndex(
            pd.to_datetime([int(row[0]) for row in chunk["series"]], unit="ms", utc=True)
        )
        values = np.array([np.nan if row[1] is None else float(row[1]) for row in chunk["series"]])
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise DriftError(f"{name}: Die Zeitreihe hat nicht den Aufbau von SMARD.") from error
    present = np.isfinite(values)
    stream = _datastream(series()[int(named[1])], named[2], INTERVAL_S[named[3]])
    frame = observations(
        stream.id, times[present], values[present], result_time=min(created, _received(delivery))
    )
    batch = Batch(frame, [stream])
    stretch = grid_stretch(times, _ends(times, named[3]), present)
    if stretch is not None:
        batch.complete[stream.id] = stretch
    return batch


def _ends(times: pd.DatetimeIndex, resolution: str) -> pd.DatetimeIndex:
    if resolution != "day":
        return times + pd.Timedelta(seconds=INTERVAL_S[resolution])
    # A day of the market has 23 or 25 hours twice a year.
    return (times.tz_convert(ZONE) + pd.DateOffset(days=1)).tz_convert("UTC")


def _received(delivery: Delivery) -> pd.Timestamp:
    """A file cannot be made after it came; a wrong clock must not overrule all later statements."""
    return pd.Timestamp(delivery.received_at)


def _datastream(meaning: dict[str, Any], region: str, interval_s: int) -> Datastream:
    words = {900: "viertelstündlich", 3600: "stündlich", 86_400: "täglich"}
    return Datastream(
        id=f"{DATASET}/smard-{region.lower()}/{meaning['what']}-{interval_s}",
        name=f"{meaning['german']}, {region}, {words[interval_s]}",
        observed_property=meaning["property"],
        unit=meaning["unit"],
        interval_s=interval_s,
        source=SOURCE,
        licence=LICENCE,
        thing_name=f"Strommarkt {region}",
        area=region,
    )
