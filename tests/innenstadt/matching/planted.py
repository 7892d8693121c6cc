"""Concepts and streets full of units, one of which is known to be good: not by its score."""

from __future__ import annotations

import random
from dataclasses import dataclass

from stadtlabor.innenstadt.matching import Candidate, Concept, Hours, Neighbour

USES = ["Mode", "Schuhe", "Café", "Gastronomie", "Bäckerei", "Buchhandlung", "Optik", "Friseur",
        "Drogerie", "Spielwaren"]  # fmt: skip


@dataclass(frozen=True)
class Planted:
    concept: Concept
    units: list[Candidate]
    good: str


def concept(throw: random.Random) -> Concept:
    low = throw.uniform(40, 200)
    kind = throw.choice(["retail", "gastronomy", "service"])
    food = kind == "gastronomy"
    own, *others = throw.sample(USES, 5)
    start = throw.choice([8, 9, 10, 11, 17])
    days = throw.choice([(0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5), (3, 4, 5, 6)])
    return Concept(
        name="", kind=kind, area_least_m2=low * 0.8,
        area_ideal_m2=(low, low * throw.uniform(1.2, 1.8)), rent_most_eur_m2=throw.uniform(9, 28),
        step_free=throw.random() < 0.5, wc=food, extraction=food, short=throw.random() < 0.2,
        hours=(Hours(days=days, start=start, end=min(24, start + throw.randint(6, 9))),),
        footfall_per_hour=throw.uniform(50, 400), complements=tuple(others[:3]),
        rivals=(own, others[3]), use=own,
    )  # fmt: skip


def street(throw: random.Random, level: float) -> tuple[float | None, ...]:
    """A week of a counter: nights are quiet, a level of persons per hour by day."""
    return tuple(
        round(level * (0.9 + 0.2 * throw.random()) if 9 <= n % 24 < 20 else level * 0.15, 1)
        for n in range(168)
    )


def unit(throw: random.Random, name: str, wanted: Concept) -> Candidate:
    """Any unit of a town, without a look at the concept but for its size of town."""
    areas = [None, *(round(throw.uniform(25, 400), 1) for _ in range(9))]
    return Candidate(
        id=name, area_m2=throw.choice(areas),
        rent_eur_m2=throw.choice([None, *(round(throw.uniform(6, 35), 2) for _ in range(9))]),
        step_free=throw.choice([True, True, False, None]), wc=throw.choice([True, False]),
        extraction=throw.random() < 0.3, popup_possible=throw.random() < 0.4,
        zoning=throw.choice(["MK", "MI", "WA", "GE", "WR", ""]),
        footfall=throw.choice([None, street(throw, throw.uniform(20, 700))]),
        neighbours=tuple(
            Neighbour(use=throw.choice(USES), metres=round(throw.uniform(5, 400), 1))
            for _ in range(throw.randint(0, 14))
        ),
        vacant_days=throw.choice([None, throw.randint(1, 900)]),
        wished=throw.choice([None, tuple(throw.sample(USES, 3))]),
    )  # fmt: skip


def good(throw: random.Random, name: str, wanted: Concept) -> Candidate:
    """A unit that a broker would show first: right size, affordable, busy, in good company.

    One or two things are only middling, as in life.
    """
    low, high = wanted.area_ideal_m2
    flaw = throw.choice(["", "area", "rent", "footfall", "clock", "target"])
    area = throw.uniform(low, high) if flaw != "area" else max(wanted.area_least_m2, low * 0.88)
    share = throw.uniform(0.6, 0.9) if flaw != "rent" else throw.uniform(0.9, 1.0)
    busy = throw.uniform(0.9, 1.6) if flaw != "footfall" else throw.uniform(0.6, 0.9)
    hour = wanted.hours[0]
    # Quiet evenings are part of the concept's own hours, so the level is set for these.
    level = wanted.footfall_per_hour * busy
    week = tuple(level if n // 24 in hour.days and hour.start <= n % 24 < hour.end else 1.0
                 for n in range(168))  # fmt: skip
    rent = round(share * wanted.rent_most_eur_m2, 2)
    return Candidate(
        id=name, area_m2=round(area + 0.05, 1), rent_eur_m2=rent,
        step_free=True, wc=True, extraction=True, popup_possible=True,
        zoning=throw.choice(["MK", "MI"]), footfall=week,
        neighbours=tuple(
            Neighbour(use=u, metres=round(throw.uniform(10, 120), 1)) for u in wanted.complements
        ),
        vacant_days=throw.randint(20, 100) if flaw == "clock" else throw.randint(150, 800),
        wished=None if flaw == "target" else (wanted.use,),
    )  # fmt: skip


def planted(seed: int, size: int = 40) -> Planted:
    throw = random.Random(seed)
    wanted = concept(throw)
    units = [unit(throw, f"u{n:02d}", wanted) for n in range(size - 1)]
    units.append(good(throw, "gut", wanted))
    throw.shuffle(units)
    return Planted(wanted, units, "gut")
