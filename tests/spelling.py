"""Check the spelling of German texts: ``python tests/spelling.py`` (part of ``make check``).

Looks at the text catalogues, the lessons' tasks and the notebooks' markdown with the Hunspell
dictionary of the npm package ``dictionary-de``. Words that it does not know stand in
``tests/spelling.txt``, one per line.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from spylls.hunspell import Dictionary

ROOT = Path(__file__).resolve().parents[1]
DICTIONARY = ROOT / "node_modules" / "dictionary-de" / "index"
KNOWN = ROOT / "tests" / "spelling.txt"
CATALOGUES = [
    "lib/stadtlabor/**/texts/de.toml",
    "lib/stadtlabor/**/texts/de/*.toml",
    "lib/stadtlabor/**/*.de.toml",
    "lib/stadtlabor/klimaschule/**/*.toml",
    "notebooks/*/*.toml",
]
NOT_PROSE = [
    r"`[^`]*`",  # code
    r"\{[^}]*\}",  # gaps
    r"<[^>]*>",  # tags
    r"\]\([^)]*\)",  # addresses of links
    r"https?://\S+",
    r"[?&]\w+=\S*",
    r"\b\w+@\w+\S*",
    r"/\w[\w/.-]*",
]
WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ\u00ad]+(?:-[A-Za-zÀ-ÿ]+)*")


def texts() -> Iterator[tuple[str, str]]:
    """Yield (place, text) of everything that people read."""
    for pattern in CATALOGUES:
        for path in sorted(ROOT.glob(pattern)):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                if re.match(r"(error|message) = ", line):
                    continue  # Python's own words
                for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', line.split(" #")[0]):
                    # Keys, names of values and the like are no sentences.
                    if " " in quoted or quoted[:1].isupper():
                        yield f"{path.relative_to(ROOT)}:{number}", quoted
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            if cell.cell_type == "markdown":
                yield f"{path.relative_to(ROOT)}, Zelle {number}", cell.source


def main() -> int:
    """Print unknown words with their place; return how many there are."""
    if not DICTIONARY.with_suffix(".dic").exists():
        print("Das Wörterbuch fehlt. Bitte „make setup“ ausführen.", file=sys.stderr)
        return 1
    known = set(KNOWN.read_text("utf-8").split())
    places: dict[str, str] = {}
    for place, text in texts():
        prose = text
        for pattern in NOT_PROSE:
            prose = re.sub(pattern, " ", prose)
        for word in WORD.findall(prose):
            plain = word.replace("\u00ad", "")
            if plain not in known:
                places.setdefault(plain, place)
    dictionary = Dictionary.from_files(str(DICTIONARY))
    unknown = {
        word: place
        for word, place in places.items()
        # At the start of a sentence a word may be written large; parts of a compound count alone.
        if not all(
            dictionary.lookup(part) or dictionary.lookup(part.lower()) or part in known
            for part in word.split("-")
        )
    }
    for word, place in sorted(unknown.items(), key=lambda item: item[1]):
        print(f"{place}: „{word}“")
    if unknown:
        print(f"{len(unknown)} unbekannte Wörter. Verschrieben? Sonst in {KNOWN.name} eintragen.")
    return len(unknown)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
