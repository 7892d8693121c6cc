"""Read a meter file: find out how it is laid out and hand it to the reader of that layout."""

from __future__ import annotations

import re
from pathlib import Path

from stadtlabor.city import city
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.bills import is_bill, read_bills
from stadtlabor.sources.meter.counter import counter_columns, read_counter
from stadtlabor.sources.meter.day_clock import clock_columns
from stadtlabor.sources.meter.days import read_days
from stadtlabor.sources.meter.form import Form, stated_form
from stadtlabor.sources.meter.reading import MeterReading, Rows, complete
from stadtlabor.sources.meter.series import read_series
from stadtlabor.sources.meter.special import take_out
from stadtlabor.sources.meter.words import Columns, is_name, medium_of
from stadtlabor.sources.table import plain_name, read_table

__all__ = ["NAMED", "read", "read_bytes"]

MEDIA = "electricity|heat|gas|water|solar|feed_in|oil|pellets|wood"
NAMED = re.compile(rf"([a-z0-9][a-z0-9-]*)\.({MEDIA})\.")


def read(path: str | Path, form: Form | None = None) -> MeterReading:
    """Read a meter file from disk.

    Parameters
    ----------
    path
        CSV (also gzipped) or XLSX.
    form
        What is known about it; default: what its name states.

    Returns
    -------
    MeterReading
        Values with unit, period and origin, and the report.

    Raises
    ------
    Question
        If the file can be read in more than one way.
    SourceError
        In German, if nothing in the file can be read.
    """
    path = Path(path)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path.name}: Die Datei ist nicht lesbar ({error.strerror}). Bitte den Ort prüfen."
        ) from error
    return read_bytes(body, path.name, form)


def read_bytes(body: bytes, name: str, form: Form | None = None) -> MeterReading:
    """Read a meter file (see :func:`read`) from its bytes; the name is for messages."""
    name = plain_name(name)
    local = city().city.timezone
    form = form or stated_form(name, local)
    table = read_table(body, name, is_name, form.sheet)
    table, sums, units = take_out(table)
    if not len(table):
        raise SourceError(
            f"{name}: Die Datei enthält keine Werte. Bitte eine Datei mit Werten hochladen."
            f"{table.ledger.first()}"
        )
    named = NAMED.match(name)
    medium = named[2] if named else medium_of(name)
    columns = Columns(table)
    rows: Rows
    if clock_columns(table.header):
        rows = read_days(table, form, local, medium)
    elif counter_columns(columns, form):
        rows = read_counter(table, units, form, local, medium)
    elif is_bill(columns, form):
        rows = read_bills(table, sums, units, form, local, medium)
    else:
        rows = read_series(table, sums, units, form, local, medium)
    return complete(table, rows)
