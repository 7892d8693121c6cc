"""Measure the footfall strand: ``python tests/benchmarks/footfall.py [forecast|other|flags|…]``.

``forecast`` prints Würzburg September to December 2024, ``other`` the periods on which the model
was chosen (Würzburg June to August, Leeds), ``short`` histories below a year at random, ``flags``
what is marked, ``gaps`` how well gaps are
filled, ``effect`` false alarms and power of the placebo test. Splits are by time only: each day is
forecast from days before it. WAPE = sum of absolute errors / sum of counts; ``all`` are all
published hours, ``open`` 9 to 20 h Monday to Saturday without holidays, ``sound`` the hours without
a flag. The target is what will be published unless the line says ``target true``. Observed weather
makes the figures optimistic against a weather forecast. The data lie below ``STADTLABOR_SHARED``.
"""

from __future__ import annotations

import argparse

from parts import footfall_checks as checks
from parts.footfall_forecast import GOAL, OTHER, short, show

PARTS = ("forecast", "other", "short", "flags", "gaps", "effect")


def main() -> None:
    """Print the parts asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("part", nargs="*", choices=[[], *PARTS], default=[])
    asked.add_argument("--windows", type=int, default=500, help="placebo windows")
    asked.add_argument("--short", type=int, default=24, help="windows with a short history")
    asked.add_argument("--gaps", type=int, default=40, help="hidden gaps per city")
    options = asked.parse_args()
    parts = options.part or PARTS
    if "forecast" in parts:
        for case in GOAL:
            show(case)
    if "other" in parts:
        for case in OTHER:
            show(case)
    if "short" in parts:
        short(options.short)
    if "flags" in parts:
        checks.flags()
    if "gaps" in parts:
        checks.gaps(options.gaps)
    if "effect" in parts:
        checks.placebos(options.windows)


if __name__ == "__main__":
    main()
