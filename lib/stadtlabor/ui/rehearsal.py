"""Do once in a template what every kernel would do for the first time."""

from __future__ import annotations

import altair as alt
import pandas as pd

__all__ = ["rehearse"]


def rehearse() -> None:
    """Make a chart and a table: whatever these import late is then there.

    No drawing, no query: their engines start threads, which no fork would have.
    """
    frame = pd.DataFrame({"time": pd.date_range("2026-01-01", periods=2, freq="h"), "value": 1.0})
    alt.Chart(frame).mark_bar().encode(x="time:T", y="value:Q").to_dict()
    frame.to_html(index=False, float_format="{:.1f}".format)
    frame.to_csv(index=False)
    frame.to_dict("records")
