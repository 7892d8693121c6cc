"""The report of a school: one page that holds every number with its source, and its PDF."""

from stadtlabor.report.result import Result, make

__all__ = ["Result", "make"]
