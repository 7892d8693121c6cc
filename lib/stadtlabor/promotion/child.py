"""Execute one notebook in a process of its own: a dying kernel takes nothing else with it.

Called as ``python -m stadtlabor.promotion.child SOURCE TARGET PARAMETERS TIMEOUT``.
"""

from __future__ import annotations

import json
import sys

__all__ = ["main"]


def main(source: str, target: str, parameters: str, timeout_s: str) -> None:
    """Run papermill; any failure ends the process with a non-zero status."""
    import papermill

    papermill.execute_notebook(
        source,
        target,
        parameters=json.loads(parameters),
        kernel_name="python3",
        execution_timeout=int(timeout_s),
        progress_bar=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
