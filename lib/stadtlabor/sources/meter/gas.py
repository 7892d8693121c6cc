"""Gas on bills: m³ become kWh with the heat value of the row, and are compared where both stand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import Numbers
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.meter.values import Values, numbers_of, optional
from stadtlabor.sources.meter.words import Columns, unit_of

__all__ = ["energy", "leave_out_volumes"]

TOLERANCE = 0.01
"""Share by which kWh on a bill may differ from m³ × heat value × state number (rounding)."""


def leave_out_volumes(columns: Columns, taken: set[int]) -> Columns:
    """Of kWh and m³ of the same gas, the kWh count; the m³ are compared (see _energy)."""
    places = {unit_of(h): n for n, h in enumerate(columns.table.header) if n not in taken}
    if "m³" in places and {"kWh", "MWh"} & set(places) and columns.place("calorific") is not None:
        taken.add(places["m³"])
    return columns


def energy(
    columns: Columns,
    form: Form,
    value: Values,
    read: Numbers,
    unit: pd.Series,
    media: pd.Series,
    provenance: pd.Series,
) -> tuple[npt.NDArray[np.float64], pd.Series, pd.Series]:
    """Turn m³ of gas into kWh where the row states how, and compare where both are there."""
    table = columns.table
    amount, origin = read.values.copy(), provenance.copy()
    heat = optional(columns, "calorific", form)
    if np.isnan(heat).all():
        return amount, unit, origin
    state = optional(columns, "state_number", form)
    lacking = np.isnan(heat) & ~np.isnan(amount) & (media == "gas").to_numpy(bool)
    for n in np.flatnonzero(lacking & (unit == "m³").to_numpy(bool)).tolist():
        table.ledger.doubt(
            table.lines[n],
            "Der Brennwert fehlt in dieser Zeile; der Verbrauch bleibt in m³",
            "Bitte den Brennwert von der Rechnung nachtragen",
        )
    volumes = next((n for n, h in enumerate(table.header) if unit_of(h) == "m³"), None)
    if value.unit == "m³" or volumes is None or volumes == value.place:
        for n in np.flatnonzero((unit == "m³") & (media == "gas") & ~np.isnan(heat)).tolist():
            if np.isnan(amount[n]):
                continue
            factor = heat[n] * (1.0 if np.isnan(state[n]) else state[n])
            told = f"{german(amount[n], 0)} m³ × {german(heat[n], 3)} kWh/m³"
            if not np.isnan(state[n]):
                told += f" × {german(state[n], 4)}"
            amount[n] *= factor
            unit.iloc[n], origin.iloc[n] = "kWh", "derived"
            if not 5 < factor < 15:  # DVGW G 260: 8.4 to 13.1 kWh/m³ for natural gas
                table.ledger.doubt(
                    table.lines[n], f"{told}: Der Brennwert ist für Erdgas ungewöhnlich"
                )
            elif np.isnan(state[n]):
                table.ledger.doubt(
                    table.lines[n],
                    f"In kWh umgerechnet ({told}), ohne Zustandszahl",
                    "Bitte die Zustandszahl von der Rechnung nachtragen",
                )
        return amount, unit, origin
    cubic = numbers_of(table, volumes, form).values
    expected = cubic * heat * np.where(np.isnan(state), 1.0, state)
    for n in np.flatnonzero(~np.isnan(expected) & ~np.isnan(amount)).tolist():
        kwh = amount[n] * (1000 if unit.iloc[n] == "MWh" else 1)
        if abs(kwh - expected[n]) > max(1.0, TOLERANCE * expected[n]):
            table.ledger.doubt(
                table.lines[n],
                f"{german(kwh, 0)} kWh passen nicht zu m³ × Brennwert × Zustandszahl "
                f"({german(expected[n], 0)} kWh)",
                "Bitte mit der Rechnung vergleichen; gezählt sind die kWh der Datei",
            )
    return amount, unit, origin
