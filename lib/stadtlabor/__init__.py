"""Stadtlabor: a city's live data for its schools, citizens and researchers.

Data flows one way through the package: ``sources`` → ``store`` → strands
(``klimaschule``, ``innenstadt``, ``rain``) → ``ui`` → notebooks and apps.
Notebooks read through :mod:`stadtlabor.data` alone.
"""

import stadtlabor.startup  # noqa: F401  # first: it shortens the imports that follow

__all__ = ["__version__"]

__version__ = "0.1.0"
