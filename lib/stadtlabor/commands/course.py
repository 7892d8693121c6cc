"""``stadtlabor course``: build the pupils', teachers' and app copies of the lessons."""

from __future__ import annotations

from pathlib import Path

import click

from stadtlabor.settings import built, root

__all__ = ["course"]


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ordner, in den gebaut wird; sonst der, den das Stadtlabor zeigt.",
)
def course(into: Path | None) -> None:
    """Baut aus den Lektionen die Fassungen für Schülerinnen und Schüler, Lehrkräfte und Apps."""
    from stadtlabor.learning.course import build
    from stadtlabor.learning.lesson import LessonError

    target = into or built()
    try:
        made = build(root() / "notebooks", target)
    except LessonError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(made)} Notebooks in {target}")
