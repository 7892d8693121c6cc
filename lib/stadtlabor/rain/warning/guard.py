"""The dead-man's switch: somebody else looks whether the warning still lives."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from stadtlabor.catchments import RainWarning
from stadtlabor.city import city
from stadtlabor.rain.warning.channels import ways
from stadtlabor.rain.warning.delivery import Way, deliver, register
from stadtlabor.rain.warning.journal import Journal
from stadtlabor.rain.warning.parcel import operator_event
from stadtlabor.rain.warning.pulse import pulse
from stadtlabor.rain.warning.words import warning_texts

__all__ = ["Guard"]


class Guard:
    """Calls the operator once for each silence, with a journal of its own.

    Parameters
    ----------
    folder
        Of the warning that is watched.
    settings
        Whose channels for the operator are used.
    """

    def __init__(self, folder: Path, settings: RainWarning) -> None:
        self._folder = folder
        self._ways: list[Way] = [
            way for way in ways(settings.channels, folder) if "operator" in way.audience
        ]
        self._journal = Journal(folder / "guard", write=True)
        register(self._journal, self._ways)

    def look(self, now: datetime) -> bool:
        """Look once; return whether the warning is silent.

        Parameters
        ----------
        now
            With zone.
        """
        found = pulse(self._folder, now)
        if found.silent:
            words = warning_texts()["operator"]
            zone = ZoneInfo(city().city.timezone)
            last = found.at.astimezone(zone) if found.at else None
            time = f"{last:%d.%m.%Y um %H:%M} Uhr" if last else words["never"]
            # One message per silence: the key is the last sign of life.
            stamp = f"{found.at:%Y%m%dT%H%M%S}" if found.at else "never"
            event = operator_event(
                f"operator.silent.{stamp}", words["silent_subject"],
                words["silent_text"].format(time=time), now,
            )  # fmt: skip
            self._journal.commit([event])
        deliver(self._journal, self._ways, now)
        return found.silent

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()
