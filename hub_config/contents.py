"""The files that a person sees: their own home, and the course as a read-only folder in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

from stadtlabor.settings import notebooks

__all__ = ["COURSE", "CourseContents", "course_file"]

COURSE = "Kurs"
"""Name of the folder in which everyone finds the curated notebooks."""

REFUSED = (
    "Der Ordner „Kurs“ gehört allen und bleibt, wie er ist. "
    "Wähle „In meinen Ordner kopieren“ und arbeite in deiner Kopie."
)


def in_course(path: str | None) -> bool:
    """Tell whether an API path is the course folder or lies in it."""
    parts = (path or "").strip("/").split("/")
    return parts[0] == COURSE


def course_file(path: str) -> Path | None:
    """Return the file behind an API path in the course; None where there is none.

    No path leads out of the folder of notebooks, neither by ``..`` nor by a symbolic link.
    """
    if not in_course(path):
        return None
    folder = notebooks().resolve()
    file = folder.joinpath(*path.strip("/").split("/")[1:]).resolve()
    return file if file.is_relative_to(folder) and file.exists() else None


def refuse(*paths: str | None) -> None:
    """Raise 403 with a German message if one of the API paths lies in the course."""
    if any(in_course(path) for path in paths):
        # The reason travels in the status line, which takes Latin letters only.
        raise HTTPError(403, REFUSED, reason="Der Ordner Kurs ist schreibgeschützt")


class CourseContents(AsyncLargeFileManager):  # type: ignore[misc]
    """The home folder with the course mounted into it for reading.

    Nothing of the course lies in the home: the folder is shown only, and kernels of its
    notebooks run in the home. So the refusal holds for every system user, root included.
    """

    def _get_os_path(self, path: str) -> str:
        if not in_course(path):
            return str(super()._get_os_path(path))
        file = course_file(path)
        # A name that no file can have, so that the callers answer 404 in their own way.
        return str(
            file or notebooks().resolve() / path.strip("/").split("/")[-1] / "\N{MIDDLE DOT}"
        )

    def is_writable(self, path: str) -> bool:
        """Say that nothing in the course can be written."""
        return not in_course(path) and bool(super().is_writable(path))

    async def _dir_model(self, path: str, content: bool = True) -> dict[str, Any]:
        model: dict[str, Any] = await super()._dir_model(path, content)
        if content and path.strip("/") == "":
            own = [entry for entry in model["content"] if entry["name"] != COURSE]
            model["content"] = [await self.get(COURSE, content=False), *own]
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Save a file, but not in the course."""
        refuse(path)
        saved: dict[str, Any] = await super().save(model, path)
        return saved

    async def delete_file(self, path: str) -> None:
        """Delete a file, but not in the course."""
        refuse(path)
        await super().delete_file(path)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Rename a file, but neither in the course nor into it."""
        refuse(old_path, new_path)
        await super().rename_file(old_path, new_path)

    async def copy(self, from_path: str, to_path: str | None = None) -> dict[str, Any]:
        """Copy a file or folder, but not into the course."""
        refuse(from_path if to_path is None else to_path)
        copied: dict[str, Any] = await super().copy(from_path, to_path)
        return copied

    async def create_checkpoint(self, path: str) -> dict[str, Any]:
        """Remember the present state of a file, but not of the course."""
        refuse(path)
        checkpoint: dict[str, Any] = await super().create_checkpoint(path)
        return checkpoint

    async def list_checkpoints(self, path: str) -> list[dict[str, Any]]:
        """Return the remembered states; the course has none."""
        return [] if in_course(path) else list(await super().list_checkpoints(path))

    async def restore_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Go back to a remembered state, but not in the course."""
        refuse(path)
        await super().restore_checkpoint(checkpoint_id, path)

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Forget a remembered state, but not in the course."""
        refuse(path)
        await super().delete_checkpoint(checkpoint_id, path)
