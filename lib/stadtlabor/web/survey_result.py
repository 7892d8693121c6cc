"""The result of a survey as pictures and as a sheet for the footprint."""

from __future__ import annotations

from stadtlabor.klimaschule.mobility import Call, Survey, modes
from stadtlabor.ui.bars import bars
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, percent
from stadtlabor.web.texts import texts

__all__ = ["figures", "sheet"]


def figures(survey: Survey, called: Call) -> list[str]:
    """Return the pictures of a result as HTML: shares by mode, kilometres of a year."""
    words = texts()["survey"]["result"]
    note = Note(sources=(words["source"].format(name=called.name),), licences=(words["licence"],))
    found = []
    shown = survey.shares[survey.shares["share"] > 0].sort_values("share", ascending=False)
    if len(shown):
        first = modes()[str(shown.index[0])].name
        found.append(
            bars(
                [modes()[str(key)].name for key in shown.index],
                list(shown["share"] * 100),
                "%",
                title=words["shares"].format(
                    mode=first, share=percent(float(shown["share"].iloc[0]))
                ),
                subtitle=words["sample"].format(n=survey.answers, persons=survey.persons),
                note=note,
                meaning="mobility",
                low=list(shown["low"] * 100),
                high=list(shown["high"] * 100),
                head=words["mode"],
            )
        )
    far = survey.km[(survey.km["counted_km"] > 0) & survey.km.index.isin(shown.index)]
    far = far.sort_values("counted_km", ascending=False)
    if len(far):
        total = float(far["counted_km"].sum())
        found.append(
            bars(
                [modes()[str(key)].name for key in far.index],
                list(far["counted_km"]),
                "km",
                title=words["far"].format(km=number(total)),
                subtitle=words["year"].format(persons=survey.persons),
                note=note,
                meaning="mobility",
                low=list(far["low"]),
                high=list(far["high"]),
                head=words["mode"],
            )
        )
    return [figure._repr_html_() for figure in found]


def sheet(survey: Survey, called: Call) -> str:
    """Return the amounts as a part of a school's sheet (TOML) for its footprint."""
    words = texts()["survey"]["result"]
    lines = [f"# {words['sheet'].format(name=called.name)}", ""]
    for item in survey.items(words["source"].format(name=called.name)):
        lines += [
            "[[items]]",
            f'activity = "{item.activity}"',
            f"amount = {item.amount:.0f}",
            f'unit = "{item.unit}"',
            'kind = "surveyed"',
            f"uncertainty_pct = {item.uncertainty_pct or 0:.1f}",
            f"source = '{item.source}'",
            "",
        ]
    return "\n".join(lines)
