"""Print a page: HTML on stdin, PDF on stdout.

The libraries take 100 MB, which a service that is there for thousands of pages should not hold for
the few that are printed.
"""

from __future__ import annotations

import sys

from stadtlabor.printing.pdf import pdf

sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode("utf-8")))
