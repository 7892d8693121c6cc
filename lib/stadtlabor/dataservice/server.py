"""The data service over HTTP: one question in, one Arrow stream out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Any

import anyio
import pyarrow as pa
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from stadtlabor.catalogue.policy import Person
from stadtlabor.dataservice.answer import Answer, Desk
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
from stadtlabor.faults import reason
from stadtlabor.memory import give_back
from stadtlabor.store import StoreError

__all__ = ["ARROW", "LABEL", "MOST_BODY", "application"]

ARROW = "application/vnd.apache.arrow.stream"
LABEL = b"stadtlabor"
"""Key of the stream's metadata under which the label stands, JSON."""

MOST_BODY = 1_000_000

_AT_ONCE = 2
"""Answers in the making: more would only take memory and wait for each other."""

_PIECE = 1 << 20
_LARGE = 5_000_000
"""Bytes of an answer after which memory is given back to the system."""

Who = Callable[[str, int | None], Person]


def application(desk: Desk, who: Who) -> Starlette:
    """Build the service.

    Parameters
    ----------
    desk
        Answers questions.
    who
        Tells from token and system user who asks, see :class:`~stadtlabor.dataservice.Identity`.
    """
    limit = anyio.CapacityLimiter(_AT_ONCE)

    async def told(work: Callable[..., Response], request: Request, *rest: Any) -> Response:
        arguments = (work, desk, who, request, *rest)
        return await anyio.to_thread.run_sync(_told, *arguments, limiter=limit)

    async def read(request: Request) -> Response:
        return await told(_read, request, await _body(request))

    async def datasets(request: Request) -> Response:
        return await told(_datasets, request)

    async def datastreams(request: Request) -> Response:
        return await told(_datastreams, request)

    async def version(request: Request) -> Response:
        return await told(_version, request)

    async def health(_: Request) -> Response:
        return JSONResponse({"ok": True})

    async def broken(_: Request, error: Exception) -> Response:
        return _fault(500, "Der Datendienst hat einen Fehler. Bitte melden Sie ihn dem Betrieb.")

    return Starlette(
        routes=[
            Route("/read", read, methods=["POST"]),
            Route("/datasets", datasets),
            Route("/datastreams/{dataset}", datastreams),
            Route("/version/{dataset}", version),
            Route("/health", health),
        ],
        exception_handlers={Exception: broken},
    )


def _told(work: Callable[..., Response], *rest: Any) -> Response:
    """Turn refusals into answers with a German sentence."""
    try:
        return work(*rest)
    except RefusedError as error:
        return _fault(403, str(error))
    except UnanswerableError as error:
        return _fault(404, str(error))


def _fault(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            return b""
    return body


def _person(who: Who, request: Request) -> Person:
    stated = request.headers.get("authorization", "")
    kind, _, token = stated.partition(" ")
    if stated and (kind.lower() not in ("token", "bearer") or not token):
        raise RefusedError("Die Anmeldung ist unlesbar. Bitte „Authorization: token …“ senden.")
    # The protocol (see socket.py) puts the system user where the port of a caller stands.
    client = request.scope.get("client")
    uid = client[1] if client and client[0] == "local" else None
    return who(token.strip(), uid)


def _read(desk: Desk, who: Who, request: Request, body: bytes) -> Response:
    person = _person(who, request)
    try:
        question = Question.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "Anfrage"
        return _fault(422, f"Die Frage ist nicht lesbar: „{field}“ {reason(first)}.")
    answer = desk.answer(question, person)
    content, headers = packed(answer), _headers(answer)
    if len(content) <= _LARGE:
        return Response(content, media_type=ARROW, headers=headers)
    headers["Content-Length"] = str(len(content))
    del answer
    tidy = BackgroundTask(give_back, collect=False)
    return StreamingResponse(_pieces(content), media_type=ARROW, headers=headers, background=tidy)


async def _pieces(content: memoryview) -> AsyncIterator[bytes]:
    """Hand out piece by piece, as fast as the other end reads: nothing waits in a second copy."""
    for start in range(0, len(content), _PIECE):
        yield bytes(content[start : start + _PIECE])


def packed(answer: Answer) -> memoryview:
    """Return the answer as an Arrow stream; the label travels in its metadata."""
    label = json.dumps(answer.label, ensure_ascii=False, default=str).encode()
    table = answer.table.replace_schema_metadata({LABEL: label})
    counted = pa.MockOutputStream()
    _write(table, counted)
    # Exactly as large as it has to be: a growing one would be twice the size for a moment.
    buffer = pa.allocate_buffer(counted.size())
    _write(table, pa.FixedSizeBufferWriter(buffer))
    return memoryview(buffer)


def _write(table: pa.Table, sink: pa.NativeFile) -> None:
    with sink, pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


def _headers(answer: Answer) -> dict[str, str]:
    return {
        "X-Dataset-Version": f"{answer.citation.dataset}@{answer.citation.version}",
        "X-Dataset-Sha256": answer.citation.sha256,
        "X-Policy": answer.plan.name,
        "X-Policy-Hash": answer.plan.sha256,
        "Cache-Control": "no-store",
    }


def _datasets(desk: Desk, who: Who, request: Request) -> Response:
    """List the data sets by name: that they exist, the catalogue tells everybody."""
    _person(who, request)
    return JSONResponse(desk.store.datasets())


def _datastreams(desk: Desk, who: Who, request: Request) -> Response:
    """Describe the series, to those who may read them one by one."""
    person, dataset = _person(who, request), request.path_params["dataset"]
    purpose = request.query_params.get("purpose", "participation")
    rules = desk.visible(dataset, person, purpose)
    if not any(rule.place == "sensor" for rule in rules):
        return JSONResponse([])
    return JSONResponse([asdict(d) for d in desk.store.datastreams(dataset)])


def _version(desk: Desk, who: Who, request: Request) -> Response:
    _person(who, request)
    stated = request.query_params.get("version", "")
    if stated and not (stated.isascii() and stated.isdigit() and len(stated) < 16):
        raise UnanswerableError(f"„{stated[:30]}“ ist keine Nummer einer Version.")
    try:
        found = desk.store.version(request.path_params["dataset"], int(stated) if stated else None)
    except StoreError as error:
        raise UnanswerableError(str(error)) from error
    return JSONResponse(asdict(found))
