"""The small print of every number: source, licence, share of simulated values, version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Quality
from stadtlabor.ui.texts import percent, text

__all__ = ["Note", "note"]


@dataclass(frozen=True)
class Note:
    """Where a figure comes from.

    Attributes
    ----------
    sources, licences
        German notes, in the order of first use.
    version
        ``dataset@version`` of what was read.
    simulated
        True if any value is simulated.
    filled, suspect
        Shares of the values, 0–1.
    """

    sources: tuple[str, ...]
    licences: tuple[str, ...]
    version: str = ""
    simulated: bool = False
    filled: float = 0.0
    suspect: float = 0.0

    def sentences(self) -> list[str]:
        """Return the note as German sentences."""
        lines = []
        if self.simulated:
            lines.append(text("chart.simulated_note"))
        if self.filled:
            lines.append(text("chart.filled_note", share=percent(self.filled, 1)))
        if self.suspect:
            lines.append(text("chart.suspect_note", share=percent(self.suspect, 1)))
        if self.sources:
            lines.append(
                text(
                    "chart.source",
                    sources="; ".join(self.sources),
                    licences="; ".join(self.licences),
                )
            )
        if self.version:
            lines.append(text("chart.version_note", version=self.version))
        lines.append(text("chart.time_note", zone=city().city.timezone))
        return lines


def note(data: Any) -> Note:
    """Make the note of what :mod:`stadtlabor.data` returned (a frame or a grid with ``attrs``)."""
    attrs = data.attrs
    quality = (
        data["quality"].astype(int)
        if isinstance(data, pd.DataFrame) and "quality" in data
        else pd.Series(dtype=int)
    )

    def share(bit: Quality) -> float:
        return float((quality & int(bit)).astype(bool).mean()) if len(quality) else 0.0

    def several(key: str, single: str) -> tuple[str, ...]:
        value = attrs.get(key, attrs.get(single, ()))
        return (value,) if isinstance(value, str) else tuple(value)

    return Note(
        sources=several("sources", "source"),
        licences=several("licences", "licence"),
        version=str(attrs.get("citation", "")),
        simulated=bool(attrs.get("simulated", False)) or share(Quality.SIMULATED) > 0,
        filled=share(Quality.FILLED),
        suspect=share(Quality.SUSPECT),
    )
