"""Run a public version once more from what lies in its folder, and compare."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from stadtlabor.promotion.code import code_hash
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.running import different, play
from stadtlabor.publishing.version import Version, version_of
from stadtlabor.publishing.words import said

__all__ = ["Verified", "verify"]


@dataclass(frozen=True)
class Verified:
    """A version run again.

    Attributes
    ----------
    version
        Which.
    differences
        Names of results and pictures that came out different; none where all is the same.
    other_code
        Whether the library has changed since.
    """

    version: Version
    differences: tuple[str, ...]
    other_code: bool


def verify(digits: str) -> Verified:
    """Look at every file of a version, run its notebook with the kept answers, and compare.

    Parameters
    ----------
    digits
        Hash of the version or its first 12 digits.

    Raises
    ------
    PublishingError
        If there is none, a file was changed, or the run fails now (German sentence).
    """
    found = version_of(digits)
    if found is None:
        raise PublishingError(said("version.unknown", hash=digits[:12]))
    found.check()
    with tempfile.TemporaryDirectory(prefix="stadtlabor-verify-") as place:
        again = play(found.read("source.ipynb"), found.folder / "answers", Path(place) / "run")
    if again.reason:
        reason = again.reason.rstrip(".")
        told = said("version.not_again", hash=found.hash[:12], reason=reason)
        if code_hash() != found.facts["code_hash"]:
            told = f"{told} {said('command.other_code', hash=found.facts['code_hash'][:12])}"
        raise PublishingError(told)
    return Verified(
        found, tuple(different(found.facts, again)),
        (again.code_hash or code_hash()) != found.facts["code_hash"],
    )  # fmt: skip
