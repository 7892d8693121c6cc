"""Settings of every person's JupyterLab server."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from stadtlabor import forks  # noqa: E402  # needs the path above
from stadtlabor.settings import settings  # noqa: E402  # as well

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.ServerApp.contents_manager_class = "hub_config.contents.CourseContents"
c.ServerApp.jpserver_extensions = {
    "hub_config.copies": True,
    "jupyter_lsp": False,
    # nbgrader is our library for teacher and pupil copies; it brings pages and the classic
    # notebook along, which nobody needs here.
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
    "panel.io.jupyter_server_extension": False,  # 35 MB in every server, for the benchmarks only
    "voila.server_extension": False,
}
# The hub decides who runs what; as root (containers) the server would refuse to start.
c.ServerApp.allow_root = True
c.LabApp.app_settings_dir = str(ROOT / "hub_config" / "server" / "lab")
# Its other managers ask a package index for extensions.
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
if settings().labs.servers == "forked":
    c.merge(forks.configuration(forks.level()))
# Files in a folder of the person's own instead of ports that every program here could call.
c.KernelManager.transport = "ipc"
c.MappingKernelManager.cull_idle_timeout = 900
c.MappingKernelManager.cull_interval = 60
