"""Print and read sheets in a process of its own: ``python -m stadtlabor.participation.child``.

Libraries for pictures and PDF are large and a photo is a stranger's file; the service that holds
the room loads neither. On stdin stands one line of JSON (``room`` and, to print, ``address``) and
then, to read a sheet, the photo. The answer is a PDF, or one line of JSON (``error`` or ``dots``).
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

from stadtlabor.participation.room import Room, Spot

__all__ = ["MEMORY", "ask", "main"]

MEMORY = 3_000_000_000
CPU_S = 40


def ask(room: Room, address: str = "", photo: bytes = b"") -> bytes:
    """Return what the child is told."""
    spots = [asdict(spot) for spot in room.spots]
    told = {"code": room.code, "question": room.question, "title": room.title, "spots": spots}
    return json.dumps({"room": told, "address": address}).encode() + b"\n" + photo


def main() -> None:
    """Read, work, answer."""
    for limit, value in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CPU, CPU_S)):
        resource.setrlimit(limit, (value, value))
    head, _, photo = sys.stdin.buffer.read().partition(b"\n")
    given = json.loads(head)
    told = given["room"]
    spots = tuple(Spot(**spot) for spot in told["spots"])
    room = Room(told["code"], "", told["title"], told["question"], date.max, "open", spots)
    if given["address"]:
        sys.stdout.buffer.write(_printed(room, given["address"]))
    else:
        sys.stdout.write(json.dumps(_read(room, photo)))


def _printed(room: Room, address: str) -> bytes:
    from stadtlabor.city import city
    from stadtlabor.participation.sheet import sheet_html
    from stadtlabor.printing import pdf
    from stadtlabor.settings import home
    from stadtlabor.sources.tiles import FOLDER, TileStore

    kept = TileStore(home() / FOLDER, None, city().city.bounding_box)
    base = city().map
    return pdf(sheet_html(room, address, kept.kept, base.attribution if base else ""))


def _read(room: Room, photo: bytes) -> dict[str, Any]:
    from stadtlabor.participation.paper import paper
    from stadtlabor.participation.scan import ScanError, dots

    try:
        return {"error": "", "dots": [asdict(dot) for dot in dots(photo, paper(room))]}
    except ScanError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    main()
