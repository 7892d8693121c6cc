"""Photos carry nothing but what they show."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from innenstadt.vacancy.stock import CITIZEN, EDITOR, PUBLISHER, released, shop
from stadtlabor.innenstadt.vacancy import (
    MoveError,
    PhotoError,
    RightsError,
    UnknownUnitError,
    add_photo,
    clean,
    photo,
    remove_photo,
    rules,
)


def picture(width=400, height=300, kind="JPEG", orientation=None, colour="red") -> bytes:
    image = Image.new("RGB", (width, height), colour)
    image.paste("blue", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x010F] = "Kamera von Anna"
    exif.get_ifd(0x8825)[2] = (47.0, 43.0, 31.0)  # GPS latitude
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": b"geheim"} if kind == "JPEG" else {}))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_tells_who_where_and_when(kind):
    body = picture(2400, 1800, kind)
    assert b"Kamera von Anna" in body
    made = clean(body, "  Laden   von außen ")
    assert (made.width, made.height, made.alt) == (1600, 1200, "Laden von außen")
    again = Image.open(io.BytesIO(made.body))
    assert (again.format, again.size) == ("JPEG", (1600, 1200))
    assert not dict(again.getexif())
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(again.info)
    for secret in (b"Kamera", b"Exif", b"geheim"):
        assert secret not in made.body


def test_pictures_stand_upright_and_small_ones_are_not_blown_up():
    made = clean(picture(400, 300, orientation=6))
    assert (made.width, made.height) == (300, 400)
    corner = Image.open(io.BytesIO(made.body)).getpixel((290, 10))
    assert corner[2] > 200  # the blue corner has turned to the right


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it has as many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""))  # fmt: skip


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "kein Foto"),
        (b"%PDF-1.7", "kein Foto"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "kein Foto"),
        (b"GIF89a" + b"\0" * 50, "kein Foto"),
        (bomb(60_000, 60_000), "mehr als 50 Millionen Bildpunkte"),
        (bomb(9_000, 9_000), "mehr als 50 Millionen Bildpunkte"),
        (bomb(500, 500), "beschädigt"),
        (picture()[:900], "beschädigt"),
        (b"\xff" * 15_000_001, "größer als 15 MB"),
    ],
)
def test_what_is_no_photo_is_refused_in_german(body, said):
    with pytest.raises(PhotoError, match=said):
        clean(body)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=40))
def test_damage_never_ends_in_a_traceback(place, noise):
    body = picture(120, 90)
    place %= len(body)
    broken = body[:place] + noise + body[place + len(noise) :]
    try:
        made = clean(broken)
    except PhotoError as error:
        assert str(error).endswith(".")  # noqa: PT017 – either way is right
    else:
        assert b"Kamera" not in made.body


def test_a_photo_is_seen_when_another_person_released_it(register):
    released(register, shop())
    name = add_photo(register, "laden", picture(), CITIZEN, "Ladenfront")
    assert add_photo(register, "laden", picture(), CITIZEN) == name
    with pytest.raises(UnknownUnitError):
        photo(register, name)
    assert photo(register, name, released_only=False).alt == "Ladenfront"
    with pytest.raises(RightsError, match="darf nicht"):
        register.act("laden", "release_photo", EDITOR, photo=name)
    register.act("laden", "release_photo", PUBLISHER, photo=name)
    assert register.public().items[0].photos == (name,)
    assert photo(register, name).width == 400
    remove_photo(register, "laden", name, EDITOR, "Person im Bild")
    with pytest.raises(UnknownUnitError):
        photo(register, name, released_only=False)
    assert register.public().items[0].photos == ()


def test_a_blurred_unit_shows_no_photo_and_a_dozen_is_enough(register):
    released(register, shop(blur_m=80))
    name = add_photo(register, "laden", picture(), CITIZEN)
    register.act("laden", "release_photo", PUBLISHER, photo=name)
    assert register.public().items[0].photos == ()
    for n in range(rules().photo.most_per_unit - 1):
        add_photo(register, "laden", picture(100 + n), CITIZEN)
    with pytest.raises(MoveError, match="hat schon 12 Fotos"):
        add_photo(register, "laden", picture(99), CITIZEN)
