"""Many cards made from the city's own, and the official shapes to hold them against."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pyshacl
import rdflib

from stadtlabor.catalogue import Card, cards
from stadtlabor.catalogue.vocabulary import known, licences

SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SHAPES = ("dcat-ap-SHACL.ttl", "dcat-ap-SHACL-DE.ttl", "dcat-ap-spec-german-additions.ttl",
          "dcat-ap-de-deprecated.ttl")  # fmt: skip


def varied(count: int) -> list[Card]:
    """Return so many cards: the city's own with other names, licences, themes, rhythms, rights."""
    made: list[Card] = []
    themes, rhythms = cycle(known("themes")), cycle(known("update"))
    open_licences = cycle([key for key, licence in licences().items() if licence.open])
    hvd: Iterator[str | None] = cycle([None, *known("hvd")])
    for number, card in zip(range(count), cycle(cards().values()), strict=False):
        stated: dict[str, Any] = {
            **card.model_dump(),
            "id": f"{card.id}-{number:03}",
            "title": f"{card.title}, Fassung {number}",
            "themes": [next(themes), *card.themes][: 1 + number % 3],
            "update": next(rhythms),
            "hvd": next(hvd),
            "temporal": {"start": "2020-01-01", "end": "2025-12-31" if number % 2 else None}
            if number % 4
            else None,
        }
        if card.access == "PUBLIC":
            stated["licence"] = next(open_licences)
        elif number % 2:
            stated["access"] = "NON_PUBLIC"
        made.append(Card.model_validate(stated))
    return made


class Shapes:
    """The official shapes of DCAT-AP.de 3.0, loaded once."""

    def __init__(self, folder: Path) -> None:
        self._known = rdflib.Graph().parse(folder / "foaf_0_1.rdf", format="xml")
        for name in ("vcard.ttl", "org.ttl"):
            self._known.parse(folder / name)
        # Together, for one of them sets severities and German words of another.
        self._shapes = rdflib.Graph()
        for name in SHAPES:
            self._shapes.parse(folder / name)

    def findings(self, graph: rdflib.Graph) -> list[str]:
        """Return severity, message and place of everything that the shapes object to."""
        _, report, _ = pyshacl.validate(
            graph, shacl_graph=self._shapes, ont_graph=self._known, do_owl_imports=False,
            advanced=True,
        )  # fmt: skip
        found = []
        for result in report.subjects(rdflib.RDF.type, SHACL.ValidationResult):
            severity = str(report.value(result, SHACL.resultSeverity)).rpartition("#")[2]
            message = report.value(result, SHACL.resultMessage)
            path = report.value(result, SHACL.resultPath)
            node = report.value(result, SHACL.focusNode)
            found.append(f"{severity}: {message} ({path} of {node})")
        return sorted(found)
