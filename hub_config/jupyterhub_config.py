"""Apply the settings to JupyterHub. Decisions are made in the modules beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hub_config import access, authenticator, folders, proxy, services, spawners, templates
from stadtlabor.settings import home, root, settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821
chosen = settings()
state = home() / "hub"
state.mkdir(mode=0o700, parents=True, exist_ok=True)
spawners.warn(chosen)
folders.prepare()

c.JupyterHub.bind_url = f"http://{chosen.serve.host}:{chosen.serve.port}{proxy.BASE_URL}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = chosen.serve.hub_port
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.JupyterHub.template_paths = [str(root() / "hub_config" / "templates")]
c.JupyterHub.template_vars = templates.variables()
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 1}
c.JupyterHub.implicit_spawn_seconds = 1

c.ConfigurableHTTPProxy.command = proxy.command(chosen)
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{chosen.serve.proxy_api_port}"
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.Proxy.extra_routes = proxy.routes(chosen)

services.watch_closely()
c.JupyterHub.services = services.services(chosen)
c.JupyterHub.custom_scopes = access.custom_scopes()
c.JupyterHub.extra_user_scopes = access.user_scopes()
c.JupyterHub.load_roles = [services.culler_role(), *access.roles(chosen)]

c.JupyterHub.authenticator_class = authenticator.DevelopmentAuthenticator
c.Authenticator.allow_all = True

c.merge(spawners.configuration(chosen))
