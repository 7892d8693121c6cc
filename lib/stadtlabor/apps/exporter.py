"""Templates of the apps' pages, compiled once and not for every visitor."""

from __future__ import annotations

from typing import Any

import jinja2
from jinja2.bccache import Bucket
from voila import notebook_renderer
from voila.exporter import VoilaExporter

__all__ = ["Exporter", "install"]


class Memory(jinja2.BytecodeCache):
    """Compiled templates of this process; Jinja compiles anew what has changed."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is there for a template."""
        if code := self._kept.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_MEMORY = Memory()


class Exporter(VoilaExporter):
    """Voilà makes an exporter and with it 7 templates per visit; here they share their code."""

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.bytecode_cache = _MEMORY
        return environment


def install() -> None:
    """Let Voilà use our exporter: it has no setting for it."""
    notebook_renderer.VoilaExporter = Exporter
