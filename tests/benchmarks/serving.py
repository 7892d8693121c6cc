"""Measure how fast and how small people are served: ``python tests/benchmarks/serving.py``.

Stock Jupyter (or Panel) and ours in one run on the same notebook; ends with one table. ``--quick``
tries everything with few visitors: its figures say that the measurement works, nothing more.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from parts import browser, kernels, labs, memory, static, voila
from parts.rows import Row, table

PARTS = ("kernels", "labs", "voila", "browser", "static", "memory")


def measured(chosen: list[str], quick: bool) -> Iterator[list[Row]]:
    """Measure the chosen parts one after the other."""
    if "kernels" in chosen:
        yield kernels.measure(3, 1) if quick else kernels.measure(10, 3)
    if "labs" in chosen:
        yield labs.measure(3 if quick else 30)
    if "voila" in chosen:
        yield voila.measure((1, 3) if quick else (1, 10, 25))
    if {"browser", "static"} & set(chosen):
        with browser.town() as lab:
            if "browser" in chosen:
                yield browser.measure(lab, 1 if quick else 7)
            if "static" in chosen:
                yield static.measure(lab, 2 if quick else 10)
    if "memory" in chosen:
        yield memory.measure(4 if quick else 25)


def main() -> None:
    """Measure and print one table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    asked.add_argument("--quick", action="store_true", help="few visitors, one repeat")
    options = asked.parse_args()
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        asked.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    rows: list[Row] = []
    for found in measured(chosen, options.quick):
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"{load}\n{table(found)}\n", flush=True)
        rows += found
    print("quick: few visitors, no proof\n" if options.quick else "", end="")
    print(table(rows))


if __name__ == "__main__":
    main()
