from __future__ import annotations

import doctest
import re
from datetime import timedelta
from pathlib import Path

import pytest

from stadtlabor.ui import texts
from stadtlabor.ui.palette import _palette, colour

CATALOGUE = Path(texts.__file__).with_name("de.toml")


def test_examples_hold() -> None:
    assert doctest.testmod(texts).failed == 0


def test_gaps_must_be_filled() -> None:
    with pytest.raises(KeyError):
        texts.text("footfall.last_hour", count="7")
    with pytest.raises(KeyError):
        texts.text("footfall.gibt_es_nicht")


def test_every_text_is_used_and_every_used_text_exists() -> None:
    files = [*CATALOGUE.parents[2].rglob("*.py"), *CATALOGUE.parents[2].rglob("templates/*.html")]
    sources = "".join(path.read_text("utf-8") for path in files)
    sections = texts._catalogue()
    known = {f"{section}.{name}" for section, names in sections.items() for name in names}
    keys = re.findall(r"""["']([a-z_]+\.[a-z_]+)["']""", sources)
    # A section may be called as a file is: "page.html" is no text.
    used = {
        key
        for key in keys
        if key.split(".")[0] in sections and not key.endswith((".html", ".toml", ".css", ".js"))
    }
    openings = (
        "footfall.flag_",
        "league.head_",
        "alert.",
        "media.",
        "room.",
        "helped.",
        "vacancy.",
        "match.",
        "rain_app.column_",
        "rain_app.state_",
        "rain_scores.",
        "wann_warnen.",
    )
    composed = {key for key in known if key.startswith(openings)}
    assert used <= known, used - known
    assert known - used - composed == set()


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=40), "40 Sekunden"),
        (timedelta(minutes=1), "1 Minute"),
        (timedelta(hours=5), "5 Stunden"),
        (timedelta(days=1), "1 Tag"),
    ],
)
def test_age(span: timedelta, said: str) -> None:
    assert texts.age(span) == said


def contrast(shade: str) -> float:
    """Contrast of a colour against white (WCAG 2.2, relative luminance)."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(shade[i : i + 2], 16)) for i in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("meaning", [m for m in _palette()["meaning"] if m != "grid"])
def test_colours_stand_out(meaning: str) -> None:
    assert contrast(colour(meaning)) >= 3
