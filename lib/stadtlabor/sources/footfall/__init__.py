"""Pedestrian counts of any make: one call that finds the dialect and tells what it refused.

>>> from stadtlabor.sources import footfall
>>> frame = footfall.read("wuerzburg_2024_hourly.csv.gz")             # doctest: +SKIP
>>> print(frame.attrs["report"])                                      # doctest: +SKIP
"""

from stadtlabor.sources.footfall.batch import parse
from stadtlabor.sources.footfall.read import read, read_bytes
from stadtlabor.sources.footfall.report import Report

__all__ = ["Report", "parse", "read", "read_bytes"]
