"""What a person still has to do for a new city, as Markdown."""

from __future__ import annotations

import shlex
from pathlib import Path

from stadtlabor.blueprint.draft import Draft
from stadtlabor.blueprint.words import group, text
from stadtlabor.catalogue.vocabulary import known
from stadtlabor.schooldays import known_until

__all__ = ["begin", "tasks"]

FIRST = ("live", "station", "window")
LATER = ("schools", "counters", "catchments", "prices", "holidays", "partners", "warncell", "texts")
BEFORE = ("contact", "law", "contributor", "assumptions")


def tasks(found: Draft, folder: Path) -> str:
    """Return the list of what is left to do; what this state has already is left out."""
    done = set()
    if known_until(found.state.sign).year > 1:
        done.add("holidays")
    if found.state.sign == "BY":
        done.add("law")
    if found.state.sign in known("contributors"):
        done.add("contributor")
    if found.contact:
        done.add("contact")
    words = group("todo")
    lines = [f"# {text('todo.title', name=found.name)}", "", words["start"], ""]
    lines += [f"    {line}" for line in begin(folder)]
    values = {"station": found.station.name, "id": found.station.id, "state": found.state.name}
    for head, keys in (("first", FIRST), ("later", LATER), ("before", BEFORE)):
        lines += ["", f"## {words[head]}", ""]
        lines += [
            f"- [ ] {words['tasks'][key].format(**values)}" for key in keys if key not in done
        ]
    return "\n".join(lines) + "\n"


def begin(folder: Path) -> list[str]:
    """Return the commands that start the Stadtlabor of this city."""
    where = shlex.quote(str(folder))
    return [
        f"export STADTLABOR_CITY={where}/city.toml STADTLABOR_DATASETS={where}/datasets",
        f"export STADTLABOR_HOME={where}/var",
        "stadtlabor up",
    ]
