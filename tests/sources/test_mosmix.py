import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.sources import DecodeError, decode, mosmix
from stadtlabor.sources.mosmix_archive import known_at, known_each_midnight

FEEDS = '[feeds.mosmix]\nstation = "10946"\nname = "Musterstadt"\n'
FOLDER = "/weather/local_forecasts/mos/MOSMIX_L/single_stations/10946/kml/"
NAME = "MOSMIX_L_{}_10946.kmz"
HOUR = pd.Timedelta(hours=1)


def kml(issue, temperature=280.0, rain=0.2, hours=30, station="10946", **changes):
    """A run in the layout of the provider: namespaces, Placemark and rows of values."""
    steps = [issue + HOUR * n for n in range(1, hours + 1)]
    rows = {
        "TTT": [f"{temperature + n / 10:.2f}" for n in range(hours)],
        "RR1c": ["-"] + [f"{rain:.2f}"] * (hours - 1),
        "R101": ["12.00"] * hours,
        "FF": ["2.06"] * hours,
        "FX1": ["5.66"] * hours,
        "Neff": ["88.00"] * hours,
        "SunD1": ["1800.00"] * hours,
        "Rad1h": ["360.00"] * hours,
        "ww": ["61.00"] * hours,
    } | changes
    forecasts = "".join(
        f'<dwd:Forecast dwd:elementName="{name}"><dwd:value>{"  ".join(row)}</dwd:value>'
        "</dwd:Forecast>"
        for name, row in rows.items()
    )
    stamps = "".join(f"<dwd:TimeStep>{t:%Y-%m-%dT%H:%M:%S.000Z}</dwd:TimeStep>" for t in steps)
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>'
        '<kml:kml xmlns:dwd="https://opendata.dwd.de/weather/lib/'
        'pointforecast_dwd_extension_V1_0.xsd" xmlns:kml="http://www.opengis.net/kml/2.2">'
        "<kml:Document><kml:ExtendedData><dwd:ProductDefinition>"
        "<dwd:Issuer>Deutscher Wetterdienst</dwd:Issuer><dwd:ProductID>MOSMIX</dwd:ProductID>"
        "<dwd:GeneratingProcess>DWD MOSMIX hourly, Version 1.0</dwd:GeneratingProcess>"
        f"<dwd:IssueTime>{issue:%Y-%m-%dT%H:%M:%S.000Z}</dwd:IssueTime>"
        f"<dwd:ForecastTimeSteps>{stamps}</dwd:ForecastTimeSteps>"
        "<dwd:FormatCfg><dwd:DefaultUndefSign>-</dwd:DefaultUndefSign></dwd:FormatCfg>"
        "</dwd:ProductDefinition></kml:ExtendedData><kml:Placemark>"
        f"<kml:name>{station}</kml:name><kml:description>MUSTERSTADT</kml:description>"
        f"<kml:ExtendedData>{forecasts}</kml:ExtendedData>"
        "<kml:Point><kml:coordinates>10.33,47.72,705.0</kml:coordinates></kml:Point>"
        "</kml:Placemark></kml:Document></kml:kml>"
    )


def kmz(text, name="MOSMIX_L_2026112903_10946.kml"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text.encode("latin1"))
    return made.getvalue()


ISSUE = pd.Timestamp("2026-11-22 03:00", tz="UTC")


def test_units_and_starts_of_intervals(delivery):
    batch = decode(delivery("dwd-mosmix", kmz(kml(ISSUE))))
    frame = batch.frame
    assert batch.problems == []

    def series(what, day=0):
        name = f"weather-forecast/10946/{what}-l03-d{day}"
        return frame[frame["datastream"] == name]

    warm = series("temperature")
    assert len(warm) == 23  # lead 1 to 23 hours is the first day …
    assert len(series("temperature", 1)) == 7  # … and the rest the second
    assert warm["value"].iloc[0] == pytest.approx(280.0 - 273.15)
    assert warm["time"].iloc[0] == ISSUE + HOUR
    wet = series("precipitation")
    assert wet["time"].iloc[0] == ISSUE + HOUR  # "-" came first; the second states hour 1 to 2
    assert series("sunshine")["value"].iloc[0] == pytest.approx(30.0)
    assert (frame[~frame["datastream"].str.contains("delay")]["result_time"] == ISSUE).all()
    stream = next(d for d in batch.datastreams if d.id.endswith("temperature-l03-d0"))
    assert (stream.unit, stream.lat, stream.area) == ("°C", 47.72, "Musterstadt")


def test_wetterdienst_reads_the_same(delivery):
    access = pytest.importorskip("wetterdienst.provider.dwd.mosmix.access")
    wanted = kml(ISSUE)

    class Reader(access.KMLReader):
        def fetch(self, url):
            return io.BytesIO(wanted.encode("latin1"))

    settings = pytest.importorskip("wetterdienst").Settings(cache_disable=True)
    reader = Reader(station_ids=["10946"], settings=settings)
    reader.read("MOSMIX_L_2026112203_10946.kmz")
    theirs = reader.get_station_forecast("10946")
    frame = decode(delivery("dwd-mosmix", kmz(wanted))).frame
    ours = frame[frame["datastream"].str.contains("/temperature-")].sort_values("time")
    assert np.allclose(theirs["ttt"].to_numpy() - 273.15, ours["value"].to_numpy())
    times = pd.to_datetime(theirs["timestamp"].to_list(), utc=True)
    assert (times == pd.DatetimeIndex(ours["time"])).all()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"kein Archiv", "Archiv ist beschädigt"),
        (kmz("<a/>"), "Ausgabezeit, Zeitschritte oder Ort fehlen"),
        (kmz("<kml"), "kein gültiges XML"),
        (kmz("<a/>", "liesmich.txt"), "keine Vorhersage für einzelne Orte"),
        (kmz(kml(ISSUE, TTT=["1.0"])), "1 Werte für 30 Zeitschritte"),
        (kmz(kml(ISSUE, TTT=["warm"] * 30)), "Ein Wert ist keine Zahl"),
        (kmz(kml(ISSUE, station="../etc")), "keine Kennung einer MOSMIX-Station"),
        (kmz(kml(ISSUE).replace("elementName", "name")), "Keines der erwarteten Elemente"),
    ],
)
def test_changed_form_is_told(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("dwd-mosmix", body, "https://x/MOSMIX_L_2026112203_10946.kmz"))


def test_missing_element_is_told_and_the_others_stay(delivery):
    text = kml(ISSUE).replace('"RR1c"', '"RRneu"')
    batch = decode(delivery("dwd-mosmix", kmz(text), "lauf.kmz"))
    assert [str(p) for p in batch.problems] == [
        "lauf.kmz, Element RR1c: Das Element fehlt. Die anderen bleiben."
    ]


def publish(provider, issue, **values):
    name = NAME.format(f"{issue:%Y%m%d%H}")
    provider.pages[FOLDER + name] = kmz(kml(issue, **values))
    listed = [page.rsplit("/", 1)[1] for page in provider.pages if page.endswith(".kmz")]
    links = "".join(f'<a href="{each}">{each}</a>' for each in sorted(listed))
    provider.pages[FOLDER] = f"<html>{links}</html>".encode()


@pytest.fixture
def archive(provider, place, monkeypatch):
    monkeypatch.setattr(mosmix, "BASE", provider.base)
    place.feeds(FEEDS)
    return place


def test_every_run_goes_into_the_store_once(archive, provider):
    first = pd.Timestamp.now("UTC").floor("D") - pd.Timedelta(hours=21)
    publish(provider, first, temperature=280.0)
    publish(provider, first + 6 * HOUR, temperature=290.0)
    health = archive.once(mosmix="live")
    assert (health["dead"], health["polls"]["Wettervorhersage MOSMIX"]["error"]) == (0, "")
    frame = data.read("weather-forecast")
    both = frame[frame["datastream"].str.contains("/temperature-")]
    # No run has overwritten the other, though they speak of the same hours.
    assert both.duplicated("time", keep=False).any()
    assert set(both["result_time"]) == {first, first + 6 * HOUR}
    known = known_at(frame, pd.Timestamp.now("UTC"))
    assert set(known["issued"]) == {first, first + 6 * HOUR}
    assert known["temperature_c"].iloc[-1] == pytest.approx(290.0 + 2.9 - 273.15)
    assert known_at(frame, first + 12 * HOUR).empty  # nobody here could read them then
    asked = len(provider.asked)
    publish(provider, first + 12 * HOUR)
    archive.once(mosmix="live")
    # After a restart: the folder and the one new run, nothing again.
    assert provider.asked[asked:] == [FOLDER, FOLDER + NAME.format(f"{first + 12 * HOUR:%Y%m%d%H}")]
    assert data.read("weather-forecast")["result_time"].nunique() >= 3


def test_new_store_is_filled_again(archive, provider):
    issue = pd.Timestamp.now("UTC").floor("D") - pd.Timedelta(hours=21)
    publish(provider, issue)
    archive.once(mosmix="live")
    (archive.home / "store").rename(archive.home / "away")
    (archive.home / "spool").rename(archive.home / "away-too")
    archive.once(mosmix="live")
    assert len(provider.asked) == 4  # folder and run, twice
    assert archive.memory().mark(f"mosmix/10946/{issue:%Y%m%d%H}") is not None


def test_empty_folder_is_told(archive, provider):
    provider.pages[FOLDER] = b"<html></html>"
    health = archive.once(mosmix="live")
    said = health["polls"]["Wettervorhersage MOSMIX"]["error"]
    assert "nennt keinen Lauf von MOSMIX" in said


def test_off_asks_nobody(archive, provider):
    archive.once()
    assert provider.asked == []


def runs(*issued, delay=60):
    """An archive of runs as read from the store, each with its own temperature."""
    frames = []
    for n, issue in enumerate(issued):
        times = pd.date_range(issue + HOUR, periods=60, freq="h")
        lead = np.asarray((times - issue) // pd.Timedelta(days=1))
        ids = [f"weather-forecast/10946/temperature-l{issue:%H}-d{d}" for d in lead]
        frames.append(
            pd.DataFrame(
                {"datastream": ids, "time": times, "value": float(n), "result_time": issue}
            )
        )
        if delay is not None:
            told = {"datastream": f"weather-forecast/10946/delay-l{issue:%H}", "time": [issue]}
            frames.append(pd.DataFrame({**told, "value": float(delay), "result_time": issue}))
    return pd.concat(frames, ignore_index=True)


def test_backtest_never_sees_the_future():
    issued = [ISSUE + 6 * HOUR * n for n in range(8)]
    table = known_each_midnight(runs(*issued), "Europe/Berlin")
    midnight = table["start"].dt.tz_convert("Europe/Berlin").dt.normalize()
    assert len(table)
    assert (table["issued"] + HOUR <= midnight).all()
    # Local midnight is 23:00 UTC: the run of 21:00, readable at 22:00, is the newest for the 23rd.
    day = table[midnight == pd.Timestamp("2026-11-23", tz="Europe/Berlin")]
    assert (day["issued"] == ISSUE + 18 * HOUR).all()


def test_run_counts_from_when_it_could_be_read():
    issued = [ISSUE, ISSUE + 6 * HOUR]
    archive = runs(*issued, delay=90)
    late = known_at(archive, ISSUE + 7 * HOUR)
    assert (late["issued"] == ISSUE).all()
    then = known_at(archive, ISSUE + 8 * HOUR)
    assert (then["temperature_c"].tail(10) == 1.0).all()
    assert known_at(archive, ISSUE).empty
    # Nobody noted the receipt: three hours are taken, on the safe side.
    unknown = runs(ISSUE, delay=None)
    assert known_at(unknown, ISSUE + 2 * HOUR).empty
    assert len(known_at(unknown, ISSUE + 3 * HOUR)) == 60
    # It came a month later by another way, which says nothing about then.
    assert len(known_at(runs(ISSUE, delay=40_000), ISSUE + 3 * HOUR)) == 60


def test_footfall_takes_the_archived_forecast():
    from stadtlabor.innenstadt.footfall.weather import weather_grid

    weather = known_each_midnight(runs(ISSUE, ISSUE + 6 * HOUR), "Europe/Berlin")
    days = pd.date_range("2026-11-22", "2026-11-25", freq="D")
    grid = weather_grid(weather, days, "Europe/Berlin")
    assert np.isfinite(grid["temperature_c"]).sum() > 24
    assert np.isnan(grid["temperature_c"][0]).all()  # nothing was known before that midnight
