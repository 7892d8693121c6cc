"""Measure the vacancy register and the matching: ``python tests/benchmarks/vacancy.py``.

Histories run against a real SQLite register (``synchronous`` off: its waiting for the disk is not
what is measured). Duplicates: labelled synthetic shops of seeds that no limit was tuned on.
Matching: 200 streets of 40 units with one planted unit that is good by construction, not by its
score (``tests/innenstadt/matching/planted.py``).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from heating import shared

from innenstadt.matching.planted import planted
from innenstadt.vacancy.labelled import labelled, skill
from innenstadt.vacancy.lists import TRUTH, VARIANTS, rendered
from innenstadt.vacancy.test_import import accounted
from innenstadt.vacancy.test_register import random_histories
from stadtlabor.innenstadt.matching import candidates, rank
from stadtlabor.innenstadt.vacancy import (
    Actor,
    Register,
    duplicates,
    expose,
    fill,
    import_table,
    poster,
    rates,
    take,
)
from stadtlabor.sources.ledger import lines_of

EDITOR = Actor("editor", "messung")
COLD = """
import sys, time
begin = time.perf_counter()
from pathlib import Path
from stadtlabor.innenstadt.vacancy import Register, expose
register = Register(Path(sys.argv[1]))
len(expose(register, sys.argv[2], "https://stadt.example/leerstand/x").pdf)
print(time.perf_counter() - begin)
"""


def timed(work: Callable[[], object], times: int = 5) -> float:
    """Return the median of some runs, milliseconds."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begin))
    return statistics.median(took)


def histories(count: int, folder: Path) -> None:
    """Try random moves; the check raises where a history reaches an illegal state."""
    register = Register(folder)
    sqlalchemy.event.listen(
        register.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF")
    )
    begin = time.perf_counter()
    taken = random_histories(register, count, seed=11)
    took = time.perf_counter() - begin
    states: dict[str, int] = {}
    for standing in register.units().values():
        states[standing.state] = states.get(standing.state, 0) + 1
    print(
        f"histories: {count} random ones, {8 * count} moves tried, {taken} taken, "
        f"0 illegal states, {took:.0f} s; they end as {dict(sorted(states.items()))}"
    )


def lists(folder: Path) -> None:
    """Read the lists that are there and tell what became of their rows."""
    rows = entries = 0
    for variant in VARIANTS:
        report = import_table(rendered(variant), name=variant["name"])
        assert accounted(report)
        rows, entries = rows + report.rows, entries + len(report.entries)
    print(f"import: {len(VARIANTS)} German headers, {entries} of {rows} rows placed")
    assert len(TRUTH) == 12
    data = shared()
    if data is None:
        return
    path = data / "innenstadt" / "nyc_storefronts_district43.csv.gz"
    report = import_table(path)
    named = len(lines_of(report.rejected))
    read = timed(lambda: import_table(path))
    register = Register(folder)
    begin = time.perf_counter()
    take(register, report, EDITOR, checked_at=datetime.now(UTC))
    took = time.perf_counter() - begin
    print(
        f"  New York: {len(report.entries)} of {report.rows} rows placed, {named} refused by name "
        f"({(len(report.entries) + named) / report.rows:.1%} accounted for); "
        f"read in {read:.0f} ms, written as one operation in {1000 * took:.0f} ms"
    )
    streets = len(rates(register)) - 1
    print(f"  rates of its {streets} streets: {timed(lambda: rates(register)):.0f} ms")


def doubles(sets: int) -> None:
    """Print precision and recall of the proposals."""
    found = []
    for seed in range(5000, 5000 + sets):
        made = labelled(seed)
        begin = time.perf_counter()
        pairs = {(p.first, p.second) for p in duplicates(made.units)}
        took = time.perf_counter() - begin
        found.append((*skill(pairs, made.same), len(made.units), len(made.same), took))
    columns = list(zip(*found, strict=True))
    precision, recall = columns[0], columns[1]
    print(
        f"duplicates: {sets} sets, {sum(columns[2])} units, {sum(columns[3])} pairs: precision "
        f"{statistics.mean(precision):.3f} (worst {min(precision):.3f}, promised 0.95), recall "
        f"{statistics.mean(recall):.3f} (worst {min(recall):.3f}, promised 0.90), "
        f"{1000 * statistics.mean(columns[4]):.0f} ms per set"
    )


def documents(folder: Path) -> None:
    """Time the exposé, first in a fresh process, then in one that has made one before."""
    register = Register(folder)
    fill(register, 2026)
    unit = register.public().items[0].values["id"]
    address = f"https://stadt.example/leerstand/{unit}"
    cold = subprocess.run(
        [sys.executable, "-c", COLD, str(folder), unit], check=True, capture_output=True, text=True
    )
    page = timed(lambda: expose(register, unit, address).html)
    warm = timed(lambda: expose(register, unit, address).pdf)
    print(
        f"exposé: HTML {page:.0f} ms, PDF {warm:.0f} ms, poster "
        f"{timed(lambda: poster(register, unit, address).pdf):.0f} ms (promised 2000); first one "
        f"of a fresh process with all imports {1000 * float(cold.stdout):.0f} ms"
    )
    print(f"public view: {len(register.units())} units, {timed(register.public):.0f} ms")
    found = candidates(register)
    concept = planted(1).concept
    ranked = timed(lambda: rank(concept, found))
    print(f"matching: {len(found)} simulated units ranked in {ranked:.0f} ms")


def matches(cases: int) -> None:
    """Print how often the planted unit is found."""
    places = []
    for seed in range(1000, 1000 + cases):
        case = planted(seed)
        order = [m.unit for m in rank(case.concept, case.units)]
        places.append(order.index(case.good) + 1)
    first, third = (sum(p <= n for p in places) / cases for n in (1, 3))
    print(
        f"planted: {cases} cases of 40 units, known-good unit first in {first:.1%}, among the "
        f"first three in {third:.1%} (promised 90 %), worst place {max(places)}"
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--histories", type=int, default=10_000)
    asked.add_argument("--sets", type=int, default=20)
    asked.add_argument("--cases", type=int, default=200)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        lists(folder / "lists")
        doubles(options.sets)
        documents(folder / "documents")
        matches(options.cases)
        histories(options.histories, folder / "histories")


if __name__ == "__main__":
    main()
