"""How papermill runs the cells here: in a forked kernel, and noticing every answer of it."""

from __future__ import annotations

from typing import Any

from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger
from traitlets.config import Config

from stadtlabor.render.runner import Runner

__all__ = ["NAME", "install"]

NAME = "stadtlabor"


class Client(Runner, PapermillNotebookClient):
    """papermill's client with the guard against lost answers.

    papermill calls the cells one by one by ``execute_cell``, which nbclient has bound to its own
    coroutine: so it is bound anew.
    """

    execute_cell = run_sync(Runner.async_execute_cell)


def install(kernels: Config) -> None:
    """Make the engine known to papermill.

    Parameters
    ----------
    kernels
        Settings of jupyter_client: which provisioner starts kernels.
    """
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    # A kernel manager without a parent asks the one of the process; the first call configures it.
    KernelProvisionerFactory.instance(config=kernels)

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            start_timeout: int = 60,
            execution_timeout: float | None = None,
            **_: Any,
        ) -> Any:
            return Client(
                nb_man,
                kernel_name=kernel_name,
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                log=logger,
                config=kernels,
            ).execute()

    papermill_engines.register(NAME, Engine)
