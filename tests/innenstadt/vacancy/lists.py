"""A true list of units and its rendering with other headers, signs and encodings."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from pyproj import Transformer

VARIANTS = tomllib.loads((Path(__file__).parent / "variants.toml").read_text("utf-8"))["variants"]
TO_UTM = Transformer.from_crs(4326, 25832, always_xy=True)


@dataclass(frozen=True)
class Truth:
    street: str
    number: str
    floor: str
    area: float
    front: float
    rent: float
    vacant: bool
    former: str
    since: str
    lat: float
    lon: float


TRUTH = [
    Truth(street, number, floor, 40.5 + 7 * n, 3.25 + n / 2, 9.5 + n / 4, n % 3 == 0,
          former, f"{1 + n:02d}.{1 + n % 12:02d}.2025" if n % 3 == 0 else "",
          round(47.7222 + n * 0.00013, 6), round(10.3138 + n * 0.00021, 6))
    for n, (street, number, floor, former) in enumerate(
        [
            ("Fischerstraße", "12", "EG", "Schuhe"), ("Fischerstraße", "14 a", "EG", "Bücher"),
            ("Bahnhofstraße", "3-5", "1. OG", "Reisebüro"), ("Klostersteige", "7", "EG", "Café"),
            ("Residenzplatz", "1", "EG", "Optik"), ("Gerberstraße", "22", "EG links", "Spielwaren"),
            ("Gerberstraße", "22", "EG rechts", "Blumen"), ("Kronenstraße", "9 b", "EG", "Mode"),
            ("Rathausplatz", "4", "EG", "Bäckerei"), ("Salzstraße", "31", "EG", "Nagelstudio"),
            ("An der Sutt", "8", "EG", "Galerie"), ("St.-Mang-Platz", "2", "EG", "Apotheke"),
        ]
    )
]  # fmt: skip


def rendered(variant: dict[str, Any]) -> bytes:
    truth = [t for t in TRUTH if t.vacant or not variant.get("only_vacant")]
    rows = [
        [_cell(t, n, kind, variant) for _, kind in variant["columns"]] for n, t in enumerate(truth)
    ]
    header = [name for name, _ in variant["columns"]]
    if variant["name"].endswith(".xlsx"):
        book = Workbook()
        for line in variant.get("preamble", []):
            book.active.append([line])
        for row in [header, *rows]:
            book.active.append(row)
        body = io.BytesIO()
        book.save(body)
        return body.getvalue()
    sign = variant["delimiter"]
    text = "\r\n".join(sign.join(str(cell) for cell in row) for row in [header, *rows])
    return text.encode(variant.get("encoding", "utf-8"))


def _cell(t: Truth, n: int, kind: str, variant: dict[str, Any]) -> Any:
    def number(value: float) -> Any:
        if variant["name"].endswith(".xlsx"):
            return value
        return str(value) if variant.get("english") else str(value).replace(".", ",")

    has_floor = any(k == "floor" for _, k in variant["columns"])
    address = f"{t.street} {t.number}" + (f", {t.floor}" if not has_floor else "")
    east, north = TO_UTM.transform(t.lon, t.lat)
    split = t.number.split(" ")
    has_suffix = any(k == "suffix" for _, k in variant["columns"])
    return {
        "street": t.street, "number": split[0] if has_suffix else t.number,
        "suffix": split[1] if len(split) > 1 else "", "floor": t.floor, "running": n + 1,
        "address": address, "address_floor": address,
        "address_city": f"{t.street} {t.number}, 87435 Kempten (Allgäu)",
        "area": number(t.area), "area_unit": f"{number(t.area)} m²",
        "area_about": f"ca. {number(t.area)} qm", "front": number(t.front), "rent": number(t.rent),
        "rent_total": number(round(t.rent * t.area, 2)), "status": "leer" if t.vacant else "belegt",
        "yes_vacant": "ja" if t.vacant else "nein", "yes_let": "nein" if t.vacant else "ja",
        "x_vacant": "x" if t.vacant else "-",
        "use_or_vacant": "Leerstand" if t.vacant else t.former,
        "use": "" if t.vacant else t.former, "former": t.former, "since": t.since,
        "lat": number(t.lat), "lon": number(t.lon), "east": number(round(east, 2)),
        "north": number(round(north, 2)), "point": f"{t.lat} {t.lon}".replace(".", ","),
        "wkt": f"POINT ({t.lon} {t.lat})", "owner": "Frau Anna Beispiel", "phone": "0831 1234567",
        "mail": "anna@example.org", "remark": "Eckladen", "step_free": "ja" if n % 2 else "nein",
        "wc": "vorhanden", "popup": "ja", "extraction": "nein", "equipment": "Theke, Regale",
    }[kind]  # fmt: skip
