"""Look at the processes of a Stadtlabor by their system users, for the tests of separation."""

from __future__ import annotations

from contextlib import suppress

import psutil

from person import Person
from running import Lab

FIRST = 300_000
"""``first_uid`` of the settings."""

WHO = """
import os
lines = dict(l.split(':', 1) for l in open('/proc/self/status').read().splitlines() if ':' in l)
print(os.getuid(), os.getgid(), len(os.getgroups()), os.getppid(), lines['NoNewPrivs'].strip(),
      len(open('/proc/self/environ').read()) > 0)
"""


def hub(lab: Lab) -> list[psutil.Process]:
    """Return all processes of a Stadtlabor."""
    return [psutil.Process(lab.process.pid), *psutil.Process(lab.process.pid).children(True)]


def processes(lab: Lab, uid: int) -> list[psutil.Process]:
    """Return those of one system user."""
    return [process for process in hub(lab) if process.uids().real == uid]


def template(lab: Lab, trust: str) -> psutil.Process:
    """Return the hub's template of a level of trust; its forks have its command line too."""
    words = f"/forks/{trust}-"
    found = []
    for process in hub(lab):
        with suppress(psutil.Error):  # some end while we look
            if words in process.cmdline()[-1] and words not in process.parent().cmdline()[-1]:
                found.append(process)
    assert len(found) == 1
    return found[0]


def who(person: Person) -> list[str]:
    """Return user, group, number of further groups, parent and more of a person's kernel."""
    return person.run(WHO).split()
