"""Never falsely green: whether the radar frames may be believed, and if not, why.

Every frame is judged once, when it arrives, by itself and against the last good one. A frame that
did what no weather does (rain vanishes everywhere within five minutes, all values are a multiple,
the grid is another) stays in doubt until frames fit again what was good before, or until somebody
has looked and says so (:meth:`Watch.trust`): a fault does not become weather by lasting.

A dry day is weather, too. Frames without any rain are believed if each comes with a time stamp of
its own that fits the clock, on the expected grid, with the usual cells seen, and if the rain before
went bit by bit. What the content of a dry frame cannot show (a provider who stamps the same empty
field again and again) no rule on frames can find; gauges are the second witness for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import xarray as xr

from stadtlabor.rain.warning.comparison import alone, flipped, jump
from stadtlabor.rain.warning.digest import Digest, digest
from stadtlabor.rain.warning.rules import rules

__all__ = ["Judgement", "Verdict", "Watch"]

LASTING = ("grid", "vanished", "scale", "flipped", "coverage")
"""Faults that are not over because the next frame looks like the faulty one."""


@dataclass(frozen=True)
class Judgement:
    """What was found about one frame.

    Attributes
    ----------
    end
        End of its interval, ISO, UTC.
    received
        When it came, ISO, UTC.
    fault
        Kind of the fault (keys of ``[faults]`` in the texts), or None for a good frame.
    content
        Hash of its values.
    """

    end: str
    received: str
    fault: str | None
    content: str


@dataclass(frozen=True)
class Verdict:
    """Whether a display may say anything about the next hour.

    Attributes
    ----------
    stale
        True where nothing may be said. A display then shows this, never "no warning".
    reasons
        Kinds of faults, the newest first; ``start`` before enough frames have come.
    newest
        End of the newest good frame, UTC.
    age_min
        Its age, minutes; None without any.
    good
        Ends of the good frames without a gap up to the newest, UTC, oldest first.
    """

    stale: bool
    reasons: tuple[str, ...]
    newest: datetime | None
    age_min: float | None
    good: tuple[datetime, ...]


class Watch:
    """Judges frames in the order of their arrival.

    Parameters
    ----------
    memory
        What :attr:`memory` of an earlier watch held; it goes on from there.
    limits
        Table ``watch`` of ``rules.toml``, for tests with other limits.
    """

    def __init__(
        self, memory: Mapping[str, Any] | None = None, limits: dict[str, Any] | None = None
    ) -> None:
        self._limits = limits or rules("watch")
        told = memory or {}
        self._shape: str | None = told.get("shape")
        self._anchor = _read(told.get("anchor"))
        self._before = _read(told.get("before"))
        self._lasting: str | None = told.get("lasting")
        self._run = int(told.get("run", 0))
        self._judged = [Judgement(**one) for one in told.get("judged", [])]

    @property
    def memory(self) -> dict[str, Any]:
        """All that the watch knows, to be written as JSON."""
        return {
            "shape": self._shape,
            "anchor": self._anchor.to_dict() if self._anchor else None,
            "before": self._before.to_dict() if self._before else None,
            "lasting": self._lasting,
            "run": self._run,
            "judged": [asdict(one) for one in self._judged],
        }

    @property
    def ends(self) -> set[datetime]:
        """Ends of all frames that were judged and are remembered, UTC."""
        return {datetime.fromisoformat(j.end) for j in self._judged if j.end}

    @property
    def good(self) -> list[datetime]:
        """Ends of the good frames that are remembered, UTC, oldest first."""
        doubtful = {j.end for j in self._judged if j.fault == "conflict"}
        good = {j.end for j in self._judged if j.fault is None} - doubtful
        return sorted(datetime.fromisoformat(end) for end in good)

    def contents(self, ends: Sequence[datetime]) -> list[str]:
        """Return the hashes of these good frames' values."""
        known = {j.end: j.content for j in self._judged if j.fault is None}
        return [known[end.isoformat()] for end in ends]

    def unreadable(self, received: datetime) -> Judgement:
        """Note that something came which is no frame."""
        at = received.astimezone(UTC).isoformat()
        self._judged.append(Judgement("", at, "unreadable", ""))
        return self._judged[-1]

    def look(self, frame: xr.DataArray, received: datetime) -> Judgement:
        """Judge one frame.

        Parameters
        ----------
        frame
            Rain rate (``y``, ``x``), mm/h, with its attributes and a scalar ``time`` (start of the
            interval, UTC).
        received
            When it arrived, with zone.
        """
        new = digest(frame, self._limits["wet_mm_h"], self._limits["inner_km"])
        kind = self._fault(new, received.astimezone(UTC))
        judgement = Judgement(
            new.end, received.astimezone(UTC).isoformat(), None if kind == "late" else kind,
            new.content,
        )  # fmt: skip
        if kind != "repeat":
            self._judged.append(judgement)
        if kind is None:
            self._anchor, self._lasting = new, None
            self._shape = self._shape or new.shape
            self._run += 1
        self._before = new
        horizon = received.astimezone(UTC) - timedelta(hours=self._limits["keep_hours"])
        kept = [j for j in self._judged if datetime.fromisoformat(j.received) > horizon]
        self._judged = kept[-self._limits["keep_most"] :]
        return judgement

    def trust(self) -> None:
        """Believe the next frame whatever came before: somebody has looked at the data."""
        self._shape = self._anchor = self._before = self._lasting = None
        self._run = 0

    def verdict(self, now: datetime) -> Verdict:
        """Say whether anything may be said at a moment.

        Parameters
        ----------
        now
            With zone.
        """
        now = now.astimezone(UTC)
        step = timedelta(seconds=self._limits["interval_s"])
        ends = self.good
        tail = ends[-1:]
        while tail and tail[0] - step in ends:
            tail.insert(0, tail[0] - step)
        newest = ends[-1] if ends else None
        age = (now - newest).total_seconds() / 60 if newest else None
        reasons = [self._lasting] if self._lasting else []
        since = now - timedelta(minutes=self._limits["reasons_min"])
        reasons += [
            j.fault for j in reversed(self._judged)
            if j.fault and datetime.fromisoformat(j.received) >= since
        ]  # fmt: skip
        if age is not None and age > self._limits["old_min"]:
            reasons.append("old")
        elif len(tail) < min(self._limits["history"], len(ends)):
            reasons.append("gap")
        elif len(tail) < self._limits["history"]:
            reasons.append("start")
        last_bad = bool(self._judged) and self._judged[-1].fault is not None
        stale = (
            age is None or age > self._limits["old_min"] or age < -self._limits["early_min"]
            or len(tail) < self._limits["history"] or self._lasting is not None or last_bad
        )  # fmt: skip
        told = tuple(dict.fromkeys(reasons)) or ("start",)
        return Verdict(stale, told if stale else (), newest, age, tuple(tail))

    def _fault(self, new: Digest, received: datetime) -> str | None:
        if new.time > received + timedelta(minutes=self._limits["early_min"]):
            return "future"
        found = alone(new, self._limits, self._shape)
        if found == "grid" and self._run < self._limits["history"]:
            # Too short a history to know which of the two grids is the right one.
            self._shape, self._anchor, self._run = new.shape, None, 0
        elif found in LASTING:
            self._lasting = found
        if found:
            return found
        known = [j for j in self._judged if j.end == new.end and j.fault is None]
        if known:
            return "repeat" if known[-1].content == new.content else "conflict"
        rains = new.cells >= self._limits["frozen_cells"]
        if rains and any(j.content == new.content for j in self._judged):
            return "frozen"
        if self._anchor is None:
            return None
        if new.time < self._anchor.time:
            return self._late(new, received)
        return self._compared(new)

    def _late(self, new: Digest, received: datetime) -> str:
        # A frame that others overtook fills its gap; one that is far too old tells of a clock.
        old = received - new.time > timedelta(minutes=self._limits["reasons_min"])
        anchor = self._anchor
        wrong = anchor is not None and jump(new, anchor, self._limits)
        return "clock" if old else "order" if wrong else "late"

    def _compared(self, new: Digest) -> str | None:
        anchor, before = self._anchor, self._before
        assert anchor is not None  # noqa: S101 - asked by the only caller
        far = (new.time - anchor.time).total_seconds() / 60 > self._limits["compare_min"]
        turned = before is not None and flipped(new, before, self._limits["flip_margin"])
        if self._lasting == "flipped":
            return None if turned else "flipped"
        found = "flipped" if turned and not far else jump(new, anchor, self._limits)
        if far and found != self._lasting:
            few = new.cells < self._limits["scale_cells"]
            if self._lasting == "scale" and few:
                return "scale"  # too little rain to show that the scale is right again
            self._run = 0  # after a pause the frame starts a history of its own
            return None
        if found is None:
            return None
        if found == "appeared" or self._run < self._limits["history"]:
            # What came before was wrong, or too short to know: this frame is where it starts anew.
            self._anchor, self._run = new, 0
        elif found in LASTING:
            self._lasting = found
        return found


def _read(told: Mapping[str, Any] | None) -> Digest | None:
    return Digest.from_dict(dict(told)) if told else None
