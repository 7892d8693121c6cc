"""Read 10,000 mutated meter files: ``python tests/benchmarks/import.py --files 10000 --seed 1``.

Prints how many were read, refused with a German sentence, refused badly, ended in a traceback, or
were silently wrong (see ``tests/sources/judge.py``); then the speed of a load profile of one year
(35,040 rows) beside ``pandas.read_csv`` of the same file, which knows the answers beforehand.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sources.judge import bad_refusal, wrong
from sources.mutations import mutate
from sources.rendering import render
from sources.samples import draw
from stadtlabor.sources import SourceError, meter


def one(seed: int, number: int) -> tuple[str, str, bytes]:
    """Read one mutated file; return the verdict, its details and the file."""
    rng = np.random.default_rng([seed, number])
    sample = draw(rng)
    names = mutate(sample, rng)
    body = render(sample, rng)
    label = f"{number} {sample.name} {','.join(names)}"
    try:
        reading = meter.read_bytes(body, sample.name)
        str(reading.report)
        reading._repr_html_()
    except SourceError as error:
        bad = bad_refusal(sample, error)
        return ("bad refusal", f"{label}: {bad}: {error}", body) if bad else ("refused", "", body)
    except Exception:
        return "traceback", f"{label}: {traceback.format_exc(limit=-3)}", body
    found = wrong(sample, reading)
    return ("silently wrong", f"{label}: {found}", body) if found else ("read", "", body)


def profile() -> str:
    """Return a German load profile of one year, quarter-hours."""
    steps = pd.date_range("2025-01-01", "2026-01-01", freq="15min", tz="Europe/Berlin")
    values = np.random.default_rng(1).gamma(3, 4, len(steps))
    lines = [
        f"{a:%d.%m.%Y};{a:%H:%M};{b:%H:%M};{v:.3f};W".replace(".", "~", 2)
        .replace(".", ",")
        .replace("~", ".")
        for a, b, v in zip(steps, steps[1:], values, strict=False)
    ]
    return "\r\n".join(["Datum;Zeit von;Zeit bis;Verbrauch [kWh];Status", *lines]) + "\r\n"


def best(call: object, times: int = 5) -> float:
    """Return the shortest time of a call in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()  # type: ignore[operator]
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> int:
    """Run and print."""
    warnings.filterwarnings("error")
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shown", type=int, default=5, help="cases printed per bad verdict")
    parser.add_argument("--keep", type=Path, help="folder for the files of bad verdicts")
    chosen = parser.parse_args()
    verdicts: Counter[str] = Counter()
    start = time.perf_counter()
    for number in range(chosen.first, chosen.first + chosen.files):
        verdict, details, body = one(chosen.seed, number)
        verdicts[verdict] += 1
        if details and verdicts[verdict] <= chosen.shown:
            print(f"{verdict}: {details}", flush=True)
        if details and chosen.keep:
            (chosen.keep / f"{number}.{verdict.replace(' ', '-')}").write_bytes(body)
    taken = time.perf_counter() - start
    print(f"files {chosen.files}, {taken:.0f} s")
    for verdict in ("read", "refused", "bad refusal", "traceback", "silently wrong"):
        print(f"{verdict}: {verdicts[verdict]}")
    text = profile()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schule.electricity.lastgang.csv"
        path.write_text(text, encoding="utf-8", newline="")
        ours = best(lambda: meter.read(path))
        plain = best(
            lambda: pd.read_csv(
                path, sep=";", decimal=",", parse_dates=["Datum"], date_format="%d.%m.%Y"
            )
        )
    print(f"35,040 rows: {ours:.2f} s, pandas.read_csv {plain:.3f} s, ratio {ours / plain:.0f}")
    return sum(verdicts[v] for v in ("bad refusal", "traceback", "silently wrong"))


if __name__ == "__main__":
    sys.exit(min(main(), 1))
