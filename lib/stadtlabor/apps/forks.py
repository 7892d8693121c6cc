"""Kernels of visitors are forked: what their template imports, and where it stands."""

from __future__ import annotations

import logging
import threading
from typing import Any

from traitlets.config import Config

from stadtlabor.kernels import ForkedProvisioner, ForkError
from stadtlabor.settings import home, root

__all__ = ["PRELOAD", "configuration", "warm"]

log = logging.getLogger(__name__)

PRELOAD = (
    # Before anything that loads jsonschema: it keeps a slow package away.
    "stadtlabor.ui.startup",
    "stadtlabor.ui.footfall_app",
    "stadtlabor.ui.rain_app",
    # What these import only when they are used.
    "sqlalchemy.dialects.sqlite",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
    "stadtlabor.apps.forks:rehearse",
)


def configuration() -> dict[str, Any]:
    """Return the settings of Jupyter that have every kernel forked."""
    return {
        "KernelProvisionerFactory": {"default_provisioner_name": "forked-provisioner"},
        "ForkedProvisioner": {
            "trust": "public",
            "preload": list(PRELOAD),
            "watched": [str(root() / "requirements.lock")],
            "folder": str(home() / "apps" / "forks"),
            "arguments": ["--HistoryManager.enabled=False"],
            "patience_s": 30.0,
        },
    }


def rehearse() -> None:
    """Make a chart and a table in the template: whatever these import late is then there.

    No drawing, no query: their engines start threads, which no fork would have.
    """
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"time": pd.date_range("2026-01-01", periods=2, freq="h"), "value": 1.0})
    alt.Chart(frame).mark_bar().encode(x="time:T", y="value:Q").to_dict()
    frame.to_html(index=False, float_format="{:.1f}".format)
    frame.to_csv(index=False)
    frame.to_dict("records")


def warm(config: Config) -> None:
    """Start the template beside the server, so that the first visitor finds it ready."""

    def start() -> None:
        try:
            ForkedProvisioner(config=config).template().start()
        except ForkError as error:
            log.warning("kernels will be launched, not forked: %s", error)

    threading.Thread(target=start, name="template", daemon=True).start()
