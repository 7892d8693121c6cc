"""Observations as files, for everybody: what the policy of a data set gives to visitors."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.catalogue import Card
from stadtlabor.city import city
from stadtlabor.memory import give_back
from stadtlabor.web.texts import texts

__all__ = ["KINDS", "FileError", "Span", "file"]

log = logging.getLogger(__name__)

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "arrow": "application/vnd.apache.arrow.stream",
}
"""Ending → media type."""

USUAL_DAYS = 7
MOST_DAYS = 31
MOST_DAYS_SINGLE = 366
FIRST_YEAR, LAST_YEAR = 1900, 2200
COLUMNS = ("datastream", "time", "value", "quality", "result_time")


class FileError(ValueError):
    """A file cannot be made; the message says in German why, ``status`` is the answer's."""

    def __init__(self, said: str, status: int = 422) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True)
class Span:
    """What a visitor asks for: one series (empty: all), first day, day after the last."""

    series: str = ""
    start: str = ""
    end: str = ""

    def days(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the span in the city's time.

        Raises
        ------
        FileError
            If a day is none, the order is wrong or the span too long.
        """
        words, zone = texts()["catalogue"]["faults"], ZoneInfo(city().city.timezone)

        def read(text: str) -> datetime:
            try:
                day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
            except ValueError:
                raise FileError(words["time"].format(text=text[:30])) from None
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise FileError(words["far"].format(text=text))
            return day

        last = read(self.end) if self.end else now.astimezone(zone)
        first = read(self.start) if self.start else last - timedelta(days=USUAL_DAYS)
        if first >= last:
            raise FileError(words["order"])
        most = MOST_DAYS_SINGLE if self.series else MOST_DAYS
        if last - first > timedelta(days=most):
            raise FileError(words["long"].format(days=most, single=MOST_DAYS_SINGLE))
        return first, last


def file(card: Card, kind: str, span: Span, now: datetime) -> bytes:
    """Return observations as a file.

    Parameters
    ----------
    card
        Of the data set.
    kind
        Key of :data:`KINDS`.
    span
        What is asked for.
    now
        With time zone.

    Raises
    ------
    FileError
        In German, if the data set has no such file or the question cannot be answered.
    """
    from stadtlabor.dataservice import public
    from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
    from stadtlabor.store import StoreError

    words = texts()["catalogue"]["faults"]
    if card.access != "PUBLIC" or card.form != "observations":
        raise FileError(words["closed"], 404)
    start, end = span.days(now)
    try:
        known = public.datastreams(card.id)
        names = [] if known.empty else sorted(known["id"])
        if span.series and span.series not in names:
            some = ", ".join(names[:3]) or "–"
            raise FileError(words["series"].format(name=span.series[:60], some=some), 404)
        frames = [
            public.observations(card.id, name, start, end).assign(datastream=name)
            for name in ([span.series] if span.series else names)
        ]
    except (RefusedError, UnanswerableError) as error:
        raise FileError(str(error), 403) from error
    except (OSError, StoreError) as error:
        log.exception("%s ist nicht lesbar", card.id)
        raise FileError(words["unread"], 503) from error
    if not frames:
        raise FileError(words["none"], 404)
    body = _written(pd.concat(frames, ignore_index=True)[list(COLUMNS)], kind)
    del frames
    give_back(collect=False)  # a month of many series takes many times the size of its file
    return body


def _written(frame: pd.DataFrame, kind: str) -> bytes:
    if kind == "arrow":
        import pyarrow as pa

        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        return bytes(sink.getvalue())
    plain = frame.copy()
    for name in ("time", "result_time"):
        plain[name] = plain[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind == "json":
        return str(plain.to_json(orient="records", force_ascii=False)).encode()
    text = io.StringIO()
    plain.to_csv(text, index=False, lineterminator="\r\n")
    return text.getvalue().encode()
