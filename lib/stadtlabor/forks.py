"""What kernels and servers are forked from: which templates there are and what they import.

One template per level of trust: visitors' kernels (``public``), the kernels of people with a login
(``people``) and their JupyterLab servers (``servers``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from traitlets.config import Config

from stadtlabor.kernels import ForkError, Template
from stadtlabor.kernels.late import LATE
from stadtlabor.settings import home, root

__all__ = ["KERNEL", "SERVER", "configuration", "template", "warm"]

log = logging.getLogger(__name__)

KERNEL = (
    # Before anything that loads jsonschema: it keeps a slow package away.
    "stadtlabor.ui.startup",
    "stadtlabor.ui.footfall_app",
    "stadtlabor.ui.rain_app",
    "stadtlabor.ui.baseload_lesson",
    # What these import only when they are used.
    "sqlalchemy.dialects.sqlite",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
    "stadtlabor.ui.rehearsal:rehearse",
)
"""What a kernel that works with this library will want."""

SERVER = (
    "jupyterhub.singleuser.extension",
    "jupyterlab.labapp",
    "jupyter_server.services.contents.largefilemanager",
    "jupyter_server_terminals",
    "notebook_shim.nbserver",
    "stadtlabor.kernels",
)
"""What a JupyterLab server below the hub imports."""

PATIENCE_S = 30.0


def configuration(trust: str) -> Config:
    """Return the settings with which a Jupyter server has its kernels forked."""
    chosen = template(trust)
    return Config(
        KernelProvisionerFactory={"default_provisioner_name": "forked-provisioner"},
        ForkedProvisioner={
            "trust": trust,
            "preload": list(KERNEL),
            "watched": [str(path) for path in chosen.watched],
            "folder": str(chosen.folder),
            # In a database of the person's own; nobody asked for it, and each kernel would open it.
            "arguments": ["--HistoryManager.enabled=False"],
            "patience_s": chosen.patience_s,
        },
    )


def template(trust: str, preload: Sequence[str] = (*LATE, *KERNEL)) -> Template:
    """Return the template of a level of trust; it starts when it is first wanted."""
    watched = [root() / "requirements.lock"]
    folder = home() / "run" / "forks"
    return Template(trust, preload, watched, folder, patience_s=PATIENCE_S)


def warm(*templates: Template) -> None:
    """Start templates beside the caller's work, so that the first person finds them ready.

    They end with the calling process.
    """

    def start() -> None:
        for each in templates:
            try:
                each.start()
            except ForkError as error:
                log.warning("%s: will be launched, not forked: %s", each.trust, error)

    threading.Thread(target=start, name="templates", daemon=True).start()
