"""What a footprint lacks, and what a reader of its sum must know, in German sentences."""

from __future__ import annotations

import math

import pandas as pd

from stadtlabor.klimaschule.footprint.activities import activities, fields
from stadtlabor.klimaschule.footprint.factors import factors
from stadtlabor.klimaschule.footprint.inputs import PUBLISHED, Inputs

__all__ = ["german", "missing", "notes"]


def missing(inputs: Inputs) -> list[str]:
    """Name each field that has no amount for something it needs."""
    present = {activities()[i.activity].group for i in inputs.items if i.activity != PUBLISHED}
    present |= set(inputs.counted)
    covered = {name for item in inputs.items for name in item.covers}
    said = []
    for key, field in fields().items():
        lacking = [g for g in field.needs if g not in present | covered and key not in covered]
        for group in lacking:
            label = next(a.name for a in activities().values() if a.group == group)
            what = GROUPS.get(group, label)
            said.append(f"{field.name}: {what} fehlt. Das weiß: {field.who}.")
    return said


GROUPS = {
    "heat": "Der Verbrauch der Heizung",
    "electricity": "Der Stromverbrauch",
    "school_way": "Der Schulweg",
    "meals": "Die Zahl der Mittagessen",
    "paper": "Das Papier",
    "devices": "Die Zahl der Geräte",
    "waste": "Der Abfall",
    "water": "Der Wasserverbrauch",
}


GROSS = "je kWh Brennwert"
"""How the note of a factor per gross calorific value begins. Net to gross is 0.20088 to 0.18139
(EBeV 2030, in the table of factors): a tenth."""


def german(value: float) -> str:
    """Write an amount as Germans do."""
    return f"{value:,.0f}".replace(",", ".") if value >= 100 else f"{value:g}".replace(".", ",")


def notes(lines: pd.DataFrame, inputs: Inputs, market: float | None) -> list[str]:
    """Say in German what a reader of the sum must know.

    Parameters
    ----------
    lines
        Rows of the balance.
    inputs
        What it is computed from.
    market
        Total by the contract for electricity, kg CO2e; None if unknown.
    """
    said = []
    doubtful = lines[lines["check"] == "unverified"]
    if len(doubtful):
        kg = math.fsum(doubtful["kg"])
        said.append(
            f"{len(doubtful)} Posten mit zusammen {german(kg)} kg rechnen mit einem Faktor, der "
            "nicht an der Quelle geprüft ist."
        )
    unknown = int(lines["factor_pct"].isna().sum())
    if unknown:
        said.append(
            f"Bei {unknown} Posten nennt die Quelle des Faktors keine Unsicherheit; die Spanne "
            "der Summe enthält dort nur die der Menge."
        )
    gas = lines.loc[lines["activity"] == "heat.gas", "factor_id"]
    if any(not factors()[i].note.startswith(GROSS) for i in gas if i in factors()):
        said.append(
            "Die Gasrechnung zählt kWh Brennwert. Für den Gasfaktor ist nicht belegt, dass er je "
            "kWh Brennwert gilt. Gilt er je kWh Heizwert, ist das Erdgas um ein Zehntel zu hoch "
            "gerechnet."
        )
    gases = {factors()[i].gases for i in lines["factor_id"] if i in factors()}
    if len(gases) > 1:
        said.append(
            "Die Faktoren zählen teils nur CO2, teils alle Treibhausgase (CO2e); die Faktorkarten "
            "sagen, welcher was zählt."
        )
    if market is None and "electricity.grid" in set(lines["activity"]):
        said.append(
            "Der Strom ist mit dem Strommix im Netz gerechnet. Für die Rechnung nach Vertrag fehlt "
            "der Wert der Stromkennzeichnung."
        )
    if inputs.compensation_kg:
        said.append(
            f"Die Kompensation von {german(inputs.compensation_kg)} kg steht daneben und ist nicht "
            "abgezogen."
        )
    return said
