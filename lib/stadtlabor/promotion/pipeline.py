"""Which notebooks are in operation: ``notebooks/pipelines.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stadtlabor.promotion import archive
from stadtlabor.promotion.errors import PipelineError, PromotionError
from stadtlabor.settings import root

__all__ = ["Pipeline", "PipelineError", "read_pipelines"]


class Pipeline(BaseModel):
    """A notebook that runs for every new frame of a grid, at clock times, or when asked.

    Attributes
    ----------
    name
        Plain name; folder of its runs.
    notebook
        Path below ``notebooks/``.
    title
        What people call it; default: its name.
    datasets
        Grids whose frames call for a run; each gets runs of its own.
    cron
        Clock times that call for a run, as in ``crontab(5)``, in the city's time zone.
    reads
        Further datasets that the notebook reads without naming them in a parameter.
    history_min
        Minutes of frames before the issue time that a run needs.
    window_min
        Minutes of frames before the issue time that a run reads where they are there; default:
        as many as it needs.
    catch_up
        At most so many of the newest issue times are made up for after a pause.
    parameters
        Passed to the notebook beside ``dataset`` and ``issue``.
    timeout_s, cell_timeout_s
        A run, a cell of it, is given up after this time. Default for a cell: as for the run.
    retries, backoff_s
        A run that ended badly is tried again so often, after this pause; it doubles every time.
    gated
        A changed notebook is a challenger first: evidence decides, see ``promotion/gate.py``.
    public
        Everybody may see results and figures; otherwise only when a run was and how it ended.
    keep
        So many runs stay in the archive, per pipeline.
    version, notebook_hash
        Set by the registry: number of the version, and the archived source to run in place of the
        file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    notebook: str
    title: str = ""
    datasets: list[str] = []
    cron: str = ""
    reads: list[str] = []
    history_min: Annotated[int, Field(ge=5)] = 30
    window_min: Annotated[int, Field(ge=5)] | None = None
    catch_up: Annotated[int, Field(ge=1)] = 2
    parameters: dict[str, Any] = {}
    timeout_s: Annotated[float, Field(gt=0)] = 300
    cell_timeout_s: Annotated[float, Field(gt=0)] | None = None
    retries: Annotated[int, Field(ge=0, le=5)] = 0
    backoff_s: Annotated[float, Field(ge=0, le=300)] = 2
    gated: bool = False
    public: bool = False
    keep: Annotated[int, Field(ge=2)] = 600
    version: int = 0
    notebook_hash: str = ""

    @field_validator("cron")
    @classmethod
    def _clock(cls, value: str) -> str:
        if value:
            from datetime import UTC, datetime

            try:
                CronSim(value, datetime.now(UTC))
            except CronSimError:
                raise ValueError(
                    f"„{value}“ ist kein Zeitplan; täglich um 4.30 Uhr heißt „30 4 * * *“"
                ) from None
        return value

    @property
    def path(self) -> Path:
        """Absolute path of the notebook."""
        return root() / "notebooks" / self.notebook

    def source(self) -> str:
        """Return the notebook's source: the archived version, or the file as it lies there.

        Raises
        ------
        PromotionError
            If it cannot be read (German sentence).
        """
        if self.notebook_hash:
            return archive.source(self.notebook_hash)
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise PromotionError(
                f"Das Notebook „{self.notebook}“ ist nicht lesbar. Bitte Pfad prüfen."
            ) from None


def read_pipelines(path: Path | None = None) -> list[Pipeline]:
    """Read and check the list of pipelines.

    Raises
    ------
    PipelineError
        In German, naming the entry.
    """
    path = path or root() / "notebooks" / "pipelines.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("pipeline", [])
        pipelines = [Pipeline.model_validate(entry) for entry in entries]
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PipelineError(f"{path.name} ist nicht lesbar: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"„{'.'.join(map(str, f['loc']))}“: {f['msg']}" for f in error.errors())
        raise PipelineError(f"{path.name}: {faults}. Bitte diese Einträge prüfen.") from error
    for pipeline in pipelines:
        if not pipeline.path.is_file():
            raise PipelineError(
                f"{path.name}: Das Notebook „{pipeline.notebook}“ gibt es nicht. Bitte Pfad prüfen."
            )
    return pipelines
