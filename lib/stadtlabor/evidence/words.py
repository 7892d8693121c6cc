"""German sentences of this room (``evidence.de.toml``)."""

from __future__ import annotations

from functools import partial

from stadtlabor.sentences import catalogue, sentence

__all__ = ["said", "words"]

words = partial(catalogue, "stadtlabor.evidence", "evidence")
said = partial(sentence, "stadtlabor.evidence", "evidence")
