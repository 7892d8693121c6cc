"""From prototype notebook to operation: run by papermill, judged, archived, never repeated."""

from stadtlabor.promotion.archive import Run, latest, runs
from stadtlabor.promotion.errors import PipelineError, PromotionError
from stadtlabor.promotion.evidence import Verdict, weigh
from stadtlabor.promotion.execution import execute
from stadtlabor.promotion.gate import decide, evidence_of
from stadtlabor.promotion.operation import in_operation, resolve, run
from stadtlabor.promotion.pipeline import Pipeline, read_pipelines
from stadtlabor.promotion.record import record
from stadtlabor.promotion.rerun import Rerun, rerun
from stadtlabor.promotion.versions import Version, register, rollback, state

__all__ = [
    "Pipeline",
    "PipelineError",
    "PromotionError",
    "Rerun",
    "Run",
    "Verdict",
    "Version",
    "decide",
    "evidence_of",
    "execute",
    "in_operation",
    "latest",
    "read_pipelines",
    "record",
    "register",
    "rerun",
    "resolve",
    "rollback",
    "run",
    "runs",
    "state",
    "weigh",
]
