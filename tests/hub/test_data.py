"""The data service below a real hub, and fifty ways in which a pupil may try to get around it."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest

import openview
from drafts import draft
from person import Person
from running import ROOT, Lab, small_course, start, wait_for
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.store import Store
from users import FIRST

SECRET = 31337.125
QUARTERS = (1009.5, 2003.25, 3001.125, 4001.0625)
"""Values of the quarter hours of each hour; only their sum may leave."""

LOOT = ("FREMD", "SPEICHER", "OFFEN", "VERFOLGT", "BEENDET", "REST", "SCHNELLER")
HOUR = ("sl:temporalGrain", "gteq", "PT1H")

HELPERS = (Path(__file__).parent / "attack_helpers.py").read_text(encoding="utf-8")
CELLS = [
    tuple(cell.split("\n", 1))
    for cell in re.split(
        r"^# %% ", (Path(__file__).parent / "attacks.py").read_text("utf-8"), flags=re.M
    )[1:]
]


def permission(recipients: list[str], purposes: list[str], *extra: tuple[str, str, object]):
    named = [
        ("purpose", "isAnyOf", [f"sl:{each}" for each in purposes]),
        ("recipient", "isAnyOf", [f"sl:{each}" for each in recipients]),
        *extra,
    ]
    words = ("leftOperand", "operator", "rightOperand")
    constraints = [dict(zip(words, each, strict=True)) for each in named]
    return {"action": "use", "constraint": constraints}


def policy(folder: Path, name: str, *permissions) -> None:
    text = {
        "@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Set",
        "uid": f"https://example.org/{name}", "profile": "https://example.org/profil",
        "permission": list(permissions),
    }  # fmt: skip
    (folder / "policies" / f"{name}.json").write_text(json.dumps(text), encoding="utf-8")


def card(folder: Path, name: str, rule: str) -> None:
    """Write a card like that of the counted street under another name and policy."""
    text = (ROOT / "datasets" / "footfall.toml").read_text(encoding="utf-8")
    text = re.sub(r'^id = ".*"', f'id = "{name}"', text, count=1, flags=re.M)
    text = re.sub(r'^policy = ".*"', f'policy = "{rule}"', text, count=1, flags=re.M)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def series(name: str) -> Datastream:
    return Datastream(name, name, "pedestrians", "1", 900, "Probe", "CC0", area="Mitte")


def filled(folder: Path) -> None:
    """Plant values that must not leave, two days of quarter hours each."""
    now = pd.Timestamp.now(tz="UTC").floor("h")
    times = pd.date_range(now - pd.Timedelta("2D"), now + pd.Timedelta("45min"), freq="15min")
    few = [(3 if time.hour < 6 else 400 + time.hour) for time in times]
    planted = {
        "secret/safe/quarter": [SECRET] * len(times),
        "kept/meter/quarter": [QUARTERS[n % 4] for n in range(len(times))],
        "few/square/quarter": [value / 4 for value in few],
        "free/square/quarter": range(len(times)),
        "real/meter/quarter": [QUARTERS[n % 4] for n in range(len(times))],
    }
    store = Store(folder)
    for name, values in planted.items():
        store.write(Batch(observations(name, times, list(values)), [series(name)]))
        store.seal(name.split("/", 1)[0])
    store.close()


@pytest.fixture(scope="module")
def guarded(open_folder: Path) -> Iterator[Lab]:
    folder, cards = open_folder / "guarded", open_folder / "guarded" / "datasets"
    (cards / "policies").mkdir(parents=True)
    every = ["teaching", "participation", "research", "administration"]
    policy(cards, "staff", permission(["group:personal"], ["administration"]))
    policy(cards, "hours", permission(["everyone"], every, HOUR))
    policy(cards, "few", permission(["everyone"], every, HOUR, ("sl:persons", "gteq", 5)))
    policy(cards, "offen", permission(["everyone"], every))
    runs = permission(["service:realrun"], ["research"])
    policy(cards, "runs", permission(["everyone"], every, HOUR), runs)
    rules = {"secret": "staff", "kept": "hours", "few": "few", "free": "offen", "real": "runs"}
    for name, rule in rules.items():
        card(cards, name, rule)
    filled(folder / "home" / "store")
    lab = start(folder, small_course(folder / "notebooks"), view=0, datasets=cards)
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def pupil(guarded: Lab) -> Person:
    return guarded.person("biber-07")


@pytest.fixture(scope="module")
def lent(guarded: Lab) -> str:
    """Token of another pupil's server, as it stands in that server's environment."""
    mate = guarded.person("biber-08")
    return mate.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()


def test_a_pupil_reads_what_the_policy_gives(pupil: Person) -> None:
    told = pupil.run(
        "from stadtlabor import data\n"
        "print(len(data.read('free')), data.read('free').attrs['policy'])\n"
        "print(data.aggregate('kept', 'hour')['sum'].unique())\n"
        "for ask in (lambda: data.read('secret'), lambda: data.read('kept')):\n"
        "    try: ask()\n"
        "    except data.DataError as error: print(error)\n"
    )
    assert "196 offen" in told
    assert f"{sum(QUARTERS):.4f}"[:9] in told
    assert "nur für „Verwaltung“" in told
    assert "nur Stundenwerte oder gröbere" in told
    assert told.count("Mehr Auskunft: ") == 2


def into_group(lab: Lab, name: str, group: str) -> None:
    """Put a new person into a group of the hub."""
    with sqlite3.connect(lab.home / "hub" / "jupyterhub.sqlite", timeout=10) as books:
        books.execute("INSERT INTO users (name, admin, cookie_id) VALUES (?, 0, ?)", [name, name])
        books.execute(
            "INSERT INTO user_group_map (user_id, group_id) SELECT u.id, g.id FROM users u, "
            "groups g WHERE u.name = ? AND g.name = ?",
            [name, group],
        )


def test_the_staff_read_what_pupils_do_not(guarded: Lab) -> None:
    """The planted values are found where they may be read: the attacks below look for the same."""
    into_group(guarded, "amt-01", "personal")
    told = guarded.person("amt-01").run(
        "from stadtlabor import data; print(data.read('secret')['value'].unique())"
    )
    assert str(SECRET) in told


def test_files_lie_open_exactly_where_the_policy_is_open(guarded: Lab) -> None:
    tables = guarded.home / "store" / "observations"
    assert {path.name: path.stat().st_mode & 0o777 for path in tables.iterdir()} == {
        "secret": 0o700, "kept": 0o700, "few": 0o700, "free": 0o755, "real": 0o700,
    }  # fmt: skip


def test_fifty_attacks_gain_nothing(guarded: Lab, pupil: Person, lent: str) -> None:
    assert len(CELLS) >= 50
    kernel = pupil.kernel()
    begin = f"PLACE = {str(guarded.home)!r}\nLENT = {lent!r}\nNAME = {pupil.name!r}\n"
    begin += f"DATASETS = {str(guarded.home.parent / 'datasets')!r}\n{HELPERS}"
    planted = [f"{value:g}" for value in QUARTERS] + [str(value) for value in QUARTERS]
    gained = {}
    for title, code in CELLS:
        # Each begins afresh, whatever the one before has done to the environment.
        pupil.execute(kernel, begin)
        printed, reply = pupil.execute(kernel, code)
        said = printed + json.dumps(reply.get("traceback", []))
        loot = [word for word in (str(SECRET), *planted, *LOOT) if word in printed]
        if loot or lent in printed:
            gained[title] = (loot, said[-600:])
    assert gained == {}
    model = admin_view(guarded, pupil.name)
    assert model == (0, 0)


RUN = """
values = realrun.read('real')
days = values.groupby(values['time'].dt.floor('D')).agg(mean=('value', 'mean'), n=('value', 'size'))
import os
days['user'] = os.getuid() - 300_000
realrun.release('days', days[days['n'] >= 5], count='n')
"""
ALL_VALUES = r"""
import http.client, json, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
body = json.dumps({'dataset': 'real', 'purpose': 'research'})
head = f'POST /read HTTP/1.0\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n'
link.sendall((head + body).encode())
print(link.makefile('rb').read())
import os, pathlib
home = pathlib.Path(sys.argv[1]).parents[2]
for room in ('inbox', 'desk', 'queue', 'outcomes', 'work', 'answers'):
    try:
        print('OFFEN', os.listdir(home / 'realrun' / room))
    except PermissionError:
        pass
"""


class Staff:
    """Somebody in the office with a key, as a browser without script."""

    def __init__(self, lab: Lab, role: str) -> None:
        command = [sys.executable, "-m", "stadtlabor", "vacancy", "invite", "--role", role]
        made = subprocess.run(
            [*openview.command(0), *command, "--label", f"Probe {role}"],
            env={"PATH": "/usr/bin:/bin", "STADTLABOR_HOME": str(lab.home)}, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        key = re.search(r"oeffnen/(\S+)", made.stdout)
        assert key, made.stdout
        self.web = httpx.Client(base_url=f"{lab.address}/leerstand/amt", timeout=30)
        self.web.post("/oeffnen", data={"key": key[1]})

    def decide(self, id_: str, move: str) -> int:
        token = re.search(r'name="token" value="(\w+)"', self.web.get("/datenlauf").text)
        assert token
        given = {"token": token[1], "move": move, "not_own": "1"}
        return self.web.post(f"/datenlauf/{id_}", data=given).status_code


def test_research_asks_questions_of_values_that_it_never_sees(guarded: Lab) -> None:
    into_group(guarded, "forsch-01", "forschung")
    anna = guarded.person("forsch-01")
    told = anna.run(
        "from stadtlabor import data\n"
        "try: print(data.read('real', purpose='research'))\n"
        "except data.DataError as error: print(error)\n"
    )
    assert "data.twin(„real“)" in told
    assert "echter Lauf" in told
    source = draft("from stadtlabor import realrun", RUN, title="Frage", data=["real"])
    said = anna.run(
        "from pathlib import Path\n"
        f"Path('frage.ipynb').write_text({source!r})\n"
        "from stadtlabor import realrun\n"
        "pressed = realrun.button('frage.ipynb')\n"
        "pressed.question.value = 'Wie hoch ist das Mittel je Tag?'\n"
        "pressed.button.click()\nprint('ID', pressed.id, pressed.told.value)"
    )
    id_ = said.split("ID ")[1].split()[0]
    assert len(id_) == 32, said
    answer = guarded.home / "realrun" / "answers" / f"{id_}.json"

    def state() -> str:
        return json.loads(answer.read_text())["state"] if answer.exists() else ""

    wait_for("the request", lambda: state() == "request", 20)
    editor, publisher = Staff(guarded, "editor"), Staff(guarded, "publisher")
    assert editor.decide(id_, "approve") == 422
    assert publisher.decide(id_, "approve") == 303
    wait_for("the run", lambda: state() in ("check", "returned"), 90)
    assert state() == "check", answer.read_text()
    assert publisher.decide(id_, "release") == 303
    tables = anna.run(
        f"from stadtlabor import realrun\nprint(realrun.results({id_!r})['days'].to_string())"
    )
    mean = float(f"{sum(QUARTERS) / 4:.4g}")
    assert f"{mean:g}" in tables, tables
    assert not any(f"{value:g}" in tables for value in QUARTERS)
    # It ran as its own system user, and the service knew it by nothing but that.
    assert " 5.0" in tables, tables
    log = [json.loads(line) for path in (guarded.home / "data" / "decisions" / "people").glob("*")
           for line in path.read_text().splitlines()]  # fmt: skip
    assert [e for e in log if e["service"] == "realrun" and e["question"]["purpose"] == "research"]
    # Nobody else gets them: another service, a user that the service does not know.
    door = guarded.home / "run" / "data" / "data.sock"
    for user in (FIRST, FIRST + 1, FIRST + 2, FIRST + 11, 65534):
        found = subprocess.run(
            [*openview.command(user), sys.executable, "-c", ALL_VALUES, str(door)],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert user == FIRST or b"OFFEN" not in found, (user, found[-300:])
        assert b"403" in found.splitlines()[0], (user, found[:300])


def admin_view(lab: Lab, name: str) -> tuple[int, int]:
    """Return from the hub's own books whether a person is administrator, and in how many groups."""
    with sqlite3.connect(f"file:{lab.home}/hub/jupyterhub.sqlite?mode=ro", uri=True) as books:
        (admin,) = books.execute("select admin from users where name = ?", [name]).fetchone()
        (groups,) = books.execute(
            "select count(*) from user_group_map m join users u on u.id = m.user_id where name = ?",
            [name],
        ).fetchone()
    return int(admin), int(groups)


def test_a_token_that_is_withdrawn_ends_within_half_a_minute(guarded: Lab, pupil: Person) -> None:
    kernel = pupil.kernel()
    probe = "from stadtlabor import data; print(len(data.read('free', purpose='teaching')))"
    assert pupil.execute(kernel, probe)[0].strip() == "196"
    # The server's token ends with the server; the kernel is kept alive by nobody else.
    token = pupil.execute(kernel, "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")[0]
    url, headers = "/labor/hub/api/users/biber-07/server", xsrf(pupil)
    assert pupil.client.delete(url, headers=headers).is_success
    transport = httpx.HTTPTransport(uds=str(guarded.home / "run" / "data" / "data.sock"))

    def refused() -> bool:
        with httpx.Client(transport=transport) as client:
            answer = client.get(
                "http://x/datasets", headers={"Authorization": f"token {token.strip()}"}
            )
            return answer.status_code == 403

    began = time.monotonic()
    wait_for("the token is refused", refused, 40)
    assert time.monotonic() - began < 35


def xsrf(person: Person) -> dict[str, str]:
    found = [c for c in person.client.cookies.jar if c.name == "_xsrf" and c.path == "/labor/hub/"]
    return {"X-XSRFToken": str(found[0].value)}


def test_decisions_are_in_the_log(guarded: Lab, pupil: Person) -> None:
    lines = [
        json.loads(line)
        for path in (guarded.home / "data" / "decisions" / "people").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert {entry["who"] for entry in lines} <= {
        pupil.name,
        "biber-08",
        "amt-01",
        "forsch-01",
        None,
    }
    assert any("refused" in entry for entry in lines)
    assert (guarded.home / "data").stat().st_mode & 0o777 == 0o700
