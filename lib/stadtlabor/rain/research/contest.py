"""A method against another on the same storms, and the evidence that the gate asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import xarray as xr

from stadtlabor.rain.research.archive import rerun
from stadtlabor.rain.research.methods import Method
from stadtlabor.rain.verification.table import COUNTS, csi

__all__ = ["contest", "evidence"]


def contest(
    storms: Mapping[str, xr.DataArray], methods: Mapping[str, Method], **settings: Any
) -> pd.DataFrame:
    """Let methods forecast the same storms.

    Parameters
    ----------
    storms
        Name → radar frames (:func:`stadtlabor.rain.research.event.event`).
    methods
        Name → method. None of them may have been tuned on one of these storms.
    **settings
        As in :func:`.archive.rerun`; every third interval is an issue time unless
        ``every`` says otherwise.

    Returns
    -------
    pandas.DataFrame
        As from :func:`.archive.rerun`, with the column ``event``.
    """
    settings.setdefault("every", 3)
    parts = [
        rerun(rain, methods, **settings).assign(event=name)
        for name, rain in storms.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def evidence(
    table: pd.DataFrame,
    challenger: str,
    champion: str = "champion",
    *,
    kind: Literal["tile", "rate"] = "tile",
    threshold: float = 10.0,
    lead: int | None = None,
    block: str = "1h",
) -> pd.DataFrame:
    """Pair the scores of two methods, block by block.

    Parameters
    ----------
    table
        From :func:`contest`.
    challenger, champion
        Methods in the table.
    kind, threshold, lead
        What is scored; without ``lead`` the longest one.
    block
        Issue times within this span are one block: their forecasts overlap, so they count once.

    Returns
    -------
    pandas.DataFrame
        Columns ``event``, ``block`` (ISO, UTC), ``champion``, ``challenger``: CSI, 0–1, higher is
        better. A block in which nothing fell and nothing was forecast counts as wholly right. This
        is what :func:`stadtlabor.promotion.weigh` takes.

    Raises
    ------
    ValueError
        In German, if one of the methods or the threshold was not scored.
    """
    part = table[(table["kind"] == kind) & (table["threshold"] == threshold)]
    part = part[part["lead"] == (part["lead"].max() if lead is None else lead)]
    scores = {}
    for side, method in (("champion", champion), ("challenger", challenger)):
        own = part[part["method"] == method]
        if own.empty:
            raise ValueError(
                f"Für „{method}“ gibt es bei Schwelle {threshold:g} keine Werte. "
                "Bitte Verfahren und Schwelle prüfen."
            )
        blocks = own.groupby(["event", own["issued"].dt.floor(block)])[list(COUNTS)].sum()
        scores[side] = blocks.apply(csi, axis=1).fillna(1.0)
    paired = pd.DataFrame(scores).rename_axis(["event", "block"]).dropna().reset_index()
    paired["block"] = paired["block"].dt.strftime("%Y-%m-%dT%H:%M")
    return paired
