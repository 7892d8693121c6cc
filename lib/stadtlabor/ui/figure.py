"""A chart as people get it: finding, picture, alternative text, table, downloads, small print.

The picture is SVG made on the server: no script, no request, readable in print and
by a screen reader, the same in a notebook, an app and a static page.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from stadtlabor.drawing import draw
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, text

__all__ = ["Figure", "number_axis"]

alt.data_transformers.disable_max_rows()  # we draw on the server; no page carries the rows

WIDE, NARROW = 760, 250
"""Widths of the plot area on a laptop and on a phone, pixels."""

SWITCH = (
    "<style>.sl-narrow{display:none}@media(max-width:700px){.sl-wide{display:none}"
    ".sl-narrow{display:block}}</style>"
)

FONT = "Fira Sans, Liberation Sans, Arial, sans-serif"


def number_axis(title: str, digits: int = 0) -> alt.Axis:
    """Return a quantitative axis with a horizontal title and German numbers."""
    return alt.Axis(
        title=title, format=f",.{digits}f", titleAngle=0, titleAlign="left", titleY=-12, titleX=0
    )


@dataclass(frozen=True)
class Figure:
    """A chart with everything that look.md asks of one.

    Attributes
    ----------
    title
        The finding, one sentence.
    subtitle
        What is drawn: units, n, period.
    draw
        Draws the Altair chart (without title) for a width in pixels: called with :data:`WIDE`
        and with :data:`NARROW`, the page shows the one that fits.
    table
        What the chart shows, with German column heads; offered as table and CSV.
    alt
        Alternative text made from the data.
    note
        Small print.
    """

    title: str
    subtitle: str
    draw: Callable[[int], alt.TopLevelMixin]
    table: pd.DataFrame
    alt: str
    note: Note

    def svg(self, width: int = WIDE) -> str:
        """Return the chart as an SVG element with German numbers, marked where it is simulated.

        Parameters
        ----------
        width
            Width of the plot area, pixels.
        """
        # The engine refuses what it cannot draw; Altair's own check would take half the time.
        with debug_mode(False):
            chart = self.draw(width)
        spec = chart.configure(
            # The text alternative and the table speak; a label on every mark would weigh more
            # than the drawing.
            aria=False,
            # room for the badge, so that it hides no value
            padding={
                "left": 5,
                "right": 5,
                "bottom": 5,
                "top": 32 if self.note.simulated else 5,
            },
            font=FONT,
            axis=alt.AxisConfig(
                labelFontSize=13,
                titleFontSize=13,
                titleFontWeight="normal",
                gridColor=colour("grid"),
                domainColor=colour("neutral"),
                labelColor=colour("ink"),
                titleColor=colour("ink"),
            ),
            legend=alt.LegendConfig(labelFontSize=13, titleFontSize=13),
            view=alt.ViewConfig(stroke=None),
        ).to_dict(validate=False)
        svg = draw(spec)
        # Groups and marks come with roles but without names; the alternative text speaks for all.
        svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
        head, _, rest = svg.partition(">")
        # Scales to the page's width; the text alternative replaces the drawing's own labels.
        head += (
            f' role="img" aria-label="{html.escape(self.alt)}" style="max-width:100%;height:auto"'
        )
        if not self.note.simulated:
            return f"{head}>{rest}"
        # A badge in the upper right corner: seen at once.
        mark = (
            '<svg x="100%" overflow="visible"><rect x="-96" y="2" width="94" height="22" rx="4" '
            'fill="#fff" stroke="#5F6670"/><text x="-49" y="18" text-anchor="middle" '
            f'font-size="14" fill="#171A1C" font-family="{FONT}">{text("chart.simulated")}'
            "</text></svg>"
        )
        return f"{head}>{rest.removesuffix('</svg>')}{mark}</svg>"

    def _repr_html_(self) -> str:
        wide = self.svg(WIDE)
        csv = self.table.to_csv(index=False, sep=";", decimal=",")
        small = " ".join(html.escape(line) for line in self.note.sentences())
        return (
            '<figure class="stadtlabor-figure" style="margin:1rem 0">'
            f'<p style="font-size:1.15em;font-weight:600;margin:0">{html.escape(self.title)}</p>'
            f'<p style="margin:0 0 .5rem 0">{html.escape(self.subtitle)}</p>'
            f'{SWITCH}<div class="sl-wide">{wide}</div>'
            f'<div class="sl-narrow">{self.svg(NARROW)}</div>'
            f"<details><summary>{text('chart.table')}</summary>"
            f'<div style="max-height:20rem;overflow:auto" tabindex="0" role="region" '
            f'aria-label="{html.escape(self.title)}">{_table(self.table)}</div></details>'
            f"<p>{_link(csv, 'text/csv', 'tabelle.csv', text('chart.download_csv'))} · "
            f"{_link(wide, 'image/svg+xml', 'bild.svg', text('chart.download_svg'))}</p>"
            f'<figcaption style="font-size:.85em">{small}</figcaption></figure>'
        )


def _table(frame: pd.DataFrame) -> str:
    """Return the table with German decimals."""
    table: str = frame.head(1000).to_html(
        index=False, border=0, float_format=lambda value: number(value, 1), na_rep="–"
    )
    return table


def _link(content: str, mime: str, name: str, label: str) -> str:
    """Return a download link that carries its file with it: no request leaves the page."""
    data = base64.b64encode(content.encode()).decode()
    return f'<a download="{name}" href="data:{mime};base64,{data}">{html.escape(label)}</a>'
