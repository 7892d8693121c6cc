"""The way back of a figure, told in German: for the command line and for pages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from stadtlabor.evidence.inputs import Input
from stadtlabor.evidence.trace import Trace
from stadtlabor.evidence.words import said, words

__all__ = ["Step", "lines", "steps", "value_told"]

Step = tuple[str, list[str]]
"""Heading and sentences."""

SHORT = 16


def value_told(value: Any) -> str:
    """Return a value as people here write it."""
    if isinstance(value, bool):
        return said("trace.yes") if value else said("trace.no")
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return said("trace.no_number") if value in (None, "") else str(value)


def steps(found: Trace) -> list[Step]:
    """Return the steps back, the figure first."""
    figures = [
        f"{name} = {value_told(value)} [{id_}]"
        for id_, (name, value) in found.values.items()
        if value not in (None, "")
    ]
    told: list[Step] = [
        (said("trace.figure"), figures or [said("trace.nothing_recorded")]),
        (said("trace.run"), _run(found)),
        (said("trace.code"), _code(found)),
    ]
    if not found.inputs:
        told.append((said("trace.inputs"), [said("trace.no_inputs")]))
    for one in found.inputs:
        heading = said("trace.input", dataset=one.dataset, version=one.version)
        told.append((heading, [*_input(one), said("trace.purpose", purpose=_purpose(found))]))
    return told


def lines(found: Trace) -> list[str]:
    """Return the steps as lines, each step further in."""
    told = []
    for depth, (heading, sentences) in enumerate(steps(found)):
        told.append(f"{'  ' * min(depth, 3)}{'→ ' if depth else ''}{heading}")
        told += [f"{'  ' * (min(depth, 3) + 2)}{sentence}" for sentence in sentences]
    return told


def _run(found: Trace) -> list[str]:
    issue = pd.Timestamp(found.issue)
    asked = ", ".join(f"{name} = {value_told(value)}" for name, value in found.parameters.items())
    told = [said("trace.run_name", run=found.run, issue=f"{issue:%d.%m.%Y %H:%M}")]
    kind = "version" if found.version else "notebook"
    told.append(said(f"trace.{kind}", number=found.version, sha256=found.notebook_hash[:SHORT]))
    told.append(said("trace.parameters", asked=asked or said("trace.none")))
    return told


def _code(found: Trace) -> list[str]:
    told = [said("trace.code_hash", sha256=found.code_hash[:SHORT])]
    if found.commit:
        told.append(said("trace.commit", commit=found.commit))
    if found.python:
        told.append(said("trace.python", version=found.python))
    return told


def _input(one: Input) -> list[str]:
    told = [said("trace.sha256", sha256=one.sha256[:SHORT])]
    if one.rows is not None:
        told.append(said("trace.rows", rows=_count(one.rows)))
    elif not one.there:
        told.append(said("trace.gone"))
    for provider in one.providers:
        mark = f" – {said('trace.simulated')}" if provider.simulated else ""
        told.append(
            said("trace.provider", source=provider.source, licence=provider.licence,
                 series=_count(provider.series), mark=mark)
        )  # fmt: skip
    names = words()["decoders"]
    for each in one.deliveries:
        kind = names.get(each.decoder, each.decoder)
        told.append(
            said("trace.delivery", kind=kind, place=each.place or said("trace.device"),
                 rows=_count(each.rows), deliveries=_count(each.deliveries))
        )  # fmt: skip
    if not one.deliveries:
        told.append(said("trace.no_deliveries"))
    if one.policy:
        told.append(
            said("trace.policy", title=one.policy_title or one.policy, name=one.policy,
                 sha256=one.policy_sha256[:SHORT], purposes=", ".join(one.purposes))
        )  # fmt: skip
    else:
        told.append(said("trace.no_policy"))
    return told


def _purpose(found: Trace) -> str:
    from stadtlabor.catalogue.policy import profile

    return str(profile()["purposes"][f"sl:{found.data_purpose}"])


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")
