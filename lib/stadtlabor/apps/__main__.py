"""Serve the apps: ``python -m stadtlabor.apps``."""

from __future__ import annotations

import os

from stadtlabor.apps.environment import allowed
from stadtlabor.settings import home

# Voilà hands the environment of its process to every visitor's kernel, so the process itself
# keeps nothing that a stranger must not read. Before Voilà is imported, which reads paths from it.
_kept = allowed(dict(os.environ), home() / "apps")
os.environ.clear()
os.environ.update(_kept)

from stadtlabor.apps.server import AppServer  # noqa: E402

AppServer.launch_instance(argv=[])
