"""A message about one catchment: what a channel sends and a display shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Message"]


@dataclass(frozen=True)
class Message:
    """One link of a chain: a warning, its update or its end.

    Attributes
    ----------
    kind
        ``Alert`` opens a chain, ``Update`` goes on, ``Cancel`` ends it (CAP ``msgType``).
    reason
        ``raised``, ``lowered``, ``renewed``, ``held`` (renewed without data), ``cleared`` or
        ``test``.
    identifier, incident
        Unique name of the message, and of the chain it belongs to.
    references
        Sender, identifier and time of the message that this one replaces; empty for ``Alert``.
    sent, expires, issued
        When it was made, until when it holds, end of the newest radar interval; with zone.
    sender, sender_name, status, web
        As in ``city.toml``.
    catchment, area, outline
        Id, name and corners (latitude, longitude; degrees) of the catchment.
    level, before
        Level now and before this message; 0 is none.
    probability, cost_ratio
        Of the level at the issue time, and from which on it is called, 0–1.
    span_h, threshold_mm
        Which question decided: sum in 1 or 6 hours, and how much, mm.
    expected_mm
        Extrapolated largest sum of the next hour, mm.
    replay, simulated
        True where a recorded storm is played, or no radar stands behind the rain.
    provenance
        What the message was computed from: hashes and versions.
    """

    kind: str
    reason: str
    identifier: str
    incident: str
    references: tuple[tuple[str, str, datetime], ...]
    sent: datetime
    expires: datetime
    issued: datetime
    sender: str
    sender_name: str
    status: str
    web: str
    catchment: str
    area: str
    outline: tuple[tuple[float, float], ...]
    level: int
    before: int
    probability: float
    cost_ratio: float
    span_h: int
    threshold_mm: float
    expected_mm: float
    replay: bool = False
    simulated: bool = False
    provenance: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON knows."""
        times = {name: getattr(self, name).isoformat() for name in ("sent", "expires", "issued")}
        references = [[s, i, t.isoformat()] for s, i, t in self.references]
        return {**asdict(self), **times, "references": references}

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Message:
        """Read what :meth:`to_dict` wrote, also by way of JSON."""
        read = datetime.fromisoformat
        return cls(
            **{
                **told,
                **{name: read(told[name]) for name in ("sent", "expires", "issued")},
                "references": tuple((s, i, read(t)) for s, i, t in told["references"]),
                "outline": tuple((float(lat), float(lon)) for lat, lon in told["outline"]),
            }
        )
