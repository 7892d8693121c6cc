"""What can go wrong before, while and after a notebook runs."""

__all__ = ["TIMED_OUT", "PipelineError", "PromotionError"]

TIMED_OUT = -1000
"""Status of a run that was not ready in time; no process ends with it."""


class PipelineError(ValueError):
    """The list of pipelines cannot be used; the message says in German why."""


class PromotionError(RuntimeError):
    """A run failed or was refused; the message says in German why."""
