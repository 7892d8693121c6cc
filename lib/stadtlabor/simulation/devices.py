"""The simulated devices: counters, rain gauges and raised beds that send over MQTT.

What a device sends for an interval depends on seed and interval alone. Some messages come late,
some come twice, and where a counter is silent nothing comes, as in the field.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pandas as pd
from paho.mqtt.enums import CallbackAPIVersion

from stadtlabor.city import City, Sensor
from stadtlabor.settings import Settings
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.footfall import MISSING, STEP_S, Street
from stadtlabor.simulation.messages import uplink
from stadtlabor.simulation.rain import Sky
from stadtlabor.simulation.soil import soil

__all__ = ["Devices", "Message"]

BACKFILL_S = 75 * 60
# At the very first start nobody may have subscribed yet, and a broker drops what nobody wants;
# what comes again changes nothing in the store.
BACKFILL_AFTER_S = (0, 20, 60, 180)
READINGS = 30  # intervals in one uplink of the backfill
GAUGE_S = 300
BED_S = 900
LATE = 1 / 50
TWICE = 1 / 50
LATE_S = 25


@dataclass(frozen=True)
class Message:
    """One uplink and when it is due (Unix seconds)."""

    due: float
    topic: str
    body: bytes


class Devices:
    """Publishes what the city's devices measure.

    Parameters
    ----------
    city
        Its counters, gauges and beds.
    settings
        Seed and broker.
    """

    def __init__(self, city: City, settings: Settings) -> None:
        self._city, self._settings = city, settings
        self._seed = settings.simulation.seed
        self._sky = Sky(city, self._seed)
        self._street = Street(city, self._seed, self._sky)

    def backfill(self, now: float) -> Iterator[Message]:
        """Yield the last 75 minutes, many intervals in one uplink, up to ``now`` (Unix seconds)."""
        end = int(now // STEP_S) * STEP_S
        start = end - BACKFILL_S
        for counter in self._city.counters:
            steps = range(start, end, STEP_S)
            readings = [r for s in steps if (r := self._count(counter, s)) is not None]
            for n in range(0, len(readings), READINGS):
                yield self._message(counter, {"readings": readings[n : n + READINGS]}, now, n)
        for gauge in self._city.gauges:
            slots = range(-(-start // GAUGE_S) * GAUGE_S, end - GAUGE_S + 1, GAUGE_S)
            yield self._message(gauge, {"readings": [self._rain(gauge, s) for s in slots]}, now, 0)
        for bed in self._city.beds:
            moments = range(-(-start // BED_S) * BED_S, end + 1, BED_S)
            yield self._message(bed, {"readings": [self._soil(bed, m) for m in moments]}, now, 0)

    def live(self, end: int) -> Iterator[Message]:
        """Yield what the devices send for the interval that ends at ``end`` (Unix seconds)."""
        found: list[tuple[Sensor, dict[str, Any] | None]] = [
            (counter, self._count(counter, end - STEP_S)) for counter in self._city.counters
        ]
        if end % GAUGE_S == 0:
            found += [(gauge, self._rain(gauge, end - GAUGE_S)) for gauge in self._city.gauges]
        if end % BED_S == 0:
            found += [(bed, self._soil(bed, end)) for bed in self._city.beds]
        for sensor, payload in found:
            if payload is None:
                continue
            throw = dice(self._seed, f"radio/{sensor.id}", end).random(2)
            due = float(end + LATE_S if throw[0] < LATE else end)
            message = self._message(sensor, payload, due, end // STEP_S % 65_536)
            yield message
            if throw[1] < TWICE:
                yield message

    def run(self, stop: Event) -> None:
        """Send until stopped; waits for the broker as long as it takes."""
        client = self._connect()
        waiting: list[Message] = []
        try:
            self._wait_connected(client, stop)
            if stop.is_set():
                return
            fill_at = [time.time() + after for after in BACKFILL_AFTER_S]
            following = (int(time.time()) // STEP_S + 1) * STEP_S
            while not stop.wait(max(0.0, min([following, *fill_at]) - time.time())):
                if fill_at and time.time() >= fill_at[0]:
                    waiting += self.backfill(fill_at.pop(0))
                if time.time() >= following:
                    waiting += self.live(following)
                    following += STEP_S
                due = [m for m in waiting if m.due <= time.time()]
                waiting = [m for m in waiting if m.due > time.time()]
                for message in due:
                    client.publish(message.topic, message.body, qos=1)
        finally:
            client.disconnect()
            client.loop_stop()

    def send_once(self, patience_s: float = 10.0) -> int:
        """Send the backfill and return the number of acknowledged messages.

        Raises
        ------
        ConnectionError
            In German, if no broker answers in time.
        """
        client = self._connect()
        try:
            deadline = time.monotonic() + patience_s
            while not client.is_connected():
                if time.monotonic() > deadline:
                    raise ConnectionError(
                        "Der MQTT-Broker antwortet nicht. Läuft das Stadtlabor (stadtlabor up)?"
                    )
                time.sleep(0.05)
            sent = [client.publish(m.topic, m.body, qos=1) for m in self.backfill(time.time())]
            for info in sent:
                info.wait_for_publish(patience_s)
            return sum(info.is_published() for info in sent)
        finally:
            client.disconnect()
            client.loop_stop()

    def _connect(self) -> mqtt.Client:
        stated = self._settings.ingest.broker
        url = urlsplit(stated if "://" in stated else "mqtt://127.0.0.1")
        port = url.port or self._settings.ingest.broker_port
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="stadtlabor-simulation")
        if url.username:
            client.username_pw_set(url.username, url.password)
        client.max_queued_messages_set(5000)
        client.reconnect_delay_set(1, 10)
        client.connect_async(url.hostname or "127.0.0.1", port, keepalive=60)
        client.loop_start()
        return client

    @staticmethod
    def _wait_connected(client: mqtt.Client, stop: Event) -> None:
        while not client.is_connected() and not stop.wait(0.2):
            pass  # the waiting is in the condition

    def _message(self, sensor: Sensor, payload: dict[str, Any], due: float, frame: int) -> Message:
        topic, body = uplink(sensor, payload, datetime.fromtimestamp(due, UTC), frame)
        return Message(due, topic, body)

    def _count(self, counter: Sensor, start: int) -> dict[str, Any] | None:
        day, second = divmod(start, 86_400)
        count = int(self._street.counts(counter.id, day)[second // STEP_S])
        if count == MISSING:
            return None
        return {"time": _iso(start), "interval_s": STEP_S, "count": count}

    def _rain(self, gauge: Sensor, start: int) -> dict[str, Any]:
        day, second = divmod(start, 86_400)
        fallen = float(self._sky.at(gauge.lat, gauge.lon, day)[second // GAUGE_S])
        # A bucket catches a little more or less than the cell's mean.
        error = dice(self._seed, f"gauge/{gauge.id}", start // GAUGE_S).normal(1, 0.05)
        return {"time": _iso(start), "interval_s": GAUGE_S, "rain_mm": round(fallen * error, 2)}

    def _soil(self, bed: Sensor, moment: int) -> dict[str, Any]:
        at = pd.Timestamp(moment, unit="s", tz="UTC")
        moisture, warmth = soil(self._seed, self._sky, bed, at)
        return {"time": _iso(moment), "soil_moisture": moisture, "soil_temperature": warmth}


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
