"""Plays storms in forks of a process that has imported all they need; a kill ends a real process.

Importing takes seconds and is not what kills are about. Each line of input is an order, JSON with
``folder``, ``plan`` and ``told`` (a pipe with a name for what the player prints); the answers are
its number and, in the end, its status.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

import doomed  # noqa: F401
import httpx  # noqa: F401
import player

import stadtlabor.promotion
import stadtlabor.rain.nowcasting.forecast
import stadtlabor.rain.warning.assessment
import stadtlabor.rain.warning.replay
import stadtlabor.sources  # noqa: F401
from stadtlabor.rain import read

for first in sys.argv[1:]:
    read(Path(first))  # with all that reading a frame imports
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            told = os.open(order["told"], os.O_WRONLY)
            os.dup2(told, 1)
            plan = json.loads(Path(order["plan"]).read_text(encoding="utf-8"))
            player.main(Path(order["folder"]), plan)
            sys.stdout.flush()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
