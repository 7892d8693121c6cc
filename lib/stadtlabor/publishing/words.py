"""German sentences of this room (``publishing.de.toml``)."""

from __future__ import annotations

from functools import partial

from stadtlabor.sentences import catalogue, sentence

__all__ = ["said", "words"]

words = partial(catalogue, "stadtlabor.publishing", "publishing")
said = partial(sentence, "stadtlabor.publishing", "publishing")
