"""What can go wrong before, while and after a notebook runs."""

__all__ = ["PipelineError", "PromotionError"]


class PipelineError(ValueError):
    """The list of pipelines cannot be used; the message says in German why."""


class PromotionError(RuntimeError):
    """A run failed or was refused; the message says in German why."""
