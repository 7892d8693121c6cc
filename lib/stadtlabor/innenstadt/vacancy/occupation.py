"""Decide for each row of a list whether the unit stands empty, and ask where nobody can tell."""

from __future__ import annotations

import re
from collections import Counter

from stadtlabor.innenstadt.vacancy.cells import flag, is_nothing
from stadtlabor.innenstadt.vacancy.header import columns, header_keys
from stadtlabor.innenstadt.vacancy.listing import texts
from stadtlabor.innenstadt.vacancy.stated import Stated
from stadtlabor.sources.names import slug
from stadtlabor.sources.question import Option, Question
from stadtlabor.sources.table import Table

__all__ = ["occupation"]


def occupation(table: Table, places: dict[str, int], given: Stated) -> list[bool | str]:
    """Tell for each row whether the unit stands empty.

    Returns
    -------
    list
        True (empty), False (in use), or the German reason why the row does not say.

    Raises
    ------
    Question
        If the list does not say at all, or says it in a word that is not known.
    """
    if "status" in places:
        return _by_status(table, places["status"], given)
    if given.all_vacant is not None:
        return [given.all_vacant] * len(table)
    if "use" in places:
        said = [row[places["use"]].strip() for row in table.rows]
        if any(_word(text, given) for text in said):
            empty = texts()["rows"]["status_empty"]
            return [empty if is_nothing(text) else _word(text, given) is True for text in said]
    if "vacant_since" in places:
        since = [not is_nothing(row[places["vacant_since"]]) for row in table.rows]
        if all(since):
            return [True] * len(table)
    if _is_vacant_list(table):
        return [True] * len(table)
    q = texts()["questions"]
    raise Question(
        table.name,
        q["all_vacant"],
        [
            Option(q["all_vacant_yes"], "alle-leer", {"all_vacant": True}),
            Option(q["all_vacant_no"], "alle-belegt", {"all_vacant": False}),
        ],
    )


def _by_status(table: Table, place: int, given: Stated) -> list[bool | str]:
    keys = header_keys(table.header[place])
    words = columns()["words"]
    means_vacant = any(key in words["vacant_questions"] for key in keys)
    is_question = means_vacant or any(key in words["occupied_questions"] for key in keys)
    found: list[bool | str] = []
    unknown: Counter[str] = Counter()
    for row in table.rows:
        said = " ".join(row[place].split())
        answer = flag(said) if is_question and said else None
        meant = _word(said, given) if answer is None else answer == means_vacant
        if meant is None and is_nothing(said):
            found.append(texts()["rows"]["status_empty"])
        elif meant is None:
            unknown[said] += 1
            found.append(texts()["rows"]["status_unknown"].format(said=said[:60]))
        else:
            found.append(meant)
    # A single odd word is that row's fault; one that comes again belongs to this list's language.
    word, count = unknown.most_common(1)[0] if unknown else ("", 0)
    if count > max(1, len(table) // 100):
        q = texts()["questions"]
        raise Question(
            table.name,
            q["word"].format(word=word),
            [
                Option(q["word_vacant"], f"leer-{slug(word)}", {"vacant_words": word}),
                Option(q["word_occupied"], f"belegt-{slug(word)}", {"occupied_words": word}),
            ],
        )
    return found


def _word(text: str, given: Stated) -> bool | None:
    """Tell whether a word means empty (True) or in use (False)."""
    plain, words = " ".join(text.lower().split()), columns()["words"]
    if plain in words["vacant"] or (plain and slug(plain) in given.vacant_words):
        return True
    if plain in words["occupied"] or (plain and slug(plain) in given.occupied_words):
        return False
    return None


def _is_vacant_list(table: Table) -> bool:
    told = " ".join([table.name, table.detected.get("Tabellenblatt", ""), *table.preamble]).lower()
    return any(
        word in re.split(r"[^a-zäöüß]+", told) for word in columns()["words"]["vacant_lists"]
    )
