"""Handing in from JupyterLab where everybody is a system user of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drafts import draft
from running import small_course, start, wait_for

PRYING = """
import os
from stadtlabor.publishing import places
for what in (places.inbox(), places.queue(), places.checks(), places.answers()):
    try:
        print('FREMD', os.listdir(what))
    except PermissionError:
        print('zu')
for what in (places.versions(), places.root() / 'registers.db', places.checks() / 'x'):
    try:
        what.parent.mkdir(exist_ok=True)
        open(what, 'ab').close() if what.is_file() else what.mkdir()
        print('GESCHRIEBEN', what)
    except OSError:
        print('zu')
"""


def test_a_notebook_from_a_kernel_is_checked_by_another_user(open_folder: Path) -> None:
    folder = open_folder
    lab = start(folder, small_course(folder / "notebooks"), simulation=True, view=0)
    try:
        anna = lab.person("anna")
        cell = (
            "import os\nfrom stadtlabor.promotion import record\n"
            "from stadtlabor import data\n"
            "days = data.aggregate('footfall', 'day')\n"
            "record(uid=os.getuid() > 0, named=list(days.columns)[:2])"
        )
        code = (
            f"from pathlib import Path\nsource = {draft(cell)!r}\n"
            "Path('probe.ipynb').write_text(source)\n"
            "from stadtlabor import publishing\n"
            "pressed = publishing.button('probe.ipynb')\n"
            "pressed.button.click()\nprint('ID', pressed.id, pressed.told.value)"
        )
        said = anna.run(code)
        id_ = said.split("ID ")[1].split()[0]
        assert len(id_) == 32, said
        look = f"from stadtlabor.publishing.widget import standing\nprint(standing({id_!r}))"
        wait_for("check", lambda: "läuft" not in anna.run(look), 150)
        assert "Die Prüfung ist bestanden" in anna.run(look)
        found = json.loads((lab.home / "publishing" / "answers" / f"{id_}.json").read_text())
        assert found["state"] == "review"
        said = anna.run(PRYING)
        assert "FREMD" not in said
        assert "GESCHRIEBEN" not in said
        assert said.count("zu") == 7
    finally:
        lab.stop()
    history = (lab.home / "publishing" / "registers.db").read_bytes()
    assert b"anna" not in history
    assert (lab.home / "publishing" / "checks" / id_).stat().st_uid != (
        lab.home / "publishing" / "registers.db"
    ).stat().st_uid


pytestmark = pytest.mark.timeout(400)
