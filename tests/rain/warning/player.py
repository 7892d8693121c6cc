"""Play a recorded storm in a process of its own: ``python player.py FOLDER PLAN.json``.

Where the plan says ``promoted`` the notebook in operation is run for every frame, by papermill, and
``FOLDER`` is the home of it all.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(folder: Path, plan: dict) -> None:
    """Play what the plan says; print one line per turn."""
    pipeline = None
    if plan.get("promoted"):
        os.environ |= {"STADTLABOR_HOME": str(folder), "STADTLABOR_CITY": plan["city"]}
    # Only now: whoever reads the city first reads it for good.
    from stadtlabor.catchments import ChannelEntry
    from stadtlabor.city import city
    from stadtlabor.promotion import resolve
    from stadtlabor.rain.warning.replay import play

    if plan.get("promoted"):
        pipeline = resolve("regenwarnung")
    channels = [ChannelEntry.model_validate(entry) for entry in plan["channels"]]
    region = None if pipeline else (slice(*plan["rows"]), slice(*plan["columns"]))
    for now, turn, seconds in play(
        [Path(p) for p in plan["paths"]], folder, city().warning, plan.get("speed"), channels,
        region, plan.get("spacing_km"), pipeline,
    ):  # fmt: skip
        told = {
            "now": now.isoformat(), "seconds": round(seconds, 3), "messages": len(turn.messages),
            "stale": turn.verdict.stale, "failed": turn.failed,
            "assessed": turn.assessment is not None, "run_s": run_seconds(folder, turn),
        }  # fmt: skip
        print(json.dumps(told), flush=True)


def run_seconds(folder: Path, turn: object) -> float:
    """Return how long the run of papermill behind a turn took; 0 where there was none."""
    issued = getattr(getattr(turn, "assessment", None), "issued", None)
    found = (
        sorted(folder.glob(f"runs/regenwarnung/{issued:%Y%m%dT%H%M}-*/run.json")) if issued else []
    )
    return float(json.loads(found[-1].read_text())["seconds"]) if found else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()))
