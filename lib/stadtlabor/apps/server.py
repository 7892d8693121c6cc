"""Voilà, narrowed to what the public needs."""

from __future__ import annotations

from typing import Any

from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from stadtlabor import forks
from stadtlabor.apps import handlers
from stadtlabor.apps.identity import Visitors
from stadtlabor.apps.kernels import Kernels
from stadtlabor.settings import Settings, notebooks, settings

__all__ = ["BASE_URL", "AppServer", "configuration"]

BASE_URL = "/apps/"
KERNEL = r"(?P<kernel_id>[\w-]+)"
NAME = r"([a-z0-9_-]+)"
POLICY = (
    # Widgets write style attributes; all scripts come as files from here alone.
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def configuration(chosen: Settings) -> Config:
    """Return the settings of Voilà: nothing overridden by notebooks, visitors or config files."""
    return Config(
        forks.configuration("public") if chosen.apps.kernels == "forked" else {},
        Voila={
            "ip": "127.0.0.1",
            "port": chosen.serve.apps_port,
            "port_retries": 0,
            "base_url": BASE_URL,
            "root_dir": str(notebooks()),
            "open_browser": False,
            "identity_provider_class": Visitors,
            "config_file_paths": [],
            "log_level": "WARN",
        },
        # Files in a folder of our own instead of open ports that every program here could call.
        KernelManager={"transport": "ipc"},
        MappingKernelManager={
            "cull_idle_timeout": chosen.apps.cull_idle_s,
            "cull_interval": 30,
            # A page left open in a pocket must not keep its place; live.js tells its reader.
            "cull_connected": True,
        },
    )


class AppServer(Voila):
    """Serves the apps by name and nothing else: no file tree, no contents, no source.

    Of Voilà it keeps the kernels, the line to them and the rule which messages a visitor may send.
    The page and its script are our own.
    """

    def __init__(self, **traits: Any) -> None:
        super().__init__(config=configuration(settings()), **traits)

    def start(self) -> None:
        """Serve, with the template of the kernels importing meanwhile."""
        if settings().apps.kernels == "forked":
            forks.warm(forks.template("public"))
        super().start()

    def setup_template_dirs(self) -> None:
        """Leave out Voilà's templates."""
        self.template_paths: list[str] = []
        self.static_paths: list[str] = []

    def init_settings(self) -> dict[str, Any]:
        """Add security headers, compression and our page for unknown addresses."""
        chosen: dict[str, Any] = super().init_settings()
        kernels = Kernels(self.kernel_manager, settings().apps.reserve)
        IOLoop.current().add_callback(kernels.keep_ready)
        return {
            **chosen,
            "headers": HEADERS,
            "compress_response": True,
            "websocket_compression_options": {"compression_level": 6},
            "default_handler_class": handlers.NotFound,
            "kernels": kernels,
        }

    def init_handlers(self) -> list[Any]:
        """Return the addresses that exist."""
        return [
            (rf"{BASE_URL}health", handlers.Health),
            (rf"{BASE_URL}api/kernels/{KERNEL}", handlers.KernelState),
            (rf"{BASE_URL}api/kernels/{KERNEL}/channels", VoilaKernelWebsocketHandler),
            (rf"{BASE_URL}api/kernels/{KERNEL}/end", handlers.Shutdown),
            (rf"{BASE_URL}{NAME}", handlers.App),
            (rf"{BASE_URL}{NAME}/start", handlers.Start),
        ]
