"""What all pages of the vacancy office share: door, register, frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from stadtlabor.innenstadt.vacancy import Register
from stadtlabor.web.office_door import PREFIX, Door, Me
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["Desk"]


@dataclass(frozen=True)
class Desk:
    """Door, page and register of the office."""

    door: Door
    page: Page
    register: Register

    def show(
        self, request: Request, me: Me, name: str, fault: str = "", **context: Any
    ) -> Response:
        """Return a page; 422 where it tells a fault."""
        return self.page(
            request, name, 422 if fault else 200, words=texts()["office"], me=me, amt=PREFIX,
            fault=fault, here=request.url.path, **context,
        )  # fmt: skip

    def refuse(self, request: Request, me: Me, said: str, status: int = 404) -> Response:
        """Return a page that says nothing but why there is none."""
        return self.page(
            request, "office_refused.html", status, words=texts()["office"], me=me, amt=PREFIX,
            fault=said, here=request.url.path,
        )  # fmt: skip

    def people(self) -> dict[str, str]:
        """Return whose function stands behind which pseudonym."""
        known = {staff.person: staff.label for staff in self.door.keys.all()}
        always: dict[str, str] = texts()["office"]["people"]
        return always | known
