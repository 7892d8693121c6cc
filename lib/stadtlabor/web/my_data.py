"""„Was ist über mich gespeichert?“: the register of processing, in words for pupils."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from stadtlabor.city import city
from stadtlabor.retention.activities import activities
from stadtlabor.settings import settings
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["my_data"]


def my_data(page: Page) -> APIRouter:
    """Return the address ``/datenschutz/ich``; its words stand beside the register's."""
    router = APIRouter(prefix="/datenschutz")
    words = texts()["my_data"]

    @router.api_route("/ich", methods=["GET", "HEAD"])
    def mine(request: Request) -> Response:
        told = [
            {
                "title": one.title,
                "rows": [
                    (words["what"], one.pupil.what),
                    (words["kept"], one.pupil.kept.format(days=one.days)),
                    (words["who"], one.pupil.who),
                ],
            }
            for one in activities()
            if one.pupil
        ]
        trial = settings().login.mode == "development"
        context = {"words": words, "told": told, "trial": trial, "contact": city().city.contact}
        return page(request, "my_data.html", **context)

    return router
