"""Read pedestrian counts from a file or an address."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pandas as pd

from stadtlabor.sources.delivery import Request
from stadtlabor.sources.footfall.documents import document_rows
from stadtlabor.sources.footfall.rows import frame_of
from stadtlabor.sources.footfall.tables import table_rows
from stadtlabor.sources.http import Fetcher, SourceError

__all__ = ["read", "read_bytes"]


def read(path_or_url: str | Path, timezone: str | None = None) -> pd.DataFrame:
    """Read a file with pedestrian counts; its dialect is found by its content.

    Parameters
    ----------
    path_or_url
        File (CSV, XLSX or JSON; also gzipped) or ``http`` address.
    timezone
        Zone of times without offset; default: that of the dialect.

    Returns
    -------
    DataFrame
        One row per counter and interval, sorted: ``counter``, ``start`` (of the interval, UTC),
        ``pedestrians`` (persons per interval, as published) and ``interval_minutes``; where given
        ``incoming``, ``outgoing``, ``adults``, ``children`` (persons), ``weather``,
        ``temperature_c``, ``preliminary``, ``counter_id``, ``area``. Every row of the file stands
        here or, with its line and a remedy, in ``attrs["report"]``
        (:class:`~stadtlabor.sources.footfall.Report`).

    Raises
    ------
    SourceError
        In German, if the file cannot be opened or no row can be used.
    """
    name = str(path_or_url)
    if name.startswith(("http://", "https://")):
        with Fetcher() as fetcher:
            delivery = fetcher.fetch(Request("footfall", name))
        body = b"" if delivery is None else delivery.body
    else:
        try:
            body = Path(path_or_url).read_bytes()
        except OSError as error:
            raise SourceError(
                f"{name}: Datei nicht lesbar ({error.strerror}). Bitte Pfad prüfen."
            ) from error
    return read_bytes(body, name, timezone)


def read_bytes(body: bytes, name: str, timezone: str | None = None) -> pd.DataFrame:
    """Read the content of a file, as :func:`read` does.

    Parameters
    ----------
    body
        The file, plain or gzipped.
    name
        Its name for messages.
    timezone
        Zone of times without offset; default: that of the dialect.
    """
    if _is_json(body):
        plain = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        raw = document_rows(plain, name, timezone)
    else:
        raw = table_rows(body, name, timezone)
    frame = frame_of(raw)
    report = frame.attrs["report"]
    if frame.empty:
        first = f" {report.problems[0]}" if report.problems else " Die Datei enthält keine Zeilen."
        raise SourceError(f"{report.file}: Keine Zeile ist brauchbar.{first}")
    return frame


def _is_json(body: bytes) -> bool:
    start = body
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                start = packed.read(64)
        except (OSError, EOFError):
            return False
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
