"""Forked Jupyter kernels: a template process that has imported the stack forks per session.

Stands alone: nothing here imports the rest of the library. Linux only; everywhere else, and after
any error, the normal launcher of Jupyter does the work.
"""

from stadtlabor.kernels.client import Fork, ForkError, Template
from stadtlabor.kernels.provisioner import ForkedProvisioner

__all__ = ["Fork", "ForkError", "ForkedProvisioner", "Template"]
