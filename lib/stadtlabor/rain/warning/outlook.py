"""What is expected of each catchment, as it is written down and shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from stadtlabor.rain.warning.rules import rules

__all__ = ["Assessment", "Outlook"]


@dataclass(frozen=True)
class Outlook:
    """What is expected of one catchment.

    Attributes
    ----------
    catchment
        Its id.
    hour, six_hours
        Level → probability that its sum is reached somewhere in the catchment, 0–1, within the
        next 60 minutes, and within 6 hours that end with them.
    expected_mm
        Largest sum of the next 60 minutes in the catchment as extrapolated, mm.
    fallen_hour_mm, fallen_six_mm
        Largest sum of the last 60 minutes and of the last 6 hours, mm: what came of it.
    fallen_mm
        Largest sum of the part of the 6-hour question that has fallen (5 hours), mm.
    fallen_share
        Share of those hours for which there are frames, 0–1: below 1 the sum is too low.
    unseen
        Share of the catchment that the nowcast does not see, 0–1.
    """

    catchment: str
    hour: dict[int, float]
    six_hours: dict[int, float]
    expected_mm: float
    fallen_hour_mm: float
    fallen_six_mm: float
    fallen_mm: float
    fallen_share: float
    unseen: float

    @property
    def blind(self) -> bool:
        """True where so much is unseen that nothing may be said."""
        return bool(self.unseen > rules("assessment")["unseen_share"])

    def probability(self, level: int) -> float:
        """Return the larger probability of a level, 0–1: either duration is enough."""
        return max(self.hour.get(level, 0.0), self.six_hours.get(level, 0.0))


@dataclass(frozen=True)
class Assessment:
    """All catchments at one issue time.

    Attributes
    ----------
    issued
        End of the newest radar interval, UTC.
    outlooks
        One per catchment.
    simulated
        True where no radar stands behind the rain.
    source
        Who measured.
    """

    issued: datetime
    outlooks: tuple[Outlook, ...]
    simulated: bool
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON knows."""
        return {
            "issued": self.issued.isoformat(), "simulated": self.simulated, "source": self.source,
            "outlooks": [asdict(outlook) for outlook in self.outlooks],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Assessment:
        """Read what :meth:`to_dict` wrote, also by way of JSON."""

        def levels(one: dict[str, Any]) -> dict[str, Any]:
            spans = ("hour", "six_hours")
            return one | {s: {int(k): float(v) for k, v in one[s].items()} for s in spans}

        outlooks = tuple(Outlook(**levels(one)) for one in told["outlooks"])
        issued = datetime.fromisoformat(told["issued"])
        return cls(issued, outlooks, bool(told["simulated"]), str(told["source"]))
