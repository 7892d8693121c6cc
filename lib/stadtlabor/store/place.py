"""Where a store's files lie: a folder of this machine or an object store, by configuration.

Everything that differs between the two stands here and in :mod:`stadtlabor.store.bucket`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stadtlabor.settings import storage
from stadtlabor.store.bucket import Bucket, options
from stadtlabor.store.errors import StoreError
from stadtlabor.store.files import make_folder, sync

if TYPE_CHECKING:
    from zarr.abc.store import Store as ZarrStore

__all__ = [
    "Place",
    "below",
    "delta",
    "draft",
    "grid_group",
    "keep",
    "located",
    "readable",
    "unreached",
]

Place = Path | Bucket
"""A folder or file of the store."""


def located(folder: Path, url: str | None = None) -> Place:
    """Return where the files of a store lie.

    Parameters
    ----------
    folder
        The store's folder on this machine.
    url
        ``s3://bucket/prefix``; default ``$STADTLABOR_STORE``, else ``[store] url`` of the settings.
        Empty for ``folder`` itself.

    Raises
    ------
    StoreError
        In German, if the address is of a kind that is not known.
    """
    stated = os.environ.get("STADTLABOR_STORE") if url is None else url
    if stated is None:
        stated = storage().url
    if not stated:
        return folder
    if stated.startswith("s3://") and stated.removeprefix("s3://").strip("/"):
        return Bucket.of(stated)
    raise StoreError(
        f"„{stated}“ ist kein Ort für Daten. Bitte unter [store] „url“ leer lassen oder "
        "s3://bucket/ordner angeben."
    )


def below(path: Place, folder: Place) -> str:
    """Return the name of a file as seen from a folder above it, with slashes."""
    return path.as_posix().removeprefix(f"{folder.as_posix()}/")


def delta(place: Place) -> dict[str, Any]:
    """Return how the Delta library is told of a table at a place."""
    if isinstance(place, Path):
        return {"table_uri": place}
    return {"table_uri": str(place), "storage_options": options()}


def readable(place: Place) -> Any:
    """Return what Arrow's Parquet readers take for a file."""
    return place if isinstance(place, Path) else place.source()


def draft(place: Place) -> Path:
    """Return where to write the content of a file first, on this machine."""
    if isinstance(place, Path):
        make_folder(place.parent)
        return place.with_name(f".{place.name}.{os.getpid()}")
    descriptor, name = tempfile.mkstemp(prefix="stadtlabor-", suffix=".parquet")
    os.close(descriptor)
    return Path(name)


def keep(written: Path, place: Place) -> None:
    """Move a draft to its place, for good when this returns."""
    if isinstance(place, Path):
        make_folder(place.parent)
        written.rename(place)
        sync([place])
    else:
        place.take(written)


def unreached(place: Place, error: Exception) -> None:
    """Say in German that an object store does not answer, where that is what an error means.

    Raises
    ------
    StoreError
        If the place lies in an object store and something else than the data is amiss.
    """
    missing = isinstance(error, FileNotFoundError) or "Generic S3 error" not in str(error)
    if isinstance(place, Path) or (missing and "AWS Error" not in str(error)):
        return
    raise StoreError(
        f"Der Objektspeicher antwortet nicht oder lässt uns nicht ein ({place}). Bitte Netz, "
        "AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY prüfen."
    ) from error


def grid_group(place: Place) -> Path | ZarrStore:
    """Return what Zarr takes for a group or array at a place."""
    if isinstance(place, Path):
        return place
    try:
        from obstore.store import S3Store
        from zarr.storage import ObjectStore
    except ImportError as error:
        raise StoreError(
            "Für Raster im Objektspeicher fehlt ein Paket. "
            "Bitte aufrufen: pip install 'stadtlabor[s3]'"
        ) from error
    bucket, _, prefix = place.key.partition("/")
    address = os.environ.get("AWS_ENDPOINT_URL", "")
    more: dict[str, Any] = {"client_options": {"allow_http": True}}
    if not address.startswith("http://"):
        more = {}
    return ObjectStore(S3Store(bucket, prefix=prefix, **more))
