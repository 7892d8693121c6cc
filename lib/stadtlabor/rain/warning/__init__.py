"""Warn of heavy rain: assess catchments, raise and lower levels, tell people, never falsely green.

One look goes: frames → :class:`Watch` (may they be believed?) → nowcast → :func:`assess` (how
likely is each level in each catchment?) → :class:`Warner` (which level stands?) → :class:`Journal`
(written down) → channels (sent, with a receipt). ``service.Service`` does all of it, ``display``
says what may be shown.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stadtlabor.rain.warning.assessment import assess, hour_sum
    from stadtlabor.rain.warning.cap import to_cap
    from stadtlabor.rain.warning.journal import Event, Journal
    from stadtlabor.rain.warning.message import Message
    from stadtlabor.rain.warning.outlook import Assessment, Outlook
    from stadtlabor.rain.warning.parcel import Channel, ChannelError, Parcel
    from stadtlabor.rain.warning.warner import Standing, Warner
    from stadtlabor.rain.warning.watch import Judgement, Verdict, Watch

__all__ = [
    "Assessment",
    "Channel",
    "ChannelError",
    "Event",
    "Journal",
    "Judgement",
    "Message",
    "Outlook",
    "Parcel",
    "Standing",
    "Verdict",
    "Warner",
    "Watch",
    "assess",
    "hour_sum",
    "to_cap",
]

_HOMES = {
    "assessment": ("assess", "hour_sum"),
    "cap": ("to_cap",),
    "journal": ("Event", "Journal"),
    "message": ("Message",),
    "outlook": ("Assessment", "Outlook"),
    "parcel": ("Channel", "ChannelError", "Parcel"),
    "warner": ("Standing", "Warner"),
    "watch": ("Judgement", "Verdict", "Watch"),
}


def __getattr__(name: str) -> Any:
    # On use: a web page that shows a level needs none of the radar libraries.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
