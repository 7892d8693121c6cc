"""Start one service: own log file, minimal environment, and an end when the hub ends.

Run as ``python -I -S launch.py [--hub] [--user UID HOME] LOGFILE PROGRAM [ARGUMENT …]``; it
replaces itself by the program, so that JupyterHub supervises the service itself and not this
file. Imports nothing of the library: every service pays for it at each start.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

KEEP = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "STADTLABOR_ROOT", "STADTLABOR_HOME", "STADTLABOR_SETTINGS", "STADTLABOR_CITY",
    "STADTLABOR_NOTEBOOKS", "STADTLABOR_DATASETS", "STADTLABOR_DATA",
)  # fmt: skip
"""Variables that every service may see. The hub's tokens and passwords are not among them."""

STORE = (
    "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_REGION", "STADTLABOR_STORE", "STADTLABOR_REGISTERS",
)  # fmt: skip
"""How the data are reached where they lie elsewhere; the hub gives them to few services."""

HUB = (
    "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "STADTLABOR_DEV_PASSWORD",
    "CONFIGPROXY_AUTH_TOKEN",
)  # fmt: skip
"""Variables that are added for the hub itself, its proxy and services that call it."""

LOG_LIMIT = 5_000_000
"""Bytes after which a log file is put aside at the next start; one old file is kept."""

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38

CALM_S = 60
"""A service that has started :data:`MANY` times within so many seconds is broken."""

MANY = 5
PAUSE_S = 20
"""Seconds that a broken service waits before each further start, so that it eats no processor."""


def too_many(stamps: Path) -> bool:
    """Note this start and tell whether there were too many of late."""
    now = time.time()
    try:
        recent = [start for start in stamps.read_text().split() if now - float(start) < CALM_S]
    except (OSError, ValueError):  # not there yet, or torn by a power cut
        recent = []
    stamps.write_text("\n".join([*recent, str(now)]))
    return len(recent) >= MANY


def change_user(uid: int) -> None:
    """Stop being root; the group has the same number."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    # What a service makes can be read by others where its folder lets them.
    os.umask(0o022)
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Prepare the process and become the program."""
    keep: tuple[str, ...] = KEEP + STORE
    environment = {"LANG": "C.UTF-8"}
    uid = None
    if arguments[0] == "--hub":
        keep, arguments = keep + HUB, arguments[1:]
    environment |= {name: os.environ[name] for name in keep if name in os.environ}
    if arguments[0] == "--user":
        uid, environment["HOME"], arguments = int(arguments[1]), arguments[2], arguments[3:]
        environment.pop("TMPDIR", None)  # the hub's own may be closed to others
    log, command = Path(arguments[0]), arguments[1:]
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    slow = too_many(log.with_suffix(".starts"))
    if uid is not None:
        change_user(uid)
    if sys.platform == "linux":
        # A hub that dies without cleaning up must not leave services on its ports. After the
        # change of user, which would take it back.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # A shell starts background jobs with this signal ignored; the hub ends services by it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if slow:
        print(f"Der Dienst endet immer wieder. Neuer Start in {PAUSE_S} s.", flush=True)
        time.sleep(PAUSE_S)
    environment["PYTHONUNBUFFERED"] = "1"
    os.execve(command[0], command, environment)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
