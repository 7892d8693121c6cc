"""Run a program where all system users can get at Python and the checkout.

Under ``/root`` or a temporary folder of pytest nobody but root can, and then the hub does not
separate people. ``python tests/openview.py UID PROGRAM [ARGUMENT …]``, as root, puts empty open
folders over the closed ones for this program alone (a mount namespace of its own), brings what is
needed back into them, becomes the user and the program. Nothing of it is seen from outside, and
it ends with the program.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534

CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


def needed() -> list[Path]:
    """Return what every program of the Stadtlabor must be able to read."""
    stated = [Path(sys.prefix), Path(sys.base_prefix), ROOT, Path.cwd()]
    for name in (
        "STADTLABOR_HOME",
        "STADTLABOR_SETTINGS",
        "STADTLABOR_NOTEBOOKS",
        "STADTLABOR_DATASETS",
    ):
        if name in os.environ:
            stated.append(Path(os.environ[name]).parent)
    return [place for each in stated for place in (each.absolute(), each.resolve())]


def shut(path: Path) -> Path | None:
    """Return the outermost folder on the way to a path, itself included, that others cannot use."""
    for folder in (*reversed(path.parents), path):
        wanted = 0o005 if folder == path else 0o001
        if folder.is_dir() and folder.stat().st_mode & wanted != wanted:
            return folder
    return None


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    """Call mount(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (source.encode(), str(target).encode(), kind.encode(), flags, options.encode())
    if libc.mount(*arguments):
        raise OSError(ctypes.get_errno(), f"mount {target}")


def open_view() -> None:
    """Leave the common view of the disk and open what is closed in the own one."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
    places = needed()
    while found := next((folder for place in places if (folder := shut(place))), None):
        inside = [place for place in places if place.is_relative_to(found)]
        # A folder that is closed itself comes back entry by entry.
        if found in inside:
            inside = [place for place in inside if place != found] + list(found.iterdir())
        inside = [p for p in set(inside) if not any(p != o and o in p.parents for o in inside)]
        kept = {place: os.open(place, os.O_PATH) for place in inside if place.exists()}
        mount("tmpfs", found, "tmpfs", 0, "mode=755")
        for place, handle in kept.items():
            if Path(f"/proc/self/fd/{handle}").is_dir():
                place.mkdir(parents=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
            mount(f"/proc/self/fd/{handle}", place, "", MS_BIND | MS_REC)
            os.close(handle)


@cache
def obstacle() -> str:
    """Return why there can be no open view here, empty where there can."""
    if os.geteuid() != 0:
        return "needs root"
    code = "import hub_config.services, sqlalchemy; open(hub_config.services.__file__).read()"
    tried = subprocess.run(
        [*command(NOBODY), sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"no open view: {tried.stderr.strip()[-300:]}" if tried.returncode else ""


def command(uid: int = 0) -> list[str]:
    """Return what a command must begin with to run in an open view, as a user."""
    return [sys.executable, __file__, str(uid)]


def main(uid: int, program: list[str]) -> None:
    """Open the view, become the user and the program."""
    os.umask(0o022)
    here = Path.cwd()
    open_view()
    os.chdir(here)
    if uid:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
