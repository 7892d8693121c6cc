"""The broker that we ship a configuration for, killed with messages in its queue."""

from __future__ import annotations

import queue


def test_a_killed_broker_keeps_the_queue_of_an_absent_subscriber(mosquitto, client, uplinks):
    absent = client(mosquitto.port, "absent", clean=False)
    subscribed = queue.Queue()
    absent.on_subscribe = lambda *_: subscribed.put(True)
    absent.subscribe("v3/+/devices/+/up", 1)
    subscribed.get(timeout=10)
    absent.disconnect()
    absent.loop_stop()
    publisher = client(mosquitto.port, "publisher")
    for number in range(60):
        publisher.publish(*uplinks["count"](number), qos=1).wait_for_publish(timeout=10)
    mosquitto.settle()
    mosquitto.kill()
    mosquitto.start()

    received: queue.Queue[bytes] = queue.Queue()
    absent.on_message = lambda _c, _d, message: received.put(message.payload)
    absent.connect("127.0.0.1", mosquitto.port)
    absent.loop_start()
    bodies = {received.get(timeout=20) for _ in range(60)}
    assert bodies == {uplinks["count"](number)[1] for number in range(60)}
