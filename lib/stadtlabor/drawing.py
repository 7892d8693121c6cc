"""Turn chart specifications into SVG: by a process that all kernels share, or in this one.

The engine (Vega in V8) costs 75 MiB and 0.4 s in every process that draws. Where
``python -m stadtlabor.drawing`` runs, kernels hand it their specification over a socket and it
draws the same chart only once, however many people look at it. Where it does not run, or does not
answer, each process draws by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from functools import lru_cache
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from stadtlabor.kernels.wire import reach
from stadtlabor.settings import home

__all__ = ["address", "draw", "serve"]

PATIENCE_S = 20.0
KEPT = 128
"""Drawings that the shared process remembers, about 50 kB each."""
BACKLOG = 128
MOST_BYTES = 20_000_000
"""Longest specification that the shared process takes from anyone."""

_ALONE = threading.Lock()


def address() -> Path:
    """Return the socket of the shared process."""
    return home() / "run" / "drawing" / "socket"


def draw(specification: dict[str, Any]) -> str:
    """Return a Vega-Lite specification as SVG with German numbers and dates."""
    # Keys stay in their order: they are the same wherever the same chart is made.
    told = json.dumps(specification, ensure_ascii=False)
    return _asked(told) or _drawn(told)


def _asked(specification: str) -> str:
    """Return what the shared process draws, nothing where there is none."""
    if not address().is_socket():
        return ""
    with (
        contextlib.suppress(OSError, EOFError),
        reach(address()) as way,
        Client(way, family="AF_UNIX") as link,
    ):
        # Bytes only: objects of a stranger are never unpickled on either side.
        link.send_bytes(specification.encode())
        if link.poll(PATIENCE_S):
            return link.recv_bytes().decode()
    return ""


def _drawn(specification: str) -> str:
    import vl_convert  # late: a kernel that has its charts drawn never loads the engine

    svg: str = vl_convert.vegalite_to_svg(
        specification,
        format_locale="de-DE",
        time_format_locale="de-DE",
        allowed_base_urls=[],  # a specification cannot make us fetch anything
    )
    return svg


def serve(place: Path) -> None:
    """Draw for everyone who may open the socket, until the process is ended.

    Parameters
    ----------
    place
        Socket. Its folder says who may open it: this user alone, unless it is there already and
        open to others. Nobody learns anything here that they have not sent themselves.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    os.umask(0o111)
    remembered = lru_cache(KEPT)(_drawn)
    remembered(json.dumps({"mark": "point", "data": {"values": [{}]}}))  # load the engine now
    with reach(place) as way, Listener(way, family="AF_UNIX", backlog=BACKLOG) as listener:
        while True:
            link = listener.accept()
            threading.Thread(target=_answer, args=(link, remembered), daemon=True).start()


def _answer(link: Connection, remembered: Any) -> None:
    with link, contextlib.suppress(OSError, EOFError):
        specification = link.recv_bytes(MOST_BYTES)
        try:
            with _ALONE:  # who asks for the same drawing meanwhile finds it made
                svg = remembered(specification.decode())
        except ValueError as error:
            print(f"not drawn: {error}", file=sys.stderr, flush=True)
            svg = ""  # the asker tries it alone and tells its user what is wrong
        link.send_bytes(svg.encode())


if __name__ == "__main__":
    serve(address())
