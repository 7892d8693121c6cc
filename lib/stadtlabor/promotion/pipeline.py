"""Which notebooks are in operation: ``notebooks/pipelines.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stadtlabor.settings import root

__all__ = ["Pipeline", "PipelineError", "read_pipelines"]


class PipelineError(ValueError):
    """The list of pipelines cannot be used; the message says in German why."""


class Pipeline(BaseModel):
    """A notebook that runs for every new frame of a grid.

    Attributes
    ----------
    name
        Plain name; folder of its runs.
    notebook
        Path below ``notebooks/``.
    datasets
        Grids whose frames call for a run; each gets runs of its own.
    history_min
        Minutes of frames before the issue time that a run reads.
    catch_up
        At most so many of the newest issue times are made up for after a pause.
    parameters
        Passed to the notebook beside ``dataset`` and ``issue``.
    timeout_s
        A run is given up after this time.
    keep
        So many runs stay in the archive, per pipeline.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    notebook: str
    datasets: list[str]
    history_min: Annotated[int, Field(ge=5)] = 30
    catch_up: Annotated[int, Field(ge=1)] = 2
    parameters: dict[str, str | int | float | bool] = {}
    timeout_s: Annotated[int, Field(gt=0)] = 300
    keep: Annotated[int, Field(ge=2)] = 600

    @property
    def path(self) -> Path:
        """Absolute path of the notebook."""
        return root() / "notebooks" / self.notebook


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
