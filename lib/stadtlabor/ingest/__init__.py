"""The only process that writes into the store: MQTT, polls and uploads, exactly once."""

from stadtlabor.ingest.collector import Collector, status_file

__all__ = ["Collector", "status_file"]
