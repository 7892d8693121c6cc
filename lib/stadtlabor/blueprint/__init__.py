"""The Stadtlabor for another city: find what belongs to it, write its files, try them.

``facts`` (data files) and ``station_list`` (the weather service's own list) → ``draft`` (what
belongs to this place) → ``making`` (the folder) → ``trial`` (does it run?).
"""

from stadtlabor.blueprint.draft import BlueprintError, Draft, draft, render
from stadtlabor.blueprint.facts import Station, stations
from stadtlabor.blueprint.making import TODO, make
from stadtlabor.blueprint.tasks import begin, tasks
from stadtlabor.blueprint.trial import trial

__all__ = [
    "TODO",
    "BlueprintError",
    "Draft",
    "Station",
    "begin",
    "draft",
    "make",
    "render",
    "stations",
    "tasks",
    "trial",
]
