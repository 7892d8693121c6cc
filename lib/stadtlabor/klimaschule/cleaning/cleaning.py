"""Find faults, mark them, fill what they leave: the whole way of a meter series."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.cleaning.faults import find_faults
from stadtlabor.klimaschule.cleaning.filling import PROVENANCE, categories, fill_gaps
from stadtlabor.klimaschule.cleaning.grid import Kind
from stadtlabor.observations import Quality

__all__ = ["clean"]


def clean(
    series: pd.Series,
    *,
    kind: Kind,
    temperature: pd.Series | None = None,
    day_types: pd.Series | None = None,
    quality: pd.Series | None = None,
) -> pd.DataFrame:
    """Find faults, set them aside and fill all gaps.

    Parameters
    ----------
    series, kind, temperature, day_types
        As for :func:`fill_gaps`.
    quality
        :class:`~stadtlabor.observations.Quality` bits of the values, same index: suspect and
        filled values are set aside, corrected and simulated ones keep their provenance.

    Returns
    -------
    DataFrame
        As from :func:`fill_gaps`, and the column ``original``: what the meter reported, whatever
        became of it. ``attrs["faults"]`` is a tuple of :class:`Fault`.

    Raises
    ------
    ValueError
        If the index is not regular; the message is German.
    """
    bits = pd.Series(0, index=series.index, dtype="int64")
    if quality is not None:
        bits = quality.astype("int64").reindex(series.index, fill_value=0)
    untrusted = (bits & int(Quality.SUSPECT | Quality.FILLED)) != 0
    trusted = series.astype("float64").mask(untrusted.to_numpy())
    faults = find_faults(trusted, kind=kind)
    keep = np.ones(len(trusted), dtype=bool)
    for fault in faults:
        if fault.removed:
            keep &= ~np.asarray((trusted.index >= fault.start) & (trusted.index < fault.end))
    frame = fill_gaps(trusted.where(keep), kind=kind, temperature=temperature, day_types=day_types)
    frame["original"] = series.astype("float64").reindex(frame.index)
    place = bits.reindex(frame.index, fill_value=0).to_numpy()
    measured = (frame["provenance"] == "measured").to_numpy()
    code = frame["provenance"].cat.codes.to_numpy().astype("int64")
    code[measured & ((place & int(Quality.CORRECTED)) != 0)] = PROVENANCE.index("corrected")
    code[measured & ((place & int(Quality.SIMULATED)) != 0)] = PROVENANCE.index("simulated")
    frame["provenance"] = categories(code)
    frame.attrs["faults"] = tuple(faults)
    return frame
