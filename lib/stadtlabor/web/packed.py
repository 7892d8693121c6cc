"""Bodies that are packed once and sent as often as anyone asks for them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response

from stadtlabor.memory import give_back

__all__ = ["SMALL", "Packed", "Press"]

SMALL = 800
"""Smaller bodies go as they are, bytes."""


class Packed:
    """A body in every encoding that a browser may ask for.

    Parameters
    ----------
    content
        The body as it is.
    media_type
        Its type, without charset.
    best
        Will give the body packed by brotli; None where the body is not worth packing.
    """

    def __init__(self, content: bytes, media_type: str, best: Future[bytes] | None) -> None:
        self._content, self._media_type, self._best = content, media_type, best
        self._gzip = gzip.compress(content) if best else content
        digest = hashlib.sha256(content).hexdigest()[:20]
        self._tags = {name: f'"{digest}{name}"' for name in ("", "gzip", "br")}

    def answer(self, asked: Headers, extra: Mapping[str, str] | None = None) -> Response:
        """Return the body as the browser wants it, or 304 if it has it in any encoding.

        Parameters
        ----------
        asked
            Headers of the request.
        extra
            Further headers of the answer.
        """
        encoding, body = self._chosen(asked.get("accept-encoding", ""))
        headers = {**(extra or {}), "ETag": self._tags[encoding]}
        # Where a body goes out unpacked, the middleware that might have packed it says so itself.
        if encoding:
            headers |= {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
        known = {
            tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")
        }
        for tag in self._tags.values():
            if tag in known:
                headers.pop("Content-Encoding", None)
                return Response(status_code=304, headers={**headers, "ETag": tag})
        return Response(body, headers=headers, media_type=self._media_type)

    def _chosen(self, accepts: str) -> tuple[str, bytes]:
        if self._best is None:
            return "", self._content
        # "br;q=0" means: not that one
        offers = (offer.replace(" ", "").partition(";") for offer in accepts.lower().split(","))
        accepted = {name for name, _, weight in offers if weight.rstrip("0.") != "q="}
        if "br" in accepted and self._best.done():
            return "br", self._best.result()
        return ("gzip", self._gzip) if "gzip" in accepted else ("", self._content)


class Press:
    """Packs bodies, without anyone waiting for it.

    Brotli at its best takes a second per megabyte, so a thread of its own does that afterwards;
    until it is done, browsers get gzip.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="press")

    def pack(self, content: bytes, media_type: str) -> Packed:
        """Return a body that can be sent from now on."""
        worth = len(content) >= SMALL
        best = self._thread.submit(_best, content) if worth else None
        return Packed(content, media_type, best)

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _best(content: bytes) -> bytes:
    packed: bytes = brotli.compress(content, quality=11)
    give_back(collect=False)  # it takes many times the size of the body while it works
    return packed
