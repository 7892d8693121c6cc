"""What holds for every process; imported before anything else of this library.

**A short start.** jsonschema, which Altair, nbformat and papermill load, builds the complete
grammar of internationalised addresses when it is imported (1.5 s on an idle machine, 6 s on a busy
one) in order to check a format that no chart and no notebook uses. It does without where the
package cannot be imported, and so do we.

**No way round.** Offices set a proxy for all addresses. Hub, services and the simulated city call
each other on this machine, where no proxy can lead.
"""

from __future__ import annotations

import os
import sys

__all__ = ["without_proxy"]

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None = "not there"

HERE = ("localhost", "127.0.0.1", "::1")
"""Names of this machine, for which no proxy is asked."""


def without_proxy(stated: str) -> str:
    """Return a list of names that no proxy is asked for, with this machine's in it."""
    names = [part.strip() for part in stated.split(",") if part.strip()]
    if "*" in names:
        return "*"
    return ",".join([*names, *(name for name in HERE if name not in names)])


_direct = without_proxy(os.environ.get("no_proxy", os.environ.get("NO_PROXY", "")))
# Programs read the one or the other spelling.
os.environ |= {"no_proxy": _direct, "NO_PROXY": _direct}
