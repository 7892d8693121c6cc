"""Levels with hysteresis: raised at once, lowered late, and every message knows the one before.

A level is called where its probability reaches the cost ratio of ``city.toml``. It is lowered only
after ``calm_min`` minutes in which every assessment asked for less. Without good data nothing is
lowered and nothing cancelled: a level that stands is renewed as "held", until data come again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stadtlabor.catchments import Catchment, RainWarning, WarningLevel
from stadtlabor.rain.warning.area import corners
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.outlook import Assessment, Outlook
from stadtlabor.rain.warning.rules import rules

__all__ = ["Standing", "Warner"]


@dataclass(frozen=True)
class Standing:
    """Where one catchment stands.

    Attributes
    ----------
    level
        In force; 0 is none.
    since
        When this level began, ISO, UTC.
    blind
        True where the radar does not see enough of the catchment.
    calm_since, calm_top
        Since when less was asked for, and the highest level that was asked for since.
    incident, identifier, sent, expires
        Of the newest message of the chain, ISO; None without one.
    message
        The newest message, as of :meth:`Message.to_dict`.
    """

    level: int = 0
    since: str | None = None
    blind: bool = False
    calm_since: str | None = None
    calm_top: int = 0
    incident: str | None = None
    identifier: str | None = None
    sent: str | None = None
    expires: str | None = None
    message: dict[str, Any] | None = None


class Warner:
    """Turns assessments into messages.

    Parameters
    ----------
    settings
        Table ``[warning]`` of the city.
    memory
        :attr:`memory` of an earlier warner; it goes on from there.
    replay
        True where a recorded storm is played: every message says so.
    """

    def __init__(
        self, settings: RainWarning, memory: Mapping[str, Any] | None = None, replay: bool = False
    ) -> None:
        self._settings = settings
        self._replay = replay
        told = memory or {}
        self._standing = {
            c.id: Standing(**told[c.id]) if c.id in told else Standing()
            for c in settings.catchments
        }

    @property
    def memory(self) -> dict[str, Any]:
        """All that the warner knows, to be written as JSON."""
        return {name: asdict(standing) for name, standing in self._standing.items()}

    @property
    def standing(self) -> dict[str, Standing]:
        """Catchment id → where it stands."""
        return dict(self._standing)

    def update(
        self, assessment: Assessment, now: datetime, provenance: dict[str, str] | None = None
    ) -> tuple[Message, ...]:
        """Take an assessment of good data; return what is to be sent.

        Parameters
        ----------
        assessment
            Of all catchments; one that is missing counts as unseen.
        now
            With zone.
        provenance
            Goes into each message.
        """
        outlooks = {outlook.catchment: outlook for outlook in assessment.outlooks}
        found = []
        for catchment in self._settings.catchments:
            outlook = outlooks.get(catchment.id)
            if outlook is None or outlook.blind:
                self._standing[catchment.id] = replace(self._standing[catchment.id], blind=True)
                found.append(self._held(catchment, now))
            else:
                found.append(self._step(catchment, outlook, assessment, now, provenance or {}))
        return tuple(message for message in found if message)

    def hold(self, now: datetime) -> tuple[Message, ...]:
        """Let time pass without good data: levels stand, messages that run out are renewed."""
        held = [self._held(catchment, now) for catchment in self._settings.catchments]
        return tuple(message for message in held if message)

    def asked(self, outlook: Outlook) -> int:
        """Return the highest level whose probability reaches its cost ratio, or 0."""
        called = [
            lv.level for lv in self._settings.levels
            if outlook.probability(lv.level) >= lv.cost_ratio
        ]  # fmt: skip
        return max(called, default=0)

    def rehearsal(self, now: datetime) -> Message:
        """Return a message that tries the ways out and changes no level; its status is Test."""
        s, catchment = self._settings, self._settings.catchments[0]
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        return Message(
            kind="Alert", reason="test", identifier=f"{s.sender.partition('@')[2]}.{stamp}.test",
            incident=f"test-{stamp}", references=(), sent=now,
            expires=now + timedelta(minutes=rules("messages")["clear_lasts_min"]), issued=now,
            sender=s.sender, sender_name=s.sender_name, status="Test", web=s.web,
            catchment=catchment.id, area=catchment.name, outline=tuple(corners(catchment)),
            level=0, before=0, probability=0.0, cost_ratio=0.0, span_h=1, threshold_mm=0.0,
            expected_mm=0.0, replay=self._replay,
        )  # fmt: skip

    def _step(
        self,
        catchment: Catchment,
        outlook: Outlook,
        assessment: Assessment,
        now: datetime,
        provenance: dict[str, str],
    ) -> Message | None:
        old = replace(self._standing[catchment.id], blind=False)
        asked, issued = self.asked(outlook), assessment.issued
        new, reason = replace(old, calm_since=None, calm_top=0), None
        if asked > old.level:
            new, reason = replace(new, level=asked), "raised"
        elif asked < old.level:
            since = old.calm_since or issued.isoformat()
            top = max(asked, old.calm_top)
            calm = issued - datetime.fromisoformat(since)
            if calm >= timedelta(minutes=self._settings.calm_min):
                new, reason = replace(new, level=top), "lowered" if top else "cleared"
            else:
                new = replace(old, calm_since=since, calm_top=top)
        if reason is None and new.level and _runs_out(new, now):
            reason = "renewed"
        if reason is None:
            self._standing[catchment.id] = new
            return None
        decided = _decided(self._level(new.level or old.level), outlook)
        told = {
            "issued": issued, "simulated": assessment.simulated, "provenance": provenance,
            "expected_mm": outlook.expected_mm, **decided,
        }  # fmt: skip
        return self._sent(catchment, old, new, reason, now, told)

    def _held(self, catchment: Catchment, now: datetime) -> Message | None:
        old = self._standing[catchment.id]
        if not old.level or not _runs_out(old, now) or old.message is None:
            return None
        last = Message.from_dict(old.message)
        told = {
            name: getattr(last, name)
            for name in (
                "issued", "simulated", "provenance", "expected_mm", "probability", "cost_ratio",
                "span_h", "threshold_mm",
            )
        }  # fmt: skip
        return self._sent(catchment, old, old, "held", now, told)

    def _sent(
        self,
        catchment: Catchment,
        old: Standing,
        new: Standing,
        reason: str,
        now: datetime,
        told: dict[str, Any],
    ) -> Message:
        s, limits = self._settings, rules("messages")
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        identifier = f"{s.sender.partition('@')[2]}.{catchment.id}.{stamp}.{reason}"
        first = old.incident is None
        kind = "Cancel" if reason == "cleared" else "Alert" if first else "Update"
        lasts = limits["clear_lasts_min" if kind == "Cancel" else "lasts_min"]
        references = (
            ()
            if old.identifier is None or old.sent is None or first
            else ((s.sender, old.identifier, datetime.fromisoformat(old.sent)),)
        )
        message = Message(
            kind=kind, reason=reason, identifier=identifier,
            incident=old.incident or f"{catchment.id}-{stamp}", references=references, sent=now,
            expires=now + timedelta(minutes=lasts), sender=s.sender, sender_name=s.sender_name,
            status=s.status, web=s.web, catchment=catchment.id, area=catchment.name,
            outline=tuple(corners(catchment)), level=new.level, before=old.level,
            replay=self._replay, **told,
        )  # fmt: skip
        ended = kind == "Cancel"
        since = old.since if new.level == old.level else now.astimezone(UTC).isoformat()
        self._standing[catchment.id] = replace(
            new,
            since=since,
            incident=None if ended else message.incident,
            identifier=identifier,
            sent=now.isoformat(),
            expires=message.expires.isoformat(),
            message=message.to_dict(),
        )
        return message

    def _level(self, number: int) -> WarningLevel:
        return next(lv for lv in self._settings.levels if lv.level == number)


def _decided(level: WarningLevel, outlook: Outlook) -> dict[str, Any]:
    """Return which of the two questions is the likelier, and its figures."""
    hour, six = outlook.hour.get(level.level, 0.0), outlook.six_hours.get(level.level, 0.0)
    longer = level.six_hours_mm is not None and six > hour
    return {
        "probability": max(hour, six),
        "cost_ratio": level.cost_ratio,
        "span_h": 6 if longer else 1,
        "threshold_mm": level.six_hours_mm if longer else level.hour_mm,
    }


def _runs_out(standing: Standing, now: datetime) -> bool:
    if standing.expires is None:
        return False
    left = datetime.fromisoformat(standing.expires) - now
    return left <= timedelta(minutes=rules("messages")["renew_min"])
