"""Execute one notebook and save its page: ``python -m stadtlabor.render.child PATH``.

A process of its own, so that a dying kernel takes nothing with it and memory is given back.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

__all__ = ["main"]

CELL_TIMEOUT_S = 120


def main(path: str) -> None:
    """Run and save; any failure ends the process with a non-zero status."""
    import nbformat

    from stadtlabor.render.notebook import body
    from stadtlabor.render.page import Page
    from stadtlabor.render.runner import Runner
    from stadtlabor.settings import notebooks
    from stadtlabor.web.gallery import read_card

    file = notebooks() / path
    card = read_card(notebooks(), file)
    if card is None:
        sys.exit(f"{path}: Die Angaben in metadata.stadtlabor sind nicht lesbar.")
    notebook = nbformat.read(file, as_version=4)
    now = datetime.now(UTC)
    Runner(
        notebook,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(file.parent)}},
    ).execute()
    Page(card.name, card.question or card.title, body(notebook), now).save()


if __name__ == "__main__":
    os.nice(10)  # visitors and their kernels come first
    main(sys.argv[1])
