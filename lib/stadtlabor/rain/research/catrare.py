"""Read the German weather service's catalogue of heavy rainfall events."""

from __future__ import annotations

import io
import tomllib
from importlib import resources
from pathlib import Path

import pandas as pd

__all__ = ["read_catrare"]


def read_catrare(path: str | Path) -> pd.DataFrame:
    """Read a CatRaRE table.

    Parameters
    ----------
    path
        CSV with comma or semicolon; the names of its columns stand in ``catrare.toml``.

    Returns
    -------
    pandas.DataFrame
        Index ``id`` (text). Columns ``start``, ``end`` (UTC, naive), ``duration_h``, ``x``, ``y``
        (place of the largest sum, metres of the RADOLAN grid).

    Raises
    ------
    ValueError
        In German: not readable, columns missing, or a value that is no time or number (with its
        line).
    """
    words = tomllib.loads(
        resources.files(__package__).joinpath("catrare.toml").read_text("utf-8")
    )["columns"]  # fmt: skip
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        sep = ";" if head.count(";") > head.count(",") else ","
        table = pd.read_csv(io.StringIO(text), sep=sep, dtype=str)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path}: Der Katalog ist nicht lesbar. Bitte die CSV-Datei prüfen."
        ) from (error)
    found = {}
    for name, known in words.items():
        column = next((c for c in known if c in table), None)
        if column is None:
            raise ValueError(f"{path}: Dem Katalog fehlt die Spalte {known[0]}.")
        found[name] = table[column].str.strip()
    events = pd.DataFrame(found)
    for name in ("start", "end"):
        events[name] = pd.to_datetime(events[name], errors="coerce")
    for name in ("duration_h", "x", "y"):
        plain = events[name].str.replace(",", ".", regex=False)
        events[name] = pd.to_numeric(plain, errors="coerce")
    if events.isna().any(axis=None):
        line = int(events.isna().any(axis=1).to_numpy().argmax()) + 2
        raise ValueError(
            f"{path}, Zeile {line}: Zeit, Dauer oder Ort ist nicht lesbar. Bitte die Zeile prüfen."
        )
    if len(events) and events["y"].abs().max() < 10_000:
        events[["x", "y"]] *= 1000
    return events.set_index("id")
