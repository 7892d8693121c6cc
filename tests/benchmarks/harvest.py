"""A foreign harvester reads our catalogue: ``python tests/benchmarks/harvest.py [--count 200]``.

Makes an environment of its own with ckan 2.12.0 and ckanext-dcat 2.4.4, the code behind portals
like GovData, lets it parse the catalogue in each form and prints how many data sets it found with
licence, publisher and contact. The environment lies in a temporary folder and is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stadtlabor.catalogue.dcat import catalogue
from stadtlabor.catalogue.rdf import KINDS, written
from varied_cards import varied

PACKAGES = ("ckan[requirements]==2.12.0", "ckanext-dcat==2.4.4")
FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
READER = """
import json, sys
import ckan.plugins.toolkit as toolkit
from ckanext.dcat.processors import RDFParser

def value(dataset, key):
    if dataset.get(key):
        return dataset[key]
    return next((e["value"] for e in dataset.get("extras", []) if e["key"] == key), None)

parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(open(sys.argv[1], encoding="utf-8").read(), _format=sys.argv[2])
counts = {"datasets": 0, "title": 0, "licence": 0, "publisher": 0, "contact": 0, "access": 0,
          "availability": 0, "resources": 0}
for dataset in parser.datasets():
    ways = dataset.get("resources", [])
    counts["datasets"] += 1
    counts["title"] += bool(dataset.get("title"))
    counts["licence"] += bool(ways) and all(w.get("license") for w in ways)
    publisher = dataset.get("publisher") or value(dataset, "publisher_name")
    contact = dataset.get("contact") or value(dataset, "contact_email")
    counts["publisher"] += bool(publisher)
    counts["contact"] += bool(contact)
    counts["access"] += bool(value(dataset, "access_rights"))
    counts["availability"] += bool(ways) and all(w.get("availability") for w in ways)
    counts["resources"] += len(ways)
print(json.dumps(counts))
"""


def environment(folder: Path) -> Path:
    """Make the environment; return its Python."""
    subprocess.run([sys.executable, "-m", "uv", "venv", "--quiet", folder / "ckan"], check=True)
    python = folder / "ckan" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, *PACKAGES,
         "setuptools<81"],
        check=True,
    )  # fmt: skip
    return python


def main(count: int) -> bool:
    """Harvest in each form; tell whether every data set was found whole."""
    document, good = catalogue(varied(count), "https://stadt.example"), True
    with tempfile.TemporaryDirectory() as name:
        folder, start = Path(name), time.perf_counter()
        python = environment(folder)
        print(f"{', '.join(PACKAGES)} eingerichtet in {time.perf_counter() - start:.0f} s")
        for kind in KINDS:
            path = folder / f"katalog.{kind}"
            path.write_bytes(written(document, kind))
            start = time.perf_counter()
            done = subprocess.run(
                [python, "-c", READER, path, FORMATS[kind]], capture_output=True, text=True,
                check=False, cwd=folder,
            )  # fmt: skip
            if done.returncode:
                print(f"{kind}: {done.stderr[-2000:]}")
                good = False
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            whole = min(v for k, v in found.items() if k != "resources")
            good &= whole == count
            print(
                f"{kind}: {whole} of {count} data sets with title, licence, publisher, contact, "
                f"access and availability ({found['resources']} resources, "
                f"{time.perf_counter() - start:.1f} s)"
            )
            if whole != count:
                print("  ", found)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    sys.exit(not main(parser.parse_args().count))
