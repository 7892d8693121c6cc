"""The fair league as a page: who improved, in which band, and who is not in it."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd
from IPython.display import HTML

from stadtlabor.city import city
from stadtlabor.data import DataError
from stadtlabor.klimaschule.school import SchoolError, open_school
from stadtlabor.klimaschule.together import Entry, heat_entry, league
from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, text

__all__ = ["LeagueView", "league_view"]


@dataclass(frozen=True)
class LeagueView:
    """The league, ready to be shown.

    Attributes
    ----------
    entries
        Schools that take part and could be computed.
    refused
        German sentences on those that could not.
    days
        Days that count.
    """

    entries: list[Entry]
    refused: list[str]
    days: int

    @property
    def answer(self) -> HTML:
        """Say who leads, or that nobody can be told apart."""
        table = league(self.entries)
        if table.empty:
            said = text("league.nobody")
        else:
            first = table[table["band"] == 1]
            names = ", ".join(first["school"])
            key = "league.one" if len(first) == 1 else "league.several"
            said = text(key, names=names, days=number(self.days))
        return HTML(f'<p class="stadtlabor-answer">{html.escape(said)}</p>')

    @property
    def picture(self) -> Figure | HTML:
        """Draw the savings with their ranges, best first."""
        table = league(self.entries)
        if table.empty:
            return HTML("")
        low = min(0.0, float(table["low"].min()))
        return bars(
            list(table["school"]),
            list(table["percent"]),
            "%",
            title=text("league.title"),
            subtitle=text("league.subtitle", days=number(self.days)),
            note=Note(
                sources=(text("league.source", city=city().city.name),),
                licences=("CC-BY-4.0",),
                simulated=bool(table["simulated"].any()),
            ),
            meaning="heat",
            low=list(table["low"]),
            high=list(table["high"]),
            digits=1,
            head=text("league.school"),
            start=low,
        )

    @property
    def table(self) -> HTML:
        """List bands, possible places and points for evidence."""
        shown = league(self.entries)
        names = ("school", "band", "best", "worst", "percent", "low", "high", "evidence")
        lines = zip(*(shown[name].to_list() for name in names), strict=True)
        rows = "".join(
            f"<tr><td>{band}</td><th scope='row'>{html.escape(school)}</th><td>{best}–{worst}</td>"
            f"<td>{number(percent, 1)} % ({number(low, 1)} bis "
            f"{number(high, 1)} %)</td><td>{number(evidence, 1)}</td></tr>"
            for school, band, best, worst, percent, low, high, evidence in lines
        )
        heads = "".join(f"<th scope='col'>{text(f'league.head_{n}')}</th>" for n in range(1, 6))
        return HTML(
            f'<div style="overflow-x:auto" tabindex="0" role="region" '
            f'aria-label="{text("league.title")}"><table><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    @property
    def missing(self) -> HTML:
        """Say which schools are not in it and why."""
        items = "".join(f"<li>{html.escape(said)}</li>" for said in self.refused)
        return HTML(f"<ul>{items}</ul>" if items else "")


def league_view(days: int = 60) -> LeagueView:
    """Compute the league of the city's schools that take part.

    Parameters
    ----------
    days
        So many newest days count; all before them are the school's own expectation.
    """
    entries, refused = [], []
    for school in city().schools:
        if not school.league:
            continue
        try:
            opened = open_school(school.id)
            meter = opened.meter("heat")
            if meter is None:
                raise ValueError(text("league.no_meter", school=school.name))
            last = meter.values.index[-1].normalize()
            entries.append(heat_entry(opened, last - pd.Timedelta(days=days)))
        except (SchoolError, DataError, ValueError) as error:
            refused.append(str(error))
    return LeagueView(entries, refused, days)
