"""Measure how well gaps are filled: ``python tests/benchmarks/gaps.py --gaps 200``.

Days of a real building are withheld (``parts/withheld.py``) and filled by ``fill_gaps`` and by the
rule of Energy Sparks (``parts/nearest_day.py``), on the same gaps in the same process. Printed are
the mean absolute error of hourly values, the share of true values inside the 90 % band (once of
all, once without hours that are certain to be nought), the share of true gap totals inside theirs
and the seconds of a fill. The data lie below ``STADTLABOR_SHARED``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from parts.withheld import Score, building, positions, score

HEAD = (
    "                 gaps  MAE ours  rule  ratio (all)   bias  in band (telling)  totals  s/fill"
)


def line(name: str, length: int, s: Score) -> str:
    """Return one line of the table."""
    return (
        f"{name:12}{length:3} d {s.gaps:4}  {s.ours / s.values:7.3f} {s.rule / s.values:7.3f} "
        f"{s.ratio:6.3f} ({s.everything[0] / s.everything[1]:.3f}) {100 * s.bias / s.true:5.1f} %  "
        f"{100 * s.coverage:5.1f} % ({100 * s.telling_covered / s.telling:.1f} %)  "
        f"{100 * s.total_coverage:5.1f} %  {s.seconds / s.fills:5.2f}"
    )


def main() -> None:
    """Print one line per meter and length of gap."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gaps", type=int, default=200, help="gaps per meter and length")
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--develop", action="store_true", help="use the blocks for developing")
    asked.add_argument("--quick", action="store_true", help="only gaps amid the series")
    options = asked.parse_args()
    folder = Path(os.environ.get("STADTLABOR_SHARED", "../shared/data"))
    data = folder / "klimaschule" / "cambridge-estates"
    if not data.is_dir():
        sys.exit(f"no data in {data}: set STADTLABOR_SHARED to the folder of the recorded data")
    print(HEAD)
    for kind in ("electricity", "gas"):
        b8 = building(data, kind)
        sums = Score()
        for length in (1, 3, 14):
            first = positions(len(b8.day_types), length, options.gaps, options.seed,
                              not options.develop)  # fmt: skip
            part = score(b8, length, first)
            print(line(kind, length, part), flush=True)
            sums.values += part.values
            sums.covered += part.covered
            sums.totals += part.totals
            sums.totals_covered += part.totals_covered
        print(f"{kind}: {100 * sums.coverage:.1f} % of values and "
              f"{100 * sums.total_coverage:.1f} % of totals inside their bands")  # fmt: skip
        if options.quick:
            continue
        for length in (1, 3, 14):
            first = positions(len(b8.day_types), length, options.gaps // 5, options.seed,
                              not options.develop)  # fmt: skip
            print(
                line(f"{kind[:5]} end", length, score(b8, length, first, at_end=True)), flush=True
            )
        for length in (1, 3, 14):
            first = positions(len(b8.day_types), length, options.gaps // 4, options.seed,
                              not options.develop)  # fmt: skip
            print(line(f"{kind[:5]} plain", length, score(b8, length, first, typed=False)),
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
