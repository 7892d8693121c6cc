"""Which variables a visitor's kernel may see."""

from __future__ import annotations

from pathlib import Path

__all__ = ["KEPT", "allowed"]

KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "STADTLABOR_ROOT",
    "STADTLABOR_HOME",
    "STADTLABOR_SETTINGS",
    "STADTLABOR_CITY",
    "STADTLABOR_NOTEBOOKS",
    "STADTLABOR_DATA",
)
"""Taken over from the service's own environment; all else is left out, secrets above all."""


def allowed(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Return the environment of the service and its kernels.

    Parameters
    ----------
    environment
        What the service was started with.
    folder
        Where Jupyter and IPython may keep their files, in place of a person's home.
    """
    folder.mkdir(parents=True, exist_ok=True)
    one_thread = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **{name: environment[name] for name in KEPT if name in environment},
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        # Many small kernels share few cores: more threads would only get in each other's way.
        **dict.fromkeys(one_thread, "1"),
    }
