"""Collect from any server of OGC SensorThings 1.1: FROST, Hamburg's Urban Data Platform, others.

Links are followed as the server writes them, so any kind of id works. Values are asked for by
windows of ``phenomenonTime`` and page by page (``@iot.nextLink``), never sorted: sorting by time is
slow on some servers and broken on others. Windows overlap, because servers differ in whether an
interval that ends with the window belongs to it; the store keeps each value once.

What arrives up to 48 hours late is found by looking again; up to there answers are called complete.
A window is remembered once it is safe, so that a restart goes on where the last run ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from stadtlabor.networks import SensorThingsServer
from stadtlabor.sources.asking import expect
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.sensorthings_values import essence, parse, point, read_json

__all__ = ["LAG", "ServerWalk", "parse"]

KIND = "sensorthings"
LAG = timedelta(hours=48)
HISTORY = timedelta(days=30)
LOOK_AGAIN = timedelta(hours=6)
LAP = timedelta(hours=1)
DAY = timedelta(days=1)
PAGE = 1000
MOST_PAGES = 500
REMEDY = "Bitte den Betreiber des Dienstes fragen"


class ServerWalk:
    """Walks through a server: its datastreams, then their values since the last walk.

    Parameters
    ----------
    server
        Address, filter and meaning, from ``city.toml``.
    memory
        Where it is noted how far each datastream has come.
    timeout_s
        Longest wait for each answer.
    """

    def __init__(self, server: SensorThingsServer, memory: Memory, timeout_s: float = 60.0) -> None:
        self._server, self._memory = server, memory
        self._timeout_s = timeout_s
        # Asks for what has changed only. An answer of several pages must not be taken for unchanged
        # by its first page alone, so those addresses are always read afresh.
        self._knowing = Fetcher(timeout_s)
        self._many: set[str] = set()
        self._large = True
        self._looked: dict[str, datetime] = {}
        self._places: dict[str, Any] = {}

    def __call__(self, now: datetime) -> Iterator[Delivery]:
        """Yield what is new or may have changed; what was taken is remembered when asked on.

        Raises
        ------
        SourceError
            In German, after all datastreams were tried, for the first that failed.
        """
        failed: SourceError | None = None
        for series in self._directory():
            try:
                yield from self._series(series, now)
            except SourceError as error:
                failed = failed or error
        if failed:
            raise failed

    def _directory(self) -> list[dict[str, Any]]:
        """Return the datastreams with their thing, its position and their observed property."""
        asked = {"$expand": "Thing,ObservedProperty", "$top": "100"}
        if self._server.filter:
            asked["$filter"] = self._server.filter
        found = []
        for page in self._pages(f"{self._server.url.rstrip('/')}/Datastreams?{_query(asked)}"):
            for entry in page:
                # Without these a value has no meaning.
                series = dict(expect(entry, ("@iot.id", "name"), "Datastreams"))
                series["position"] = self._position(series)
                found.append(series)
        return found

    def _position(self, series: dict[str, Any]) -> list[float] | None:
        area = point(series.get("observedArea"))
        thing = series.get("Thing")
        if area or not isinstance(thing, dict):
            return area
        link = thing.get("Locations@iot.navigationLink")
        if not isinstance(link, str):
            return None
        if link not in self._places:
            # One question per thing and run: counters and gauges rarely move.
            places = [place for page in self._pages(link) for place in page]
            self._places[link] = point(places[0].get("location")) if places else None
        place: list[float] | None = self._places[link]
        return place

    def _series(self, series: dict[str, Any], now: datetime) -> Iterator[Delivery]:
        own = str(series["@iot.id"])
        mark = f"sensorthings/{self._server.id}/{own}"
        link = series.get("Observations@iot.navigationLink")
        if not isinstance(link, str):
            link = f"{series.get('@iot.selfLink', '')}/Observations"
        for start, end in self._windows(mark, now):
            rows = self._rows(link, start, end)
            until = min(end, (now - LAG).replace(minute=0, second=0, microsecond=0))
            if rows is not None:
                try:
                    yield self._delivery(series, rows, start, until, now)
                except GeneratorExit:
                    # It could not be kept: next time it must not pass for known.
                    self._knowing = Fetcher(self._timeout_s)
                    raise
            if until > start:
                self._memory.remember(link, {}, (mark, until.date().isoformat()))
        self._looked[mark] = now

    def _windows(self, mark: str, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield whole months of the past, then days; only the newest one between two long looks."""
        tomorrow = _midnight(now) + DAY
        known = self._memory.mark(mark)
        if known is not None and now - self._looked.get(mark, now - 2 * LOOK_AGAIN) < LOOK_AGAIN:
            yield _midnight(now - LAP), tomorrow
            return
        stated = self._server.since or (now - HISTORY).date()
        start = _midnight(date.fromisoformat(known) if known else stated)
        while start < tomorrow:
            month = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            end = month if month <= now - LAG else start + DAY
            yield start, end
            start = end

    def _rows(self, link: str, start: datetime, end: datetime) -> list[Any] | None:
        """Return the values of a window, None where the server says that nothing has changed."""
        span = f"phenomenonTime ge {_stamp(start)} and phenomenonTime lt {_stamp(end + LAP)}"
        asked = {"$filter": span, "$select": "phenomenonTime,result,resultTime"}
        if self._large:
            try:
                return self._gather(f"{self._inside(link)}?{_query({**asked, '$top': str(PAGE)})}")
            except SourceError as error:
                # Some servers refuse pages that are larger than theirs; then theirs will do.
                if "(Antwort 4" not in str(error):
                    raise
                found = self._gather(f"{self._inside(link)}?{_query(asked)}")
                self._large = False
                return found
        return self._gather(f"{self._inside(link)}?{_query(asked)}")

    def _gather(self, address: str) -> list[Any] | None:
        rows: list[Any] = []
        pages = 0
        try:
            for page in self._pages(address, changed_only=address not in self._many):
                rows += page
                pages += 1
        except _Unchanged:
            return None
        if pages > 1:
            self._many.add(address)
        return rows

    def _pages(self, address: str, changed_only: bool = False) -> Iterator[list[Any]]:
        """Follow a collection to its end."""
        link, name = address, self._server.name
        with Fetcher(self._timeout_s) as fresh:
            for number in range(MOST_PAGES):
                fetcher = self._knowing if changed_only and number == 0 else fresh
                request = Request(KIND, self._inside(link), {"Accept": "application/json"})
                answer = fetcher.fetch(request)
                if answer is None and number:
                    raise SourceError(f"{name}: Die Seiten führen im Kreis. {REMEDY}.")
                if answer is None:
                    raise _Unchanged
                page = expect(read_json(answer), ("value",), name)
                if not isinstance(page["value"], list):
                    raise SourceError(f"{name}: „value“ ist keine Liste. {REMEDY}.")
                yield page["value"]
                following = page.get("@iot.nextLink")
                if not isinstance(following, str) or not following:
                    return
                link = following
        raise SourceError(f"{name}: Die Antwort hat mehr als {MOST_PAGES} Seiten. {REMEDY}.")

    def _inside(self, link: str) -> str:
        """Return the address of a link; one that leads to another host is not followed."""
        base = self._server.url.rstrip("/") + "/"
        address = urljoin(base, link)
        here, there = urlsplit(base), urlsplit(address)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise SourceError(
                f"{self._server.name}: Ein Verweis führt zu einem anderen Rechner "
                f"({there.netloc or 'ohne Namen'}). Bitte die Adresse in city.toml so schreiben, "
                "wie der Dienst sich selbst nennt."
            )
        return address

    def _delivery(
        self,
        series: dict[str, Any],
        rows: list[Any],
        start: datetime,
        until: datetime,
        now: datetime,
    ) -> Delivery:
        """Put all that is needed to read the values later into one delivery.

        It is the same text for the same values, so that the spool keeps only what has changed.
        """
        kept = [
            {name: row.get(name) for name in ("phenomenonTime", "result", "resultTime")}
            for row in rows
            if isinstance(row, dict)
        ]
        kept.sort(key=lambda row: (str(row["phenomenonTime"]), str(row["resultTime"])))
        told = {
            "server": self._server.id,
            "dataset": self._server.dataset,
            "source": self._server.source,
            "licence": self._server.licence,
            "area": self._server.area,
            "datastream": essence(series),
            "complete": [_stamp(start), _stamp(until)] if until > start else None,
            "value": kept,
        }
        name = f"{self._server.name}, Datastream {series['@iot.id']}, ab {start:%d.%m.%Y}"
        body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        return Delivery(KIND, name, body, now)


class _Unchanged(Exception):  # noqa: N818 - it is an answer, not a failure
    """The server says that the first page is as it was."""


def _query(asked: Mapping[str, str]) -> str:
    return urlencode(asked, quote_via=quote, safe="$(),/:'")


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _midnight(day: date | datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
