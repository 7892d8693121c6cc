"""Nothing stays longer than it may: retention periods, erasure on request, and the proof of it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stadtlabor.retention.timer import Timer

__all__ = ["Timer"]


def __getattr__(name: str) -> Any:
    """Load the timer when it is asked for: the pages need the register alone (PEP 562)."""
    if name == "Timer":
        from stadtlabor.retention.timer import Timer

        return Timer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
