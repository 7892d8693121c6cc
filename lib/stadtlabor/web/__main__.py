"""Serve the pages: ``python -m stadtlabor.web``."""

from __future__ import annotations

import contextlib
import ctypes

# A pool of memory per thread would hold tens of megabytes that nobody uses; two are enough for
# pages (mallopt, M_ARENA_MAX of the GNU C library). Before the first thread starts.
with contextlib.suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(-8, 2)

import uvicorn

from stadtlabor.settings import settings
from stadtlabor.web.site import site

uvicorn.run(
    site(),
    host="127.0.0.1",
    port=settings().serve.web_port,
    access_log=False,  # visitors leave no trace
    server_header=False,
    proxy_headers=False,
)
