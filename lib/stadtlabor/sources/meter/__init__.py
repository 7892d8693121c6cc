"""Meter files of any make: load profiles, tables of days, hand readings, bills; CSV or XLSX.

Detected are delimiter, encoding, layout, decimal sign, date format, unit, interval and time zone.
What cannot be told is asked, never guessed: :class:`Question` lists the possible answers, a person
answers with a :class:`Form` or in the file name. Each row of a file ends up in the data or in the
report::

    from stadtlabor.sources import meter
    reading = meter.read("lastgang.csv")
    reading.data      # one row per value: meter, medium, start, end, value, unit, provenance …
    reading.report    # what was detected, kept, refused, repaired; sums to compare with the bill
"""

from stadtlabor.sources.meter.batch import parse
from stadtlabor.sources.meter.file import read, read_bytes
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.reading import MeterReading
from stadtlabor.sources.meter.report import Gap, Report, Total
from stadtlabor.sources.question import Option, Question

__all__ = [
    "Form",
    "Gap",
    "MeterReading",
    "Option",
    "Question",
    "Report",
    "Total",
    "parse",
    "read",
    "read_bytes",
]
