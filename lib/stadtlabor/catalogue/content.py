"""The least that a catalogue must hold: the official shapes are content with an empty one."""

from __future__ import annotations

from typing import Any

from stadtlabor.catalogue.dcat import words

__all__ = ["lacking"]

OF_CATALOGUE = ("dct:title", "dct:description", "dct:publisher", "dcat:dataset")
OF_DATASET = (
    "dct:title", "dct:description", "dct:publisher", "dcat:contactPoint", "dcat:theme",
    "dcat:keyword", "dct:accessRights", "dct:accrualPeriodicity", "odrl:hasPolicy",
    "dcatde:politicalGeocodingLevelURI", "dcat:distribution",
)  # fmt: skip
OF_DISTRIBUTION = ("dcat:accessURL", "dct:license", "dct:format", "dcatde:licenseAttributionByText")


def lacking(document: dict[str, Any]) -> list[str]:
    """Say in German what a catalogue lacks; an empty list means that it may be published.

    Parameters
    ----------
    document
        JSON-LD from :func:`stadtlabor.catalogue.dcat.catalogue`.
    """
    found = _missing(document, OF_CATALOGUE[:-1], "Katalog")
    if not document.get("dcat:dataset"):
        found.append(words()["no_datasets"])
    for entry in document.get("dcat:dataset", []):
        found += _missing(entry, OF_DATASET, entry["@id"])
        for way in entry.get("dcat:distribution", []):
            found += _missing(way, OF_DISTRIBUTION, way["@id"])
    return found


def _missing(node: dict[str, Any], keys: tuple[str, ...], what: str) -> list[str]:
    return [words()["lacking"].format(what=what, key=key) for key in keys if not node.get(key)]
