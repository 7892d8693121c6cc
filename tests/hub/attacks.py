# ruff: noqa
# What a pupil may try to get at values that the policy keeps back. Each cell below is one notebook
# and runs in a real kernel, under the pupil's own system user. Given are PLACE (folder of the run),
# LENT (token of a class mate), and `data`. A cell prints whatever it could lay hands on; the test
# looks for the planted values in it. Errors are what every cell should end in.
# The planted values: secret/safe/quarter holds 31337.125 in each row (staff only); kept/meter/quarter
# holds quarter hours of which only whole hours may leave; kept/few/quarter counts fewer than five.

# %% paths: file of the table
import glob

for path in glob.glob(f"{PLACE}/store/observations/secret/**", recursive=True) + [
    f"{PLACE}/store/observations/secret"
]:
    print(
        open(path, "rb").read() if not path.endswith("secret") else __import__("os").listdir(path)
    )

# %% paths: walk the whole run
import os

for folder, _, files in os.walk(PLACE):
    for name in files:
        try:
            content = open(os.path.join(folder, name), "rb").read()
        except OSError:
            continue
        import struct

        if struct.pack("<d", 31337.125) in content or b"31337.125" in content:
            print("31337.125", folder, name)

# %% paths: the library's own store
from stadtlabor.store.opening import observation_store

print(observation_store().read("secret/safe/quarter").to_string())

# %% paths: store opened by hand
from pathlib import Path
from stadtlabor.store import Store

print(Store(Path(PLACE) / "store").read("kept/meter/quarter").to_string())

# %% paths: DuckDB over the files
import duckdb

print(
    duckdb.sql(f"SELECT * FROM read_parquet('{PLACE}/store/observations/secret/**/*.parquet')")
    .df()
    .to_string()
)

# %% paths: Delta over the files
from deltalake import DeltaTable

print(DeltaTable(f"{PLACE}/store/observations/secret").to_pyarrow_table().to_pandas().to_string())

# %% paths: deliveries before they are decoded
import sqlite3

print(
    sqlite3.connect(f"file:{PLACE}/spool/spool.db?mode=ro", uri=True)
    .execute("select * from deliveries")
    .fetchall()
)

# %% paths: the decision log
import os

print(
    os.listdir(f"{PLACE}/data"),
    [open(p).read() for p in __import__("glob").glob(f"{PLACE}/data/**", recursive=True)][:1],
)

# %% paths: the key of the noise
print(open(f"{PLACE}/data/noise.key", "rb").read())

# %% paths: who is who
import os

for name in os.listdir(f"{PLACE}/run/people"):
    print(open(f"{PLACE}/run/people/{name}").read())

# %% paths: make the folder readable
import os

os.chmod(f"{PLACE}/store/observations/secret", 0o777)

# %% paths: a shell
import subprocess

print(
    subprocess.run(
        f"cat {PLACE}/store/observations/secret/*/*/* | strings; sudo -n cat /etc/shadow; su -c id",
        shell=True,
        capture_output=True,
    ).stdout
)

# %% paths: exchange a policy
open(f"{DATASETS}/policies/staff.json", "w").write(open(f"{DATASETS}/policies/offen.json").read())

# %% paths: exchange a card
import os

os.rename(f"{DATASETS}/secret.toml", f"{DATASETS}/secret.bak")

# %% paths: own folder of cards
import os

os.environ["STADTLABOR_DATASETS"] = "/tmp"
print(data.read("secret").to_string())

# %% proc: environment of the services
import glob

for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        content = open(path, "rb").read()
    except OSError:
        continue
    for part in content.split(b"\0"):
        if part.startswith(b"JUPYTERHUB_API_TOKEN=") and part[21:].decode() != __import__(
            "os"
        ).environ.get("JUPYTERHUB_API_TOKEN"):
            print("FREMD", part)

# %% proc: memory of the data service
import glob

for path in glob.glob("/proc/[0-9]*/cmdline"):
    if b"stadtlabor.dataservice" in open(path, "rb").read():
        print(open(path.replace("cmdline", "mem"), "rb").read(1))
        print("SPEICHER")

# %% proc: open files of the data service
import glob, os

for path in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        target = os.readlink(path)
    except OSError:
        continue
    if "/store/observations/secret" in target or "/data/decisions" in target:
        print("OFFEN", open(path, "rb").read())

# %% proc: its root and working folder
import glob, os

for path in glob.glob("/proc/[0-9]*/cmdline"):
    if b"stadtlabor.dataservice" in open(path, "rb").read():
        base = path.removesuffix("/cmdline")
        print(os.listdir(f"{base}/root{PLACE}/store/observations/secret"))

# %% proc: trace the data service
import ctypes, glob

libc = ctypes.CDLL(None, use_errno=True)
for path in glob.glob("/proc/[0-9]*/cmdline"):
    if b"stadtlabor.dataservice" in open(path, "rb").read():
        if libc.ptrace(16, int(path.split("/")[2]), 0, 0) == 0:
            print("VERFOLGT")

# %% proc: end the data service
import glob, os, signal

for path in glob.glob("/proc/[0-9]*/cmdline"):
    if b"stadtlabor.dataservice" in open(path, "rb").read():
        os.kill(int(path.split("/")[2]), signal.SIGKILL)
        print("BEENDET")

# %% symlinks: a data set's name that is a way
print(data.read("../observations/secret").to_string())

# %% symlinks: link in the own home
import os

os.symlink(f"{PLACE}/store/observations/secret", "geheim")
print(os.listdir("geheim"))

# %% symlinks: link in the store
import os

os.symlink(f"{PLACE}/store/observations/secret", f"{PLACE}/store/observations/kept2")

# %% symlinks: hard link to a file
import glob, os

os.link(f"{PLACE}/store/observations/secret/_delta_log/00000000000000000000.json", "hart")
print(open("hart").read())

# %% symlinks: own socket in place of the service's
import os

os.rename(f"{PLACE}/run/data/data.sock", f"{PLACE}/run/data/old.sock")

# %% token: a class mate's token from this account
import os

os.environ["JUPYTERHUB_API_TOKEN"] = LENT
print(
    "FREMD",
    len(data.read("kept", purpose="participation"))
    if False
    else data.aggregate("kept", "hour").to_string(),
)

# %% token: none at all
import os

del os.environ["JUPYTERHUB_API_TOKEN"]
print(data.read("secret").to_string())
print(data.read("kept").to_string())

# %% token: guesses
import os

for guess in ("", "0" * 32, "null", "None", "admin", "token", "../user", "a b", "\u00e4"):
    os.environ["JUPYTERHUB_API_TOKEN"] = guess
    try:
        print(data.read("secret").to_string())
    except data.DataError as error:
        print(type(error).__name__)

# %% token: header twice
import http.client, json
from stadtlabor.dataservice.client import _LocalConnection

link = _LocalConnection(f"{PLACE}/run/data/data.sock")
link.putrequest("POST", "/read")
for value in (f"token {TOKEN}", "token ", "Basic YWRtaW46YWRtaW4="):
    link.putheader("Authorization", value)
body = json.dumps({"dataset": "secret", "purpose": "administration"}).encode()
link.putheader("Content-Length", str(len(body)))
link.endheaders(body)
print(link.getresponse().read())

# %% token: who I claim to be
ask(
    {"dataset": "secret", "purpose": "administration"},
    {
        "X-Forwarded-User": "chefin",
        "Remote-User": "chefin",
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "local",
    },
)

# %% scopes: a token with more than I have
hub(
    "POST",
    f"/users/{NAME}/tokens",
    {"scopes": ["custom:data:purpose:administration", "custom:data:read"]},
)

# %% scopes: another role
hub("POST", f"/users/{NAME}/tokens", {"roles": ["data-staff"]})

# %% scopes: into the group of the staff
hub("POST", "/groups/personal/users", {"users": [NAME]})

# %% scopes: make me an administrator
hub("PATCH", f"/users/{NAME}", {"admin": True})

# %% scopes: the purpose of the staff
print(data.read("secret", purpose="administration").to_string())

# %% scopes: all purposes
for purpose in (
    "teaching",
    "participation",
    "research",
    "administration",
    "sl:administration",
    "Administration",
    "administration ",
    "",
    "*",
):
    ask({"dataset": "secret", "purpose": purpose})

# %% scopes: purpose from the environment
import os

os.environ["STADTLABOR_PURPOSE"] = "administration"
os.environ["STADTLABOR_LEVEL"] = "staff"
print(data.read("secret").to_string())

# %% parameters: SQL in the name of a series
ask(
    {
        "dataset": "kept",
        "purpose": "teaching",
        "grain": "hour",
        "datastreams": ["kept/meter/quarter') UNION SELECT * FROM secret --"],
    }
)
ask({"dataset": "kept'; SELECT * FROM secret; --", "purpose": "teaching"})

# %% parameters: SQL in times and grain
ask(
    {
        "dataset": "kept",
        "purpose": "teaching",
        "grain": "hour' OR 1=1",
        "start": "2026-11-01' OR '1'='1",
    }
)
ask(
    {
        "dataset": "kept",
        "purpose": "teaching",
        "grain": "hour",
        "place": "sensor; COPY secret TO 'x'",
    }
)

# %% parameters: series of another data set
ask(
    {
        "dataset": "kept",
        "purpose": "teaching",
        "grain": "hour",
        "datastreams": ["secret/safe/quarter"],
    }
)
ask(
    {
        "dataset": "kept",
        "purpose": "teaching",
        "grain": "hour",
        "datastreams": ["kept/meter/quarter", "secret/safe/quarter"],
    }
)

# %% parameters: fields that nobody asked for
ask(
    {
        "dataset": "secret",
        "purpose": "teaching",
        "policy": "offen",
        "rule": {"grain": None},
        "person": {"service": "operator"},
    }
)

# %% parameters: names in other spellings
for name in (
    "SECRET",
    "secret ",
    "secret@0",
    "secret/safe",
    "secret%2F",
    "se\u0441ret",
    "secret\0",
    "secret-simulated",
    "./secret",
):
    ask({"dataset": name, "purpose": "teaching"})

# %% parameters: other addresses of the service
for path in (
    "/read/../secret",
    "//datastreams/secret",
    "/datastreams/secret?purpose=administration",
    "/datastreams/..%2fsecret",
    "/docs",
    "/openapi.json",
    "/decisions",
):
    print(raw("GET", path))

# %% differencing: windows a quarter of an hour apart
import pandas as pd

sums = []
for minute in (0, 15, 30, 45):
    start = pd.Timestamp("2026-11-28 10:00", tz="UTC") + pd.Timedelta(minutes=minute)
    try:
        found = data.aggregate(
            "kept", "hour", "kept/meter/quarter", start, start + pd.Timedelta(hours=1)
        )
        sums.append(found["sum"].tolist())
    except data.DataError as error:
        print(error)
flat = [value for each in sums for value in each]
print([round(a - b, 6) for a in flat for b in flat if a != b])

# %% differencing: two versions
for version in range(3):
    ask({"dataset": "kept", "purpose": "teaching", "grain": "hour", "at_version": version})

# %% differencing: least and greatest of an hour
found = data.aggregate("kept", "hour", "kept/meter/quarter")
print(found[["min", "max"]].dropna().to_string())
print([round(s - (c - 1) * m, 6) for s, c, m in zip(found["sum"], found["count"], found["min"])])

# %% differencing: the day minus its shown hours
hours = data.aggregate("few", "hour", "few/square/quarter")
days = data.aggregate("few", "day", "few/square/quarter")
local = hours["time"].dt.normalize()
for time, total in zip(days["time"], days["sum"]):
    rest = total - hours.loc[local == time, "sum"].sum()
    if abs(rest) > 1e-9:
        print("REST", rest)

# %% differencing: the hour that has just begun
import time

seen = set()
for _ in range(3):
    found = data.aggregate("kept", "hour", "kept/meter/quarter")
    seen.add((len(found), found["sum"].iloc[-1]))
    time.sleep(0.2)
print("LAST", found["time"].max(), len(seen))

# %% timing: does a hidden series exist
import time


def took(body):
    begin = time.perf_counter()
    for _ in range(20):
        ask(body, quiet=True)
    return (time.perf_counter() - begin) / 20


there = took({"dataset": "secret", "purpose": "teaching", "datastreams": ["secret/safe/quarter"]})
not_there = took(
    {"dataset": "secret", "purpose": "teaching", "datastreams": ["secret/none/quarter"]}
)
print("SCHNELLER" if there > 3 * not_there or not_there > 3 * there else "gleich")

# %% timing: does the answer grow with hidden rows
print(
    len(raw("POST", "/read", {"dataset": "secret", "purpose": "teaching"})),
    len(
        raw(
            "POST",
            "/read",
            {"dataset": "secret", "purpose": "teaching", "start": "2030-01-01T00:00:00Z"},
        )
    ),
)

# %% real runs: whole values for research
ask({"dataset": "real", "purpose": "research"})
os.environ["STADTLABOR_REALRUN"] = "."
os.environ["STADTLABOR_REALRUN_DATASETS"] = "real"
from stadtlabor import realrun

print(realrun.read("real").to_string())

# %% real runs: who I claim to be
ask({"dataset": "real", "purpose": "research", "service": "realrun"})
for token in ("", TOKEN):
    ask(
        {"dataset": "real", "purpose": "research"},
        {"X-Service": "realrun", "X-Uid": "300005"},
        token=token,
    )

# %% real runs: what lies on the way
import glob

for room in ("inbox", "desk", "queue", "outcomes", "work", "answers"):
    try:
        print("FREMD", os.listdir(f"{PLACE}/realrun/{room}"))
    except PermissionError:
        pass
for path in ("desk/registers.db", "desk/requests", "desk/held", "queue/x.json", "work/x/log.txt"):
    try:
        print("FREMD", open(f"{PLACE}/realrun/{path}", "rb").read())
    except OSError:
        pass

# %% real runs: an order that nobody has approved
import json

loud = "from stadtlabor import data; print(data.read('real', purpose='research').to_string())"
cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": loud, "outputs": [],
        "execution_count": None}  # fmt: skip
book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
order = {"token": "a" * 32, "source": json.dumps(book), "datasets": ["real"]}
for folder, told in (("queue", order), ("outcomes", {"token": "a" * 32, "kind": "finished"})):
    with open(f"{PLACE}/realrun/{folder}/{'a' * 32}.json", "w") as file:
        json.dump(told, file)
import time

time.sleep(2)
for path in glob.glob(f"{PLACE}/realrun/**", recursive=True):
    print(open(path, "rb").read() if os.path.isfile(path) else "")

# %% last: a grid by the name of a table
print(data.grid("secret"))

# %% last: pickled question
import pickle, http.client

print(raw("POST", "/read", pickle.dumps({"dataset": "secret"})))

# %% last: many at once
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(16) as pool:
    list(
        pool.map(
            lambda n: ask({"dataset": "secret", "purpose": "teaching"}, quiet=n > 0), range(200)
        )
    )
