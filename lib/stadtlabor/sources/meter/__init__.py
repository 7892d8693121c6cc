"""Meter files of any make (see :mod:`stadtlabor.sources.meter.batch`)."""

from stadtlabor.sources.meter.batch import parse, read

__all__ = ["parse", "read"]
