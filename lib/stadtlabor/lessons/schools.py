"""Which school a lesson is about: one with stored meters, else the simulated stand-in."""

from __future__ import annotations

import pandas as pd

from stadtlabor.data import DataError
from stadtlabor.klimaschule.example import example_school
from stadtlabor.klimaschule.school import Meter, School, SchoolError, open_school
from stadtlabor.lessons.scene import SceneError
from stadtlabor.observations import Quality
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import text

__all__ = ["find_school", "meter_note", "meter_of"]


def find_school(school: str, days: int = 365) -> School:
    """Return a school with the newest ``days`` days of its meters.

    The schools of the simulated city have frozen data, so that all see the same and no store is
    needed.

    Raises
    ------
    SceneError
        In German, if nothing is measured at that school.
    """
    try:
        return example_school(school, days)
    except KeyError:
        pass  # no invented school: then one of the city's own
    try:
        found = open_school(school)
    except (SchoolError, DataError) as error:
        raise SceneError(str(error)) from error
    end = max(meter.values.index[-1] for meter in found.meters)
    return open_school(school, start=end - pd.Timedelta(days=days))


def meter_of(school: School, medium: str) -> Meter:
    """Return a meter of a school.

    Raises
    ------
    SceneError
        In German, if it has none.
    """
    meter = school.meter(medium)
    if meter is None:
        raise SceneError(
            text("lesson.no_meter", school=school.name, medium=text(f"media.{medium}"))
        )
    return meter


def meter_note(meter: Meter) -> Note:
    """Return the small print of pictures made from a meter."""
    quality = None if meter.quality is None else meter.quality.astype(int)

    def share(bit: Quality) -> float:
        return 0.0 if quality is None else float(((quality & int(bit)) != 0).mean())

    return Note(
        sources=(meter.source,),
        licences=(meter.licence,),
        simulated=meter.simulated,
        filled=share(Quality.FILLED),
        suspect=share(Quality.SUSPECT),
    )
