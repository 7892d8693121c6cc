"""Tell in German what is wrong in a file that people write: which line, which key, why."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

__all__ = ["not_toml", "reason", "sentences"]

# pydantic's error types, told in German; {…} are filled from the error's context.
GERMAN = {
    "missing": "fehlt",
    "extra_forbidden": "ist unbekannt – Tippfehler?",
    "float_parsing": "muss eine Zahl sein",
    "float_type": "muss eine Zahl sein",
    "int_parsing": "muss eine ganze Zahl sein",
    "int_type": "muss eine ganze Zahl sein",
    "string_type": "muss ein Text in Anführungszeichen sein",
    "bool_type": "muss true oder false sein",
    "date_type": "muss ein Datum wie 2026-11-30 ohne Anführungszeichen sein",
    "list_type": "muss eine Liste sein",
    "model_type": "muss ein Abschnitt mit mehreren Angaben sein",
    "dict_type": "muss ein Abschnitt mit mehreren Angaben sein",
    "less_than_equal": "darf höchstens {le} sein",
    "greater_than_equal": "muss mindestens {ge} sein",
    "greater_than": "muss größer als {gt} sein",
    "string_pattern_mismatch": "passt nicht zum erlaubten Muster {pattern}",
    "string_too_long": "darf höchstens {max_length} Zeichen haben",
    "string_too_short": "braucht mindestens {min_length} Zeichen",
    "too_long": "darf höchstens {max_length} Einträge haben",
    "less_than": "muss kleiner als {lt} sein",
    "finite_number": "muss eine endliche Zahl sein",
    "float_from_string": "muss eine Zahl sein",
    "int_from_float": "muss eine ganze Zahl sein",
    "bool_parsing": "muss ja oder nein sein",
    "date_from_datetime_parsing": "muss ein Datum wie 2026-11-30 sein",
    "json_invalid": "ist kein gültiges JSON",
    "datetime_type": "muss Tag und Uhrzeit mit Zeitzone sein",
    "datetime_parsing": "muss Tag und Uhrzeit mit Zeitzone sein",
    "datetime_from_date_parsing": "muss Tag und Uhrzeit mit Zeitzone sein",
    "literal_error": "muss {expected} sein",
    "value_error": "{error}",
    "too_short": "braucht mindestens {min_length} Eintrag",
}


def not_toml(name: str, error: tomllib.TOMLDecodeError) -> str:
    """Tell where a file stops being TOML."""
    found = re.search(r"line (\d+), column (\d+)", str(error))
    where = f"Zeile {found[1]}, Spalte {found[2]}" if found else "am Ende der Datei"
    return (
        f"{name}, {where}: Das ist kein gültiges TOML. "
        "Bitte Anführungszeichen, Klammern und Gleichheitszeichen prüfen."
    )


def sentences(name: str, text: str, error: ValidationError) -> list[str]:
    """Tell each fault in German with the line that its key stands on.

    Parameters
    ----------
    name
        Of the file, for the message.
    text
        Of the file.
    error
        What pydantic found.
    """
    lines = []
    for fault in error.errors():
        keys = [part for part in fault["loc"] if not str(part).startswith("function-")]
        key = ".".join(str(k + 1) if isinstance(k, int) else k for k in keys) or "Datei"
        lines.append(f"{name}, Zeile {_line(text, keys)}: „{key}“ {reason(fault)}.")
    return lines


def reason(fault: Mapping[str, Any]) -> str:
    """Tell in German what is wrong with one value, as pydantic describes it."""
    context = dict(fault.get("ctx", {}))
    if "expected" in context:  # pydantic lists in English
        context["expected"] = str(context["expected"]).replace(" or ", " oder ")
    return GERMAN.get(fault["type"], "passt nicht").format(**context)


def _line(text: str, keys: list[str | int]) -> int:
    """Find the line of a key path; the nearest existing parent where the key is missing."""
    line, start, rows = 1, 0, text.splitlines()
    for position, key in enumerate(keys):
        if isinstance(key, int):
            continue
        nth = keys[position + 1] if position + 1 < len(keys) else 0
        table = ".".join(str(k) for k in keys[: position + 1] if isinstance(k, str))
        heads = [
            n for n, row in enumerate(rows) if re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]+", row)
        ]
        if heads:
            index = nth if isinstance(nth, int) and nth < len(heads) else 0
            start = heads[index]
            line = start + 1
            continue
        for n in range(start, len(rows)):
            if n > start and rows[n].startswith("["):
                break
            if re.search(rf"(^|[{{,\s]){re.escape(key)}\s*=", rows[n].split("#")[0]):
                start, line = n, n + 1
                break
    return line
