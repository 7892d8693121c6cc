"""Messages to an MQTT broker, for gateways, displays and house automation."""

from __future__ import annotations

import json
import os
import secrets

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from stadtlabor.rain.warning.parcel import ChannelError, Parcel

__all__ = ["Mqtt"]

TIMEOUT_S = 10.0


class Mqtt:
    """Publishes JSON (``key``, ``audience``, ``subject``, ``text``, ``cap``), QoS 1.

    Parameters
    ----------
    host, port
        Of the broker.
    topic
        Below it lie ``public`` and ``operator``. Public messages are retained, so that who connects
        later sees the newest.
    user, password_env
        Login; the password stands in that environment variable.
    tls
        Encrypted.
    """

    def __init__(
        self,
        host: str,
        port: int = 1883,
        topic: str = "stadtlabor/starkregen",
        user: str | None = None,
        password_env: str | None = None,
        tls: bool = False,
    ) -> None:
        self._host, self._port, self._topic, self._tls = host, port, topic, tls
        self._user = user
        self._password = os.environ.get(password_env) if password_env else None

    def send(self, parcel: Parcel) -> None:
        """Publish one message and wait until the broker has it."""
        fields = ("key", "audience", "subject", "text", "cap")
        body = json.dumps({name: getattr(parcel, name) for name in fields}, ensure_ascii=False)
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"stadtlabor-warn-{secrets.token_hex(4)}"
        )
        if self._user:
            client.username_pw_set(self._user, self._password)
        if self._tls:
            client.tls_set()
        client.connect_timeout = TIMEOUT_S
        try:
            client.connect(self._host, self._port)
            client.loop_start()
            public = parcel.audience == "public"
            told = client.publish(
                f"{self._topic}/{parcel.audience}", body.encode(), qos=1, retain=public
            )
            told.wait_for_publish(TIMEOUT_S)
            arrived = told.is_published()
        except (OSError, ValueError, RuntimeError) as error:
            raise ChannelError(
                f"Der MQTT-Broker {self._host}:{self._port} antwortet nicht ({error})."
            ) from error
        finally:
            client.disconnect()
            client.loop_stop()
        if not arrived:
            raise ChannelError(f"Der MQTT-Broker {self._host}:{self._port} bestätigt nicht.")

    def has(self, key: str) -> None:
        """Nobody can tell: subscribers look at the key."""
