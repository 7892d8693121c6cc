"""Cards as entries for portals: DCAT-AP.de 3.0 as JSON-LD; :mod:`.rdf` writes other forms.

The entries are built as plain JSON-LD with its context inside, so that nothing has to be fetched
to understand them and a service can hand them out without an RDF library.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.vocabulary import iri, known
from stadtlabor.city import BoundingBox, city

__all__ = ["catalogue", "context", "dataset", "ways", "words"]

Node = dict[str, Any]


@cache
def _fixed() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("dcat.toml").read_text("utf-8"))


@cache
def words() -> dict[str, Any]:
    """Return the German words of the entries."""
    return tomllib.loads(files(__package__).joinpath("dcat.de.toml").read_text("utf-8"))


def context() -> dict[str, str]:
    """Return the prefixes of all entries, for ``@context``."""
    found: dict[str, str] = _fixed()["context"]
    return found


def catalogue(cards: Iterable[Card], base: str) -> Node:
    """Return the whole catalogue.

    Parameters
    ----------
    cards
        In the order in which they shall be listed.
    base
        Public address of the city's pages, without a slash at the end.
    """
    here, fixed, said = city().city, _fixed(), words()
    root = f"{base}/daten"
    shown = [dataset(card, base) for card in cards]
    publisher = _agent(f"{root}#herausgeber", here.name, here.contact)
    contact = _contact(f"{root}#kontakt", here.name, here.contact, root)
    return {
        "@context": context(),
        "@id": f"{root}#katalog",
        "@type": "dcat:Catalog",
        "dct:title": _german(said["title"].format(city=here.name)),
        "dct:description": _german(said["description"].format(city=here.name)),
        "dct:publisher": publisher,
        "dct:language": _link(fixed["language"], "dct:LinguisticSystem"),
        "dct:spatial": _link(fixed["municipality"].format(ags=here.ags), "dct:Location"),
        "foaf:homepage": _link(root, "foaf:Document"),
        "dcat:service": [
            _service(name, root, base) | {"dct:publisher": publisher, "dcat:contactPoint": contact}
            for name in fixed["services"]
        ],
        "dcat:dataset": shown,
    }


def dataset(
    card: Card,
    base: str,
    *,
    description: str | None = None,
    simulated: bool | None = None,
    modified: datetime | None = None,
) -> Node:
    """Return the entry of one data set, without ``@context``.

    Parameters
    ----------
    card
        Says everything about it.
    base
        Public address of the city's pages, without a slash at the end.
    description
        In place of the card's, where more is known at the moment.
    simulated
        Whether the data are simulated; default: what the card says.
    modified
        When the data changed last, with time zone.
    """
    here, fixed, said = city().city, _fixed(), words()
    page = f"{base}/daten/{card.id}"
    text = [description or card.description, said["purpose"].format(purpose=card.purpose)]
    if card.simulated if simulated is None else simulated:
        text.append(said["simulated"])
    entry: Node = {
        "@id": f"{page}#datensatz",
        "@type": "dcat:Dataset",
        "dct:title": _german(card.title),
        "dct:description": _german(" ".join(text)),
        "dct:identifier": f"{page}#datensatz",
        "dct:language": _link(fixed["language"], "dct:LinguisticSystem"),
        "dct:accrualPeriodicity": _link(iri("update", card.update), "dct:Frequency"),
        "dct:accessRights": _link(iri("access", card.access), "dct:RightsStatement"),
        "dct:spatial": [
            _link(fixed["municipality"].format(ags=here.ags), "dct:Location"),
            _box(f"{page}#gebiet", card.area or here.bounding_box),
        ],
        "dct:publisher": _agent(f"{page}#herausgeber", card.controller.name,
                                card.controller.contact),
        "dcat:contactPoint": _contact(f"{page}#kontakt", card.contact.name, card.contact.email,
                                      card.contact.url or page),
        "dcat:keyword": [_german(word) for word in card.keywords],
        "dcat:theme": [_concept("themes", theme) for theme in card.themes],
        "dcat:landingPage": _link(page, "foaf:Document"),
        "dcat:temporalResolution": {"@value": card.grain.time, "@type": "xsd:duration"},
        "dcatde:politicalGeocodingLevelURI": _link(fixed["level"]),
        "odrl:hasPolicy": _policy(card, base),
    }  # fmt: skip
    contributor = known("contributors").get(here.state)
    if contributor:
        entry["dcatde:contributorID"] = _link(contributor)
    if card.hvd:
        entry["dcatap:applicableLegislation"] = _link(fixed["legislation"], "eli:LegalResource")
        entry["dcatap:hvdCategory"] = _concept("hvd", card.hvd)
    if card.temporal:
        entry["dct:temporal"] = _period(card.temporal.start, card.temporal.end)
    stamp = _stamp(modified) if modified else None
    if stamp:
        entry["dct:modified"] = stamp
    entry["dcat:distribution"] = [_distribution(card, way, base, stamp) for way in ways(card)]
    return entry


def ways(card: Card) -> list[dict[str, Any]]:
    """Return the ways to a data set: key, title, format, media type, path and service of each."""
    if card.files:
        return [
            {"key": f"datei-{n}", "title": f.title, "format": f.format, "media_type": f.media_type,
             "access": f.path, "download": True}
            for n, f in enumerate(card.files, start=1)
        ]  # fmt: skip
    return [
        {**way, "title": words()["ways"][way["key"]], "access": way["access"].format(id=card.id)}
        for way in _fixed()["ways"][card.form]
        if way.get("everybody", card.access == "PUBLIC") == (card.access == "PUBLIC")
    ]


def _distribution(card: Card, way: dict[str, Any], base: str, stamp: Node | None) -> Node:
    there = _link(base + way["access"], "rdfs:Resource")
    entry = {
        "@id": f"{base}/daten/{card.id}#{way['key']}",
        "@type": "dcat:Distribution",
        "dct:title": _german(way["title"]),
        "dcat:accessURL": there,
        "dct:format": _link(iri("formats", way["format"]), "dct:MediaTypeOrExtent"),
        "dcat:mediaType": _link(iri("media", way["media_type"]), "dct:MediaType"),
        "dct:license": _link(card.terms.iri, "dct:LicenseDocument"),
        "dcatde:licenseAttributionByText": card.credit,
        "dcatap:availability": _concept(
            "availability", _fixed()["availability"]["simulated" if card.simulated else "real"]
        ),
        "odrl:hasPolicy": _policy(card, base),
    }
    if way.get("download"):
        entry["dcat:downloadURL"] = there
    if "service" in way:
        # Described once, in the catalogue.
        entry["dcat:accessService"] = _link(f"{base}/daten#dienst-{way['service']}",
                                            "dcat:DataService")  # fmt: skip
    if card.hvd:
        legislation = _link(_fixed()["legislation"], "eli:LegalResource")
        entry["dcatap:applicableLegislation"] = legislation
    if stamp:
        entry["dct:modified"] = stamp
    return entry


def _service(name: str, root: str, base: str) -> Node:
    service = _fixed()["services"][name]
    entry = {
        "@id": f"{root}#dienst-{name}",
        "@type": "dcat:DataService",
        "dct:title": _german(words()["services"][name]),
        "dcat:endpointURL": _link(base + service["endpoint"], "rdfs:Resource"),
    }
    if "standard" in service:
        entry["dct:conformsTo"] = _link(service["standard"], "dct:Standard")
    return entry


def _policy(card: Card, base: str) -> Node:
    return _link(f"{base}/daten/regeln/{card.policy}", "odrl:Policy")


def _german(text: str) -> Node:
    return {"@value": text, "@language": "de"}


def _link(address: str, kind: str = "") -> Node:
    """Point to something; validators that cannot fetch it have to be told what it is."""
    return {"@id": address, "@type": kind} if kind else {"@id": address}


def _concept(table: str, code: str) -> Node:
    label = known(table)[code]
    return {**_link(iri(table, code), "skos:Concept"), "skos:prefLabel": _german(label)}


def _agent(name: str, called: str, mail: str) -> Node:
    return {"@id": name, "@type": "foaf:Agent", "foaf:name": called,
            "foaf:mbox": _link(f"mailto:{mail}")}  # fmt: skip


def _contact(name: str, called: str, mail: str, url: str) -> Node:
    return {"@id": name, "@type": "vcard:Organization", "vcard:fn": called,
            "vcard:hasEmail": _link(f"mailto:{mail}"), "vcard:hasURL": _link(url)}  # fmt: skip


def _box(name: str, box: BoundingBox) -> Node:
    corners = [
        (box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north),
        (box.west, box.south),
    ]  # fmt: skip
    area = "POLYGON((" + ", ".join(f"{lon} {lat}" for lon, lat in corners) + "))"
    return {"@id": name, "@type": "dct:Location",
            "dcat:bbox": {"@value": area, "@type": "gsp:wktLiteral"}}  # fmt: skip


def _stamp(at: datetime) -> Node:
    return {"@value": at.isoformat(timespec="seconds"), "@type": "xsd:dateTime"}


def _period(start: date, end: date | None) -> Node:
    span: Node = {"@type": "dct:PeriodOfTime",
                  "dcat:startDate": {"@value": start.isoformat(), "@type": "xsd:date"}}  # fmt: skip
    if end:
        span["dcat:endDate"] = {"@value": end.isoformat(), "@type": "xsd:date"}
    return span
