"""What the readers of a school's lists share: words, columns, numbers, the result."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Problem
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.meter.form import Form, stated_form
from stadtlabor.sources.meter.numbers import Numbers, numbers, tell_odd
from stadtlabor.sources.meter.report import Report, german
from stadtlabor.sources.meter.special import Sums, compare_sums, take_out
from stadtlabor.sources.meter.words import plain
from stadtlabor.sources.table import Table, plain_name, read_table

__all__ = ["ListReport", "ListTotal", "Listing", "Sheet", "known_as", "open_sheet", "words"]


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """Return the file's content (``words.toml``)."""
    text = files("stadtlabor.sources.school").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def known_as(group: str, text: str) -> str | None:
    """Return the key under which a word stands in a group of ``words.toml``, or None."""
    lowered = " ".join(text.lower().split())
    return next((key for key, names in words()[group].items() if lowered in names), None)


@dataclass(frozen=True)
class ListTotal:
    """A sum of the list, for comparing: German name, value, unit, number of rows."""

    name: str
    value: float
    unit: str
    count: int


@dataclass
class ListReport(Report):
    """The report of a list: like a meter's, without periods and gaps."""

    sums: Sequence[ListTotal] = ()

    def _rows(self) -> list[list[str]]:
        return [[t.name, f"{german(t.value)} {t.unit}", "", f"{t.count} Zeilen"] for t in self.sums]


@dataclass
class Listing:
    """What a list says.

    Attributes
    ----------
    data
        One row per entry; columns stand at the reader.
    report
        What was detected, kept, refused and repaired, and sums.
    """

    data: pd.DataFrame
    report: ListReport

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


@dataclass
class Sheet:
    """An opened list: its table, rows of sums, what is stated, and which part each column plays."""

    table: Table
    sums: Sums
    form: Form
    kind: str

    def place(self, part: str) -> int | None:
        """Return the first column of a part, in the order of the names."""
        header = [plain(h) for h in self.table.header]
        for name in words()[self.kind][part]:
            if name in header:
                return header.index(name)
        # "kg" alone is the unit itself, which plain() keeps only where nothing else is left.
        bare = [h.strip("[]() ").lower() for h in self.table.header]
        return next((bare.index(n) for n in words()[self.kind][part] if n in bare), None)

    def need(self, part: str, german_name: str, example: str) -> int:
        """Return the column of a part.

        Raises
        ------
        SourceError
            If there is none.
        """
        place = self.place(part)
        if place is None:
            raise SourceError(
                f"{self.table.name}, Zeile {self.table.header_line}: Die Spalte für {german_name} "
                f"fehlt ({', '.join(self.table.header[:8])}). "
                f"Bitte eine Spalte „{example}“ anlegen."
            )
        return place

    def numbers(self, place: int | None) -> Numbers:
        """Read a column of numbers; all empty where there is none."""
        if place is None:
            empty = pd.Series("", index=range(len(self.table)), dtype="str")
            return numbers(empty, self.table.name)
        table = self.table
        sign = {"Semikolon": ";", "Komma": ","}.get(table.detected.get("Trennzeichen", ""), "")
        raw = table.column(place).str.replace(r"\s*(?:kg|%|km|min|l)$", "", regex=True)
        beside = [table.column(n) for n in range(len(table.header)) if n != place]
        return numbers(raw, table.name, self.form.decimal, table.is_number(place), sign, beside)

    def text(self, place: int | None) -> pd.Series:
        """Return a column as text; empty where there is none."""
        if place is None:
            return pd.Series("", index=range(len(self.table)), dtype="str")
        return self.table.column(place)

    def finish(
        self,
        data: pd.DataFrame,
        layout: str,
        totals: Sequence[ListTotal],
        checked: Sequence[tuple[int | None, str]] = (),
    ) -> Listing:
        """Compare sums, tell doubled rows and write the report.

        Parameters
        ----------
        data
            One row per entry with the column ``line``.
        layout
            German name.
        totals
            Sums for the report.
        checked
            Columns of the file and of ``data`` whose stated sum is compared.

        Raises
        ------
        SourceError
            If no row is left.
        """
        table = self.table
        if data.empty:
            raise SourceError(
                f"{table.name}: Keine Zeile ist brauchbar (Mängel: {len(table.ledger.rejected)}). "
                f"Bitte die Liste prüfen.{table.ledger.first()}"
            )
        kept = np.isin(np.asarray(table.lines), data["line"].to_numpy())
        for place, column in checked:
            if place is not None:
                read = self.numbers(place)
                raw = self.text(place)
                tell_odd(read, kept, table.lines, raw, table.ledger, table.header[place])
                compare_sums(table, self.sums, place, data[column], read.decimal)
        report = ListReport(
            table.name, layout, table.detected, len(table), len(data), table.ledger,
            timezone=city().city.timezone, sums=tuple(totals),
        )  # fmt: skip
        return Listing(data.reset_index(drop=True), report)

    def tell_doubles(self, data: pd.DataFrame) -> None:
        """Tell rows that stand there several times; they may be right and count each time."""
        again = data.duplicated([c for c in data.columns if c != "line"], keep="first")
        for line in data.loc[again, "line"]:
            self.table.ledger.doubt(
                int(line), "Dieselbe Zeile steht mehrfach da; sie zählt jedes Mal", NOTHING_TO_DO
            )

    def reject(self, n: int, what: str, place: int | None = None) -> Problem:
        """Refuse the n-th row."""
        column = "" if place is None else self.table.header[place]
        self.table.ledger.reject(self.table.lines[n], what, column=column)
        return self.table.ledger.rejected[-1]


def open_sheet(source: str | Path | bytes, kind: str, name: str, form: Form | None) -> Sheet:
    """Open a list.

    Parameters
    ----------
    source
        Path or bytes.
    kind
        ``waste``, ``purchases`` or ``travel``.
    name
        File name, for bytes.
    form
        What is stated; default: what the name states.

    Raises
    ------
    SourceError
        In German, if the file cannot be read or holds no rows.
    """
    if isinstance(source, bytes):
        body = source
    else:
        path = Path(source)
        name = name or path.name
        try:
            body = path.read_bytes()
        except OSError as error:
            raise SourceError(
                f"{path.name}: Die Datei ist nicht lesbar ({error.strerror}). Bitte den Ort prüfen."
            ) from error
    name = plain_name(name)
    form = form or stated_form(name, city().city.timezone)
    names = {n for part in words()[kind].values() for n in part}
    names |= set(words()["private"]["names"]) if kind == "travel" else set()
    names |= (
        {n for part in words()["fractions"].values() for n in part} if kind == "waste" else set()
    )

    def known(cell: str) -> bool:
        return re.sub(r"\s*\d+$", "", plain(cell)) in names

    table, sums, _ = take_out(read_table(body, name, known, form.sheet), has_units=False)
    if not len(table):
        raise SourceError(
            f"{name}: Die Liste ist leer. Bitte unter der Kopfzeile Werte eintragen."
            f"{table.ledger.first()}"
        )
    return Sheet(table, sums, form, kind)
