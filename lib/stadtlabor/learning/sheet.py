"""The lesson on paper: pictures, tasks with lines to write on, from the same source."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import jinja2

from stadtlabor.ui.texts import text

if TYPE_CHECKING:
    from stadtlabor.learning.lesson import Lesson
    from stadtlabor.ui.figure import Figure

__all__ = ["pdf", "sheet"]


def sheet(about: dict[str, Any], lesson: Lesson, pictures: list[Figure], intro: str) -> str:
    """Return the sheet as one HTML document without script or foreign file.

    Parameters
    ----------
    about
        Block ``stadtlabor`` of the notebook's metadata.
    lesson
        Tasks.
    pictures
        Pictures in the order of the notebook.
    intro
        Which school and period.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("stadtlabor.learning", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    shown = [
        {"title": p.title, "subtitle": p.subtitle, "svg": p.svg(), "notes": p.note.sentences()}
        for p in pictures
    ]
    template = environment.get_template("sheet.html")
    return template.render(
        about=about, tasks=list(lesson.tasks.values()), pictures=shown, intro=intro, t=text
    )


def pdf(document: str) -> bytes:
    """Return a document as tagged PDF (PDF/UA-1).

    Raises
    ------
    OSError
        If the text layout library pango is missing.
    """
    weasyprint = import_module("weasyprint")  # loads pango, which a machine may not have
    made: bytes = weasyprint.HTML(string=document).write_pdf(pdf_variant="pdf/ua-1")
    return made
