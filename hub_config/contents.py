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


def within(path: str) -> str:
    """Return the part of an API path below the course folder."""
    return path.strip("/").partition("/")[2]


def mounted(model: dict[str, Any]) -> dict[str, Any]:
    """Turn a model of the notebooks' folder into one of the course folder."""
    path = f"{COURSE}/{model['path'].strip('/')}".rstrip("/")
    content = model.get("content")
    if model["type"] == "directory" and content is not None:
        content = [mounted(entry) for entry in content]
    name = path.rpartition("/")[2]
    return {**model, "path": path, "name": name, "content": content, "writable": False}


class CourseContents(AsyncLargeFileManager):
    """The home folder with the course mounted into it for reading.

    Nothing of the course lies in the home: reading is passed on to a second manager, and kernels
    of its notebooks run in the home. So the refusal holds for every system user, root included.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.course = AsyncLargeFileManager(parent=self.parent, root_dir=str(notebooks()))

    def _get_os_path(self, path: str) -> str:
        # Asked for course paths only where a folder of it is copied.
        return str((course_file(path) if in_course(path) else None) or super()._get_os_path(path))

    def is_writable(self, path: str) -> bool:
        """Say that nothing in the course can be written."""
        return not in_course(path) and bool(super().is_writable(path))

    async def is_hidden(self, path: str) -> bool:
        """Tell whether a file is hidden."""
        if in_course(path):
            exists = course_file(path) is not None
            return exists and bool(await self.course.is_hidden(within(path)))
        return bool(await super().is_hidden(path))

    async def dir_exists(self, path: str) -> bool:
        """Tell whether a folder exists."""
        if in_course(path):
            return (file := course_file(path)) is not None and file.is_dir()
        return bool(await super().dir_exists(path))

    async def file_exists(self, path: str) -> bool:
        """Tell whether a file exists."""
        if in_course(path):
            return (file := course_file(path)) is not None and file.is_file()
        return bool(await super().file_exists(path))

    async def get(self, path: str, content: bool = True, *args: Any, **kwargs: Any) -> Any:
        """Return the model of a file or folder; the course is listed first."""
        if in_course(path):
            if course_file(path) is None:
                raise HTTPError(404, f"„{path}“ gibt es nicht.")
            return mounted(await self.course.get(within(path), content, *args, **kwargs))
        model = await super().get(path, content, *args, **kwargs)
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
