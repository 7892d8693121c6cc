"""What answers the addresses under ``/apps/``."""

from __future__ import annotations

import json
from contextlib import aclosing
from typing import Any, ClassVar
from urllib.parse import urlsplit

import nbformat
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from stadtlabor.apps.kernels import Kernels
from stadtlabor.apps.pages import app_page, cell_notice, page
from stadtlabor.apps.queue import Queue
from stadtlabor.apps.session import pieces
from stadtlabor.settings import notebooks, settings
from stadtlabor.web.gallery import Card, read_card

__all__ = ["App", "Health", "KernelState", "NotFound", "Shutdown", "Start"]

TICKET = "Platz"
"""Header with the ticket of someone who waits."""


class Plain:
    """Sends our own headers, and our own page where something went wrong.

    Jupyter's error pages need a token against forged requests and set a cookie for it.
    """

    def set_default_headers(self: Any) -> None:
        """Send the security headers with every answer."""
        for name, value in self.settings["headers"].items():
            self.set_header(name, value)

    def write_error(self: Any, status_code: int, **_: Any) -> None:
        """Send the German page for a status."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page(status_code))

    def check_xsrf_cookie(self) -> None:
        """Pass: without login there is nothing that a forged request could use.

        Who names a kernel must know its random id, which only its own page does.
        """


class NotFound(Plain, RequestHandler):
    """Every address that is not an app."""

    def prepare(self) -> None:
        """Answer 404."""
        raise HTTPError(404)


class KernelState(Plain, KernelHandler):
    """State of one kernel, for its own page only; no visitor may restart or list kernels."""

    SUPPORTED_METHODS = ("GET",)


class Shutdown(Plain, VoilaShutdownKernelHandler):
    """The browser says that a page was closed."""


class App(Plain, RequestHandler):
    """The page of an app: what was computed last, at once and without a kernel."""

    def get(self, name: str) -> None:
        """Answer with the page; 404 where no app has this name."""
        # Who asks for something particular gets no general answer in its place.
        self.set_header("Cache-Control", "no-cache")
        self.finish(app_page(_app(name), general=not self.request.query))


class Health(Plain, RequestHandler):
    """How full the apps are."""

    def get(self) -> None:
        """Answer with the number of visitors, places and people who wait."""
        self.set_header("Cache-Control", "no-store")
        taken = self.settings["kernels"].taken
        self.finish({"taken": taken, "places": _places(), "waiting": len(Start.queue)})


class Start(Plain, JupyterHandler):
    """Gives a visitor a kernel and streams the app's live content."""

    queue: ClassVar[Queue] = Queue()
    gone = False

    async def post(self, name: str) -> None:
        """Stream a line of JSON with the kernel, then HTML; or, with 202, a place in the queue."""
        card = _app(name)
        if not self._from_here():
            raise HTTPError(403)  # another site must not fill our places
        self.set_header("Cache-Control", "no-store")
        kernels: Kernels = self.settings["kernels"]
        free = max(0, _places() - kernels.taken)
        ticket, number = self.queue.ask(self.request.headers.get(TICKET, ""), free)
        if number:
            self.set_status(202)
            self.finish({"ticket": ticket, "number": number})
            return
        self.queue.leave(ticket)
        file = notebooks() / card.path
        notebook = nbformat.read(file, as_version=4)
        kernel = await kernels.take({"QUERY_STRING": self.request.query}, str(file.parent))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        live = False
        try:
            await self._send(json.dumps({"kernel": kernel.id}) + "\n")
            async with aclosing(pieces(notebook, kernel, cell_notice())) as shown:
                async for piece in shown:
                    live = live or "data-widget=" in piece
                    await self._send(piece)
        except StreamClosedError:
            self.gone = True
        finally:
            kernel.client.stop_channels()
            if self.gone or not live:
                await kernels.end(kernel.id)
        kernels.expect(kernel.id)

    def on_connection_close(self) -> None:
        """Note that the visitor has gone before the page was finished."""
        self.gone = True

    def _from_here(self) -> bool:
        """Tell whether a page of ours asks, or a program that is no browser."""
        asked = self.request.headers
        # Browsers send the first only where the connection is encrypted or local.
        site = asked.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        origin = asked.get("Origin")
        return site and (not origin or urlsplit(origin).netloc == self.request.host)

    async def _send(self, piece: str) -> None:
        self.write(piece)
        await self.flush()


def _app(name: str) -> Card:
    """Return the card of a public app.

    Raises
    ------
    tornado.web.HTTPError
        404 where there is none.
    """
    path = next(notebooks().glob(f"*/{name}.ipynb"), None)
    card = read_card(notebooks(), path) if path else None
    if card is None or card.tier != "live":
        raise HTTPError(404)
    return card


def _places() -> int:
    """Return how many visitors may use apps at the same time."""
    return settings().apps.max_sessions
