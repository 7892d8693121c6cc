"""Ways out for messages: files, webhook, MQTT, mail, and plug-ins.

The public page needs no channel: it reads the journal.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from stadtlabor.catchments import ChannelEntry
from stadtlabor.rain.warning.delivery import Way
from stadtlabor.rain.warning.parcel import ChannelError

__all__ = ["KINDS", "ways"]

KINDS = {
    "outbox": "stadtlabor.rain.warning.channels.outbox:Outbox",
    "webhook": "stadtlabor.rain.warning.channels.webhook:Webhook",
    "mqtt": "stadtlabor.rain.warning.channels.mqtt:Mqtt",
    "mail": "stadtlabor.rain.warning.channels.mail:Mail",
}


def ways(entries: list[ChannelEntry], folder: Path) -> list[Way]:
    """Open the channels of ``city.toml``.

    Parameters
    ----------
    entries
        ``[[warning.channels]]``; without any, everything goes to the outbox.
    folder
        Of the warning; the outbox lies in it.

    Raises
    ------
    ChannelError
        In German, where a kind or an option is not known.
    """
    default = ChannelEntry(name="outbox", kind="outbox", audience=["public", "operator"])
    found = []
    for entry in entries or [default]:
        module, _, name = KINDS.get(entry.kind, entry.kind).partition(":")
        options = dict(entry.options)
        if entry.kind == "outbox":
            options["folder"] = folder / str(options.get("folder", "outbox"))
        try:
            channel = getattr(import_module(module), name)(**options)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise ChannelError(
                f"Weg „{entry.name}“ in city.toml: „{entry.kind}“ lässt sich nicht öffnen "
                f"({error}). Bitte kind und options prüfen."
            ) from error
        found.append(Way(entry.name, channel, frozenset(entry.audience)))
    return found
