"""Kill the ingest while it works: ``python tests/benchmarks/crash.py --kills 40``.

The test of the suite, ``tests/ingest/test_crash.py``, with more kills than it does by itself:
nothing that the broker has acknowledged may be lost, no value may be doubled.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Kill; return 0 where all holds."""
    given = argparse.ArgumentParser()
    given.add_argument("--kills", type=int, default=40)
    chosen = given.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "--timeout", str(60 + 15 * chosen.kills),
               str(ROOT / "tests" / "ingest" / "test_crash.py")]  # fmt: skip
    environment = os.environ | {"STADTLABOR_TEST_KILLS": str(chosen.kills)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
