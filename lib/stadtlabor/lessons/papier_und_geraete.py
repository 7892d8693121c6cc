"""Papier und Geräte: bought once, counted over years (Einkauf, grades 7–9)."""

from __future__ import annotations

import pandas as pd

from stadtlabor.lessons.invented import factor, invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

LAPTOPS, TABLETS, PAPER_KG = 80, 160, 2400.0
SHORT, LONG = 5, 8
"""Years of use that are compared."""


def scene(laptops: int = LAPTOPS, tablets: int = TABLETS) -> Scene:
    """Return the material: devices and paper of an invented school.

    Parameters
    ----------
    laptops, tablets
        Devices in use.
    """
    laptop, tablet = (
        factor("oeko-institut/purchasing.laptop/2020"),
        factor("hersteller/purchasing.tablet/2020"),
    )
    virgin, recycled = (
        factor("desnz-2025/purchasing.paper_virgin/2025"),
        factor("desnz-2025/purchasing.paper_recycled/2025"),
    )
    made = laptops * laptop.value + tablets * tablet.value
    note = invented(laptop, tablet, virgin, recycled)
    table = pd.DataFrame(
        {
            "Was": ["Laptops", "Tablets", "Papier aus Frischfasern"],
            "Menge": [laptops, tablets, PAPER_KG],
            "Einheit": ["Stück", "Stück", "kg im Jahr"],
            "kg CO2e je Einheit": [laptop.value, tablet.value, round(virgin.value, 2)],
        }
    )
    paper, saved = PAPER_KG * virgin.value, PAPER_KG * (virgin.value - recycled.value)
    return Scene(
        intro=text("papier.intro", laptops=number(laptops), tablets=number(tablets)),
        raw=table,
        data=table,
        truths={
            "made_kg": made,
            "only_laptops_kg": laptops * laptop.value,
            "only_tablets_kg": tablets * tablet.value,
            "all_as_laptops_kg": (laptops + tablets) * laptop.value,
            "year_kg": made / SHORT,
            "times_kg": made * SHORT,
            "year_long_kg": made / LONG,
            "saved_kg": made / SHORT - made / LONG,
            "saved_wrong_kg": made / (LONG - SHORT),
            "paper_kg": paper,
            "paper_saved_kg": saved,
            "paper_recycled_kg": PAPER_KG * recycled.value,
            "paper_mass_kg": PAPER_KG,
            "paper_percent": saved / paper * 100,
            "paper_rest_percent": (1 - saved / paper) * 100,
            "paper_share": saved / paper,
            "paper_other_base": saved / (PAPER_KG * recycled.value) * 100,
        },
        pictures={
            "herstellung": lambda: bars(
                [text("papier.laptops"), text("papier.tablets"), text("papier.paper")],
                [laptops * laptop.value / SHORT, tablets * tablet.value / SHORT, paper], "kg",
                title=text("papier.made_title"),
                subtitle=text("papier.made_subtitle", years=number(SHORT)),
                note=note, meaning="purchasing",
            ),
            "jahre": lambda: bars(
                [text("papier.years", n=number(n)) for n in (3, SHORT, LONG)],
                [made / n for n in (3, SHORT, LONG)], "kg",
                title=text("papier.years_title"),
                subtitle=text("papier.years_subtitle"),
                note=note, meaning="purchasing",
            ),
        },
        simulated=True,
    )  # fmt: skip
