"""Events of lineage: read back by OpenLineage's own library, bounded, and true to the spool."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet
from openlineage.client.generated.input_statistics_input_dataset import (
    InputStatisticsInputDatasetFacet,
)
from openlineage.client.generated.output_statistics_output_dataset import (
    OutputStatisticsOutputDatasetFacet,
)

from stadtlabor.city import city
from stadtlabor.evidence import intake, lineage
from stadtlabor.evidence.inputs import described
from stadtlabor.evidence.intake import Intake, place_of
from stadtlabor.ingest.committer import Committer
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, Spool, Store

START = datetime(2026, 1, 1, tzinfo=UTC)


def count(number: int) -> Delivery:
    at = (START + timedelta(seconds=10 * number)).isoformat()
    body = {
        "end_device_ids": {"dev_eui": city().counters[0].eui},
        "uplink_message": {
            "received_at": at,
            "decoded_payload": {"count": number, "time": at, "interval_s": 10},
        },
    }
    return Delivery("tts", "v3/app@city/devices/geheim-7/up", json.dumps(body).encode(), START)


def understood(told: dict[str, Any]) -> RunEvent:
    """Read an event with the classes of OpenLineage, which check ids, times and kinds."""
    return RunEvent(
        eventTime=told["eventTime"], producer=told["producer"],
        eventType=RunState[told["eventType"]], run=Run(**told["run"]), job=Job(**told["job"]),
        inputs=[InputDataset(**each) for each in told["inputs"]],
        outputs=[OutputDataset(**each) for each in told["outputs"]],
    )  # fmt: skip


@pytest.fixture
def home(empty_home: Path) -> Path:
    return empty_home


def ingested(home: Path, *deliveries: Delivery) -> Committer:
    spool, store = Spool(home / "spool.db"), Store(home / "store")
    spool.put(deliveries)
    committer = Committer(spool, store, GridStore(home / "store"), 3600)
    while committer.step():
        pass
    committer.close()
    store.close()
    return committer


def test_what_came_in_is_told_as_openlineage_has_it(home: Path) -> None:
    ingested(home, count(1), count(2), Delivery("tts", "x", b"{kaputt", START), count(3))
    (told,) = lineage.events(intake.folder(home))
    read = understood(told)
    assert read.job.name == "ingest/footfall"
    assert told["schemaURL"] == RunEvent._get_schema()
    facets = {**told["outputs"][0]["facets"], **told["outputs"][0]["outputFacets"],
              **told["inputs"][0]["inputFacets"]}  # fmt: skip
    for name, kind in (
        ("version", DatasetVersionDatasetFacet),
        ("outputStatistics", OutputStatisticsOutputDatasetFacet),
        ("inputStatistics", InputStatisticsInputDatasetFacet),
    ):
        assert facets[name]["_schemaURL"] == kind._get_schema()
        assert facets[name]["_producer"]
    assert facets["outputStatistics"]["rowCount"] == 3
    assert facets["inputStatistics"] == facets["inputStatistics"] | {"rowCount": 3, "fileCount": 3}
    assert told["run"]["facets"]["stadtlabor_spool"]["first"] == 1
    assert told["run"]["facets"]["stadtlabor_spool"]["last"] == 4
    # The name of a device can lead to a person: nothing of it stays.
    assert "geheim-7" not in json.dumps(told)


def test_a_version_knows_its_rows_providers_deliveries_and_rules(home: Path) -> None:
    ingested(home, count(1), count(2))
    version = Store(home / "store").version("footfall")
    found = described("footfall", version.version, version.sha256[:16])
    assert (found.rows, found.there, found.sha256) == (2, True, version.sha256)
    assert [(d.decoder, d.rows, d.deliveries) for d in found.deliveries] == [("tts", 2, 2)]
    assert found.providers[0].series == 1
    assert found.policy == "zaehlung"
    assert len(found.policy_sha256) == 64
    gone = described("footfall", 999, "ab12")
    assert (gone.there, gone.rows, gone.sha256) == (False, None, "ab12")


def test_later_deliveries_do_not_count_for_an_earlier_version(home: Path) -> None:
    ingested(home, count(1))
    first = Store(home / "store").version("footfall").version
    ingested(home, count(2), count(3))
    second = Store(home / "store").version("footfall").version
    assert described("footfall", first).deliveries[0].rows == 1
    assert described("footfall", second).deliveries[0].rows == 3


def test_seals_are_told(home: Path) -> None:
    spool, store = Spool(home / "spool.db"), Store(home / "store")
    spool.put([count(1), count(2)])
    committer = Committer(spool, store, GridStore(home / "store"), 0.0)
    committer.step()
    committer.tidy()
    store.close()
    told = [e for e in lineage.events(intake.folder(home)) if e["job"]["name"] == "seal/footfall"]
    assert len(told) == 1
    understood(told[0])
    assert told[0]["run"]["facets"]["stadtlabor_seal"]["months"] == ["2026-01"]


def test_commits_of_some_minutes_are_told_together_and_places_stay_few(tmp_path: Path) -> None:
    took = Intake(tmp_path, lambda _: 7, every_s=1e9)
    for number in range(100):
        took.committed(["weather"], [number], {number: ("dwd-station", f"datei-{number}.zip")})
    took.committed(["weather"] * 50, [200] * 50, {200: ("dwd-station", "oft.zip")})
    assert list(lineage.events(tmp_path)) == []
    took.tell()
    (told,) = lineage.events(tmp_path)
    assert len(told["inputs"]) <= intake.MOST_PLACES + 1
    rows = [each["inputFacets"]["inputStatistics"]["rowCount"] for each in told["inputs"]]
    assert (sum(rows), rows[0]) == (150, 50)
    files = [each["inputFacets"]["inputStatistics"]["fileCount"] for each in told["inputs"]]
    assert sum(files) == 101


def test_the_log_stays_small_and_bears_a_crash(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lineage, "MOST_BYTES", 2_000)
    monkeypatch.setattr(lineage, "MOST_FILES", 3)
    for number in range(60):
        lineage.note(tmp_path, lineage.event("probe", str(number), [], []))
    files = sorted(tmp_path.glob("*.ndjson"))
    assert len(files) == 3
    assert sum(path.stat().st_size for path in files) < 3 * 3_000
    with files[-1].open("a") as file:
        file.write('{"eventTime": "2026')
    before = len(list(lineage.events(tmp_path)))
    assert before > 5


def test_places_hold_no_key_and_no_device() -> None:
    assert place_of("https://x.example.org/a/b?key=geheim#c") == "https://x.example.org/a/b"
    assert place_of("https://me:pw@x.example.org/a") == "https://x.example.org/a"
    assert place_of("v3/app@city/devices/wohnung-huber/up") == ""
    assert place_of("verbrauch.csv") == "verbrauch.csv"
    assert place_of("/home/huber/verbrauch.csv") == "verbrauch.csv"
