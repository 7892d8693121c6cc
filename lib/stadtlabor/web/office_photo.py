"""Make an uploaded photo small in a process of its own: turning one straight takes 300 MB."""

from __future__ import annotations

import sys

from stadtlabor.innenstadt.vacancy import PhotoError, clean, said
from stadtlabor.web.child import answer

__all__ = ["cleaned"]

JPEG = b"\xff\xd8"


async def cleaned(body: bytes) -> bytes:
    """Return an upload as a small JPEG without any metadata.

    Raises
    ------
    PhotoError
        In German, if it is no photo that can be taken.
    """
    if not body:
        raise PhotoError(said("photo_faults", "kind"))
    made = await answer("stadtlabor.web.office_photo", body)
    if made.startswith(JPEG):
        return made
    raise PhotoError(made.decode("utf-8", "replace") or said("photo_faults", "broken"))


def main() -> None:
    """Read a photo from stdin; write the small one, or the German sentence why there is none."""
    try:
        made = clean(sys.stdin.buffer.read()).body
    except PhotoError as error:
        made = str(error).encode()
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
