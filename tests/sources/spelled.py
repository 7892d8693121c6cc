"""Write and read numbers and days to the letter, for samples and their judge."""

from __future__ import annotations

import re

import pandas as pd


def comma(x: float, digits: int) -> str:
    return f"{x:.{digits}f}".replace(".", ",")


def read_number(text: str, digits: int, loose: bool, comma: bool = True) -> float | None:
    """Read a number with exactly so many decimals; workbooks (loose) keep no zeros at the end."""
    sign = "," if comma else r"\."
    pattern = rf"[0-9]{{1,7}}{sign}[0-9]{{{digits}}}0*|0"
    if loose:
        pattern = rf"[0-9]{{1,7}}(?:{sign}[0-9]{{1,4}})?"
    return float(text.replace(",", ".")) if re.fullmatch(pattern, text) else None


def read_day(text: str, form: str = "%d.%m.%Y") -> str | None:
    shape = {
        "%d.%m.%Y": r"\d\d\.\d\d\.\d{4}",
        "%Y-%m-%d": r"\d{4}-\d\d-\d\d",
        "%d/%m/%Y": r"\d\d/\d\d/\d{4}",
    }
    text = re.sub(r"^ (?=\d\D)", "0", text)  # " 1.01.2021" says what "01.01.2021" says
    if not re.fullmatch(shape[form], text):
        return None
    stamp = pd.to_datetime(text, format=form, errors="coerce")
    return None if pd.isna(stamp) else f"{stamp:%Y-%m-%d}"


def read_clock(text: str, step: int) -> int | None:
    match = re.fullmatch(r"([ \d]\d):(\d\d)", text)
    if not match:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if int(match[2]) < 60 and minute <= 1440 and minute % step == 0 else None


def wall(day: str, minute: int) -> str:
    return f"{pd.Timestamp(day) + pd.Timedelta(minutes=minute):%Y-%m-%d %H:%M}"
