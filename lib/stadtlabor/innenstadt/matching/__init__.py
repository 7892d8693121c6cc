"""Which vacant unit suits which concept: hard rules, published points, reasons, objections."""

from stadtlabor.innenstadt.matching.candidate import (
    Candidate,
    Neighbour,
    candidates,
    mean_in,
    week,
)
from stadtlabor.innenstadt.matching.concept import Concept, ConceptError, Hours, concept_of
from stadtlabor.innenstadt.matching.criteria import Part
from stadtlabor.innenstadt.matching.objections import (
    Objection,
    ObjectionError,
    Objections,
    Replay,
    contest,
)
from stadtlabor.innenstadt.matching.plans import FLAGS, plans, tailored
from stadtlabor.innenstadt.matching.ranking import Match, rank, rate
from stadtlabor.innenstadt.matching.weights import Weights, Zoning, weights, zoning
from stadtlabor.innenstadt.matching.whatif import WhatIf

__all__ = [
    "FLAGS",
    "Candidate",
    "Concept",
    "ConceptError",
    "Hours",
    "Match",
    "Neighbour",
    "Objection",
    "ObjectionError",
    "Objections",
    "Part",
    "Replay",
    "Weights",
    "WhatIf",
    "Zoning",
    "candidates",
    "concept_of",
    "contest",
    "mean_in",
    "plans",
    "rank",
    "rate",
    "tailored",
    "week",
    "weights",
    "zoning",
]
