"""The embedded MQTT broker: ``python -m stadtlabor.ingest.broker``.

For a classroom or a trial: loopback only, anyone on this machine may publish. It keeps its queues
in memory; an installation that must not lose messages while the broker restarts runs mosquitto
with ``hub_config/mosquitto.conf``.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import BrokerError

from stadtlabor.settings import settings

__all__ = ["serve"]

_HOST = "127.0.0.1"


async def serve(port: int, stop: asyncio.Event) -> None:
    """Run the broker on the loopback address until told to stop.

    Raises
    ------
    BrokerError
        If the port is taken.
    """
    broker = Broker(
        BrokerConfig(
            listeners={"default": ListenerConfig(bind=f"{_HOST}:{port}")},
            plugins={
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
            },
        )
    )
    await broker.start()
    await stop.wait()
    await broker.shutdown()


async def _main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # The library reports a taken port with a traceback; we say it in a sentence below.
    logging.getLogger("amqtt.broker").setLevel(logging.CRITICAL)
    port = settings().ingest.broker_port
    try:
        await serve(port, stop)
    except (BrokerError, OSError):
        sys.exit(
            f"Der MQTT-Broker kann auf {_HOST}:{port} nicht starten: Der Anschluss ist belegt. "
            "Bitte in hub_config/settings.toml „ingest.broker_port“ ändern."
        )


if __name__ == "__main__":
    asyncio.run(_main())
