"""The addresses of the SensorThings service: read only, for anyone, answers in JSON."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from stadtlabor.city import city
from stadtlabor.sensorthings.answer import Writer
from stadtlabor.sensorthings.model import OBSERVATIONS, kinds
from stadtlabor.sensorthings.options import OF_MANY, OF_ONE, Options, pairs, read
from stadtlabor.sensorthings.place import Place, find
from stadtlabor.sensorthings.refusal import Refusal, refuse
from stadtlabor.sensorthings.stock import Shelf
from stadtlabor.store import StoreError

__all__ = ["OPEN", "PREFIX", "refused", "sensorthings"]

log = logging.getLogger(__name__)

PREFIX = "/sta/v1.1"
MOST_LETTERS = 8_000
AT_ONCE = 2
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
# What an answer holds is public, so pages of others may show it.
OPEN = {"Access-Control-Allow-Origin": "*"}
REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req"
NOT_OF_REFERENCES = ("$select", "$expand", "$resultFormat")
CONFORMANCE = [
    f"{REQ}/datamodel",
    f"{REQ}/resource-path/resource-path-to-entities",
    *(
        f"{REQ}/request-data/{part}"
        for part in [
            "order",
            "expand",
            "select",
            "status-code",
            "query-status-code",
            "orderby",
            "top",
            "skip",
            "count",
            "filter",
            "pagination",
        ]
    ),
    f"{REQ}/data-array/data-array",
]
"""Requirements of 18-088 that are met. Arithmetic and some functions of ``$filter`` are not."""


def sensorthings(origin: Any) -> APIRouter:
    """Return the addresses below :data:`PREFIX`.

    Parameters
    ----------
    origin
        Function of a request that returns scheme and host as the visitor sees them.
    """
    router = APIRouter()
    shelf = Shelf()
    # A page of ten thousand values takes memory: who comes third waits, without holding a thread.
    few = CapacityLimiter(AT_ONCE)

    def answer(request: Request, address: str) -> Response:
        root = f"{origin(request)}{PREFIX}"
        try:
            return _marked(request, _answer(request, address, root, shelf))
        except Refusal as refusal:
            return refused(refusal.status, refusal.message)
        except (OSError, StoreError) as error:
            # The store words its own refusals for people.
            log.warning("%s", address, exc_info=True)
            return refused(503, refuse("fault.data", reason=str(error)).message)
        except Exception:
            log.exception("%s?%s", address, request.url.query)
            return refused(500, refuse("fault.inside").message)

    @router.api_route(PREFIX, methods=METHODS)
    @router.api_route(PREFIX + "/{address:path}", methods=METHODS)
    async def ask(request: Request, address: str = "") -> Response:
        if request.method == "OPTIONS":
            allowed = {"Allow": "GET, HEAD", "Access-Control-Allow-Methods": "GET, HEAD"}
            return Response(status_code=204, headers=OPEN | allowed)
        if request.method not in ("GET", "HEAD"):
            refusal = refuse("path.read_only", 405, method=request.method)
            return refused(405, refusal.message, {"Allow": "GET, HEAD"})
        return await to_thread.run_sync(answer, request, address, limiter=few)

    return router


def refused(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a refusal in the form that clients of SensorThings know."""
    body = {"code": status, "type": "error", "message": message}
    return JSONResponse(body, status, headers=OPEN | (headers or {}))


def _marked(request: Request, response: Response) -> Response:
    """Say under which mark the answer is known; whoever knows it already gets it no more."""
    mark = f'W/"{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    response.headers["ETag"] = mark
    if response.status_code == 200 and mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={**OPEN, "ETag": mark})
    return response


def _answer(request: Request, address: str, root: str, shelf: Shelf) -> Response:
    length = len(address) + len(request.url.query)
    if length > MOST_LETTERS:
        raise refuse("path.too_long", 414, length=length, most=MOST_LETTERS)
    try:
        given = pairs(request.url.query)
    except ValueError:
        raise refuse("path.too_long", length=length, most=MOST_LETTERS) from None
    if not address.strip("/"):
        read(given, kinds()["Things"], ())  # the root takes no options
        return _json(_root(root))
    stock = shelf.stock()
    place = find(stock, address)
    writer = Writer(root, stock, city().city.timezone)
    if place.member is not None:
        read(given, place.kind, ())
        return _field(place, writer)
    allowed: tuple[str, ...] = OF_MANY if place.many else OF_ONE
    if place.reference:
        allowed = tuple(name for name in allowed if name not in NOT_OF_REFERENCES)
    options = read(given, place.kind, allowed)
    if not place.many:
        return _json(_one(place, writer, options))
    here = f"{root}/{address.strip('/')}"
    if place.kind.name == OBSERVATIONS:
        found = writer.observations(place.entities, options, here)
    else:
        found = writer.entities(place.entities, place.kind, options, here)
    return _json(writer.references(found) if place.reference else found)


def _root(root: str) -> dict[str, Any]:
    sets = [{"name": name, "url": f"{root}/{name}"} for name in kinds()]
    return {"value": sets, "serverSettings": {"conformance": CONFORMANCE, "readOnly": True}}


def _one(place: Place, writer: Writer, options: Options) -> dict[str, Any]:
    if place.row is not None:
        found = writer.rows([place.row], options)[0]
    else:
        found = writer.entity(place.entities[0], options)
    if place.reference:
        return {"@iot.selfLink": found["@iot.selfLink"]}
    return found


def _field(place: Place, writer: Writer) -> Response:
    value = name = None
    found = _one(Place(place.kind, False, place.entities, place.row), writer, Options())
    name = place.member or ""
    value = found.get(name)
    for key in place.keys:
        if not isinstance(value, dict) or key not in value:
            known = ", ".join(value) if isinstance(value, dict) else "–"
            raise refuse("path.unknown_part", 404, name=key, kind=name, known=known)
        name, value = key, value[key]
    if value is None:
        return Response(status_code=204, headers=OPEN)  # 18-088, section 9.2.4
    if not place.raw:
        return _json({name: value})
    if isinstance(value, dict | list):
        raise refuse("path.value_of_object", name=name)
    text = value if isinstance(value, str) else json.dumps(value)
    return PlainTextResponse(text, headers=OPEN)


def _json(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers=OPEN)
