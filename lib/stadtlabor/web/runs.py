"""Which notebooks run by themselves, what came out, and how to check it: ``/laeufe``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from stadtlabor.evidence.told import steps
from stadtlabor.evidence.trace import trace_run
from stadtlabor.promotion import Pipeline, PromotionError, resolve, state
from stadtlabor.promotion.archive import find, newest
from stadtlabor.promotion.difference import changed_lines, changed_values
from stadtlabor.promotion.registry import verify
from stadtlabor.web import runs_view as view
from stadtlabor.web.security import PAGE_HEADERS
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["runs"]

SHOWN = 50
FOR_SEARCH = {"X-Robots-Tag": "noindex"}


def runs(page: Page) -> APIRouter:
    """Return the addresses below ``/laeufe``."""
    router, words = APIRouter(prefix="/laeufe"), texts()["runs"]

    @router.get("")
    def all_(request: Request) -> Response:
        lines, answer = view.overview()
        return _seen(page(request, "runs_list.html", words=words, lines=lines, answer=answer))

    @router.get("/{name}")
    def one(request: Request, name: str) -> Response:
        pipeline, found = _pipeline(name), newest(name, SHOWN)
        last = found[0] if found else None
        return _seen(page(
            request, "runs_pipeline.html", words=words, pipeline=pipeline,
            answer=view.status(pipeline, last), loud=bool(last and view.stale(pipeline, last)),
            title=pipeline.title or name, rows=[view.row(run) for run in found],
            versions=view.versions(name), decisions=view.decisions(state(name).events),
            tampered=not verify(),
        ))  # fmt: skip

    @router.get("/{name}/{run}")
    def single(request: Request, name: str, run: str) -> Response:
        pipeline, found = _pipeline(name), find(name, run)
        if found is None or found.folder.name != run:
            raise HTTPException(404)
        good = [each for each in newest(name, 10 * SHOWN) if each.status == "done"]
        same = [each for each in good if each.parameters.get("dataset") ==
                found.parameters.get("dataset")]  # fmt: skip
        before = next((each for each in same if each.issue < found.issue), None)
        after = next((each for each in reversed(same) if each.issue > found.issue), None)
        figures = [path.read_text("utf-8") for path in found.figures] if pipeline.public else []
        answer = page(
            request, "runs_run.html", words=words, pipeline=pipeline, run=found,
            title=pipeline.title or name, row=view.row(found), started=view.when(found.started),
            values=view.values(found, before) if pipeline.public else [], before=before,
            after=after, before_when=view.when(before.issue) if before else "",
            figures=figures, facts=view.facts(found) if pipeline.public else [],
            again=view.again(found),
        )  # fmt: skip
        answer.headers.update(PAGE_HEADERS)
        return _seen(answer)

    @router.get("/{name}/{run}/herkunft")
    def origin(request: Request, name: str, run: str) -> Response:
        pipeline, found = _pipeline(name), find(name, run)
        if not pipeline.public or found is None or found.folder.name != run:
            raise HTTPException(404)
        return _seen(page(
            request, "publishing_trace.html", words=texts()["publishing"],
            title=pipeline.title or name, steps=steps(trace_run(found)), again=view.again(found),
            back=f"/laeufe/{name}/{run}", back_name=texts()["publishing"]["back_run"],
        ))  # fmt: skip

    @router.get("/{name}/fassung/{number}")
    def version(request: Request, name: str, number: int) -> Response:
        pipeline, known = _pipeline(name), state(name).versions
        if not pipeline.public or number not in known or number - 1 not in known:
            raise HTTPException(404)
        old, new = known[number - 1], known[number]
        try:
            lines = changed_lines(old.notebook_hash, new.notebook_hash)
        except PromotionError:
            raise HTTPException(404) from None
        asked = changed_values(old.settings["parameters"], new.settings["parameters"])
        return _seen(page(
            request, "runs_difference.html", words=words, pipeline=pipeline, number=number,
            title=pipeline.title or name, lines=lines, parameters=asked,
        ))  # fmt: skip

    return router


def _pipeline(name: str) -> Pipeline:
    try:
        return resolve(name)
    except PromotionError:
        raise HTTPException(404) from None


def _seen(answer: Response) -> Response:
    answer.headers.update(FOR_SEARCH)
    return answer
