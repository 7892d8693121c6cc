"""What kernels and servers are forked from: which templates there are and what they import.

One template per level of trust: visitors' kernels (``public``), the kernels of people with a login
(``pupils`` and ``staff``) and the JupyterLab servers of all of these (``servers``).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Sequence

from traitlets.config import Config

from stadtlabor.kernels import ForkError, Template
from stadtlabor.kernels.late import LATE
from stadtlabor.settings import home, root

__all__ = ["KERNEL", "LEVELS", "SERVER", "configuration", "keep", "level", "template", "warm"]

log = logging.getLogger(__name__)

KERNEL = (
    "stadtlabor.ui.footfall_app",
    "stadtlabor.ui.rain_app",
    "stadtlabor.lessons",
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

LEVELS = ("pupils", "staff")
"""Levels of trust of people with a login, the lowest first."""

PATIENCE_S = 30.0
LOOK_S = 1.0
"""Seconds after which a template that has retired is started again."""


def level() -> str:
    """Return the level of trust of the person whose server this is, as the hub has told it."""
    return os.environ.get("STADTLABOR_LEVEL", LEVELS[0])


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


def template(
    trust: str, preload: Sequence[str] = (*LATE, *KERNEL), group: int | None = None
) -> Template:
    """Return the template of a level of trust; it starts when it is first wanted.

    Parameters
    ----------
    trust
        Level of trust.
    preload
        Modules to import.
    group
        System group whose members may use it too, under their own users.
    """
    watched = [root() / "requirements.lock"]
    # Visitors' kernels belong to a system user who may write in no other place.
    folder = home() / ("apps" if trust == "public" else "run") / "forks"
    return Template(trust, preload, watched, folder, patience_s=PATIENCE_S, group=group)


def warm(*templates: Template) -> None:
    """Start templates beside the caller's work, so that the first person finds them ready.

    They end with the calling process.
    """
    threading.Thread(target=_start, args=(templates,), name="templates", daemon=True).start()


def keep(*templates: Template) -> None:
    """Start templates like :func:`warm` and again whenever they have ended.

    For templates whose users cannot start them.
    """

    def watch() -> None:
        good = True
        while True:
            good = _start(templates, aloud=good)
            time.sleep(LOOK_S)

    threading.Thread(target=watch, name="templates", daemon=True).start()


def _start(templates: Sequence[Template], aloud: bool = True) -> bool:
    """Start those that do not run; tell whether all do."""
    good = True
    for each in templates:
        try:
            each.start()
        except ForkError as error:
            good = False
            if aloud:
                log.warning("%s: will be launched, not forked: %s", each.trust, error)
    return good
