"""Station observations of the German weather service: zip archives of its climate data centre.

``wetterdienst`` reads these archives too, but it fetches them itself from one address written in
several of its modules. This project keeps the bytes as they came before anything looks inside, and
must be able to ask a simulated or recorded provider, so the archives are parsed here.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "CURRENT", "RECENT", "archives", "locate", "parse", "read"]

BASE = "https://opendata.dwd.de"
FOLDER = "/climate_environment/CDC/observations_germany/climate/"
CURRENT = ("TU_now", "rain_now")
RECENT = ("TU_hourly", "rain_hourly", "KL_daily")
MISSING = -999
UNCHECKED = 2  # quality levels 1 and 2: only formal checks so far
STAMPS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M"}
SIMULATED = "simuliert"


@cache
def archives() -> dict[str, dict[str, Any]]:
    """Return path and columns of each archive (``dwd_station_files.toml``)."""
    text = files("stadtlabor.sources").joinpath("dwd_station_files.toml").read_text("utf-8")
    return tomllib.loads(text)


def locate(station: str, archive: str, base: str = BASE) -> Request:
    """Return the address of an archive.

    Parameters
    ----------
    station
        Five digits.
    archive
        Key of :func:`archives`, for example ``KL_daily``.
    base
        Address of the service.
    """
    path = str(archives()[archive]["path"]).format(station=station)
    return Request("dwd-station", f"{base}{FOLDER}{path}")


def read(station: str, archive: str, base: str = BASE) -> Batch:
    """Fetch and parse an archive (see :func:`locate`).

    Raises
    ------
    SourceError
        In German, if the archive cannot be fetched or understood.
    """
    with Fetcher() as fetcher:
        delivery = fetcher.fetch(locate(station, archive, base))
    if delivery is None:  # cannot happen on a fresh connection, but the type allows it
        raise SourceError(f"{base} hat keine Daten geliefert.")
    return parse(delivery)


def parse(delivery: Delivery) -> Batch:
    """Read an archive with a ``produkt_*.txt``.

    Raises
    ------
    SourceError
        If the archive is damaged or holds no product that is read here.
    """
    name = plain_name(delivery.name)
    try:
        with zipfile.ZipFile(io.BytesIO(delivery.body)) as archive:
            members = {m: archive.read(m) for m in archive.namelist() if m.endswith(".txt")}
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{name}: Das Archiv ist beschädigt. Bitte neu laden.") from error
    product = next((m for m in members if m.startswith("produkt_")), None)
    known = [a for a in archives().values() if product and product.startswith(a["product"])]
    if product is None or not known:
        raise SourceError(f"{name}: Das Archiv enthält keine Messreihe, die hier gelesen wird.")
    table = pd.read_csv(
        io.BytesIO(members[product]), sep=";", skipinitialspace=True, dtype="str", encoding="latin1"
    )
    table.columns = table.columns.str.strip()
    lacking = {"STATIONS_ID", "MESS_DATUM"} - set(table.columns)
    if lacking or table.empty:
        raise SourceError(f"{name}: Die Messreihe {product} ist leer oder ohne Zeitspalte.")
    simulated = any(SIMULATED in member for member in members)
    station = _station(table["STATIONS_ID"].iloc[0].strip().zfill(5), members)
    stamps = table["MESS_DATUM"].str.strip()
    times = pd.to_datetime(
        stamps, format=STAMPS.get(len(stamps.iloc[0]), "%Y%m%d"), utc=True, errors="coerce"
    )
    problems = [
        Problem(
            f"{name}, Zeile {n + 2}",
            f"„{stamps.iloc[n]}“ ist keine gültige Zeit",
            "Bitte beim Deutschen Wetterdienst nachsehen; die Zeile wurde ausgelassen",
        )
        for n in times.index[times.isna()]
    ]
    frames, streams = [], []
    for column, meaning in known[0]["columns"].items():
        if column not in table.columns:
            continue
        stream = _datastream(station, meaning, simulated)
        values = pd.to_numeric(table[column], errors="coerce")
        good = values.notna() & (values != MISSING) & times.notna()
        if not good.any():
            continue
        level = pd.to_numeric(table.get(meaning["quality"]), errors="coerce")
        quality = (level <= UNCHECKED) * int(Quality.PRELIMINARY)
        quality |= int(Quality.SIMULATED) if simulated else 0
        start = times[good] + pd.Timedelta(minutes=meaning.get("start_min", 0))
        frames.append(
            observations(
                stream.id,
                pd.DatetimeIndex(start),
                values[good].to_numpy(),
                quality[good].to_numpy(),
                pd.Timestamp(delivery.received_at),
            )
        )
        streams.append(stream)
    if not frames:
        frames = [observations([], pd.DatetimeIndex([], tz="UTC"), [])]
    return Batch(pd.concat(frames, ignore_index=True), streams, problems)


def _station(number: str, members: dict[str, bytes]) -> dict[str, Any]:
    """Take the station from the city file, else from the archive's metadata."""
    own = city().weather.station
    if own.id == number:
        return {"id": number, "name": own.name, "lat": own.lat, "lon": own.lon}
    place = next((b for m, b in members.items() if m.startswith("Metadaten_Geographie")), None)
    if place is None:
        return {"id": number, "name": f"Station {number}", "lat": None, "lon": None}
    rows = pd.read_csv(
        io.BytesIO(place), sep=";", encoding="latin1", skipinitialspace=True, dtype="str"
    )
    last = rows.rename(columns=str.strip).iloc[-1]
    return {
        "id": number,
        "name": str(last["Stationsname"]).strip(),
        "lat": float(last["Geogr.Breite"]),
        "lon": float(last["Geogr.Laenge"]),
    }


def _datastream(station: dict[str, Any], meaning: dict[str, Any], simulated: bool) -> Datastream:
    return Datastream(
        id=f"weather/{station['id']}/{meaning['what']}",
        name=f"{meaning['name']}, Wetterstation {station['name']}",
        observed_property=meaning["property"],
        unit=meaning["unit"],
        interval_s=meaning["interval_s"],
        source="Simulierte Stadt, keine echte Messung" if simulated else "Deutscher Wetterdienst",
        licence="CC BY 4.0",
        simulated=simulated,
        thing_name=f"Wetterstation {station['name']}",
        area=station["name"],
        lat=station["lat"],
        lon=station["lon"],
    )
