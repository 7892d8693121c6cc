"""Keep the start of every process short; imported before anything else of this library.

jsonschema, which Altair, nbformat and papermill load, builds the complete grammar of
internationalised addresses when it is imported (1.5 s on an idle machine, 6 s on a busy one) in
order to check a format that no chart and no notebook uses. It does without where the package
cannot be imported, and so do we.
"""

from __future__ import annotations

import sys

__all__: list[str] = []

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None = "not there"
