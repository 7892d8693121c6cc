"""Codes that cards may use: EU authority tables, licences, fixed questions, names of fields."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Field", "Licence", "Question", "fields", "iri", "known", "licences", "questions"]


@dataclass(frozen=True)
class Licence:
    """A licence of the list that GovData accepts.

    Attributes
    ----------
    iri, name, short, url
        Entry in the list of dcat-ap.de, German name, short name, text (may be empty).
    attribution
        How to name the source; ``{attribution}`` stands for the card's own words.
    open
        True if everybody may use the data for every purpose.
    """

    iri: str
    name: str
    short: str
    url: str
    attribution: str
    open: bool


@dataclass(frozen=True)
class Question:
    """A question that every card answers, and where it comes from."""

    question: str
    source: str


@dataclass(frozen=True)
class Field:
    """German name of a field and what to do where it is wrong."""

    label: str
    remedy: str


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def licences() -> dict[str, Licence]:
    """Return the licences by their short key."""
    return {key: Licence(**row) for key, row in _table("licences.toml").items()}


@cache
def questions() -> dict[str, Question]:
    """Return the ethical questions by key, in the order in which they are put."""
    return {key: Question(**row) for key, row in _table("ethics.de.toml").items()}


@cache
def fields() -> dict[str, Field]:
    """Return the fields of a card by dotted name."""
    return {key: Field(**row) for key, row in _table("fields.de.toml").items()}


@cache
def _codes() -> dict[str, dict[str, str]]:
    return _table("vocabulary.toml")


def known(table: str) -> dict[str, str]:
    """Return a table of codes (``themes``, ``update``, …): code → German words."""
    return _codes()[table]


def iri(table: str, code: str) -> str:
    """Return the address that stands for a code."""
    return _codes()["prefix"][table] + code
