"""Make one report in a process of its own: zip on stdin, result on stdout.

``python -m stadtlabor.report.child``. A stranger's files meet a process with little memory and
little time that holds nothing else; whatever it does, it ends with its answer.

The answer is one line of JSON (``title``, ``missing``, ``fault``, ``error`` and the ``sizes`` of
what follows) and then page, PDF (may be empty) and zip.
"""

from __future__ import annotations

import json
import resource
import sys

__all__ = ["CPU_S", "MEMORY", "main"]

CPU_S = 60
MEMORY = 3_000_000_000
"""Bytes that the process may claim. It uses 0.6 GB; its libraries claim 2.2 GB beforehand."""

FILE = 1_000_000
"""Bytes of the largest file that it may write."""


def main() -> None:
    """Read, compute, answer."""
    for limit, value in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CPU, CPU_S)):
        resource.setrlimit(limit, (value, value))
    # The typeface goes through a temporary file; a school's data never do.
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    from stadtlabor.klimaschule.dossier import DossierError, read_zip
    from stadtlabor.report.result import PDF, make

    body = sys.stdin.buffer.read()
    told: dict[str, object] = {"error": "", "fault": "", "sizes": []}
    parts: list[bytes] = []
    try:
        result = make(read_zip(body))
    except DossierError as error:
        told["error"] = str(error)
    else:
        parts = [result.article.encode("utf-8"), result.files.get(PDF, b""), result.packed()]
        told |= {
            "title": f"{result.balance.inputs.school}, {result.balance.inputs.title}",
            "fault": result.fault,
            "sizes": [len(part) for part in parts],
        }
    out = sys.stdout.buffer
    out.write(json.dumps(told).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
