"""A public version: a folder whose content can no longer change without being noticed.

``manifest.json`` holds the SHA-256 of every other file; the hash of the version is that of the
manifest. ``source.ipynb`` is what was handed in, ``notebook.ipynb`` what was run, ``page.html``
what people see, ``answers/`` what was read.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stadtlabor.evidence.figures import figures
from stadtlabor.evidence.inputs import Input, cited, described, known_input
from stadtlabor.evidence.tape import questions
from stadtlabor.evidence.trace import NOTED, Trace, chosen
from stadtlabor.publishing import places
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.words import said
from stadtlabor.store.files import sync, write_durably

__all__ = ["Version", "VersionError", "keep", "read_version", "seal", "version_of"]

MANIFEST = "manifest.json"
_HASH = re.compile(r"[0-9a-f]{12,64}")


class VersionError(PublishingError):
    """There is no such version, or it was changed."""


@dataclass(frozen=True)
class Version:
    """One version.

    Attributes
    ----------
    folder, hash
        Where it lies; SHA-256 of its manifest.
    facts
        The manifest: ``title``, ``question``, ``licence``, ``contact``, ``made`` (UTC), ``result``,
        ``figure_hashes``, ``parameters``, ``code_hash``, ``commit``, ``python``, ``data``
        (citations), ``sources``, ``simulated``, ``files``.
    """

    folder: Path
    hash: str
    facts: dict[str, Any] = field(repr=False)

    def read(self, name: str) -> str:
        """Return one of its files.

        Raises
        ------
        VersionError
            If it is not what it was (German sentence).
        """
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            raise VersionError(said("version.lost", hash=self.hash[:12], file=name)) from None
        if hashlib.sha256(content).hexdigest() != self.facts["files"].get(name):
            raise VersionError(said("version.changed", hash=self.hash[:12], file=name))
        return content.decode()

    def check(self) -> None:
        """Look at every file.

        Raises
        ------
        VersionError
            If one is lost or changed (German sentence).
        """
        for name, wanted in self.facts["files"].items():
            path = self.folder / name
            if not path.is_file() or _sha(path) != wanted:
                raise VersionError(said("version.changed", hash=self.hash[:12], file=name))

    def inputs(self) -> list[Input]:
        """Return what stood behind its data when it was made public."""
        try:
            text = (self.folder / NOTED).read_text("utf-8")
            return [known_input(each) for each in json.loads(text)]
        except (OSError, ValueError, KeyError, TypeError):
            return inputs_of(self.facts["data"])

    def trace(self, name: str = "") -> Trace:
        """Walk back from one of its figures, or from all.

        Raises
        ------
        stadtlabor.evidence.trace.TraceError
            If it has no such figure.
        """
        facts = self.facts
        return Trace(
            figure=f"{self.hash[:12]}-{name}" if name else "",
            values=chosen(self.hash, figures(facts["result"]), name),
            title=facts["title"],
            run=f"veroeffentlicht/{self.hash[:12]}",
            issue=facts["made"],
            notebook_hash=facts["files"]["source.ipynb"],
            version=0,
            parameters=facts["parameters"],
            code_hash=facts["code_hash"],
            commit=facts["commit"],
            python=facts["python"],
            data_purpose="participation",
            inputs=self.inputs(),
        )


def seal(folder: Path, facts: Mapping[str, Any]) -> str:
    """Write the manifest of a folder; return the hash of the version."""
    found = {
        path.relative_to(folder).as_posix(): _sha(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST, NOTED)
    }
    text = json.dumps({**facts, "files": found}, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def read_version(folder: Path) -> Version:
    """Read a version.

    Raises
    ------
    VersionError
        If there is none (German sentence).
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        facts = json.loads(content)
    except (OSError, ValueError):
        raise VersionError(said("version.unknown", hash=folder.name[:12])) from None
    return Version(folder, hashlib.sha256(content).hexdigest(), facts)


def version_of(digits: str) -> Version | None:
    """Return the version whose hash begins so, public or archived; None where there is none.

    Raises
    ------
    VersionError
        If its manifest was changed.
    """
    if not _HASH.fullmatch(digits):
        return None
    for folder in places.versions().glob(f"{digits}*"):
        found = read_version(folder)
        if found.hash != folder.name:
            raise VersionError(said("version.changed", hash=folder.name[:12], file=MANIFEST))
        return found
    return None


def keep(checked: Path, wanted: str) -> Version:
    """Take a checked version over for good.

    Parameters
    ----------
    checked
        Folder where the check has left it.
    wanted
        Hash that was approved.

    Raises
    ------
    VersionError
        If what lies there is something else (German sentence).
    """
    final = places.versions() / wanted
    if not final.exists():
        work = places.versions() / f".{wanted}"
        shutil.rmtree(work, ignore_errors=True)
        places.versions().mkdir(parents=True, exist_ok=True)
        shutil.copytree(checked, work, symlinks=True)
        found = read_version(work)
        extra = {p.relative_to(work).as_posix() for p in work.rglob("*") if not p.is_dir()}
        try:
            links = any(path.is_symlink() for path in work.rglob("*"))
            if links or found.hash != wanted or extra - {MANIFEST, *found.facts["files"]}:
                raise VersionError(said("version.changed", hash=wanted[:12], file=MANIFEST))
            found.check()
        except VersionError:
            shutil.rmtree(work, ignore_errors=True)
            raise
        sync(path for path in work.rglob("*") if path.is_file())
        work.rename(final)
    kept = read_version(final)
    told = [each.plain() for each in inputs_of(kept.facts["data"])]
    write_durably(final / NOTED, json.dumps(told, ensure_ascii=False, indent=1).encode())
    return kept


def inputs_of(data: list[str]) -> list[Input]:
    """Look up what stands behind citations."""
    known = dict.fromkeys(each for text in data for each in cited(text))
    return [described(*each) for each in known]


def citations(folder: Path) -> list[str]:
    """Return how to cite all data that were read, each once."""
    found = {
        f"{q['dataset']}@{q['version']} (sha256 {q['sha256'][:16]}…)"
        for q in questions(folder)
        if q.get("dataset") and "version" in q
    }
    return sorted(found)


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
