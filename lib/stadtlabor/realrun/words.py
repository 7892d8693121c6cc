"""German sentences of this room (``realrun.de.toml``)."""

from __future__ import annotations

from functools import partial

from stadtlabor.sentences import catalogue, sentence

__all__ = ["said", "words"]

words = partial(catalogue, "stadtlabor.realrun", "realrun")
said = partial(sentence, "stadtlabor.realrun", "realrun")
