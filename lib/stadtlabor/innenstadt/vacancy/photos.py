"""Photos without anything that tells who took them, where and when."""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from stadtlabor.innenstadt.vacancy.errors import PhotoError, UnknownUnitError
from stadtlabor.innenstadt.vacancy.event import Actor
from stadtlabor.innenstadt.vacancy.moderation import refuse_contacts
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.rules import rules
from stadtlabor.innenstadt.vacancy.tables import PHOTOS
from stadtlabor.innenstadt.vacancy.words import said

__all__ = ["Photo", "add_photo", "clean", "photo", "remove_photo"]

FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """A photo that may be kept.

    Attributes
    ----------
    body
        JPEG without any metadata.
    width, height
        Pixels.
    alt
        German description.
    """

    body: bytes
    width: int
    height: int
    alt: str = ""


def clean(body: bytes, alt: str = "") -> Photo:
    """Turn an upload into a photo: upright, scaled, without EXIF, GPS, thumbnail or profile.

    Raises
    ------
    PhotoError
        In German, if it is too large, no photo, damaged, or unpacks to too many pixels.
    """
    limits = rules().photo
    if len(body) > limits.most_bytes:
        limit = limits.most_bytes // 1_000_000
        raise PhotoError(said("photo_faults", "large", limit=limit))
    try:
        with _strictly():
            plain = _plain(body)
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(said("photo_faults", "kind")) from error
    except Image.DecompressionBombError as error:
        limit = limits.most_pixels // 1_000_000
        raise PhotoError(said("photo_faults", "pixels", limit=limit)) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # Pillow raises any of these for pictures that end too early or contradict themselves.
        raise PhotoError(said("photo_faults", "broken")) from error
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=limits.quality, optimize=True)
    return Photo(out.getvalue(), plain.width, plain.height, " ".join(alt.split())[:200])


def _plain(body: bytes) -> Image.Image:
    """Return the pixels of a picture and nothing else."""
    limits = rules().photo
    opened = Image.open(io.BytesIO(body), formats=FORMATS)
    # Asked before anything is unpacked.
    if opened.width * opened.height > limits.most_pixels:
        limit = limits.most_pixels // 1_000_000
        raise PhotoError(said("photo_faults", "pixels", limit=limit))
    side = limits.longest_side_px
    opened.draft("RGB", (side, side))
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    with_alpha = upright.convert("RGBA")
    plain = Image.new("RGB", with_alpha.size, WHITE)
    plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return plain


@contextmanager
def _strictly() -> Iterator[None]:
    """Let no picture pass that ends too early.

    The library that makes PDFs tells Pillow, for the whole process, to take such pictures.
    """
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about sizes and odd metadata, which nobody keeps
        lenient = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def add_photo(register: Register, unit: str, body: bytes, actor: Actor, alt: str = "") -> str:
    """Add a photo to a unit; the public sees it when another person has released it.

    Returns
    -------
    str
        Identifier of the photo. The same photo twice is one.

    Raises
    ------
    PhotoError, MoveError, RightsError, PersonalDataError, UnknownUnitError
        In German.
    """
    refuse_contacts(alt)
    made = clean(body, alt)
    name = hashlib.sha256(unit.encode() + made.body).hexdigest()[:32]
    with register.writing() as connection:
        # The unit's row is locked by the first statement of write().
        held = dict(register.standing(connection, unit).photos)
        if name in held:
            return name
        register.write(connection, unit, actor, "add_photo", data={"photo": name})
        connection.execute(
            PHOTOS.insert().values(
                id=name,
                unit=unit,
                body=made.body,
                width=made.width,
                height=made.height,
                alt=made.alt,
            )
        )
    return name


def photo(register: Register, name: str, *, released_only: bool = True) -> Photo:
    """Return a photo.

    Raises
    ------
    UnknownUnitError
        If there is none, or the public may not see it.
    """
    with register.engine.connect() as connection:
        row = connection.execute(select(PHOTOS).where(PHOTOS.c.id == name)).first()
    if row is None:
        raise UnknownUnitError(said("faults", "photo_unknown", unit=name))
    if released_only:
        items = register.public(only=(row.unit,)).items
        if not items or name not in items[0].photos:
            raise UnknownUnitError(said("faults", "photo_unknown", unit=row.unit))
    return Photo(row.body, row.width, row.height, row.alt)


def remove_photo(register: Register, unit: str, name: str, actor: Actor, reason: str = "") -> None:
    """Delete a photo for good; the history keeps that there was one.

    Raises
    ------
    MoveError, RightsError, UnknownUnitError
        In German.
    """
    with register.writing() as connection:
        register.write(connection, unit, actor, "remove_photo", reason, {"photo": name})
        connection.execute(PHOTOS.delete().where(PHOTOS.c.id == name))
