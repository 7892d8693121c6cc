"""Messages as files in a folder: the way that always works, and the proof of what was said."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from stadtlabor.rain.warning.parcel import ChannelError, Parcel
from stadtlabor.store.files import make_folder, sync

__all__ = ["Outbox"]


class Outbox:
    """Writes ``<key>.xml`` (CAP) or ``<key>.txt`` (to the operator), each once.

    Parameters
    ----------
    folder
        Created where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)

    def send(self, parcel: Parcel) -> None:
        """Write one file; it is on the disk, whole, when this returns."""
        target = self._path(parcel.key, ".xml" if parcel.cap else ".txt")
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            make_folder(self._folder)
            draft.write_text(parcel.cap or f"{parcel.subject}\n\n{parcel.text}\n", "utf-8")
            sync([draft])
            os.link(draft, target)  # fails where the file is there: nothing is written over
            sync([target])
        except FileExistsError:
            pass  # sent before a restart: this very message lies there already
        except OSError as error:
            raise ChannelError(
                f"Der Ordner {self._folder} nimmt keine Dateien an ({error.strerror}). "
                "Bitte Platz und Rechte prüfen."
            ) from error
        finally:
            with suppress(OSError):  # it is gone where all went well, and cannot be there otherwise
                draft.unlink()

    def has(self, key: str) -> bool:
        """Tell whether the file is there."""
        return any(self._path(key, ending).exists() for ending in (".xml", ".txt"))

    def _path(self, key: str, ending: str) -> Path:
        return self._folder / f"{key.replace('/', '_')}{ending}"
