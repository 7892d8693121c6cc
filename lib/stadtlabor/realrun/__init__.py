"""Ask questions of values that nobody may see: the principle of OpenSAFELY.

A notebook is written on the synthetic twin of a restricted data set, read by a second person, run
on the real values where nobody looks and nothing gets out, and only the tables that it has declared
leave, after rules and a second person have looked at them.

>>> from stadtlabor import realrun
>>> days = realrun.read("school-energy", start="2026-01-01")          # doctest: +SKIP
>>> realrun.release("per_school", table, count="days")                # doctest: +SKIP
>>> realrun.button()                                                  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stadtlabor.realrun.errors import RealRunError

if TYPE_CHECKING:
    from stadtlabor.realrun.reading import read
    from stadtlabor.realrun.releasing import release
    from stadtlabor.realrun.reply import results, standing
    from stadtlabor.realrun.suppression import suppress
    from stadtlabor.realrun.widget import button

__all__ = ["RealRunError", "button", "read", "release", "results", "standing", "suppress"]

# The service and the pages use this room without widgets and without tables.
_HOMES = {
    "button": "widget", "read": "reading", "release": "releasing", "results": "reply",
    "standing": "reply", "suppress": "suppression",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found  # else the module of that name would take its place
    return found
