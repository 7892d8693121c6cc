"""Open a zip of strangers: small, flat, nothing hidden; it is never unpacked onto the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stadtlabor.klimaschule.dossier.entry import FileNote
from stadtlabor.klimaschule.dossier.texts import text

__all__ = ["MOST_FILES", "MOST_PACKED", "MOST_UNPACKED", "DossierError", "Member", "unpack"]

MB = 1_000_000
MOST_PACKED, MOST_UNPACKED, MOST_FILES = 20 * MB, 200 * MB, 100
SYSTEM = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What computers put into zips without being asked."""

ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".jar")


class DossierError(ValueError):
    """Nothing of the zip can be read; the message says in German why and what to do."""


@dataclass(frozen=True)
class Member:
    """One file of the zip: name as given, and its bytes."""

    name: str
    body: bytes

    @property
    def plain(self) -> str:
        """Name without folders."""
        return PurePosixPath(self.name.replace("\\", "/")).name


def unpack(source: str | Path | bytes) -> tuple[list[Member], list[FileNote]]:
    """Read all files of a zip into memory.

    Parameters
    ----------
    source
        Path or bytes; at most 20 MB packed, 200 MB unpacked, 100 files.

    Returns
    -------
    tuple
        Files in the order of their names, and a note on each file that was not taken.

    Raises
    ------
    DossierError
        In German, if it is no zip, too large, or holds no file.
    """
    body = source if isinstance(source, bytes) else _read(Path(source))
    if len(body) > MOST_PACKED:
        raise DossierError(text("zip.large", mb=MOST_PACKED // MB))
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return _members(packed)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        if isinstance(error, DossierError):
            raise
        raise DossierError(text("zip.broken")) from error


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_PACKED:
            raise DossierError(text("zip.large", mb=MOST_PACKED // MB))
        return path.read_bytes()
    except OSError as error:
        raise DossierError(text("zip.unreadable", name=path.name)) from error


def _members(packed: zipfile.ZipFile) -> tuple[list[Member], list[FileNote]]:
    infos = [i for i in packed.infolist() if not i.is_dir() and not _of_system(i.filename)]
    if not infos:
        raise DossierError(text("zip.empty"))
    if len(infos) > MOST_FILES:
        raise DossierError(text("zip.many", most=MOST_FILES, count=len(infos)))
    # Python's reader never gives out more than the sizes that are stated here.
    if sum(i.file_size for i in infos) > MOST_UNPACKED:
        raise DossierError(text("zip.bomb", mb=MOST_UNPACKED // MB))
    found: dict[str, Member] = {}
    notes: list[FileNote] = []
    for info in sorted(infos, key=lambda i: i.filename):
        refusal = _refusal(info, found)
        content = b""
        if not refusal:
            try:
                content = packed.read(info)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
                refusal = "broken"
            else:
                refusal = _inner(content)
        if refusal:
            note = FileNote(_shown(info.filename), text("role.unused"))
            note.tell(text(f"file.{refusal}"), text(f"remedy.{refusal}"))
            notes.append(note)
        else:
            found[info.filename] = Member(_shown(info.filename), content)
    return list(found.values()), notes


def _shown(name: str) -> str:
    """Return a name that cannot draw or hide anything on a page or in a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)[:200]


def _of_system(name: str) -> bool:
    return any(part in SYSTEM or part.startswith("._") for part in name.split("/"))


def _refusal(info: zipfile.ZipInfo, found: dict[str, Member]) -> str:
    path = info.filename.replace("\\", "/")
    if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
        return "path"
    if info.flag_bits & 1:
        return "locked"
    if path.lower().endswith(ARCHIVES):
        return "nested"
    return "twice" if info.filename in found else ""


def _inner(content: bytes) -> str:
    """Refuse archives under another name, and workbooks that unpack to too much."""
    if not content:
        return "empty"
    if content[:4] != b"PK\x03\x04":
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            infos = inner.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return "broken"
    if not any(i.filename == "[Content_Types].xml" for i in infos):
        return "nested"
    return "bomb" if sum(i.file_size for i in infos) > MOST_UNPACKED else ""
