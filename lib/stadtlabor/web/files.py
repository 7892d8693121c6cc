"""Folders of style sheets, scripts and pictures, served from memory."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stadtlabor.web.packed import Packed, Press

__all__ = ["KINDS", "PackedFiles"]

KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""Files that are worth packing and their types; fonts and pictures are packed already."""


class PackedFiles(StaticFiles):
    """Serves a folder from memory; its addresses change with the files, so none is read twice.

    Parameters
    ----------
    press
        Packs the files.
    directory
        The folder; where it is missing, no file is found.
    """

    def __init__(self, press: Press, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._press = press
        self._kept: dict[str, Packed] = {}

    def keep(self, path: str) -> Packed | None:
        """Read and pack a file; None where there is none or it is not worth packing."""
        kind = KINDS.get(Path(path).suffix)
        if kind is None:
            return None
        try:
            content = Path(self.lookup_path(path)[0]).read_bytes()
        except (OSError, ValueError):  # none there, or a name that cannot be one
            return None
        self._kept[path] = kept = self._press.pack(content, kind)
        return kept

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer from memory; what is not worth packing goes out as ever."""
        if scope["method"] not in ("GET", "HEAD"):
            return await super().get_response(path, scope)
        kept = self._kept.get(path) or self.keep(path)
        return (
            kept.answer(Headers(scope=scope)) if kept else await super().get_response(path, scope)
        )
