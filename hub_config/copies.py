"""„In meinen Ordner kopieren“: a dated copy of a course notebook in one's own folder.

A server extension of JupyterLab. Its address is
``…/stadtlabor/kopie?pfad=Kurs/klimaschule/x.ipynb``.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado.web import HTTPError, authenticated

from hub_config.contents import course_file
from stadtlabor.city import city

__all__ = ["CopyHandler", "dated_copy"]

ADDRESS = "stadtlabor/kopie"


def dated_copy(source: Path, folder: Path, day: date) -> Path:
    """Copy a file under its name and the day; an earlier copy of that day stays untouched.

    Returns
    -------
    pathlib.Path
        ``x-2026-11-22.ipynb``, or ``x-2026-11-22-2.ipynb`` where that is taken, and so on.
    """
    content = source.read_bytes()
    number = 1
    while True:
        mark = f"-{number}" if number > 1 else ""
        target = folder / f"{source.stem}-{day.isoformat()}{mark}{source.suffix}"
        try:
            with target.open("xb") as file:
                file.write(content)
        except FileExistsError:
            number += 1
        else:
            return target


class CopyHandler(JupyterHandler):
    """Copies and leads to JupyterLab with the copy open."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        """Answer with a redirect to the copy, or 404 where the course has no such file."""
        source = course_file(self.get_query_argument("pfad", ""))
        if source is None or not source.is_file():
            raise HTTPError(404, "Diese Lerneinheit gibt es nicht. Bitte prüfe die Adresse.")
        today = datetime.now(ZoneInfo(city().city.timezone)).date()
        copy = dated_copy(source, Path(self.contents_manager.root_dir), today)
        # On a phone there is no room beside the page for folders and panels.
        small = "Mobi" in self.request.headers.get("User-Agent", "")
        view = "doc/tree" if small else "lab/tree"
        self.redirect(url_path_join(self.base_url, view, url_escape(copy.name)))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "hub_config.copies"}]


def _load_jupyter_server_extension(server: Any) -> None:
    address = url_path_join(server.web_app.settings["base_url"], ADDRESS)
    server.web_app.add_handlers(".*$", [(address, CopyHandler)])
