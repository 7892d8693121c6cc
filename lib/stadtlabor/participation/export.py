"""The open result of a room: what was shown, with places and votes, as files for everybody."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from typing import Any

from stadtlabor.city import city
from stadtlabor.participation.register import Contribution, Rooms
from stadtlabor.participation.result import K, groups
from stadtlabor.participation.room import Room
from stadtlabor.participation.texts import texts, uses

__all__ = ["bundle", "geojson", "rows"]

LICENCE = "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
"""From the DCAT-AP.de list of licences."""


def rows(room: Room, shown: list[Contribution]) -> list[dict[str, Any]]:
    """Return the shown contributions as flat rows with English keys."""
    kinds, sources = texts()["kinds"], texts()["export"]["kinds"]
    result = []
    for contribution in shown:
        said = contribution.said
        spot = room.spot(said.place) if said.place else None
        result.append(
            {
                "id": contribution.number,
                "kind": kinds[said.kind],
                "text": said.text,
                "use": uses().get(said.use or "", ""),
                "place": spot.name if spot else "",
                "lat": spot.lat if spot else said.lat,
                "lon": spot.lon if spot else said.lon,
                "source": sources[contribution.source],
                "day": contribution.day.isoformat(),
                "up": contribution.up,
                "down": contribution.down,
            }
        )
    return result


def geojson(room: Room, shown: list[Contribution]) -> dict[str, Any]:
    """Return the shown contributions with a place as GeoJSON (RFC 7946, WGS 84)."""
    features = []
    for row in rows(room, shown):
        lat, lon = row.pop("lat"), row.pop("lon")
        if lat is None:
            continue
        point = {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "id": row["id"], "geometry": point, "properties": row})
    return {"type": "FeatureCollection", "features": features}


def bundle(rooms: Rooms, room: Room, today: date) -> bytes:
    """Return a zip of table, map, participation, description and licence."""
    shown = rooms.contributions(room.code, ("shown",))
    told = texts()["export"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("beitraege.csv", _csv(rows(room, shown)))
        collection = json.dumps(geojson(room, shown), ensure_ascii=False, indent=1)
        folder.writestr("beitraege.geojson", collection)
        people = rooms.participants(room.code)
        if len(people) >= K:
            table = groups(people, None)["devices"].rename("geraete").rename_axis("altersgruppe")
            folder.writestr("beteiligung.csv", "\ufeff" + table.to_csv(sep=";", na_rep="unter 5"))
        meta = json.dumps(_metadata(room, today), ensure_ascii=False, indent=1)
        folder.writestr("metadaten.json", meta)
        readme = told["readme"].format(
            title=room.title, place=city().city.name, day=f"{today:%d.%m.%Y}",
            licence=told["licence"], k=K, publisher=f"{city().city.name}, {city().city.contact}",
        )  # fmt: skip
        folder.writestr("LIESMICH.txt", readme)
    return packed.getvalue()


def _csv(table: list[dict[str, Any]]) -> str:
    """Write rows so that a German spreadsheet opens them with a double click."""
    names = texts()["export"]["columns"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(names.values())
    for row in table:
        writer.writerow([_cell(row[name]) for name in names])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(value).replace(".", ",")
    text = "" if value is None else str(value)
    # A cell that begins so would be run as a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) and not text.isdigit() else text


def _metadata(room: Room, today: date) -> dict[str, Any]:
    told = texts()["export"]
    files = [("beitraege.csv", "CSV", "text/csv"), ("beitraege.geojson", "GEOJSON",
                                                    "application/geo+json")]  # fmt: skip
    formats = "http://publications.europa.eu/resource/authority/file-type/"
    return {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
                     "foaf": "http://xmlns.com/foaf/0.1/"},
        "@type": "dcat:Dataset",
        "dct:title": {"@value": told["title"].format(title=room.title), "@language": "de"},
        "dct:description": {"@value": told["description"], "@language": "de"},
        "dct:issued": today.isoformat(),
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": city().city.name},
        "dcat:distribution": [
            {"@type": "dcat:Distribution", "dct:title": name, "dcat:mediaType": media,
             "dct:format": {"@id": formats + kind}, "dct:license": {"@id": LICENCE}}
            for name, kind, media in files
        ],
    }  # fmt: skip
