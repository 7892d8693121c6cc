"""The German weather service at its true address: recorded files behind a proxy of our own.

A program that is told of the proxy and of its certificate asks ``https://opendata.dwd.de`` as it
always does, as in offices whose way out is a proxy. Whoever else it asks for is refused and noted.
"""

from __future__ import annotations

import io
import socketserver
import ssl
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import trustme

HOST = "opendata.dwd.de"
RECORDED = Path(__file__).parent / "blueprint" / "recordings"
CLIMATE = "/climate_environment/CDC/observations_germany/climate/"
LIST = f"{CLIMATE}daily/kl/recent/KL_Tageswerte_Beschreibung_Stationen.txt"
PACKED = {
    "10_minutes/air_temperature/now/10minutenwerte_TU_04928_now.zip": "produkt_zehn_now_tu",
    "10_minutes/precipitation/now/10minutenwerte_nieder_04928_now.zip": "produkt_zehn_now_rr",
}


@dataclass
class Provider:
    """What is answered, what was asked for, and how a program finds the way here."""

    folder: Path
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which a program asks here instead of the network."""
        here = f"http://127.0.0.1:{self.port}"
        return {
            "HTTPS_PROXY": here,
            "HTTP_PROXY": here,
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
        }


def files() -> dict[str, bytes]:
    """Return path → content, as the service packs it."""
    listed = RECORDED / "zehn_now_tu_Beschreibung_Stationen.txt"
    # The lists of all kinds of stations have one form.
    found = {LIST: listed.read_bytes()}
    for path, product in PACKED.items():
        recorded = next(RECORDED.glob(f"{product}_*.txt"))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(recorded, recorded.name)
        found[CLIMATE + path] = packed.getvalue()
    return found


@contextmanager
def provider(folder: Path) -> Iterator[Provider]:
    """Run the proxy and the service; the certificate lies in ``folder``."""
    authority, served, offered = trustme.CA(), Provider(folder), files()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            if self.path != f"{HOST}:443":
                self.refuse(403)
                return
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]

        def do_GET(self) -> None:
            body = offered.get(self.path)
            if body is None or not isinstance(self.connection, ssl.SSLSocket):
                self.refuse(404)
                return
            served.asked.append(f"200 {self.path}")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def refuse(self, status: int) -> None:
            served.asked.append(f"{status} {self.path}")
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    served.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
