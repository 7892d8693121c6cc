"""The footprint of a school: stated amounts, documented factors, an honest difference."""

from stadtlabor.klimaschule.footprint.activities import Activity, Field, activities, fields
from stadtlabor.klimaschule.footprint.balance import Footprint, factor_sets, footprint
from stadtlabor.klimaschule.footprint.difference import PARTS, explain_difference
from stadtlabor.klimaschule.footprint.factors import Factor, Selection, factors, selections
from stadtlabor.klimaschule.footprint.inputs import (
    InputError,
    Inputs,
    Item,
    OwnFactor,
    read_inputs,
)
from stadtlabor.klimaschule.footprint.story import Story, story

__all__ = [
    "PARTS",
    "Activity",
    "Factor",
    "Field",
    "Footprint",
    "InputError",
    "Inputs",
    "Item",
    "OwnFactor",
    "Selection",
    "Story",
    "activities",
    "explain_difference",
    "factor_sets",
    "factors",
    "fields",
    "footprint",
    "read_inputs",
    "selections",
    "story",
]
