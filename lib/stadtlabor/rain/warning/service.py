"""The warning at work: new frames → watch → assessment → levels → journal → channels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stadtlabor.catchments import RainWarning
from stadtlabor.city import city
from stadtlabor.rain import nowcast as champion
from stadtlabor.rain.warning.delivery import Way, deliver, register
from stadtlabor.rain.warning.feed import Feed
from stadtlabor.rain.warning.journal import Event, Journal
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.outlook import Assessment
from stadtlabor.rain.warning.parcel import message_event, operator_event
from stadtlabor.rain.warning.pulse import beat
from stadtlabor.rain.warning.reckoning import (
    Direct,
    Nowcast,
    Reckoned,
    Reckoning,
    settings_name,
)
from stadtlabor.rain.warning.rules import rules
from stadtlabor.rain.warning.warner import Warner
from stadtlabor.rain.warning.watch import Verdict, Watch
from stadtlabor.rain.warning.words import reason_sentences, warning_texts

__all__ = ["Service", "Turn"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """What one look at the data has brought.

    Attributes
    ----------
    verdict
        Whether the data may be believed.
    assessment
        Of the catchments, where there were new good data.
    messages
        What was decided.
    failed
        Way → German sentence, where something did not go out.
    """

    verdict: Verdict
    assessment: Assessment | None
    messages: tuple[Message, ...]
    failed: dict[str, str]


class Service:
    """One warning: the only writer of its folder.

    Parameters
    ----------
    folder
        Journal, pulse and outbox.
    settings
        Table ``[warning]`` of the city.
    feed
        Where frames come from.
    ways
        Where messages go.
    nowcast
        Makes the next hour of the good frames; default :func:`stadtlabor.rain.nowcast`.
    replay
        True where a recorded storm is played.
    reckoning
        Who assesses the catchments; default: ``nowcast``, called directly.
    """

    def __init__(
        self,
        folder: Path,
        settings: RainWarning,
        feed: Feed,
        ways: list[Way],
        nowcast: Nowcast = champion,
        replay: bool = False,
        reckoning: Reckoning | None = None,
    ) -> None:
        self._folder, self._settings, self._feed, self._ways = folder, settings, feed, ways
        self._reckoning = reckoning or Direct(feed, settings, nowcast)
        self._replay = replay
        self._journal = Journal(folder, write=True)
        register(self._journal, ways)
        self._watch = Watch(self._journal.memory("watch"))
        self._warner = Warner(settings, self._journal.memory("warner"), replay)
        self._state: dict[str, Any] = self._journal.memory("state") or {}
        self._keep_settings()

    @property
    def reached(self) -> datetime | None:
        """Time of the last turn that was written down."""
        at = self._state.get("at")
        return datetime.fromisoformat(at) if at else None

    def turn(self, now: datetime) -> Turn:
        """Look at what has come, decide, write it down, send it.

        Parameters
        ----------
        now
            With zone.
        """
        if self._asked_for("trust"):
            self._watch.trust()
        judged = self._look(now)
        verdict = self._watch.verdict(now)
        reasons = verdict.reasons
        messages: tuple[Message, ...] = ()
        issued = verdict.newest.isoformat() if verdict.newest else None
        before, reckoned = self._warner.memory, None
        if not verdict.stale and issued != self._state.get("assessed"):
            reckoned = self._reckoned(verdict)
            reasons = () if reckoned else ("nowcast",)
        assessment = reckoned.assessment if reckoned else None
        if reckoned:
            messages = self._warner.update(reckoned.assessment, now, reckoned.provenance)
            self._state["assessed"] = issued
            self._state["assessment"] = reckoned.assessment.to_dict()
        elif verdict.stale or reasons:
            messages = self._warner.hold(now)
        if self._asked_for("test"):
            messages = (*messages, self._warner.rehearsal(now))
        origin = reckoned.origin if reckoned else {}
        events = [message_event(m, before.get(m.catchment), origin) for m in messages]
        events += self._told_operator(bool(reasons), reasons, now)
        if judged or assessment or events:
            events.append(self._cycle(verdict, reasons, assessment, judged, now))
        self._state |= {
            "stale": bool(reasons), "reasons": list(reasons), "at": now.astimezone(UTC).isoformat(),
            "newest": issued, "replay": self._replay,
        }  # fmt: skip
        memory = {
            "watch": self._watch.memory, "warner": self._warner.memory, "state": self._state,
        }  # fmt: skip
        if events or self._changed(now):
            self._journal.commit(events, memory)
        failed = dict(deliver(self._journal, self._ways, now))
        self._tell_failures(failed, now)
        beat(self._folder, now, self._settings.ping)
        return Turn(verdict, assessment, messages, failed)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def _look(self, now: datetime) -> list[dict[str, str | None]]:
        known = self._watch.ends
        found = []
        for arrival in self._feed.new(known, now):
            if arrival.frame is None:
                judgement = self._watch.unreadable(arrival.received)
            else:
                judgement = self._watch.look(arrival.frame, arrival.received)
            found.append({"end": judgement.end, "fault": judgement.fault})
        return found

    def _reckoned(self, verdict: Verdict) -> Reckoned | None:
        """Return the assessment, or None where it failed; a bad frame is not tried for ever."""
        tried = self._state.get("tried") or {}
        issued = verdict.good[-1].isoformat()
        count = int(tried.get("count", 0)) if tried.get("issued") == issued else 0
        if count >= rules("service")["tries"]:
            return None
        try:
            return self._reckoning.reckon(verdict, self._watch)
        except ValueError as error:
            log.error("Vorhersage: %s", error)
            self._state["tried"] = {"issued": issued, "count": count + 1}
            return None

    def _cycle(
        self,
        verdict: Verdict,
        reasons: Sequence[str],
        assessment: Assessment | None,
        judged: list[dict[str, str | None]],
        now: datetime,
    ) -> Event:
        levels = {name: s.level for name, s in self._warner.standing.items()}
        body = {
            "stale": bool(reasons), "reasons": list(reasons), "judged": judged, "levels": levels,
            "assessment": assessment.to_dict() if assessment else None, "replay": self._replay,
            "newest": verdict.newest.isoformat() if verdict.newest else None,
        }  # fmt: skip
        return Event("cycle", now.astimezone(UTC).isoformat(), body, now)

    def _told_operator(self, stale: bool, reasons: Sequence[str], now: datetime) -> list[Event]:
        """Tell the operator when data go bad, now and then while they are, and when it is over."""
        last = self._state.get("told_operator")
        words = warning_texts()["operator"]
        local = f"{now.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M} Uhr"
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        if not stale:
            self._state["told_operator"] = None
            if not last or not self._state.get("alarmed"):
                return []
            self._state["alarmed"] = False
            return [operator_event(
                f"operator.{stamp}.good", words["good_subject"],
                words["good_text"].format(time=local), now,
            )]  # fmt: skip
        if list(reasons) == ["start"]:
            return []  # nothing is broken: the first frames have just come
        remind = timedelta(minutes=rules("messages")["remind_min"])
        if last and now - datetime.fromisoformat(last) < remind:
            return []
        self._state |= {"told_operator": now.isoformat(), "alarmed": True}
        said = " ".join(reason_sentences(list(reasons)))
        return [operator_event(
            f"operator.{stamp}.stale", words["stale_subject"],
            words["stale_text"].format(time=local, reasons=said), now,
        )]  # fmt: skip

    def _tell_failures(self, failed: dict[str, str], now: datetime) -> None:
        words = warning_texts()["operator"]
        events = []
        for channel, reason in failed.items():
            key, _, why = reason.partition(": ")
            text = words["failed_text"].format(channel=channel, identifier=key, reason=why)
            # Once per way and message, by the key.
            if not key.startswith("operator.failed"):
                events.append(operator_event(
                    f"operator.failed.{channel}.{key}",
                    words["failed_subject"].format(channel=channel), text, now,
                ))  # fmt: skip
        if events and self._journal.commit(events):
            others = [way for way in self._ways if way.name not in failed]
            deliver(self._journal, others, now)

    def _keep_settings(self) -> None:
        """Keep the settings under their hash: messages cite them, and may be checked later."""
        name = settings_name(self._settings)
        if self._journal.memory(name) is None:
            self._journal.commit([], {name: self._settings.model_dump(mode="json")})

    def _changed(self, now: datetime) -> bool:
        # Displays read the state: what they show must not look older than it is.
        written = (self._journal.memory("state") or {}).get("at")
        return written is None or now - datetime.fromisoformat(written) >= timedelta(seconds=60)

    def _asked_for(self, what: str) -> bool:
        """Tell whether a command has left a wish; whoever runs the service alone writes here."""
        mark = self._folder / what
        asked = mark.exists()
        mark.unlink(missing_ok=True)
        return asked
