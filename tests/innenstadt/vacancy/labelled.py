"""A labelled set for the search for duplicates: the same shops as different people write them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from stadtlabor.innenstadt.vacancy import Unit

STREETS = ["Fischerstraße", "Bahnhofstraße", "Klostersteige", "Residenzplatz", "Gerberstraße",
           "Kronenstraße", "Rathausplatz", "Salzstraße", "An der Sutt", "St.-Mang-Platz",
           "Bäckerstraße", "Königstraße", "Freudenberg", "Burgstraße", "Brandstatt",
           "Beethovenstraße", "Promenadestraße", "Vogtstraße", "Zwanzigerstraße"]  # fmt: skip
USES = ["Schuhgeschäft", "Buchhandlung", "Reisebüro", "Café mit Terrasse", "Optiker", "Spielwaren",
        "Blumenladen", "Modeboutique", "Bäckereifiliale", "Nagelstudio", "Galerie", "Apotheke",
        "Handyladen", "Friseursalon", "Metzgerei", "Drogerie", "Juwelier", "Imbiss"]  # fmt: skip
OTHERS = {"Schuhgeschäft": "früher Schuhe", "Buchhandlung": "ehemalige Buchhandlung, große Fenster",
          "Reisebüro": "Reisebüro (geschlossen)", "Optiker": "ex Optiker", "Imbiss": "Döner-Imbiss",
          "Friseursalon": "Friseur Salon", "Metzgerei": "alte Metzgerei",
          "Bäckereifiliale": "Bäckerei-Filiale"}  # fmt: skip
FLOORS = ["EG", "EG links", "EG rechts", "1. OG", ""]


@dataclass(frozen=True)
class Labelled:
    """Units and the pairs of identifiers that are the same shop."""

    units: list[Unit]
    same: set[tuple[str, str]]


def labelled(seed: int, shops: int = 300, doubled: float = 0.4) -> Labelled:
    """Make a set; hard cases are neighbours, several shops at one door, moved letters."""
    throw = random.Random(seed)
    units: list[Unit] = []
    same: set[tuple[str, str]] = set()
    doors: list[tuple[str, str, float, float]] = []
    for n in range(shops):
        if doors and throw.random() < 0.25:
            street, number, lat, lon = throw.choice(doors)  # another shop in the same house
        else:
            place = throw.randrange(len(STREETS))
            step = throw.randint(1, 60)
            street = STREETS[place]
            number = f"{step}{throw.choice(['', '', '', '', ' a', ' b'])}"
            lat = 47.70 + place * 0.003 + step * 0.00006
            lon = 10.30 + step * 0.00012
            doors.append((street, number, lat, lon))
        at_door = [u for u in units if (u.street, u.house_number) == (street, number)]
        taken = {u.floor for u in at_door}
        free = [f for f in FLOORS if f not in taken and (f or not at_door)]
        if not free or "" in taken:
            continue  # nobody, not even a person, could tell these apart
        floor = throw.choice(free)
        unit = Unit(
            id=f"u{n}", street=street, house_number=number, floor=floor,
            area_m2=round(throw.uniform(30, 400)), former_use=throw.choice(USES), lat=lat, lon=lon,
        )  # fmt: skip
        units.append(unit)
        if throw.random() < doubled:
            units.append(_again(unit, throw))
            same.add((unit.id, units[-1].id))
    throw.shuffle(units)
    return Labelled(units, {(min(p), max(p)) for p in same})


def _again(unit: Unit, throw: random.Random) -> Unit:
    """Return the unit as somebody else reports it."""
    street = unit.street
    spelled = [
        street, street.replace("straße", "str."), street.replace("straße", "strasse"),
        street.upper(), street.replace("straße", "-Straße"), street.replace("straße", "str"),
        street.replace("ä", "ae").replace("ö", "oe").replace("ß", "ss"),
        street.replace("St.", "Sankt"), _slip(street, throw),
    ]  # fmt: skip
    number = throw.choice(
        [unit.house_number, unit.house_number.replace(" ", ""), unit.house_number.upper()]
    )
    floor = throw.choice(
        [unit.floor, unit.floor.replace("EG", "Erdgeschoss"), unit.floor.replace("EG ", "EG, "),
         unit.floor.replace("OG", "Stock"), ""]
    )  # fmt: skip
    use = unit.former_use
    use = throw.choice([use, OTHERS.get(use, use), use.lower(), f"war mal {use}", ""])
    area = unit.area_m2 or 0.0
    about = round(area * throw.uniform(0.85, 1.15))
    area_m2 = throw.choice([None, area, about, round(area, -1) or area])
    away = throw.gauss(0, 7) / 111_195, throw.gauss(0, 7) / 74_800
    known = throw.random() < 0.85
    return unit.model_copy(
        update={
            "id": f"{unit.id}x",
            "street": throw.choice(spelled),
            "house_number": number,
            "floor": floor,
            "former_use": use,
            "area_m2": area_m2,
            "lat": (unit.lat or 0) + away[0] if known else None,
            "lon": (unit.lon or 0) + away[1] if known else None,
        }
    )


def _slip(street: str, throw: random.Random) -> str:
    """Swap, drop or double a letter."""
    place = throw.randrange(1, len(street) - 2)
    return throw.choice(
        [street[:place] + street[place + 1] + street[place] + street[place + 2 :],
         street[:place] + street[place + 1 :], street[:place] + street[place] + street[place:]]
    )  # fmt: skip


def skill(found: set[tuple[str, str]], same: set[tuple[str, str]]) -> tuple[float, float]:
    """Return precision and recall."""
    hits = len(found & same)
    return hits / max(1, len(found)), hits / max(1, len(same))
