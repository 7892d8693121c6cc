"""A warm worker against fresh interpreters: ``python tests/benchmarks/promotion.py STORM``.

``STORM`` is a folder of recorded radar files, read through ``stadtlabor replay``. Both ways run
the rain warning for the same issue times, in turns, each run in processes of its own. Printed are
seconds per run (median, worst), their ratio, the processor time, the time of a rollback until the
next run uses the former version, and whether a run repeats itself byte for byte.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WAYS = {"warm": True, "fresh": False}


def main() -> None:
    """Set up a home of its own, run, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("storm", type=Path)
    asked.add_argument("--runs", type=int, default=4)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["STADTLABOR_HOME"] = home
        program = str(Path(sys.executable).with_name("stadtlabor"))
        subprocess.run([program, "replay", options.storm], check=True, capture_output=True)
        compare(options.runs)
        go_back()


def compare(count: int) -> None:
    """Run both ways in turns."""
    from stadtlabor import data, promotion
    from stadtlabor.promotion.execution import attempt
    from stadtlabor.promotion.worker import template

    pipeline = promotion.resolve("regenwarnung")
    begun = time.monotonic()
    template().start()
    first = promotion.run("regenwarnung", dataset="rain-radar")  # the template is ready with it
    print(f"start of the template with its first run: {time.monotonic() - begun:.1f} s")
    passed = dict(first.passed)
    issues = data.grid_times("rain-radar")[-count:]
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for issue in issues:
        for way, forked in WAYS.items():
            passed["issue"] = issue.isoformat()
            place = Path(os.environ["STADTLABOR_HOME"]) / "place"
            begun = time.monotonic()
            outcome = attempt(pipeline.source(), passed, place, pipeline, forked=forked)
            seconds[way].append(time.monotonic() - begun)
            assert not outcome.reason, outcome.reason
    for way, each in seconds.items():
        print(f"{way:5}: median {statistics.median(each):5.1f} s, worst {max(each):5.1f} s")
    ratio = statistics.median(seconds["fresh"]) / statistics.median(seconds["warm"])
    print(f"fresh / warm: {ratio:.1f}")
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    again = promotion.rerun(first)
    print(f"again from its provenance: {'same' if again.same else again.differences}")


def go_back() -> None:
    """Put a second version into operation, and take it back."""
    from stadtlabor import data, promotion

    listed = promotion.resolve("regenwarnung")
    first = promotion.register(listed, "benchmark")
    changed = listed.model_copy(update={"parameters": {}})  # with the notebook's own defaults
    second = promotion.register(changed, "benchmark", alias="champion")
    assert promotion.resolve("regenwarnung").version == second.number
    begun = time.monotonic()
    promotion.rollback("regenwarnung", "benchmark")
    known = time.monotonic() - begun
    earlier = data.grid_times("rain-radar")[-5].isoformat()  # not run yet
    run = promotion.run("regenwarnung", dataset="rain-radar", issue=earlier)
    assert run.version == first.number
    print(f"rollback: {known:.2f} s, with the next run {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
