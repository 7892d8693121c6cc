"""Bills that stand there twice or whose periods overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.table import Table

__all__ = ["once", "without_overlaps"]


def once(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Count rows that say the same once."""
    repeat = frame.duplicated(["meter", "medium", "start", "end", "value", "unit"], keep="first")
    for line in frame.loc[repeat, "line"]:
        table.ledger.repair(
            line, "Die Zeile steht mehrfach mit gleichem Wert da; sie zählt einmal", NOTHING_TO_DO
        )
    return frame[~repeat]


def without_overlaps(table: Table, frame: pd.DataFrame, inclusive: bool, zone: str) -> pd.DataFrame:
    """Refuse bills whose periods overlap; a shared day at the border is no overlap."""
    bad: set[int] = set()
    slack = pd.Timedelta(days=1 if inclusive else 0, hours=2)
    ends: Any = frame["end"]
    starts: Any = frame["start"]
    for _, one in frame.groupby(["meter", "medium"], sort=False):
        ordered = one.sort_values(["start", "end"])
        index: Sequence[int] = list(ordered.index)
        latest = -1
        for n in range(1, len(index)):
            before = index[n - 1] if latest < 0 else latest
            if ends[index[n - 1]] >= ends[before]:
                before = index[n - 1]
            latest = before
            here = index[n]
            shared = ends[before] - starts[here]
            # Periods of a day or less lie within the slack, and yet one covers the other.
            whole = min(ends[before] - starts[before], ends[here] - starts[here])
            if shared > slack or (shared > pd.Timedelta(0) and shared >= whole):
                bad |= {before, here}
    for n in sorted(bad):
        start, end = (times[n].tz_convert(zone) for times in (starts, ends))
        table.ledger.reject(
            int(table.lines[n]),
            f"Der Zeitraum {start:%d.%m.%Y} bis {end:%d.%m.%Y} überschneidet sich mit einem "
            "anderen",
            "Bitte entscheiden, welche Rechnung gilt, und die andere löschen",
        )
    return frame.drop(index=sorted(bad))
