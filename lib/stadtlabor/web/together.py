"""Schools together: the library of measures and the partners, as pages."""

from __future__ import annotations

import math

from fastapi import APIRouter, Request
from fastapi.responses import Response

from stadtlabor.klimaschule.footprint import fields
from stadtlabor.klimaschule.plan import suggestions
from stadtlabor.klimaschule.together import VERDICTS, Library, partners, summary
from stadtlabor.settings import home, root
from stadtlabor.ui.texts import number
from stadtlabor.web.surveys import FOLDER, Page
from stadtlabor.web.texts import texts

__all__ = ["together"]


def together(page: Page) -> APIRouter:
    """Return the addresses below ``/klimaschule``."""
    router = APIRouter(prefix="/klimaschule")
    library = Library(home() / FOLDER)
    words = texts()["together"]

    @router.get("")
    def start(request: Request) -> Response:
        return page(request, "school_start.html", words=words)

    @router.get("/massnahmen")
    def measures(request: Request, feld: str = "") -> Response:
        table = summary(library.all())
        chosen = feld if feld in fields() else ""
        known = {
            str(key): row for key, row in zip(table.index, table.to_dict("records"), strict=True)
        }
        rows = [
            {
                "field": fields()[offer.field].name,
                "title": offer.title,
                "how": offer.how,
                "expected": _range(known[key]["expected_low"], known[key]["expected_high"]),
                "source": offer.source,
                "measured": _measured(*(known[key][n] for n in ("percent", "low", "high"))),
                "verdicts": [
                    f"{name}: {int(known[key][verdict])}"
                    for verdict, name in VERDICTS.items()
                    if known[key][verdict]
                ],
            }
            for key, offer in suggestions().items()
            if chosen in ("", offer.field)
        ]
        context = {"words": words, "rows": rows, "fields": fields(), "chosen": chosen}
        return page(request, "school_measures.html", **context)

    @router.get("/partner")
    def helpers(request: Request, feld: str = "") -> Response:
        own = root() / "partners.csv"
        found = partners(own if own.exists() else None)
        chosen = feld if feld in fields() else ""
        shown = [p for p in found if chosen in ("", *p.fields)]
        context = {"words": words, "partners": shown, "fields": fields(), "chosen": chosen}
        return page(request, "school_partners.html", **context)

    return router


def _range(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"{number(low)}–{number(high)} %"


def _measured(percent: float, low: float, high: float) -> str:
    if math.isnan(percent):
        return ""
    return f"{number(percent, 1)} % ({number(low, 1)} bis {number(high, 1)} %)"
