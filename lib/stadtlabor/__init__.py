"""Stadtlabor: a city's live data for its schools, citizens and researchers.

Data flows one way through the package: ``sources`` → ``store`` → strands
(``klimaschule``, ``innenstadt``, ``rain``) → ``ui`` → notebooks and apps.
Notebooks read through :mod:`stadtlabor.data` alone.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
