"""Sources: one module per provider, each locates, fetches and parses.

``polls`` says what to ask for, ``Fetcher`` fetches it, ``decode`` turns the bytes into
observations or grids. Nothing here knows how they are stored.
"""

from stadtlabor.sources.decode import DECODERS, DecodeError, decode
from stadtlabor.sources.delivery import Delivery, Poll, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.polls import polls

__all__ = [
    "DECODERS",
    "DecodeError",
    "Delivery",
    "Fetcher",
    "Poll",
    "Request",
    "SourceError",
    "decode",
    "polls",
]
