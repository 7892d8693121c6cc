"""Voilà, narrowed to what the public needs."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

from jupyter_core.paths import jupyter_path
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.utils import get_voila_labextensions_path

from stadtlabor import forks
from stadtlabor.apps import exporter, handlers
from stadtlabor.apps.identity import Visitors
from stadtlabor.apps.pages import TEMPLATES, frame
from stadtlabor.settings import Settings, notebooks, settings

__all__ = ["BASE_URL", "AppServer", "configuration"]

BASE_URL = "/apps/"
KERNEL = r"(?P<kernel_id>[\w-]+)"
# Voilà writes this into the page while a cell takes its time.
HEARTBEAT = b64encode(sha256(b"window.voila_heartbeat()").digest()).decode()
POLICY = (
    # Widgets write style attributes, and ipyleaflet builds functions from text; all scripts come
    # as files from here alone.
    f"default-src 'none'; script-src 'self' 'unsafe-eval' 'sha256-{HEARTBEAT}'; "
    "style-src 'self' 'unsafe-inline'; "
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
        VoilaConfiguration={
            "template": "lab",
            "theme": "light",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": [],
            "extension_denylist": ["jupyterlab_pygments"],
            "resources": {"frame": frame()},
        },
        # A link without text would be written <a/>, which browsers leave open: it hid all that
        # followed. CSS takes the rest away.
        HTMLExporter={"anchor_link_text": " "},
        # Files in a folder of our own instead of open ports that every program here could call.
        KernelManager={"transport": "ipc"},
        MappingKernelManager={
            "cull_idle_timeout": chosen.apps.cull_idle_s,
            "cull_interval": 30,
            # A page left open in a pocket must not keep its place; app.js tells its reader.
            "cull_connected": True,
        },
    )


class AppServer(Voila):
    """Serves the apps by name and nothing else: no file tree, no contents, no source."""

    def __init__(self, **traits: Any) -> None:
        exporter.install()
        super().__init__(config=configuration(settings()), **traits)

    def start(self) -> None:
        """Serve, with the template of the kernels importing meanwhile."""
        if settings().apps.kernels == "forked":
            forks.warm(forks.template("public"))
        super().start()

    def setup_template_dirs(self) -> None:
        """Put our page before Voilà's."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATES))

    def init_settings(self) -> dict[str, Any]:
        """Add security headers, compression and our page for unknown addresses."""
        chosen: dict[str, Any] = super().init_settings()
        return {
            **chosen,
            "headers": HEADERS,
            "compress_response": True,
            "default_handler_class": handlers.NotFound,
        }

    def init_handlers(self) -> list[Any]:
        """Return the addresses that exist."""
        extensions = get_voila_labextensions_path()
        return [
            (rf"{BASE_URL}api/kernels/{KERNEL}", handlers.Kernel),
            (rf"{BASE_URL}api/kernels/{KERNEL}/channels", VoilaKernelWebsocketHandler),
            (rf"{BASE_URL}voila/api/shutdown/(.*)", handlers.Shutdown),
            (
                rf"{BASE_URL}voila/static/(.*)",
                MultiStaticFileHandler,
                {"paths": self.static_paths},
            ),
            (
                rf"{BASE_URL}voila/labextensions/(.*)",
                handlers.Extension,
                {"path": extensions, "no_cache_paths": []},
            ),
            (
                rf"{BASE_URL}voila/api/themes/(.*)",
                handlers.Theme,
                {
                    "themes_url": "/voila/api/themes",
                    "path": self.themes_dir,
                    "labextensions_path": [*extensions, *jupyter_path("labextensions")],
                    "no_cache_paths": [],
                },
            ),
            (
                rf"{BASE_URL}([a-z0-9_-]+)",
                handlers.AppHandler,
                {
                    "template_paths": self.template_paths,
                    "config": self.config,
                    "voila_configuration": self.voila_configuration,
                },
            ),
        ]
