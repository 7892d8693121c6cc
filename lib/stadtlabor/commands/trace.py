"""``stadtlabor trace``: where a figure comes from."""

from __future__ import annotations

from typing import Any

import click

__all__ = ["trace"]


class Plain(click.ClickException):
    """A sentence for people, without click's own English word before it."""

    def show(self, file: Any = None) -> None:
        """Write the sentence."""
        click.echo(self.message, err=True, file=file)


@click.command()
@click.argument("figure")
def trace(figure: str) -> None:
    """Zeigt, woher eine Zahl kommt: Lauf, Notebook, Daten, Lieferungen, Regeln.

    FIGURE ist die Kennung der Zahl (3fa9c1d2e4b5-percent), PIPELINE/LAUF#NAME oder ein ganzer
    Lauf: PIPELINE/LAUF.
    """
    from stadtlabor.evidence.told import lines
    from stadtlabor.evidence.trace import TraceError
    from stadtlabor.evidence.trace import trace as walk

    try:
        found = walk(figure)
    except TraceError as error:
        raise Plain(str(error)) from None
    for line in lines(found):
        click.echo(line)
