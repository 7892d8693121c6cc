"""Declare an output: the only way by which anything leaves a real run."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import pandas as pd

from stadtlabor.realrun import places
from stadtlabor.realrun.cells import shown
from stadtlabor.realrun.contract import threshold
from stadtlabor.realrun.frames import declared, framed
from stadtlabor.realrun.reading import FOLDER, real, seen
from stadtlabor.realrun.rules import faults, notes
from stadtlabor.realrun.table import Table
from stadtlabor.realrun.words import said
from stadtlabor.ui.texts import number

__all__ = ["release"]

SHOWN = 12
"""Rows that a draft shows."""


def release(name: str, table: pd.DataFrame, count: str) -> pd.DataFrame:
    """Declare a table as an output of a real run.

    While drafting, it shows the table as it would leave, and what speaks against it; in a real
    run it writes it down for the check. Draw pictures from what it returns, or later from
    :func:`stadtlabor.realrun.results`.

    Parameters
    ----------
    name
        Written out: small letters, digits and ``_``.
    table
        At most 200 rows and 20 columns; an index with names counts as columns.
    count
        Column that says on how many persons, schools or values each row rests.

    Returns
    -------
    pandas.DataFrame
        The table as it would leave: numbers with four significant digits, days as days.

    Raises
    ------
    RealRunError
        If it can be no output at all (German sentence).
    """
    made = declared(name, table, count)
    if real():
        _write(made)
    else:
        _show(made)
    return framed(made)


def _write(table: Table) -> None:
    folder = Path(os.environ[FOLDER]) / places.DECLARED
    folder.mkdir(exist_ok=True)
    text = json.dumps(table.plain(), ensure_ascii=False)
    (folder / f"{table.name}.json").write_text(text, encoding="utf-8")


def _show(table: Table) -> None:
    from IPython.display import HTML, display  # here: only a notebook has it at hand

    read = seen()
    k = threshold(tuple(dict.fromkeys(each["dataset"] for each in read)))
    against = faults([table], read, k)
    head = said("release.bad" if against else "release.good", table=table.name, k=number(k))
    told = [head, *against, *notes([table], read)]
    items = "".join(f"<li>{html.escape(line)}</li>" for line in told[1:])
    columns = "".join(f'<th scope="col">{html.escape(c.name)}</th>' for c in table.columns)
    kinds = [column.kind for column in table.columns]
    cells = [[html.escape(shown(*pair)) for pair in zip(row, kinds, strict=True)]
             for row in table.rows[:SHOWN]]  # fmt: skip
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    more = len(table.rows) - SHOWN
    foot = f"<p>{html.escape(said('release.more', count=more))}</p>" if more > 0 else ""
    lines = f"<p role='status'>{html.escape(head)}</p>" + (f"<ul>{items}</ul>" if items else "")
    page = f"{lines}<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>{foot}"
    display(HTML(page))
