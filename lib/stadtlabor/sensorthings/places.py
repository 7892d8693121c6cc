"""Places as GeoJSON in the shape of OGC API Features 1.0 (17-069r4): a collection per dataset."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from stadtlabor.city import city
from stadtlabor.sensorthings.model import Entity
from stadtlabor.sensorthings.options import pairs
from stadtlabor.sensorthings.refusal import Refusal, refuse, words
from stadtlabor.sensorthings.service import OPEN, refused
from stadtlabor.sensorthings.service import PREFIX as STA
from stadtlabor.sensorthings.stock import Shelf, Stock

__all__ = ["PREFIX", "places"]

PREFIX = "/ogc"
LIMIT, MOST = 100, 10_000
GEOJSON = "application/geo+json"
SPEC = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMANCE = [f"{SPEC}/core", f"{SPEC}/geojson"]
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


def places(origin: Any) -> APIRouter:
    """Return the addresses below :data:`PREFIX`; ``origin`` as in the SensorThings service."""
    router = APIRouter(prefix=PREFIX)
    shelf = Shelf()

    @router.api_route("", methods=["GET", "HEAD"])
    @router.api_route("/{address:path}", methods=["GET", "HEAD"])
    def ask(request: Request, address: str = "") -> Response:
        base = origin(request)
        try:
            return _answer(address.strip("/").split("/"), request.url.query, base, shelf.stock())
        except Refusal as refusal:
            return refused(refusal.status, refusal.message)

    return router


def _answer(parts: list[str], query: str, base: str, stock: Stock) -> Response:
    root = f"{base}{PREFIX}"
    given = dict(pairs(query))
    inside = parts[0] == "collections" and len(parts) == 3 and parts[2] == "items"
    allowed = ("f", "bbox", "limit", "offset") if inside else ("f",)
    for name in given:
        if name not in allowed:
            known = ", ".join(allowed)
            raise refuse("places.unknown_option", name=name, known=known)
    if parts == [""]:
        return _json(_landing(root))
    if parts == ["conformance"]:
        return _json({"conformsTo": CONFORMANCE})
    held = _held(stock)
    if parts == ["collections"]:
        listed = [_collection(root, name, found) for name, found in held.items()]
        return _json({"links": [_link("self", f"{root}/collections")], "collections": listed})
    if parts[0] != "collections" or len(parts) > 4 or (len(parts) > 2 and parts[2] != "items"):
        raise refuse(
            "path.unknown_set", 404, name="/".join(parts), known="collections, conformance"
        )
    if parts[1] not in held:
        known = ", ".join(held) or "–"
        raise refuse("places.unknown_collection", 404, name=parts[1], known=known)
    found = held[parts[1]]
    if len(parts) == 2:
        return _json(_collection(root, parts[1], found))
    address = f"{root}/collections/{parts[1]}/items"
    if len(parts) == 4:
        for thing in found:
            if str(thing.number) == parts[3]:
                return _json(_feature(thing, parts[1], base, stock), GEOJSON)
        raise refuse("places.unknown_item", 404, id=parts[3], name=parts[1])
    return _json(_items(found, parts[1], given, address, base, stock), GEOJSON)


def _held(stock: Stock) -> dict[str, list[Entity]]:
    """Return the things with a position by dataset."""
    held: dict[str, list[Entity]] = {}
    for thing in stock.sets["Things"].values():
        for dataset in (
            thing.fields["properties"]["datasets"] if thing.links.get("Locations") else []
        ):
            held.setdefault(dataset, []).append(thing)
    return dict(sorted(held.items()))


def _landing(root: str) -> dict[str, Any]:
    name = city().city.name
    return {
        "title": words("places.title", city=name),
        "description": words("places.description"),
        "links": [
            _link("self", root),
            _link("conformance", f"{root}/conformance"),
            _link("data", f"{root}/collections"),
        ],
    }


def _collection(root: str, name: str, things: list[Entity]) -> dict[str, Any]:
    lons, lats = zip(*(_position(thing) for thing in things), strict=True)
    box = [min(lons), min(lats), max(lons), max(lats)]
    own = f"{root}/collections/{name}"
    return {
        "id": name,
        "title": words("places.collection", name=name),
        "extent": {"spatial": {"bbox": [box]}},
        "itemType": "feature",
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "links": [_link("self", own), _link("items", f"{own}/items", GEOJSON)],
    }


def _items(
    things: list[Entity], name: str, given: dict[str, str], address: str, base: str, stock: Stock
) -> dict[str, Any]:
    limit = _whole("limit", given.get("limit", str(LIMIT)), 1, MOST)
    offset = _whole("offset", given.get("offset", "0"), 0, 10**9 - 1)
    box = _box(given["bbox"]) if "bbox" in given else None
    found = [thing for thing in things if box is None or _inside(_position(thing), box)]
    shown = found[offset : offset + limit]
    links = [_link("self", address, GEOJSON)]
    if offset + limit < len(found):
        kept = f"&bbox={quote(given['bbox'], safe=',')}" if box else ""
        further = f"{address}?limit={limit}&offset={offset + limit}{kept}"
        links.append(_link("next", further, GEOJSON))
    return {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(shown),
        "links": links,
        "features": [_feature(thing, name, base, stock) for thing in shown],
    }


def _feature(thing: Entity, dataset: str, base: str, stock: Stock) -> dict[str, Any]:
    series = [s for s in thing.links["Datastreams"] if _of(s, dataset, stock)]
    return {
        "type": "Feature",
        "id": thing.number,
        "geometry": thing.links["Locations"][0].fields["location"],
        "properties": {
            "name": thing.fields["name"],
            "area": thing.fields["properties"]["area"],
            "dataset": dataset,
            "simulated": any(s.fields["properties"]["simulated"] for s in series),
            "sources": sorted({s.fields["properties"]["source"] for s in series}),
            "licences": sorted({s.fields["properties"]["licence"] for s in series}),
            "observed_properties": sorted(
                {s.links["ObservedProperty"][0].fields["name"] for s in series}
            ),
            "thing": f"{base}{STA}/Things({thing.number})",
        },
    }


def _of(series: Entity, dataset: str, stock: Stock) -> bool:
    return stock.streams[int(series.number)].dataset == dataset


def _position(thing: Entity) -> tuple[float, float]:
    lon, lat = thing.links["Locations"][0].fields["location"]["coordinates"]
    return lon, lat


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not _WHOLE.fullmatch(text) or not least <= int(text):
        raise refuse("places.number", name=name, value=text, least=least, most=most)
    return min(int(text), most)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise refuse("places.bbox", value=text) from None
    if len(numbers) == 6:  # with heights, which places here do not have
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise refuse("places.bbox", value=text)
    west, south, east, north = numbers
    if south > north or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise refuse("places.bbox_order", value=text)
    return west, south, east, north


def _inside(position: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    lon, lat = position
    # West of east: the window crosses the 180th meridian.
    between = west <= lon <= east if west <= east else lon >= west or lon <= east
    return between and south <= lat <= north


def _link(rel: str, href: str, kind: str = "application/json") -> dict[str, str]:
    return {"rel": rel, "type": kind, "href": href}


def _json(body: dict[str, Any], kind: str = "application/json") -> Response:
    return JSONResponse(body, headers=OPEN, media_type=kind)
