"""How much has been given away about the people of a data set: a ledger that only grows."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["Budget", "BudgetError"]


class BudgetError(RuntimeError):
    """A release would give away too much; the message says in German how much is left."""


class Budget:
    """The ledger of one data set.

    Parameters
    ----------
    folder
        Where ledgers lie.
    dataset
        Name of the data set.
    limit
        All epsilon that may ever be spent on it. 1 to 3 is usual; above 10 protects little.
    """

    def __init__(self, folder: Path, dataset: str, limit: float) -> None:
        if not 0 < limit <= 10:
            raise BudgetError(f"Ein Budget von {limit:g} schützt nicht. Möglich ist 0 bis 10.")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path, self.limit, self._dataset = folder / f"{dataset}.jsonl", limit, dataset

    def spent(self) -> float:
        """Return what has been spent."""
        with self._alone():
            return self._spent()

    def spend(self, epsilon: float, what: str) -> None:
        """Book a release before its numbers are drawn, so that a crash cannot make it free.

        Parameters
        ----------
        epsilon
            Its cost.
        what
            What is released, for the ledger.

        Raises
        ------
        BudgetError
            In German, if not so much is left.
        """
        if not 0 < epsilon <= self.limit:
            raise BudgetError(f"Epsilon muss zwischen 0 und {_told(self.limit)} liegen.")
        with self._alone():
            spent = self._spent()
            # A hundredth of a thousandth for what sums of decimal fractions are off.
            if spent + epsilon > self.limit * (1 + 1e-9):
                raise BudgetError(
                    f"Für den Datensatz „{self._dataset}“ sind von {_told(self.limit)} noch "
                    f"{_told(self.limit - spent)} übrig, gebraucht werden {_told(epsilon)}. "
                    "Bitte weniger oder gröbere Zahlen freigeben."
                )
            entry = {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "epsilon": epsilon,
                "what": what,
            }
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def _spent(self) -> float:
        if not self.path.exists():
            return 0.0
        total = 0.0
        for number, line in enumerate(self.path.read_text("utf-8").splitlines(), 1):
            try:
                total += float(json.loads(line)["epsilon"])
            except (ValueError, KeyError, TypeError) as error:
                # A line that cannot be read may have cost anything.
                raise BudgetError(
                    f"{self.path.name}, Zeile {number}: Das Verzeichnis der Freigaben ist "
                    "beschädigt. Bitte die Sicherung einspielen; bis dahin wird nichts freigegeben."
                ) from error
        return total

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep another process from spending the same rest."""
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _told(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",") or "0"
