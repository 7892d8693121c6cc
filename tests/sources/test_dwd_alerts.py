import io
import zipfile
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.sources import DecodeError, decode, dwd_alerts
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.dwd_alerts_now import official

CELL = "809999000"
FEEDS = f'[feeds.alerts]\nwarncell = "{CELL}"\nname = "Musterstadt"\n'
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def warning(onset, expires, *, severity="Moderate", group="RAIN", cell=CELL, **changes):
    """A warning in the layout of the provider's CAP profile."""
    told = {"status": "Actual", "msgType": "Alert", "event": "STARKREGEN"} | changes
    ends = f"<expires>{expires:%Y-%m-%dT%H:%M:%S+00:00}</expires>" if expires else ""
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>2.49.0.0.276.0.DWD.PVW.1795341600000.uuid.DEU</identifier>
<sender>opendata@dwd.de</sender><sent>2026-11-22T11:55:00+00:00</sent>
<status>{told["status"]}</status><msgType>{told["msgType"]}</msgType><source>PVW</source>
<scope>Public</scope><info><language>de-DE</language><category>Met</category>
<event>{told["event"]}</event><responseType>Prepare</responseType><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Likely</certainty>
<eventCode><valueName>PROFILE_VERSION</valueName><value>2.1.14</value></eventCode>
<eventCode><valueName>GROUP</valueName><value>{group}</value></eventCode>
<eventCode><valueName>AREA_COLOR</valueName><value>251 140 0</value></eventCode>
<effective>2026-11-22T11:55:00+00:00</effective><onset>{onset:%Y-%m-%dT%H:%M:%S+00:00}</onset>
{ends}<senderName>Deutscher Wetterdienst</senderName>
<headline>Amtliche WARNUNG vor {told["event"]}</headline>
<area><areaDesc>polygonal event area</areaDesc>
<polygon>47.6,10.2 47.6,10.4 47.8,10.4 47.6,10.2</polygon><geocode>
<valueName>EXCLUDE_POLYGON</valueName><value>47.7,10.3 47.7,10.31 47.71,10.3 47.7,10.3</value>
</geocode></area><area><areaDesc>Musterstadt</areaDesc>
<geocode><valueName>WARNCELLID</valueName><value>{cell}</value></geocode></area>
</info></alert>"""


def archive(*warnings):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, text in enumerate(warnings):
            packed.writestr(f"{number}.xml", text)
    return made.getvalue()


def hours(count, start=NOW):
    return start + timedelta(hours=count)


@pytest.fixture
def cell(place):
    place.feeds(FEEDS)
    return place


def levels(batch, what="any"):
    frame = batch.frame
    rows = frame[frame["datastream"] == f"weather-alert/{CELL}/{what}"]
    return rows["value"].astype(int).tolist()


def test_level_per_hour_and_kind(cell, delivery):
    body = archive(
        warning(hours(1), hours(3)),
        warning(hours(2), None, severity="Minor", group="WIND", event="WINDBÖEN"),
        warning(hours(0), hours(9), severity="Extreme", cell="809111000"),
        warning(hours(0), hours(9), severity="Extreme", status="Test"),
        warning(hours(0), hours(9), severity="Extreme", msgType="Cancel"),
    )
    batch = decode(delivery("dwd-alerts", body, "status.zip"))
    assert batch.problems == []
    assert levels(batch)[:5] == [0, 2, 2, 1, 1]
    assert levels(batch, "rain")[:4] == [0, 2, 2, 0]
    assert set(levels(batch, "wind")[2:]) == {1}  # until it is withdrawn
    assert len(levels(batch)) == 48
    assert batch.complete[f"weather-alert/{CELL}/any"][1] == pd.Timestamp(NOW)


def test_several_kinds_in_one_warning(cell, delivery):
    body = archive(warning(hours(0), hours(1), group="THUNDERSTORM;WIND;RAIN", severity="Severe"))
    batch = decode(delivery("dwd-alerts", body))
    assert levels(batch, "thunderstorm")[0] == 3
    assert levels(batch, "rain")[0] == 3
    assert levels(batch, "snow")[0] == 0
    strange = decode(delivery("dwd-alerts", archive(warning(hours(0), hours(1), group="LAVA"))))
    assert levels(strange, "other")[0] == 2


def test_calm_is_stated_too(cell, delivery):
    batch = decode(delivery("dwd-alerts", archive()))
    assert set(levels(batch)) == {0}


def test_unreadable_warning_is_told_and_promises_nothing(cell, delivery):
    body = archive(warning(hours(0), hours(1), severity="Fürchterlich"), "<kaputt")
    batch = decode(delivery("dwd-alerts", body, "status.zip"))
    assert [p.where for p in batch.problems] == ["status.zip, 0.xml", "status.zip, 1.xml"]
    assert batch.complete == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"nichts", "Archiv ist beschädigt"), (archive("<a/>"), "keine Warnung nach CAP 1.2")],
)
def test_changed_form_is_told(cell, delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("dwd-alerts", body))


def test_city_without_a_cell(place, delivery):
    with pytest.raises(DecodeError, match="steht keine Warnzelle"):
        decode(delivery("dwd-alerts", archive()))


def test_through_the_ingest_and_withdrawn_again(provider, cell, monkeypatch):
    monkeypatch.setattr(dwd_alerts, "BASE", provider.base)
    now = datetime.now(UTC)
    provider.pages[dwd_alerts.PATH] = archive(warning(hours(0, now), hours(6, now)))
    assert cell.once(alerts="live")["dead"] == 0
    series = f"weather-alert/{CELL}/rain"
    assert data.read("weather-alert", series)["value"].max() == 2
    shown = official(cell.memory(), city().feeds.alerts, datetime.now(UTC))
    assert shown.known
    assert [(a.kinds, a.level) for a in shown.alerts] == [(("rain",), 2)]
    provider.pages[dwd_alerts.PATH] = archive()
    cell.once(alerts="live")
    assert data.read("weather-alert", series)["value"].max() == 0
    assert official(cell.memory(), city().feeds.alerts, datetime.now(UTC)).alerts == ()


def test_unchanged_answer_is_fresh_again(provider, cell, monkeypatch):
    monkeypatch.setattr(dwd_alerts, "BASE", provider.base)
    provider.pages[dwd_alerts.PATH] = archive()
    cell.once(alerts="live")
    before = official(cell.memory(), city().feeds.alerts, datetime.now(UTC)).checked
    cell.once(alerts="live")
    assert provider.unchanged == [dwd_alerts.PATH]
    assert official(cell.memory(), city().feeds.alerts, datetime.now(UTC)).checked > before


def test_old_damaged_or_no_answer_says_nothing_about_now(cell):
    feed = city().feeds.alerts
    memory = Memory(None)
    assert not official(memory, feed, NOW).known
    memory.keep("weather-alert/status", "u", archive(warning(hours(0), hours(9))), NOW)
    assert official(memory, feed, hours(0.4)).known
    late = official(memory, feed, hours(0.6))
    assert not late.known
    assert len(late.alerts) == 1  # what was warned of is still told
    assert official(memory, feed, hours(10)).alerts == ()
    assert not official(memory, feed, hours(-1)).known  # a clock that is wrong
    memory.keep("weather-alert/status", "u", b"kaputt", NOW)
    assert not official(memory, feed, NOW).known
    memory.keep("weather-alert/status", "u", archive("<kaputt"), NOW)
    assert not official(memory, feed, NOW).known


@pytest.fixture
def page(cell, monkeypatch):
    """The page of the city's own warning, with the weather service's beside it."""
    from fastapi.testclient import TestClient

    from stadtlabor import settings as configuration
    from stadtlabor.web.site import site

    warning_of_its_own = (configuration.root() / "city.toml").read_text(encoding="utf-8")
    begin = warning_of_its_own.index("[warning]")
    end = warning_of_its_own.index("[prices]")
    cell.feeds(warning_of_its_own[begin:end] + FEEDS)
    live = configuration.Settings(sources=configuration.Sources(alerts="live"))
    for module in ("stadtlabor.web.rain_official", "stadtlabor.settings"):
        monkeypatch.setattr(f"{module}.settings", lambda: live)
    client = TestClient(site(), follow_redirects=False)
    return lambda: client.get("/regen").text


def test_page_shows_official_warnings_beside_its_own(page, cell):
    assert "amtlichen Warnungen sind hier gerade nicht bekannt" in page()
    now = datetime.now(UTC)
    memory = cell.memory()
    body = archive(warning(hours(0, now), hours(2, now), severity="Severe"))
    memory.keep("weather-alert/status", "u", body, now)
    shown = page()
    assert "Für Musterstadt warnt der Deutsche Wetterdienst:" in shown
    assert "warnt amtlich: Starkregen oder Dauerregen, Stufe 3 von 4." in shown
    assert "Starkregen oder Dauerregen" in shown
    later = archive(warning(hours(3, now), hours(5, now)))
    memory.keep("weather-alert/status", "u", later, now)
    assert "Stufe 2 von 4" in page()
    assert "warnt amtlich" not in page()
    memory.keep("weather-alert/status", "u", archive(), now)
    assert "warnt der Deutsche Wetterdienst gerade nicht" in page()
    memory.keep("weather-alert/status", "u", body, now - timedelta(hours=1))
    old = page()
    assert "gerade nicht bekannt" in old
    assert "rain-badge-3" not in old.split('id="amtlich"')[1].split("</section>")[0]
