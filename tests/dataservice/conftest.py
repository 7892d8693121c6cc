"""A store with counters and meters, and a desk with policies over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from desks import NOW, counter
from stadtlabor.catalogue.policy import Plan, Rule
from stadtlabor.dataservice.answer import Desk, Guarded
from stadtlabor.dataservice.journal import Journal
from stadtlabor.dataservice.refusal import RefusedError
from stadtlabor.observations import Batch, observations
from stadtlabor.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Five counters in three parts of town, three days of quarter hours up to 12:15 UTC."""
    found = Store(tmp_path / "store")
    times = pd.date_range("2026-11-28", "2026-11-30 12:15", freq="15min", tz="UTC")
    dice = np.random.default_rng(1)
    counters = [counter("a"), counter("b"), counter("c"), counter("d", "Nord"), counter("e", "Süd")]
    frame = pd.concat(
        observations(each.id, times, dice.poisson(4, len(times))) for each in counters
    )
    found.write(Batch(frame.reset_index(drop=True), counters))
    yield found
    found.close()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Callable[..., Desk]:
    """Return a desk whose only data set has the stated rules."""

    def make(*rules: Rule, clock: Callable[[], datetime] = lambda: NOW) -> Desk:
        def guarded(dataset: str) -> Guarded:
            if dataset != "count":
                raise RefusedError(f"Der Datensatz „{dataset}“ hat keine Karte.")
            return Guarded(Plan("probe", "0" * 64, "Probe", rules), "Mehr Auskunft: Amt.")

        journal = Journal(tmp_path / "decisions")
        return Desk(store, guarded, journal, b"k" * 32, "Europe/Berlin", clock)

    return make
