"""An example zip of an invented school: what a real school would pack, with its usual flaws."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import School, city
from stadtlabor.settings import settings
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.school import MODES, electricity, heat, waste
from stadtlabor.simulation.weather import temperature

__all__ = ["YEAR", "example_files", "example_zip"]

YEAR = 2025
SCHOOL = "beispiel-mittelschule"
BOILER, HEAT_VALUE, STATE = 0.9, 11.32, 0.9123
"""Efficiency of the boiler, kWh/m³ and state number: invented."""

STAMP = (YEAR + 1, 1, 15, 12, 0, 0)
NAMES = {"foot": "zu Fuß", "bicycle": "Fahrrad", "scooter": "Roller", "transit": "Bus",
         "car": "Auto"}  # fmt: skip
FAR_KM = {"foot": 0.9, "bicycle": 2.4, "scooter": 1.1, "transit": 7.5, "car": 5.5}


@lru_cache(maxsize=1)
def example_zip() -> bytes:
    """Return the zip; the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in example_files().items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode("utf-8"))
    return packed.getvalue()


def example_files() -> dict[str, str]:
    """Return the files of the zip by name."""
    school = next((s for s in city().schools if s.id == SCHOOL), city().schools[0])
    seed, zone = settings().simulation.seed, city().city.timezone
    days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(365)]
    read = files("stadtlabor.klimaschule.dossier")
    form = read.joinpath("example.toml").read_text("utf-8")
    before = read.joinpath("example_before.toml").read_text("utf-8")
    size = {"school": school.name, "pupils": school.pupils, "area": f"{school.floor_area_m2:.0f}"}
    return {
        "schule.toml": form.format(year=YEAR, **size),
        "vorher.toml": before.format(year=YEAR - 1, **size),
        "strom-lastgang.simuliert.csv": _profile(seed, school, days, zone),
        "gas-rechnungen.simuliert.csv": _bills(seed, school, days, zone),
        "wasser-ablesung.simuliert.csv": _water(school),
        "abfall-gewogen.simuliert.csv": _waste(seed, school),
        "einkauf.simuliert.csv": read.joinpath("example_goods.csv")
        .read_text("utf-8")
        .format(year=YEAR),
        "schulweg-umfrage.simuliert.csv": _survey(seed, school),
        "wetter.simuliert.txt": _weather(seed, days, zone),
    }


def _german(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _profile(seed: int, school: School, days: list[date], zone: str) -> str:
    lines = [
        f"Simulierte Werte, kein echter Zähler: {school.name}",
        "Zeit von (Ortszeit);Strom [kWh]",
    ]
    for day in days:
        steps, values = electricity(seed, school, day, zone)
        stamps = steps.strftime("%d.%m.%Y %H:%M")
        lines += [
            f"{stamp};{_german(value)}"
            for stamp, value in zip(stamps, values, strict=True)
            if not np.isnan(value)
        ]
    return "\r\n".join(lines) + "\r\n"


def _bills(seed: int, school: School, days: list[date], zone: str) -> str:
    lines = ["Simulierte Rechnungen, kein echter Zähler",
             "Zählernummer;Abrechnungszeitraum von;Abrechnungszeitraum bis;Gas [m³];"
             "Brennwert;Zustandszahl;Betrag (€)"]  # fmt: skip
    by_month: dict[int, float] = {}
    for day in days:
        values = heat(seed, school, day, zone)[1]
        by_month[day.month] = by_month.get(day.month, 0.0) + float(np.nansum(values))
    for month, kwh in by_month.items():
        first = date(YEAR, month, 1)
        last = (pd.Timestamp(first) + pd.offsets.MonthEnd(0)).date()
        volume = round((kwh + 900) / BOILER / HEAT_VALUE / STATE)
        lines.append(
            f"GAS-0815;{first:%d.%m.%Y};{last:%d.%m.%Y};{volume};{_german(HEAT_VALUE)};"
            f"{_german(STATE, 4)};{_german(volume * HEAT_VALUE * STATE * 0.11, 2)}"
        )
    return "\r\n".join(lines) + "\r\n"


def _water(school: School) -> str:
    used = round((school.pupils or 400) * 2.6)
    return (
        "Datum;Zählerstand Wasser [m³];Bemerkung\r\n"
        f"02.01.{YEAR};4120;Hausmeister\r\n01.07.{YEAR};{4120 + used // 2};\r\n"
        f"30.12.{YEAR};{4120 + used};\r\n"
    )


def _waste(seed: int, school: School) -> str:
    lines = ["Woche ab;Restmüll [kg];Papier [kg];Biomüll [kg];Verpackungen [kg]"]
    first = date(YEAR, 1, 6)
    for week in (1, 4, 9, 12, 18, 24, 28, 32, 34, 39, 42, 47):
        monday = first + timedelta(weeks=week)
        kg = waste(seed, school, monday)
        cells = [_german(kg[k], 1) for k in ("residual", "paper", "organic", "packaging")]
        lines.append(";".join([f"{monday:%d.%m.%Y}", *cells]))
    return "\r\n".join(lines) + "\r\n"


def _survey(seed: int, school: School) -> str:
    throw = dice(seed, f"survey/{school.id}", 1)
    shares = MODES.get(school.kind, MODES["Gymnasium"])
    keys = list(shares)
    weights = np.array(list(shares.values()))
    asked = int((school.pupils or 400) * 0.62)
    lines = ["Verkehrsmittel;km;Minuten;Personen im Auto;Tage pro Woche;Jahreszeit"]
    for n in throw.choice(len(keys), asked, p=weights / weights.sum()):
        key = keys[int(n)]
        km = max(0.2, FAR_KM[key] * float(throw.lognormal(-0.1, 0.45)))
        far, time = _german(km, 1), ""
        if throw.random() < 0.15:  # some know the time only
            far, time = "", str(max(2, round(km / {"foot": 4.5, "transit": 20}.get(key, 15) * 60)))
        persons = str(int(throw.integers(2, 4))) if key == "car" else ""
        lines.append(f"{NAMES[key]};{far};{time};{persons};5;")
    return "\r\n".join(lines) + "\r\n"


def _weather(seed: int, days: list[date], zone: str) -> str:
    hours = pd.date_range(
        pd.Timestamp(days[0]).tz_localize(zone),
        pd.Timestamp(days[-1] + timedelta(days=1)).tz_localize(zone),
        freq="h", inclusive="left",
    )  # fmt: skip
    air: npt.NDArray[np.float64] = np.asarray(temperature(seed, hours.tz_convert("UTC")))
    mean = pd.Series(air, index=hours.tz_localize(None).normalize()).groupby(level=0).mean()
    rows = [f"00000;{stamp:%Y%m%d};{value:.1f};eor" for stamp, value in mean.items()]
    return "\r\n".join(["STATIONS_ID;MESS_DATUM; TMK;eor", *rows]) + "\r\n"
