"""Bodies of requests, read up to a limit."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request
from starlette.exceptions import HTTPException

__all__ = ["body_of", "fields_of"]

LARGEST_BODY = 20_000
MOST_FIELDS = 60


async def body_of(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Return the body of a request.

    Raises
    ------
    HTTPException
        413 if it is larger than allowed.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise HTTPException(413)
    return body


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a plain form, the first value of each.

    Raises
    ------
    HTTPException
        413 if the form is too large, 400 if it has too many fields.
    """
    body = (await body_of(request)).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return {name: values[0] for name, values in fields.items()}
