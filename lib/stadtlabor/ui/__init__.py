"""What people see: texts, colours, charts, maps and forms."""

import stadtlabor.ui.startup  # noqa: F401  # first: it shortens the imports that follow
from stadtlabor.ui.figure import Figure, number_axis
from stadtlabor.ui.note import Note, note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import age, date, number, percent, text, time

__all__ = [
    "Figure",
    "Note",
    "age",
    "colour",
    "date",
    "note",
    "number",
    "number_axis",
    "percent",
    "text",
    "time",
]
