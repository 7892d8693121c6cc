"""From prototype notebook to operation: run by papermill, judged, archived, never repeated."""

from stadtlabor.promotion.archive import Run, latest, runs
from stadtlabor.promotion.execution import PromotionError, execute
from stadtlabor.promotion.pipeline import Pipeline, read_pipelines
from stadtlabor.promotion.record import record

__all__ = [
    "Pipeline",
    "PromotionError",
    "Run",
    "execute",
    "latest",
    "read_pipelines",
    "record",
    "runs",
]
