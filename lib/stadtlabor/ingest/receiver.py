"""Receive MQTT messages and acknowledge each only once it is on the disk.

The network thread only queues; a second thread writes what has gathered in one transaction and
then acknowledges all of it. Kill the process at any point: what was not acknowledged comes again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from stadtlabor.settings import Ingest
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.uplink import without_gateways
from stadtlabor.store import Spool

__all__ = ["TOPICS", "Address", "Receiver", "address"]

log = logging.getLogger(__name__)

TOPICS = {
    "v3/+/devices/+/up": "tts",
    "application/+/device/+/event/up": "chirpstack",
}
"""Topic filter → kind of delivery."""

_CLIENT_ID = "stadtlabor-ingest"
_GROUP = 1_000
_GROUP_S = 0.05  # the longest that a message waits for others …
_IDLE_S = 0.005  # … and the longest pause that is taken for the end of a group


@dataclass(frozen=True)
class Address:
    """Where the broker listens."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True)
class _Message:
    delivery: Delivery
    number: int
    qos: int
    session: int


def address(settings: Ingest) -> Address:
    """Return the broker's address from the settings.

    Raises
    ------
    ValueError
        In German, if ``broker`` is neither ``embedded`` nor a ``mqtt://`` address.
    """
    if settings.broker == "embedded":
        return Address("127.0.0.1", settings.broker_port)
    parts = urlsplit(settings.broker)
    if parts.scheme != "mqtt" or not parts.hostname:
        raise ValueError(
            f"Einstellung „ingest.broker“: „{parts.scheme}:…“ ist keine Adresse eines Brokers. "
            "Bitte „embedded“ oder mqtt://name:passwort@rechner:1883 eintragen."
        )
    user, password = (unquote(p) if p else None for p in (parts.username, parts.password))
    return Address(parts.hostname, parts.port or 1883, user, password)


class Receiver:
    """One persistent MQTT session into the spool."""

    def __init__(self, spool: Spool, where: Address) -> None:
        self.connected = False
        self.last_message_at: datetime | None = None
        self._spool, self._where = spool, where
        self._session = 0
        # Bounded: a full queue stops the network thread, and the broker keeps the rest.
        self._queue: queue.Queue[_Message | None] = queue.Queue(maxsize=20_000)
        self._writer = threading.Thread(target=self._write, name="spool", daemon=True)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=_CLIENT_ID,
            clean_session=False,
            manual_ack=True,
        )
        self._client.reconnect_delay_set(1, 30)
        if where.user:
            self._client.username_pw_set(where.user, where.password)
        self._client.on_connect = self._greet
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._part
        for topic, kind in TOPICS.items():
            self._client.message_callback_add(topic, self._taker(kind))

    def start(self) -> None:
        """Connect, and reconnect whenever the broker goes away; returns at once."""
        self._writer.start()
        self._client.connect_async(self._where.host, self._where.port, keepalive=30)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect and write what has been received."""
        self._client.disconnect()
        self._client.loop_stop()
        self._queue.put(None)
        self._writer.join(timeout=10)

    def _greet(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            log.error("Der MQTT-Broker lehnt die Anmeldung ab: %s", reason)
            return
        self._session += 1
        client.subscribe([(topic, 1) for topic in TOPICS])

    def _subscribed(self, *_: Any) -> None:
        # Only from here on does the broker keep messages for us while we are away.
        self.connected = True
        log.info("Verbunden mit dem MQTT-Broker %s:%d", self._where.host, self._where.port)

    def _part(self, _c: mqtt.Client, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
        self.connected = False
        if reason.is_failure:
            log.warning("Verbindung zum MQTT-Broker verloren (%s); neuer Versuch folgt.", reason)

    def _taker(self, kind: str) -> Any:
        def take(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
            # Where private people's gateways stand is not even kept for a moment.
            body = without_gateways(kind, bytes(message.payload))
            delivery = Delivery(kind, message.topic, body, datetime.now(UTC))
            self._queue.put(_Message(delivery, message.mid, message.qos, self._session))

        return take

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            group, ends = self._gather(first)
            while True:
                try:
                    self._spool.put(m.delivery for m in group)
                    break
                except Exception:
                    # Nothing is acknowledged until the disk takes it; the broker holds the rest.
                    log.exception("Die Annahme kann nicht schreiben; neuer Versuch in 1 s.")
                    time.sleep(1)
            self.last_message_at = group[-1].delivery.received_at
            for message in group:
                # An acknowledgement from an earlier connection could meet another message's number.
                if message.qos and message.session == self._session:
                    self._client.ack(message.number, message.qos)
            if ends:
                return

    def _gather(self, first: _Message) -> tuple[list[_Message], bool]:
        """Return the messages of one transaction, and whether the queue has been closed."""
        group, until = [first], time.monotonic() + _GROUP_S
        while len(group) < _GROUP:
            wait = min(_IDLE_S, until - time.monotonic())
            try:
                message = self._queue.get(timeout=max(wait, 0.0)) if wait > 0 else None
            except queue.Empty:
                break
            if message is None:
                return group, wait > 0
            group.append(message)
        return group, False
