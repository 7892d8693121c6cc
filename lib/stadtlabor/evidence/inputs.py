"""What stands behind ``dataset@version``: rows, providers, deliveries, policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from stadtlabor.catalogue.cards import find, folder
from stadtlabor.catalogue.policy import PolicyError, policy
from stadtlabor.evidence import intake
from stadtlabor.evidence.lineage import events
from stadtlabor.settings import home
from stadtlabor.store.errors import StoreError
from stadtlabor.store.opening import grid_datasets, grid_store, observation_store

__all__ = ["Delivered", "Input", "Provider", "cited", "described", "known_input"]

_CITED = re.compile(r"([a-z0-9][a-z0-9._-]*)@(-?\d+)(?: \(sha256 ([0-9a-f]+))?")


@dataclass(frozen=True)
class Provider:
    """Who states values: source note, licence, number of series or grids."""

    source: str
    licence: str
    series: int
    simulated: bool


@dataclass(frozen=True)
class Delivered:
    """What one decoder read from one place: rows that it brought, deliveries that held them."""

    decoder: str
    place: str
    rows: int
    deliveries: int


@dataclass(frozen=True)
class Input:
    """One version of one data set.

    Attributes
    ----------
    dataset, version, sha256
        As cited. The hash is the store's own where that version still lies there, else as far as
        it was written down.
    there
        Whether the store still has that version.
    rows
        Single values (grids: fields), None where that cannot be told any more.
    providers
        Who stated them.
    deliveries
        What the ingest has noted up to that version; empty where that was before it took notes.
    policy, policy_sha256, policy_title
        Rules that hold for it; empty where it has no card.
    purposes
        For which they allow use, German.
    """

    dataset: str
    version: int
    sha256: str
    there: bool = False
    rows: int | None = None
    providers: tuple[Provider, ...] = ()
    deliveries: tuple[Delivered, ...] = ()
    policy: str = ""
    policy_sha256: str = ""
    policy_title: str = ""
    purposes: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return all of it for a JSON file."""
        return asdict(self)


def known_input(facts: Mapping[str, Any]) -> Input:
    """Read what :meth:`Input.plain` gave."""
    read = {
        "providers": tuple(Provider(**each) for each in facts["providers"]),
        "deliveries": tuple(Delivered(**each) for each in facts["deliveries"]),
        "purposes": tuple(facts["purposes"]),
    }
    return Input(**{**facts, **read})


def cited(text: str) -> list[tuple[str, int, str]]:
    """Return data set, version and the digits of the hash of every citation in a text."""
    return [(name, int(version), digits) for name, version, digits in _CITED.findall(text)]


def described(dataset: str, version: int, sha256: str = "") -> Input:
    """Look up what stands behind a version.

    Parameters
    ----------
    dataset, version
        What and which.
    sha256
        The hash as it was written down, or its first digits.
    """
    rows: int | None = None
    providers: tuple[Provider, ...] = ()
    found = ""
    if version >= 0:
        with suppress(StoreError, OSError):
            rows, providers, found = _stored(dataset, version)
    return Input(
        dataset, version, found if found.startswith(sha256) else sha256, bool(found), rows,
        providers, _delivered(dataset, version), **_rules(dataset),
    )  # fmt: skip


def _stored(dataset: str, version: int) -> tuple[int, tuple[Provider, ...], str]:
    if dataset in grid_datasets():
        return _grids(dataset, version)
    from stadtlabor.store.table import Table

    snapshot = Table(observation_store().place / "observations" / dataset).snapshot(version)
    series = observation_store().datastreams(dataset)
    counted = Counter((d.source, d.licence, d.simulated) for d in series)
    rows = sum(file.rows for file in snapshot.files)
    return rows, _providers(counted), snapshot.sha256


def _grids(dataset: str, version: int) -> tuple[int, tuple[Provider, ...], str]:
    from stadtlabor.store.grid_index import GridIndex

    index = GridIndex(home() / "store" / "grids" / dataset / "index.db")
    fields = index.fields(at_version=version)
    counted = Counter(
        (str(f.notes.get("source", "")), str(f.notes.get("licence", "")),
         bool(f.notes.get("simulated", False)))
        for f in fields
    )  # fmt: skip
    return len(fields), _providers(counted), grid_store().version(dataset, version).sha256


def _providers(counted: Counter[tuple[str, str, bool]]) -> tuple[Provider, ...]:
    return tuple(
        Provider(source, licence, count, simulated)
        for (source, licence, simulated), count in sorted(counted.items())
    )


def _delivered(dataset: str, version: int) -> tuple[Delivered, ...]:
    rows: Counter[tuple[str, str]] = Counter()
    deliveries: Counter[tuple[str, str]] = Counter()
    for told in events(intake.folder(home())):
        for place, facts in _of(told, dataset, version):
            rows[place] += int(facts.get("rowCount", 0))
            deliveries[place] += int(facts.get("fileCount", 0))
    return tuple(
        Delivered(*place, count, deliveries[place]) for place, count in sorted(rows.items())
    )


def _of(
    told: Mapping[str, Any], dataset: str, version: int
) -> Iterable[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Yield decoder and place with the statistics of an event of this data set up to a version."""
    if told.get("job", {}).get("name") != f"ingest/{dataset}":
        return
    output = told["outputs"][0]
    if int(output["facets"]["version"]["datasetVersion"]) > version:
        return
    for each in told["inputs"]:
        facts = each["inputFacets"]
        where = facts["stadtlabor_delivery"]
        yield (where["decoder"], where["place"]), facts["inputStatistics"]


def _rules(dataset: str) -> dict[str, Any]:
    from stadtlabor.catalogue.policy import profile

    card = find(dataset)
    if card is None:
        return {}
    try:
        plan = policy(folder() / "policies", card.policy)
    except PolicyError:
        return {"policy": card.policy}
    names = profile()["purposes"]
    used = {purpose for rule in plan.rules if rule.action == "use" for purpose in rule.purposes}
    return {
        "policy": plan.name, "policy_sha256": plan.sha256, "policy_title": plan.title,
        "purposes": tuple(names[purpose] for purpose in names if purpose in used),
    }  # fmt: skip
