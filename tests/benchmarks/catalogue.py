"""200 data sets as DCAT-AP.de 3.0: ``python tests/benchmarks/catalogue.py [--count 200]``.

Prints the seconds for building, writing and validating against the official shapes (limit: 5 s)
and the number of violations and warnings (limit: 0). Then what the check of incoming values costs:
seconds to load the library, memory, milliseconds per batch. Needs the shapes in ``shared/data``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stadtlabor.catalogue.content import lacking
from stadtlabor.catalogue.dcat import catalogue
from stadtlabor.catalogue.rdf import KINDS, graph, written
from stadtlabor.observations import Batch, Datastream, observations
from varied_cards import Shapes, varied

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 5.0
BASE = "https://stadt.example"


def shared() -> Path:
    """Return the folder of recorded data."""
    stated = os.environ.get("STADTLABOR_SHARED")
    return Path(stated) if stated else ROOT.parent / "shared" / "data"


def entries(count: int) -> bool:
    """Build, write and validate; tell whether all limits are kept."""
    cards = varied(count)
    start = time.perf_counter()
    shapes = Shapes(shared() / "dcat-ap-de")
    loaded = time.perf_counter()
    document = catalogue(cards, BASE)
    missing = lacking(document)
    made = graph(document)
    built = time.perf_counter()
    findings = shapes.findings(made)
    done = time.perf_counter()
    severities = Counter(said.partition(":")[0] for said in findings)
    print(
        f"{count} Datensätze, {len(made)} Tripel: Formen laden {loaded - start:.2f} s, "
        f"bauen {built - loaded:.2f} s, prüfen {done - built:.2f} s; "
        f"Verstöße {severities['Violation']}, Warnungen {severities['Warning']}, "
        f"eigene Prüfung: {len(missing)} Lücken"
    )
    for said in findings[:5]:
        print("  ", said)
    for kind in KINDS:
        start = time.perf_counter()
        size = len(written(document, kind))
        print(f"  {kind}: {size / 1e3:.0f} kB in {time.perf_counter() - start:.2f} s")
    return not findings and not missing and done - loaded <= LIMIT_S


def check() -> None:
    """Print what the check of incoming values costs."""
    process = psutil.Process()
    before, start = process.memory_info().rss, time.perf_counter()
    from stadtlabor.catalogue.contract import upheld

    streams = [
        Datastream(f"rain-gauge/g{n}/rain", f"Gerät {n}", "precipitation", "mm", 300, "", "")
        for n in range(200)
    ]
    random = np.random.default_rng(1)
    for count in (1, 5_000, 100_000):
        values = random.gamma(0.3, 2.0, count)
        for bad in (0, 0.02):
            shown = np.where(random.random(count) < bad, 900.0, values)
            frame = observations(
                [streams[n].id for n in random.integers(0, 200, count)],
                pd.date_range("2026-01-01", periods=count, freq="5min", tz="UTC"),
                shown,
            )
            batch = Batch(frame, streams)
            if count == 1 and not bad:
                upheld(batch)
                grown = (process.memory_info().rss - before) / 1e6
                print(f"Prüfer laden: {time.perf_counter() - start:.2f} s, {grown:.0f} MB")
            times = []
            for _ in range(5):
                start = time.perf_counter()
                kept = upheld(batch).keep.sum()
                times.append(time.perf_counter() - start)
            print(
                f"  {count:>7} Werte, {count - kept} verletzen den Vertrag: "
                f"{1e3 * sorted(times)[2]:.1f} ms"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    good = entries(parser.parse_args().count)
    check()
    sys.exit(not good)
