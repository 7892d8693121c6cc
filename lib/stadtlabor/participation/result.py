"""What a room says, and how sure that is.

Votes are resampled by device (bootstrap, Efron 1979), because one device's votes go together. A
room is not a sample of a city: the interval says how much the result hangs on who happened to be
there, not what the city thinks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.participation.register import Contribution, Participant, Rooms
from stadtlabor.participation.room import Room
from stadtlabor.participation.texts import texts, uses

__all__ = ["K", "RoomResult", "groups", "ranking", "result", "stability"]

K = 5
"""Smaller groups are not told."""

DRAWS = 2000
LEAVE_OUT = 0.1
LEVELS = (0.05, 0.95)


@dataclass(frozen=True)
class RoomResult:
    """Result of one room.

    Attributes
    ----------
    room
        The room.
    devices
        Number of devices that contributed or voted.
    ranking
        See :func:`ranking`; empty below :data:`K` devices.
    groups
        See :func:`groups`.
    stable
        Share of draws without a tenth of the devices in which the first place stays; NaN without
        votes.
    notes
        German sentences on what the result is and is not.
    """

    room: Room
    devices: int
    ranking: pd.DataFrame
    groups: pd.DataFrame
    stable: float
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Write what a notebook may know: no code, no mark, no single vote."""
        told = {
            "title": self.room.title,
            "question": self.room.question,
            "closes": self.room.closes.isoformat(),
            "devices": self.devices,
            "stable": None if np.isnan(self.stable) else self.stable,
            "notes": self.notes,
            "ranking": json.loads(self.ranking.reset_index().to_json(orient="records")),
            "groups": json.loads(self.groups.rename_axis("group").reset_index()
                                 .to_json(orient="records")),
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False)


def result(
    rooms: Rooms, room: Room, residents: Mapping[str, float] | None = None, seed: int = 0
) -> RoomResult:
    """Evaluate a room.

    The shares of the city stand beside those of the room where ``city.toml`` names its residents.

    Parameters
    ----------
    rooms
        The register.
    room
        The room.
    residents
        Residents of the city per age group (keys of the catalogue's ``ages``); default: those of
        ``city.toml``, if it names them.
    seed
        Of the draws.
    """
    stated = city().residents
    if residents is None and stated is not None:
        residents = stated.by_age
    shown = rooms.contributions(room.code, ("shown",))
    people = rooms.participants(room.code)
    votes = [v for v in rooms.votes(room.code) if v[0] in {c.number for c in shown}]
    told = texts()["result"]
    if len(people) < K:
        empty = ranking([], [], [], room, seed)
        return RoomResult(room, len(people), empty, groups([], None), float("nan"),
                          (told["too_few"].format(k=K),))  # fmt: skip
    table = ranking(shown, votes, people, room, seed)
    stable = stability(shown, votes, people, seed)
    notes = [told["selection"].format(n=len(people)), told["small"].format(k=K)]
    if not np.isnan(stable):
        notes.append(told["stable"].format(share=f"{100 * stable:.0f} %"))
    return RoomResult(room, len(people), table, groups(people, residents), stable, tuple(notes))


def _votes(
    shown: list[Contribution], votes: list[tuple[int, str, int]], people: list[Participant]
) -> np.ndarray:
    """Return devices × contributions: 1, -1 or 0."""
    row = {person.mark: n for n, person in enumerate(people)}
    column = {contribution.number: n for n, contribution in enumerate(shown)}
    matrix = np.zeros((len(people), len(shown)))
    for number, mark, value in votes:
        matrix[row[mark], column[number]] = value
    return matrix


def ranking(
    shown: list[Contribution],
    votes: list[tuple[int, str, int]],
    people: list[Participant],
    room: Room,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the contributions, the best supported first.

    Returns
    -------
    DataFrame
        Index: number. Columns ``kind``, ``text``, ``use``, ``place`` (German names), ``lat``,
        ``lon``, ``up``, ``down``, ``support`` (votes for minus against, per device that took
        part), ``low``, ``high`` (90 % interval), ``best`` (chance to be first among the draws).
    """
    columns = ["kind", "text", "use", "place", "lat", "lon", "up", "down", "support", "low",
               "high", "best"]  # fmt: skip
    if not shown:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="number"))
    rows = [_row(contribution, room) for contribution in shown]
    frame = pd.DataFrame(rows, index=pd.Index([c.number for c in shown], name="number"))
    matrix = _votes(shown, votes, people)
    frame["support"] = matrix.mean(axis=0)
    drawn = _drawn(matrix, seed)
    frame["low"], frame["high"] = np.quantile(drawn, LEVELS, axis=0)
    first = drawn == drawn.max(axis=1, keepdims=True)
    frame["best"] = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return frame[columns].sort_values(["support", "up"], ascending=False, kind="stable")


def _row(contribution: Contribution, room: Room) -> dict[str, object]:
    said = contribution.said
    spot = room.spot(said.place) if said.place else None
    return {
        "kind": texts()["kinds"][said.kind],
        "text": said.text,
        "use": uses().get(said.use or "", ""),
        "place": spot.name if spot else "",
        "lat": spot.lat if spot else said.lat,
        "lon": spot.lon if spot else said.lon,
        "up": contribution.up,
        "down": contribution.down,
    }


def _drawn(matrix: np.ndarray, seed: int) -> np.ndarray:
    """Return the support per draw of as many devices, with putting back: draws × contributions."""
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(matrix), np.full(len(matrix), 1 / len(matrix)), size=DRAWS)
    return np.asarray(times @ matrix / len(matrix))


def stability(
    shown: list[Contribution],
    votes: list[tuple[int, str, int]],
    people: list[Participant],
    seed: int = 0,
) -> float:
    """Return how often the first place stays when every tenth device is left out; NaN if none."""
    if not votes or len(people) < 2:
        return float("nan")
    matrix = _votes(shown, votes, people)
    first = int(matrix.sum(axis=0).argmax())
    rng = np.random.default_rng(seed)
    out = max(1, round(LEAVE_OUT * len(people)))
    kept = 0
    for _ in range(DRAWS):
        left = np.delete(matrix, rng.choice(len(people), out, replace=False), axis=0)
        kept += int(left.sum(axis=0).argmax()) == first
    return kept / DRAWS


def groups(people: list[Participant], residents: Mapping[str, float] | None) -> pd.DataFrame:
    """Return who took part, by age group.

    A group below :data:`K` is not told, and then the next smallest is not either, so that no
    difference to the sum gives it away.

    Returns
    -------
    DataFrame
        Index: German name. Columns ``devices`` (missing where hidden), ``share`` of the told
        devices, ``city`` (share among the residents, missing where not known).
    """
    ages = texts()["ages"]
    stated = [person.age for person in people]
    counts = {age: stated.count(age) for age in [*ages, ""]}
    small = {age for age, count in counts.items() if 0 < count < K}
    others = [age for age, count in counts.items() if count >= K]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda age: counts[age]))
    values = [None if age in small else count for age, count in counts.items()]
    told = pd.Series(values, index=pd.Index(counts), dtype="Float64")
    total = sum(residents.values()) if residents else 0.0
    shares = [residents.get(a, 0) / total if residents and total else None for a in told.index]
    share = told / float(told.sum()) if told.sum() else told
    frame = pd.DataFrame({"devices": told, "share": share, "city": pd.array(shares, "Float64")})
    frame.index = pd.Index([ages.get(a, texts()["result"]["nobody"]) for a in told.index])
    return frame
