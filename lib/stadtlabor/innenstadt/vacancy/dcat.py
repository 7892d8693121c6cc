"""The entry of the register for an open-data portal: DCAT-AP.de 3.0 as JSON-LD."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.rules import rules

if TYPE_CHECKING:
    from stadtlabor.innenstadt.vacancy.public import Public

__all__ = ["entry"]

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@cache
def _fixed() -> dict[str, Any]:
    text = files("stadtlabor.innenstadt.vacancy").joinpath("dcat.toml").read_text("utf-8")
    return tomllib.loads(text)


def _german(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "de"}


def _link(address: str, kind: str = "") -> dict[str, str]:
    """Point to something; validators that cannot fetch it have to be told what it is."""
    return {"@id": address, "@type": kind} if kind else {"@id": address}


def entry(public: Public, base: str) -> dict[str, Any]:
    """Return the entry.

    Parameters
    ----------
    public
        The view that the files hold.
    base
        Public address below which they lie, ending with a slash.
    """
    fixed, here, age = _fixed(), city().city, rules().age
    stamp = {"@value": public.at.isoformat(timespec="seconds"), "@type": "xsd:dateTime"}
    publisher = {"@id": f"{base}#herausgeber", "@type": "foaf:Agent", "foaf:name": here.name}
    contact = {
        "@id": f"{base}#kontakt", "@type": "vcard:Organization", "vcard:fn": here.name,
        "vcard:hasEmail": _link(f"mailto:{here.contact}"),
    }  # fmt: skip
    said = fixed["description"].format(mark=age.mark_after_days, hide=age.hide_after_days)
    if any(item.values["invented"] for item in public.items):
        said += f" {fixed['simulated']}"
    box = here.bounding_box
    corners = [
        (box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north),
        (box.west, box.south),
    ]  # fmt: skip
    area = "POLYGON((" + ", ".join(f"{lon} {lat}" for lon, lat in corners) + "))"
    wkt = {"@value": area, "@type": "http://www.opengis.net/ont/geosparql#wktLiteral"}
    dataset = {
        "@id": f"{base}#datensatz",
        "@type": "dcat:Dataset",
        "dct:title": _german(fixed["title"].format(city=here.name)),
        "dct:description": _german(said),
        "dct:identifier": f"{base}#datensatz",
        "dct:modified": stamp,
        "dct:language": _link(fixed["language"], "dct:LinguisticSystem"),
        "dct:accrualPeriodicity": _link(fixed["frequency"], "dct:Frequency"),
        "dct:spatial": [
            _link(fixed["municipality"].format(ags=here.ags), "dct:Location"),
            {"@type": "dct:Location", "dcat:bbox": wkt},
        ],
        "dct:publisher": publisher,
        "dcat:contactPoint": contact,
        "dcat:keyword": [_german(word) for word in fixed["keywords"]],
        "dcat:theme": [
            {**_link(theme["uri"], "skos:Concept"), "skos:prefLabel": _german(theme["label"])}
            for theme in fixed["themes"]
        ],
        "dcatde:politicalGeocodingLevelURI": _link(fixed["level"]),
        "dcat:distribution": [
            {
                "@id": f"{base}#{file['name']}",
                "@type": "dcat:Distribution",
                "dct:title": _german(file["title"]),
                "dcat:accessURL": _link(base + file["name"], "rdfs:Resource"),
                "dcat:downloadURL": _link(base + file["name"], "rdfs:Resource"),
                "dct:format": _link(file["format"], "dct:MediaTypeOrExtent"),
                "dcat:mediaType": _link(file["media_type"], "dct:MediaType"),
                "dct:license": _link(fixed["licence"], "dct:LicenseDocument"),
                "dcatde:licenseAttributionByText": fixed["attribution"].format(city=here.name),
                "dct:modified": stamp,
            }
            for file in fixed["files"]
        ],
    }
    return {"@context": CONTEXT, **dataset}
