"""What people see: texts, colours, charts, maps and forms."""

from typing import TYPE_CHECKING, Any

from stadtlabor.ui.note import Note, note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import age, date, number, percent, text, time

if TYPE_CHECKING:
    from stadtlabor.ui.figure import Figure, number_axis

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


def __getattr__(name: str) -> Any:
    """Load charts when they are asked for: pages without a chart save 50 MB (PEP 562)."""
    if name in ("Figure", "number_axis"):
        from stadtlabor.ui import figure

        return getattr(figure, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
