"""People's servers and kernels are copies of processes that have imported everything."""

from __future__ import annotations

from pathlib import Path

from forks import hub_template
from person import Person
from running import Lab, wait_for

ASK = "import os; print(os.getppid(), os.getpid(), os.environ['JUPYTER_RUNTIME_DIR'])"


def test_servers_and_kernels_are_forked_and_talk_through_files(lab: Lab) -> None:
    servers = wait_for("the template of servers", lambda: hub_template(lab, "servers"))
    kernels = wait_for("the template of kernels", lambda: hub_template(lab, "pupils"))
    before = {child.pid for child in servers.children()}
    person = lab.person("gabel-01")
    (server,) = [child for child in servers.children() if child.pid not in before]
    assert server.cwd() == str(lab.home / "homes" / "gabel-01")
    parent, _, runtime = person.run(ASK).split()
    assert int(parent) == kernels.pid
    assert Path(runtime).stat().st_mode & 0o777 == 0o700
    assert not [
        link
        for link in server.net_connections()
        if link.status == "LISTEN" and link.laddr.ip != "127.0.0.1"
    ]
    # Nothing of the hub's own comes along.
    environment = Path(f"/proc/{server.pid}/environ").read_text()
    assert "CONFIGPROXY_AUTH_TOKEN" not in environment
    assert lab.password not in person.run("import os; print(dict(os.environ))")
    assert person.client.delete(
        "/labor/hub/api/users/gabel-01/server", headers=hub_token(person)
    ).status_code in (202, 204)
    wait_for("the end of the server", lambda: not server.is_running(), 30)
    again = lab.person("gabel-01")
    assert again.run("print(6 * 7)") == "42\n"


def hub_token(person: Person) -> dict[str, str]:
    found = [c for c in person.client.cookies.jar if c.name == "_xsrf" and c.path == "/labor/hub/"]
    return {
        "X-XSRFToken": str(found[0].value),
        "Referer": f"{person.client.base_url}/labor/hub/home",
    }


def test_killed_templates_harm_nobody_and_the_next_start_succeeds(lab: Lab) -> None:
    old = {t: wait_for(t, lambda t=t: hub_template(lab, t)) for t in ("servers", "pupils")}
    first = lab.person("gabel-02")
    for process in old.values():
        process.kill()
    assert first.run("print(6 * 7)") == "42\n"
    assert lab.person("gabel-03").run("print(6 * 7)") == "42\n"
