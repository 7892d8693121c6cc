from datetime import UTC, datetime, timedelta
from threading import Thread

import httpx
import pytest

from stadtlabor.city import city
from stadtlabor.settings import Settings, Sources
from stadtlabor.sources import polls
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.polls import HystreetCounters, RadarFolder
from stadtlabor.sources.server import index_page, serve

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)


def test_every_provider_is_asked_and_live_means_the_provider_itself():
    here = polls(city(), Settings())
    live = polls(city(), Settings(sources=Sources(dwd="live", hystreet="live")))
    assert [p.name for p in here] == [p.name for p in live]
    for poll, base in [(p, "http://127.0.0.1:8030/") for p in here[1:]] + [
        (p, "https://") for p in live[1:]
    ]:
        requests = poll.locate(NOW)
        assert requests
        assert all(r.url.startswith(base) for r in requests)


def test_counters_reach_back_ninety_days_then_two():
    ask = HystreetCounters([257], "geheim", "https://x")
    assert "from=2026-08-24" in ask(NOW)[0].url
    assert "from=2026-11-20" in ask(NOW + timedelta(minutes=15))[0].url


def test_counters_go_on_after_a_restart_from_what_was_kept(tmp_path):
    ask = HystreetCounters([257, 258], "geheim", "https://x", Memory(tmp_path / "m"))
    first, lost = ask(NOW)
    Memory(tmp_path / "m").remember(first.url, {}, first.mark)  # the other answer never came
    again = HystreetCounters([257, 258], "geheim", "https://x", Memory(tmp_path / "m"))
    urls = [r.url for r in again(NOW + timedelta(days=5))]
    assert "from=2026-11-20" in urls[0]
    assert "from=2026-08-29" in urls[1]
    assert lost.checked


@pytest.fixture
def folder():
    listed = []
    server = serve(lambda target, now: ("text/html", index_page("/yw/", listed), now), 0)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/yw/", listed
    server.shutdown()
    server.server_close()


def test_radar_folder_yields_new_files_in_order_and_late_ones_too(folder):
    url, listed = folder
    ask = RadarFolder(url)

    def asked(at):
        return [r.url.split("-")[2] for r in ask(at)]

    def file(stamp):
        return f"raa01-yw_10000-{stamp}-dwd---bin.bz2"

    listed += [file("2611221200"), file("2611221150"), file("2611220800"), "readme.html"]
    assert asked(NOW) == ["2611221150", "2611221200"]
    listed += [file("2611221205"), file("2611221155")]
    again = asked(NOW + timedelta(minutes=5))
    assert {"2611221155", "2611221205"} <= set(again)
    assert "2611220800" not in again


def test_silent_provider_raises_what_the_contract_says():
    with pytest.raises(httpx.HTTPError):
        RadarFolder("http://127.0.0.1:1/yw/")(NOW)
