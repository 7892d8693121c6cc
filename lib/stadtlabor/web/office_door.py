"""The door of the vacancy office: whose key a browser holds, and whether a form is its own."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from stadtlabor.innenstadt.access import Brake, BusyError, Keys, Staff, UnknownKeyError
from stadtlabor.innenstadt.vacancy import Actor
from stadtlabor.web.forms import LARGEST_BODY, fields_of
from stadtlabor.web.origin import origin
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["COOKIE", "PREFIX", "Door", "Me", "ShutError", "Upload"]

PREFIX = "/leerstand/amt"
COOKIE = "amt"
COOKIE_DAYS = 30
OWN_PATH = re.compile(rf"{PREFIX}(?:/[\w-]+)*")
SECRET = {
    # "Vary: *" also keeps the worker of the public pages, whose realm this is, from storing them.
    "Cache-Control": "no-store", "Vary": "*", "X-Robots-Tag": "noindex",
}  # fmt: skip


class ShutError(Exception):
    """The door stays shut; ``wrong`` where a key was tried that opens nothing."""

    def __init__(self, said: str = "", status: int = 401, wrong: bool = False) -> None:
        super().__init__(said)
        self.status, self.wrong = status, wrong


@dataclass(frozen=True)
class Me:
    """Who is at the desk: the person and the token that her own forms carry."""

    staff: Staff
    token: str

    @property
    def actor(self) -> Actor:
        """The person as the register knows her."""
        return self.staff.actor

    @property
    def person(self) -> str:
        """Pseudonym."""
        return self.staff.person

    @property
    def role(self) -> str:
        """One of :data:`stadtlabor.innenstadt.access.ROLES`."""
        return self.staff.role

    @property
    def inside(self) -> bool:
        """Whether she belongs to the house; an agent acts for an owner."""
        return self.role != "agent"


@dataclass(frozen=True)
class Upload:
    """A file that a form brought: its name and content; both empty where none was chosen."""

    name: str
    body: bytes


class Door:
    """Lets in whoever has a key.

    Parameters
    ----------
    keys
        The register of keys.
    page
        Renders a template.
    """

    def __init__(self, keys: Keys, page: Page) -> None:
        self.keys, self._page = keys, page
        self._brake = Brake()

    def enter(self, request: Request) -> Me:
        """Return who asks.

        Raises
        ------
        ShutError
            If the browser holds no key, or one that opens nothing.
        """
        key = request.cookies.get(COOKIE, "")
        if not key:
            raise ShutError(texts()["office"]["door"]["first"])
        try:
            return Me(self.keys.opened(key), _token(key))
        except UnknownKeyError as error:
            raise ShutError(str(error), wrong=True) from None

    async def given(self, request: Request) -> tuple[Me, dict[str, str]]:
        """Return who sent a form, and its fields.

        Raises
        ------
        ShutError
            If nobody is let in, or the form is not one of ours.
        """
        me = await run_in_threadpool(self.enter, request)
        fields = await fields_of(request)
        self._own(me, fields)
        return me, fields

    async def upload(self, request: Request, most: int) -> tuple[Me, dict[str, str], Upload]:
        """Return who sent a form with a file, its fields and the file.

        Raises
        ------
        ShutError
            As :meth:`given`; HTTPException 413 if the file is larger than allowed.
        """
        me = await run_in_threadpool(self.enter, request)
        if int(request.headers.get("content-length", "0") or 0) > most + LARGEST_BODY:
            raise HTTPException(413)
        try:
            form = await request.form(max_files=1, max_fields=20)
        except (MultiPartException, ValueError):
            raise HTTPException(400) from None
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        self._own(me, fields)
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return me, fields, Upload("", b"")
        body = await file.read()
        if len(body) > most:
            raise HTTPException(413)
        return me, fields, Upload(file.filename or "", body)

    @staticmethod
    def _own(me: Me, fields: dict[str, str]) -> None:
        if not hmac.compare_digest(fields.get("token", "").encode(), me.token.encode()):
            raise ShutError(texts()["office"]["door"]["token"], 403)

    def router(self) -> APIRouter:
        """Return an empty router whose answers are kept by nobody and whose door may be shut."""
        return APIRouter(prefix=PREFIX, route_class=_guarded(self._shut))

    async def _shut(self, request: Request, error: ShutError) -> Response:
        if error.wrong:
            self._brake.wrong()
            try:
                await self._brake.turn()
            except BusyError as busy:
                return self.closed(request, str(busy), 429)
        answer = self.closed(request, str(error), error.status)
        if error.wrong:
            answer.delete_cookie(COOKIE, path=PREFIX)
        return answer

    def closed(
        self, request: Request, fault: str = "", status: int = 200, key: str = ""
    ) -> Response:
        """Return the page where a key is asked for."""
        onward = request.url.path if request.method == "GET" and not key else ""
        return self._page(
            request, "office_door.html", status, words=texts()["office"], fault=fault, key=key,
            onward=onward if OWN_PATH.fullmatch(onward) else PREFIX,
        )  # fmt: skip

    async def unlock(self, request: Request) -> Response:
        """Take a key from the form and hand it to the browser."""
        fields = await fields_of(request)
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return self.closed(request, texts()["office"]["door"]["token"], 403)
        key = fields.get("key", "").strip().lower()
        try:
            await self._brake.turn()
            await run_in_threadpool(self.keys.opened, key)
        except BusyError as error:
            return self.closed(request, str(error), 429)
        except UnknownKeyError as error:
            self._brake.wrong()
            return self.closed(request, str(error), 401)
        onward = fields.get("onward", "")
        answer = RedirectResponse(onward if OWN_PATH.fullmatch(onward) else PREFIX, 303)
        answer.set_cookie(
            COOKIE, key, max_age=COOKIE_DAYS * 86_400, path=PREFIX, httponly=True,
            samesite="strict", secure=origin(request).startswith("https://"),
        )  # fmt: skip
        return answer


def _token(key: str) -> str:
    """Return what forms of the holder of a key carry; nobody can reckon the key from it."""
    return hmac.new(key.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()[:40]


def _guarded(shut: Callable[[Request, ShutError], Awaitable[Response]]) -> type[APIRoute]:
    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    answer = await inner(request)
                except ShutError as error:
                    answer = await shut(request, error)
                for name, value in SECRET.items():
                    answer.headers.setdefault(name, value)
                return answer

            return handler

    return Guarded
