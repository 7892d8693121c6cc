"""The entry of the register for an open-data portal: its card, with what is known of it today."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stadtlabor.catalogue import card
from stadtlabor.catalogue.dcat import context, dataset
from stadtlabor.innenstadt.vacancy.rules import rules

if TYPE_CHECKING:
    from stadtlabor.innenstadt.vacancy.public import Public

__all__ = ["DATASET", "entry"]

DATASET = "leerstand"
"""Name of the card."""


@cache
def _words() -> dict[str, str]:
    text = files("stadtlabor.innenstadt.vacancy").joinpath("dcat.toml").read_text("utf-8")
    return tomllib.loads(text)


def entry(public: Public, base: str) -> dict[str, Any]:
    """Return the entry.

    Parameters
    ----------
    public
        The view that the files hold.
    base
        Public address of the register's pages, ending with a slash.
    """
    own, age = card(DATASET), rules().age
    said = _words()["age"].format(mark=age.mark_after_days, hide=age.hide_after_days)
    made = dataset(
        own,
        base.rstrip("/").rpartition("/")[0],
        description=f"{own.description} {said}",
        simulated=any(item.values["invented"] for item in public.items),
        modified=public.at,
    )
    return {"@context": context(), **made}
