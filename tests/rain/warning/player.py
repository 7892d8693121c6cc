"""Play a recorded storm in a process of its own: ``python player.py FOLDER PLAN.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from stadtlabor.catchments import ChannelEntry
from stadtlabor.city import city
from stadtlabor.rain.warning.replay import play


def main(folder: Path, plan: dict) -> None:
    """Play what the plan says; print one line per turn."""
    channels = [ChannelEntry.model_validate(entry) for entry in plan["channels"]]
    rows, columns = plan["rows"], plan["columns"]
    for now, turn, seconds in play(
        [Path(p) for p in plan["paths"]], folder, city().warning, plan.get("speed"), channels,
        (slice(*rows), slice(*columns)), plan["spacing_km"],
    ):  # fmt: skip
        told = {
            "now": now.isoformat(), "seconds": round(seconds, 3), "messages": len(turn.messages),
            "stale": turn.verdict.stale, "failed": turn.failed,
        }  # fmt: skip
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()))
