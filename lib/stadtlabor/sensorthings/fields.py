"""Find the field that a path names: ``Datastream/Thing/name``, ``properties/dataset``."""

from __future__ import annotations

from stadtlabor.sensorthings.model import ID, OBSERVATIONS, Kind, kinds
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.syntax import Path

__all__ = ["known", "path"]

MOST_LINKS = 6


def known(kind: Kind, links: bool = True) -> str:
    """Return the names that may stand at the start of a path, for messages."""
    return ", ".join(["id", *kind.fields, *(kind.links if links else ())])


def path(text: str, kind: Kind, option: str) -> Path:
    """Find a field.

    Raises
    ------
    Refusal
        400 if there is none, 501 if the way leads through observations.
    """
    links: list[str] = []
    here = kind
    parts = text.split("/")
    for nth, part in enumerate(parts):
        last = nth == len(parts) - 1
        if part in ID:
            if not last:
                raise refuse("filter.after_field", option=option, field=part)
            # Numbers of observations are texts.
            return Path(tuple(links), "id", (), "text" if here.name == OBSERVATIONS else "number")
        if part in here.fields:
            type_ = here.fields[part]
            keys = tuple(parts[nth + 1 :])
            if keys and type_ not in ("object", "geometry"):
                raise refuse("filter.after_field", option=option, field=part)
            return Path(tuple(links), part, keys, "any" if keys else type_)
        if part not in here.links or len(links) >= MOST_LINKS:
            raise refuse(
                "filter.unknown_field",
                option=option,
                field=part,
                kind=here.single,
                known=known(here),
            )
        if here.links[part] == OBSERVATIONS:
            raise refuse("filter.too_far", 501, option=option)
        links.append(part)
        here = kinds()[here.links[part]]
    raise refuse("filter.link_only", option=option, field=parts[-1])
