"""Read numbers with decimal comma or point, and ask where both readings are possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.question import Option, Question

__all__ = ["Numbers", "numbers", "tell_odd"]

SIGN = "[+-]?"
INTEGER = rf"{SIGN}[0-9]+"
COMMA = rf"{SIGN}[0-9]+,[0-9]+"
POINT = rf"{SIGN}[0-9]+\.[0-9]+"
EXPONENT = rf"{SIGN}[0-9](?:\.[0-9]+)?[eE][+-][0-9]{{1,3}}"
# 1.234 and 1,234: three digits after one sign, none of them a leading zero.
EITHER_POINT = rf"{SIGN}[1-9][0-9]{{0,2}}\.[0-9]{{3}}"
EITHER_COMMA = rf"{SIGN}[1-9][0-9]{{0,2}},[0-9]{{3}}"
GROUPED_GERMAN = rf"{SIGN}[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+(?:,[0-9]+)?"
GROUPED_ENGLISH = rf"{SIGN}[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?"
GROUPED_SPACE = rf"{SIGN}[1-9][0-9]{{0,2}}(?:[ \u00a0\u202f'’][0-9]{{3}})+(?:[.,][0-9]+)?"


@dataclass(frozen=True)
class Numbers:
    """What a column's cells mean.

    Attributes
    ----------
    values
        float64, NaN where empty or unreadable.
    why
        German reason per unreadable cell, else empty (also for empty cells).
    decimal
        ``,`` or ``.``, empty where only whole numbers occur.
    odd
        Written otherwise than the rest: whole numbers among decimals (perhaps a lost sign), text
        among the numbers of a workbook.
    """

    values: npt.NDArray[np.float64]
    why: npt.NDArray[np.object_]
    decimal: str
    odd: npt.NDArray[np.bool_]


def numbers(
    raw: pd.Series,
    name: str,
    decimal: str | None = None,
    exact: npt.NDArray[np.bool_] | None = None,
    delimiter: str = "",
    beside: Sequence[pd.Series] = (),
) -> Numbers:
    """Read the cells of one column.

    The sign is decided for the whole column; a cell that contradicts it is unreadable. Grouped
    thousands count only where the column groups them throughout.

    Parameters
    ----------
    raw
        Text.
    name
        File name for the question.
    decimal
        Stated decimal sign.
    exact
        Cells that are numbers in the file itself, written with a point.
    delimiter
        ``;`` makes 1,234 a decimal comma, ``,`` makes 1.234 a decimal point.
    beside
        Other columns of the file, which show the sign where this one does not.

    Raises
    ------
    Question
        If 1.234 may be one thousand or one point two.
    """
    text = raw.fillna("").str.strip().str.replace("−", "-", regex=False)
    known = np.zeros(len(text), dtype=bool) if exact is None else exact
    cells = text[~known] if known.any() else text
    sign = decimal or _sign(cells, name, delimiter, beside)
    values = np.full(len(text), np.nan)
    why = np.full(len(text), "", dtype=object)
    if known.any():
        values[known] = pd.to_numeric(text[known], errors="coerce").to_numpy("float64")
    free = np.flatnonzero(~known)
    read, reasons = _read(cells, sign)
    values[free], why[free] = read, reasons
    infinite = ~np.isfinite(values) & ~np.isnan(values)
    values[infinite] = np.nan
    why[infinite] = "ist keine endliche Zahl"
    odd = np.zeros(len(text), dtype=bool)
    if known.any():  # a workbook: it keeps no zeros at the end
        whole = text.str.fullmatch(INTEGER).to_numpy(bool)
        odd = ~known | (~whole & (whole.sum() >= max(2, 0.6 * len(text))))
    else:
        odd[free] = _odd(cells, sign)
    odd &= ~np.isnan(values) & (values != 0)
    return Numbers(values, why, sign, odd)


def _odd(cells: pd.Series, sign: str) -> npt.NDArray[np.bool_]:
    """Tell whole numbers among decimals and the other way round, and a last cell cut short."""
    none = np.zeros(len(cells), dtype=bool)
    if not sign or not len(cells):
        return none
    place = cells.str.rfind(sign)
    decimals = (cells.str.len() - place - 1).where(place >= 0, 0).to_numpy()
    filled = (cells != "").to_numpy(bool)
    # A nought is often written without decimals and says nothing.
    telling = filled & (cells != "0").to_numpy(bool)
    seen, counts = np.unique(decimals[telling], return_counts=True)
    if not len(seen) or counts.max() < max(2, 0.6 * counts.sum()):
        return none
    usual = seen[counts.argmax()]
    if usual == 0:
        several = int((decimals[filled] > 0).sum())
        few = several <= max(1, 0.3 * counts.sum())
        return filled & (decimals > 0) if few else none
    odd = filled & (decimals == 0)
    odd[-1] |= bool(filled[-1] and decimals[-1] < usual)
    # Where zeros at the end are left out, lengths vary and say nothing.
    shorter = int(counts[(seen > 0) & (seen < usual)].sum())
    return odd if shorter <= max(1, 0.02 * counts.sum()) else none


def tell_odd(
    read: Numbers,
    kept: npt.NDArray[np.bool_],
    lines: Sequence[int],
    raw: pd.Series,
    ledger: Ledger,
    column: str,
    register: bool = False,
) -> None:
    """Tell kept cells that are written otherwise than the rest; registers may begin with zeros."""
    odd = read.odd
    if not register:
        odd = odd | raw.str.contains(r"^[+-]?0[0-9]", regex=True).to_numpy(bool)
    for n in np.flatnonzero(odd & kept).tolist():
        ledger.doubt(
            int(lines[n]),
            f"{raw.iloc[n]} ist anders geschrieben als die übrigen Werte",
            "Bitte prüfen, ob das Dezimalzeichen stimmt; der Wert zählt mit",
            column,
        )


def _share(cells: pd.Series, pattern: str) -> int:
    return int(cells.str.fullmatch(pattern).sum())


def _evidence(cells: pd.Series) -> tuple[int, int, int, int]:
    """Count cells with surely a comma, surely a point, and either (comma, point)."""
    both_comma, both_point = _share(cells, EITHER_COMMA), _share(cells, EITHER_POINT)
    comma = _share(cells, COMMA) - both_comma + _share(cells, GROUPED_GERMAN) - both_point
    point = _share(cells, POINT) - both_point + _share(cells, GROUPED_ENGLISH) - both_comma
    return comma, point + _share(cells, EXPONENT), both_comma, both_point


def _sign(cells: pd.Series, name: str, delimiter: str, beside: Sequence[pd.Series]) -> str:
    has_sign = cells.str.contains("[.,]", regex=True)
    if not has_sign.any():
        return ""
    signed = cells[has_sign]
    comma, point, either_comma, either_point = _evidence(signed)
    if comma + point < 3:
        for other in beside:
            more = _evidence(other.fillna("").str.strip())
            comma, point = comma + more[0], point + more[1]
    if comma and comma >= 9 * point:
        return ","
    if point and point >= 9 * comma:
        return "."
    if not comma and not point:
        if not either_comma and not either_point:
            return ","
        if either_comma and not either_point and delimiter == ";":
            return ","
        if either_point and not either_comma and delimiter == ",":
            return "."
    shown = signed[signed.str.fullmatch(f"{EITHER_COMMA}|{EITHER_POINT}")]
    example = (shown if len(shown) else signed).iloc[0]
    raise Question(
        name,
        f"Ist in „{example}“ das Komma oder der Punkt das Dezimalzeichen?",
        [
            Option("Komma", "dezimal-komma", {"decimal": ","}),
            Option("Punkt", "dezimal-punkt", {"decimal": "."}),
        ],
    )


def _read(cells: pd.Series, sign: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    empty = (cells == "").to_numpy(bool)
    ungrouped = cells.str.fullmatch(rf"{INTEGER}|{POINT if sign == '.' else COMMA}").to_numpy(bool)
    exponent = np.zeros(len(cells), dtype=bool)
    grouped = np.zeros(len(cells), dtype=bool)
    rest = ~ungrouped & ~empty
    why = np.full(len(cells), "", dtype=object)
    if rest.any():
        left = cells[rest]
        if sign != ",":
            exponent[rest] = left.str.fullmatch(EXPONENT).to_numpy(bool)
        pattern = GROUPED_ENGLISH if sign == "." else GROUPED_GERMAN
        grouped[rest] = left.str.fullmatch(f"{pattern}|{GROUPED_SPACE}").to_numpy(bool)
        wrong = "," if sign == "." else "."
        grouped &= ~(
            cells.str.contains(rf"{INTEGER}[ \u00a0\u202f'’].*\{wrong}", regex=True).to_numpy(bool)
        )
    if grouped.any():
        large = cells[ungrouped].str.contains(r"^[+-]?[0-9]{4,}", regex=True).sum()
        has_decimals = cells.str.contains(rf"\{sign or ','}[0-9]+$", regex=True).to_numpy(bool)
        doubtful = grouped & ~has_decimals & (has_decimals[~empty].mean() > 0.5)
        if large >= grouped.sum():
            doubtful |= grouped
        why[doubtful] = "kann tausend oder ein Bruchteil davon sein"
        grouped &= ~doubtful
    good = ungrouped | exponent | grouped
    why[~good & ~empty & (why == "")] = "ist keine Zahl"
    values = np.full(len(cells), np.nan)
    if good.any():
        read = cells[good]
        if grouped.any():
            separators = r"[ \u00a0\u202f'’,]" if sign == "." else r"[ \u00a0\u202f'’.]"
            read = read.str.replace(separators, "", regex=True)
        if sign != ".":
            read = read.str.replace(",", ".", regex=False)
        values[good] = pd.to_numeric(read, errors="coerce").to_numpy("float64")
    return values, why
