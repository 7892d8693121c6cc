"""The official warnings beside the city's own, or that nothing is known of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.city import city
from stadtlabor.settings import settings
from stadtlabor.web.texts import texts

__all__ = ["official_shown"]

HOUR = timedelta(hours=1)


def official_shown(home: Path, now: datetime) -> dict[str, Any] | None:
    """Return what the page says about official warnings; None where the city asks for none.

    Parameters
    ----------
    home
        Folder of run-time files; the kept answer is only read.
    now
        With zone.
    """
    feed = city().feeds.alerts
    if feed is None or settings().sources.alerts == "off":
        return None
    from stadtlabor.sources.asking_memory import Memory
    from stadtlabor.sources.dwd_alerts import groups
    from stadtlabor.sources.dwd_alerts_now import official

    memory = Memory(home / "sources")
    try:
        shown = official(memory, feed, now)
    finally:
        memory.close()
    words, zone = texts()["rain"]["official"], ZoneInfo(city().city.timezone)

    def clock(instant: pd.Timestamp | datetime) -> str:
        return f"{instant.astimezone(zone):%d.%m., %H:%M} Uhr"

    rows = [
        {
            "level": alert.level,
            "badge": words["badge"].format(level=alert.level),
            "kind": ", ".join(groups()[kind] for kind in alert.kinds),
            "when": words["when"].format(
                start=clock(alert.onset),
                end=clock(alert.expires) if alert.expires is not None else words["open_end"],
            ),
        }
        for alert in shown.alerts
    ]
    if shown.known:
        sentence = words["warned" if rows else "none"].format(area=shown.area)
    else:
        sentence = words["unknown"]
    stand = words["stand"].format(time=clock(shown.checked)) if shown.checked else ""
    # The page answers for the coming hour, so what holds only later stays below.
    soon = [r for r, a in zip(rows, shown.alerts, strict=True) if a.onset <= now + HOUR]
    top = words["top"].format(**soon[0]) if soon and shown.known else ""
    marks = [(alert.kinds, alert.level, str(alert.expires)) for alert in shown.alerts]
    return {
        "known": shown.known, "sentence": sentence, "rows": rows, "stand": stand,
        "top": top,
        "version": f"{shown.known}-{marks}",
    }  # fmt: skip
