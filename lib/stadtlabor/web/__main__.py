"""Serve the pages: ``python -m stadtlabor.web``."""

from __future__ import annotations

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
