"""Waste: bins and weighing, sorting analysis, canteen."""

from stadtlabor.klimaschule.waste.bins import Bins, WasteYear, year_from_bins, year_from_weighing
from stadtlabor.klimaschule.waste.canteen import Canteen, canteen
from stadtlabor.klimaschule.waste.fractions import Fraction, fractions
from stadtlabor.klimaschule.waste.sorting import Sorting, divide, sorting

__all__ = [
    "Bins",
    "Canteen",
    "Fraction",
    "Sorting",
    "WasteYear",
    "canteen",
    "divide",
    "fractions",
    "sorting",
    "year_from_bins",
    "year_from_weighing",
]
