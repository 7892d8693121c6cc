"""Everything that a school gets: page, PDF, tables, plan and raw rows."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from stadtlabor.klimaschule.dossier import Dossier
from stadtlabor.klimaschule.footprint import Footprint, footprint
from stadtlabor.klimaschule.plan import Plan, skeleton
from stadtlabor.printing import PdfError, pdf
from stadtlabor.report.cards import cards
from stadtlabor.report.document import article, document
from stadtlabor.report.lines import Line, lines
from stadtlabor.report.sheets import footprint_csv, plan_toml, rows_csv

__all__ = ["PAGE", "PDF", "Result", "make"]

PAGE, PDF, TABLE, PLAN = "bericht.html", "bericht.pdf", "fussabdruck.csv", "plan.toml"
STAMP = (1980, 1, 1, 0, 0, 0)
"""The same zip for the same files."""


@dataclass(frozen=True)
class Result:
    """A finished report.

    Attributes
    ----------
    balance, plan
        Footprint, and the plan with proposals.
    lines
        The amounts as the report tells them.
    missing
        German sentences, those of the zip and those of the footprint.
    files
        Content by name: ``bericht.html``, ``bericht.pdf`` (where PDFs can be made),
        ``fussabdruck.csv``, ``plan.toml``, ``daten/…csv``.
    article
        The report as HTML without the frame of a page.
    fault
        Why there is no PDF, German; "" where there is one.
    """

    balance: Footprint
    plan: Plan
    lines: list[Line]
    missing: tuple[str, ...]
    files: dict[str, bytes]
    article: str
    fault: str

    def packed(self) -> bytes:
        """Return all files as a zip."""
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                info = zipfile.ZipInfo(name, STAMP)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        return body.getvalue()


def make(dossier: Dossier) -> Result:
    """Compute the footprint of a dossier and write everything about it."""
    balance = footprint(dossier.inputs)
    plan = skeleton(balance, dossier.plan)
    known = cards(balance)
    found = lines(dossier, known)
    page = document(dossier, balance, plan, found, known)
    files: dict[str, bytes] = {PAGE: page.encode("utf-8")}
    fault = ""
    try:
        files[PDF] = pdf(page)
    except PdfError as error:
        fault = str(error)
    files[TABLE] = footprint_csv(balance)
    files[PLAN] = plan_toml(plan, dossier.inputs.school).encode("utf-8")
    files |= rows_csv(dossier, found)
    missing = tuple(dict.fromkeys([*dossier.missing, *balance.missing]))
    framed = article(dossier, balance, plan, found, known)
    return Result(balance, plan, found, missing, files, framed, fault)
