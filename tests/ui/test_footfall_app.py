from __future__ import annotations

from pathlib import Path

import pandas as pd

from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.store import Store
from stadtlabor.ui.footfall_app import FootfallApp


def arrive(home: Path, kind: str, interval_s: int, end: pd.Timestamp) -> None:
    """Store the newest hours of one counter in the city of the settings, as the collector does."""
    name = f"footfall/markt/{kind}"
    stream = Datastream(
        name,
        "Passanten",
        "pedestrians",
        "1",
        interval_s,
        "Stadt Musterstadt",
        "CC0",
        simulated=True,
        thing_name="Markt",
        area="Kempten",
        lat=47.7,
        lon=10.3,
    )
    times = pd.date_range(end=end, periods=48, freq=pd.Timedelta(seconds=interval_s))
    store = Store(home / "store")
    store.write(Batch(observations(name, times, 20.0, Quality.SIMULATED), [stream]))
    store.close()


def test_a_count_that_starts_while_one_watches_is_shown(empty_home: Path) -> None:
    app = FootfallApp(live=False)
    assert "Noch keine Messung" in app.headline.value
    now = pd.Timestamp.now("UTC").floor("1min")
    arrive(empty_home, "stunde", 3600, now.floor("1h"))
    app.refresh()
    assert "keine laufende Zählung" in app.headline.value
    assert app.area.value == "Kempten"
    arrive(empty_home, "live", 60, now)
    app.refresh()
    assert "In der letzten Stunde gingen" in app.headline.value
    assert "simuliert" in app.headline.value
    assert "Höchster Wert" in app.charts.value


def test_the_choice_of_a_reader_outlives_new_counters(empty_home: Path) -> None:
    now = pd.Timestamp.now("UTC").floor("1h")
    arrive(empty_home, "stunde", 3600, now)
    app = FootfallApp(live=False)
    chosen = app.counter.value
    charts = app.charts.value
    arrive(empty_home, "live", 60, now)
    app.refresh()
    assert (app.area.value, app.counter.value, app.charts.value) == ("Kempten", chosen, charts)
