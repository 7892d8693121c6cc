"""Series that a person wants to have erased: an order to the ingest, for only that may write.

An order is a file below ``spool``, which nobody else can read. It is taken away when everything
has been done, so a crash repeats it; the answer tells how much went, not whose it was.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from stadtlabor.retention import deliveries
from stadtlabor.retention.aggregates import gathered
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.store import Spool, Store, StoreError
from stadtlabor.store.files import write_durably

__all__ = ["Answer", "await_answer", "carry_out", "execute", "give"]

_GRAINS = ("hour", "day", "month")


@dataclass(frozen=True)
class Answer:
    """What went: values, deliveries of the spool, uploaded files; German words where it failed."""

    values: int = 0
    deliveries: int = 0
    files: int = 0
    fault: str = ""


def _folder(home: Path) -> Path:
    return home / "spool" / "erasures"


def give(home: Path, series: Sequence[str]) -> str:
    """Leave an order and return its name."""
    name = secrets.token_hex(8)
    write_durably(_folder(home) / f"{name}.order.json", json.dumps(sorted(series)).encode())
    return name


def await_answer(home: Path, name: str, within_s: float) -> Answer | None:
    """Return the answer to an order and take it away; None where none comes in time."""
    path = _folder(home) / f"{name}.done.json"
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if path.exists():
            answer = Answer(**json.loads(path.read_text(encoding="utf-8")))
            path.unlink()
            return answer
        time.sleep(0.1)
    return None


def carry_out(
    home: Path, spool: Spool, store: Store, memory: Memory, step: Callable[[], int]
) -> int:
    """Carry out all orders that lie there; return how many.

    Parameters
    ----------
    home
        Folder of run-time files.
    spool, store, memory
        What may hold the series; this process must be the writer.
    step
        Brings one stretch of the spool into the store.
    """
    waiting = sorted(_folder(home).glob("*.order.json"))
    for order in waiting:
        try:
            series = [str(name) for name in json.loads(order.read_text(encoding="utf-8"))]
        except ValueError:
            answer = Answer(fault="Der Auftrag ist nicht lesbar. Bitte noch einmal erteilen.")
        else:
            try:
                answer = execute(home, spool, store, memory, series, step)
            except StoreError as error:
                answer = Answer(fault=str(error))
        done = order.with_name(order.name.replace(".order.", ".done."))
        write_durably(done, json.dumps(asdict(answer)).encode())
        order.unlink()
    return len(waiting)


def execute(
    home: Path,
    spool: Spool,
    store: Store,
    memory: Memory,
    series: Sequence[str],
    step: Callable[[], int],
) -> Answer:
    """Erase series, their aggregates and everything that brought them."""
    last = spool.counts()["received"]
    while spool.watermark < last and step():
        pass  # what has arrived must be in the store before its delivery can go
    # Deliveries first: were they last, a crash in between could leave them without their order.
    taken, files = deliveries.erase(home, spool, deliveries.Wanted(frozenset(series)))
    values = 0
    by_dataset = defaultdict(list)
    for name in series:
        dataset = name.split("/", 1)[0]
        by_dataset[dataset].append(name)
        for stream in store.datastreams(dataset):
            if stream.id == name:
                for left in (left for grain in _GRAINS for left in gathered(stream, grain)):
                    by_dataset[left.dataset].append(left.id)
    for dataset in sorted(by_dataset, reverse=True):  # aggregates before what they are found by
        known = {stream.id for stream in store.datastreams(dataset)}
        present = sorted(known & set(by_dataset[dataset]))
        if present:
            values += store.erase(dataset, present).rows
    memory.erase(series)
    return Answer(values, taken, files)
