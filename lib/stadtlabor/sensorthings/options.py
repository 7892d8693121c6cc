"""Read the options of a question: ``$filter``, ``$expand`` with options in brackets, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from stadtlabor.sensorthings.brackets import cut, opened
from stadtlabor.sensorthings.fields import known, path
from stadtlabor.sensorthings.grammar import parse
from stadtlabor.sensorthings.model import ID, OBSERVATIONS, Kind, kinds
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.syntax import Expression, Path

__all__ = ["MOST_ROWS", "OF_MANY", "OF_ONE", "ROWS", "Options", "Order", "pairs", "read"]

ROWS = 1000
MOST_ROWS = 10_000
MOST_SKIP = 100_000
MOST_LEVELS = 5
MOST_ORDERS = 5
OF_ONE = ("$select", "$expand")
OF_MANY = (*OF_ONE, "$filter", "$orderby", "$top", "$skip", "$count", "$resultFormat", "$skiptoken")
INSIDE = (*OF_ONE, "$filter", "$orderby", "$top", "$skip", "$count")


@dataclass(frozen=True)
class Order:
    """A field to sort by."""

    path: Path
    descending: bool


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes
    ----------
    raw
        Options as they were written, for the address of the next page.
    select
        Fields and links; None for all.
    expand
        Link → options of what it leads to.
    top
        Rows of a page; None where nothing is said.
    token
        Where the next page of observations starts.
    """

    raw: Mapping[str, str] = field(default_factory=dict)
    select: tuple[str, ...] | None = None
    expand: Mapping[str, Options] = field(default_factory=dict)
    filter: Expression | None = None
    orderby: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    data_array: bool = False
    token: str | None = None

    def rows(self, default: int = ROWS) -> int:
        """Return how many rows a page holds: what is asked for, but never more than allowed.

        As with FROST, ``$top`` is the size of a page, and a link leads to the next one.
        """
        return min(default if self.top is None else self.top, MOST_ROWS)


def pairs(query: str) -> list[tuple[str, str]]:
    """Return name and value of each option of an address."""
    return parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=50)


def read(
    given: Iterable[tuple[str, str]], kind: Kind, allowed: tuple[str, ...] = OF_MANY, level: int = 0
) -> Options:
    """Read options about a kind of entity.

    Raises
    ------
    Refusal
        In German, for whatever cannot be read.
    """
    if level > MOST_LEVELS:
        raise refuse("option.expand_deep", most=MOST_LEVELS)
    raw: dict[str, str] = {}
    for name, value in given:
        if name not in OF_MANY:
            raise refuse("option.unknown", name=name, known=", ".join(allowed) or "keine")
        if name not in allowed:
            raise refuse("option.not_here", name=name, known=", ".join(allowed) or "keine")
        if name in raw:
            raise refuse("option.twice", name=name)
        if not value.strip():
            raise refuse("option.empty", name=name)
        raw[name] = value.strip()
    found = Options(
        raw=raw,
        select=_select(raw.get("$select"), kind),
        expand=_expand(raw.get("$expand"), kind, level),
        filter=parse(raw["$filter"], kind) if "$filter" in raw else None,
        orderby=_orderby(raw.get("$orderby"), kind),
        top=_number("$top", raw.get("$top")),
        skip=_number("$skip", raw.get("$skip"), MOST_SKIP) or 0,
        count=_count(raw.get("$count", "false")),
        data_array=_array(raw.get("$resultFormat"), kind),
        token=raw.get("$skiptoken"),
    )
    if found.data_array and found.expand:
        raise refuse("option.format_expand")
    if found.token is not None and kind.name != OBSERVATIONS:
        raise refuse("option.token", value=found.token)
    return found


def _select(text: str | None, kind: Kind) -> tuple[str, ...] | None:
    if text is None:
        return None
    fields = []
    for part in cut(text, ",", "$select"):
        name = part.strip()
        first = name.split("/")[0]
        if name not in (*ID, "@iot.selfLink", *kind.links) and first not in kind.fields:
            raise refuse("option.select_unknown", field=name, kind=kind.single, known=known(kind))
        fields.append("@iot.id" if name == "id" else first)
    return tuple(dict.fromkeys(fields))


def _expand(text: str | None, kind: Kind, level: int) -> dict[str, Options]:
    found: dict[str, Options] = {}
    for part in cut(text, ",", "$expand") if text is not None else []:
        name, inside = opened(part)
        link, _, further = name.partition("/")
        if not link or "(" in name or ")" in name:
            raise refuse("option.expand_form", text=part.strip())
        if link not in kind.links:
            links = ", ".join(kind.links)
            raise refuse("option.expand_unknown", field=link, kind=kind.single, known=links)
        target = kinds()[kind.links[link]]
        if further:
            # The short form: Datastreams/Observations($top=1).
            rest = further if inside is None else f"{further}({inside})"
            options = read([("$expand", rest)], target, INSIDE, level + 1)
        else:
            allowed = INSIDE if link in kind.many else OF_ONE
            options = read(_inside(inside or ""), target, allowed, level + 1)
        found[link] = _joined(found[link], options) if link in found else options
    return found


def _joined(first: Options, second: Options) -> Options:
    """Join two ways through one link: ``Thing,Thing/Locations`` or ``Thing/A,Thing/B``."""
    if set(second.raw) - {"$expand"}:
        first, second = second, first
    return replace(first, expand={**first.expand, **second.expand})


def _inside(text: str) -> list[tuple[str, str]]:
    found = []
    for piece in cut(text, ";", "$expand"):
        if not piece.strip():
            continue
        name, equals, value = piece.partition("=")
        if not equals:
            raise refuse("option.expand_form", text=piece.strip())
        found.append((name.strip(), value))
    return found


def _orderby(text: str | None, kind: Kind) -> tuple[Order, ...]:
    found = []
    for part in cut(text, ",", "$orderby") if text is not None else []:
        said = part.split()
        if len(said) not in (1, 2) or said[1:] not in ([], ["asc"], ["desc"], ["ASC"], ["DESC"]):
            raise refuse("option.orderby_form", text=part.strip())
        field_ = path(said[0], kind, "$orderby")
        if field_.kind in ("geometry", "object"):
            raise refuse("option.orderby_form", text=part.strip())
        found.append(Order(field_, said[-1].lower() == "desc" and len(said) == 2))
    if len(found) > MOST_ORDERS:
        raise refuse("option.orderby_many", most=MOST_ORDERS)
    return tuple(found)


def _number(name: str, text: str | None, most: int = 10**9) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise refuse("option.number", name=name, value=text)
    if len(text) > 12 or int(text) > most:
        raise refuse("option.number_high", name=name, value=text, most=most)
    return int(text)


def _count(text: str) -> bool:
    if text not in ("true", "false"):
        raise refuse("option.count", value=text)
    return text == "true"


def _array(text: str | None, kind: Kind) -> bool:
    if text is None:
        return False
    if text != "dataArray":
        raise refuse("option.format", value=text)
    if kind.name != OBSERVATIONS:
        raise refuse("option.format_set")
    return True
