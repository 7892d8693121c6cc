"""The course as people find it, built from the sources in ``notebooks``.

Sources of lessons hold solutions, so nobody is shown them: the hub, the gallery and the apps serve
the built folder. What is no lesson is taken over as it is.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from stadtlabor.learning.copies import app_copy, levels_of, pupil_copy, teacher_copy
from stadtlabor.learning.lesson import read_tasks

__all__ = ["TEACHER", "build"]

TEACHER = "lehrkraft"
"""Folder of the teacher copies below the built folder; the course is the folder ``kurs`` beside."""


def build(source: Path, target: Path) -> list[Path]:
    """Build the course anew.

    The old one stays until the new one is complete.

    Parameters
    ----------
    source
        Folder of the sources (``notebooks``).
    target
        Folder that ``kurs`` and ``lehrkraft`` are made in.

    Returns
    -------
    list of pathlib.Path
        What was written, below ``target``.

    Raises
    ------
    LessonError
        In German, if the tasks of a lesson cannot be read.
    """
    target.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        new = Path(scratch)
        for path in sorted(source.glob("*/*.ipynb")):
            made += _write(path, new)
        for name in ("kurs", TEACHER):
            (new / name).mkdir(exist_ok=True)
            old = target / name
            if old.exists():
                old.rename(new / f"old-{name}")
            (new / name).chmod(0o755)
            (new / name).rename(old)
    return made


def _write(path: Path, folder: Path) -> list[Path]:
    strand = path.parent.name
    notebook = nbformat.read(path, as_version=4)
    course = folder / "kurs" / strand
    course.mkdir(parents=True, exist_ok=True)
    if notebook.metadata.get("stadtlabor", {}).get("kind") != "lesson":
        return [Path(shutil.copy(path, course / path.name))]
    made = []
    for level in levels_of(notebook):
        name = path.name if level == "a" else f"{path.stem}-{level}.ipynb"
        made.append(_save(_addressed(pupil_copy(notebook, level), path, name), course / name))
    made.append(_save(app_copy(notebook), course / f"{path.stem}-app.ipynb"))
    tasks = read_tasks(path.with_suffix(".toml"))
    teacher = folder / TEACHER / strand
    teacher.mkdir(parents=True, exist_ok=True)
    made.append(_save(teacher_copy(notebook, tasks), teacher / path.name))
    return made


def _addressed(notebook: NotebookNode, path: Path, name: str) -> NotebookNode:
    """Let the link „In meinen Ordner kopieren“ lead to the copy that it stands in."""
    own = f"{path.parent.name}/{path.name}"
    for cell in notebook.cells:
        cell.source = cell.source.replace(own, f"{path.parent.name}/{name}")
    return notebook


def _save(notebook: NotebookNode, path: Path) -> Path:
    nbformat.write(notebook, path)
    return path
