"""A catalogue as Turtle, RDF/XML or JSON-LD."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["KINDS", "graph", "written"]

KINDS = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Ending of the file → media type."""


def graph(document: dict[str, Any]) -> Graph:
    """Return JSON-LD as a graph.

    Parameters
    ----------
    document
        With its context inside, from :mod:`stadtlabor.catalogue.dcat`.
    """
    from rdflib import Graph

    made = Graph()
    made.parse(data=json.dumps(document, default=str), format="json-ld")
    for prefix, name in document["@context"].items():
        made.bind(prefix, name)
    return made


def written(document: dict[str, Any], kind: str) -> bytes:
    """Return a catalogue as a file.

    Parameters
    ----------
    document
        As for :func:`graph`.
    kind
        Key of :data:`KINDS`.
    """
    if kind == "jsonld":
        return json.dumps(document, ensure_ascii=False, default=str, indent=1).encode()
    form = {"ttl": "turtle", "rdf": "xml"}[kind]
    return graph(document).serialize(format=form, encoding="utf-8")
