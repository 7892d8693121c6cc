"""Describe the public table for machines: CSV on the Web (W3C 2015), as JSON."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.innenstadt.vacancy.public import COLUMNS

__all__ = ["columns", "csvw"]


@cache
def columns() -> dict[str, dict[str, str]]:
    """Return German title, datatype and unit of each public column."""
    here = files("stadtlabor.innenstadt.vacancy").joinpath("columns_public.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


def csvw(url: str) -> dict[str, Any]:
    """Return the description of the table.

    Parameters
    ----------
    url
        Address of the CSV file, absolute or beside the description.
    """
    described = []
    for name in COLUMNS:
        told = columns()[name]
        column: dict[str, Any] = {"name": name, "titles": {"de": told["german"], "und": name}}
        column["datatype"] = told["datatype"]
        if told["datatype"] == "boolean":
            column["datatype"] = {"base": "boolean", "format": "True|False"}
        if "unit" in told:
            column["http://qudt.org/schema/qudt/ucumCode"] = told["unit"]
        described.append(column)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "de"}],
        "url": url,
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ","},
        "tableSchema": {"columns": described, "primaryKey": "id"},
    }
