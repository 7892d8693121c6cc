"""What answers the addresses under ``/apps/``."""

from __future__ import annotations

import logging
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.web import HTTPError, RequestHandler
from voila.handler import VoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from stadtlabor.apps.pages import page, queue_page
from stadtlabor.apps.queue import Queue
from stadtlabor.settings import notebooks, settings
from stadtlabor.web.gallery import cards

__all__ = ["AppHandler", "Extension", "Kernel", "NotFound", "Shutdown", "Theme"]

log = logging.getLogger(__name__)

TICKET = "platz"
"""Name of the ticket in an address."""


class Plain:
    """Answers errors with our own page.

    Jupyter's error pages need a token against forged requests and set a cookie for it.
    """

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


class Kernel(Plain, KernelHandler):
    """State of one kernel, for its own page only; no visitor may restart or list kernels."""

    SUPPORTED_METHODS = ("GET",)


class Shutdown(Plain, VoilaShutdownKernelHandler):
    """The browser says that a page was closed."""


class Extension(Plain, FileFindHandler):
    """Files of the widgets' browser side."""


class Theme(Plain, ThemesHandler):
    """Style sheets of the widgets."""


class AppHandler(Plain, VoilaHandler):
    """Starts a kernel for a visitor and streams the app's page."""

    starting: ClassVar[int] = 0
    """Visitors whose kernel is asked for but not yet counted by the kernel manager."""

    queue: ClassVar[Queue] = Queue()

    async def get(self, name: str) -> None:
        """Stream the app of this name; 404 where there is none, a queue where it is full."""
        found = [card for card in cards(notebooks()) if card.name == name and card.tier == "live"]
        if not found:
            raise HTTPError(404)
        taken = len(self.kernel_manager.list_kernel_ids()) + self.starting
        free = max(0, self.places - taken)
        ticket, number = self.queue.ask(self.get_query_argument(TICKET, ""), free)
        self.set_header("Cache-Control", "no-store")
        if "application/json" in self.request.headers.get("Accept", ""):  # the queue's page asks
            self.finish({"number": number})
            return
        if number:
            self.finish(queue_page(found[0], number, self._address(ticket)))
            return
        self.queue.leave(ticket)
        AppHandler.starting += 1
        counted = False
        try:
            async for html in self.get_generator(path=found[0].path):
                if not counted:
                    AppHandler.starting -= 1
                    counted = True
                self.write(html)
                await self.flush()
        finally:
            if not counted:
                AppHandler.starting -= 1

    def _address(self, ticket: str) -> str:
        """Return the address of this page with the ticket, all other choices kept."""
        stated = [pair for pair in parse_qsl(self.request.query) if pair[0] != TICKET]
        return f"{self.request.path}?{urlencode([*stated, (TICKET, ticket)])}"

    @property
    def places(self) -> int:
        """How many visitors may use apps at the same time."""
        return settings().apps.max_sessions
