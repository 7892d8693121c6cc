"""Which policy guards a data set, and whom to ask for more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stadtlabor.catalogue.policy import PolicyError, policy
from stadtlabor.dataservice.answer import Guarded
from stadtlabor.dataservice.refusal import RefusedError

__all__ = ["guardian"]


def guardian(
    cards: Callable[[str], tuple[str, str] | None], folder: Path
) -> Callable[[str], Guarded]:
    """Return a function that finds the policy of a data set.

    Parameters
    ----------
    cards
        Name of a data set to the name of its policy and whom to ask; None without a card.
    folder
        Folder of the policies.
    """

    def guarded(dataset: str) -> Guarded:
        found = cards(dataset)
        if found is None:
            raise RefusedError(
                f"Der Datensatz „{dataset}“ hat keine Karte. Ohne Karte gibt der Datendienst "
                "nichts heraus. Bitte die Stelle fragen, die das Stadtlabor betreibt."
            )
        name, contact = found
        ask = f"Mehr Auskunft: {contact}."
        try:
            return Guarded(policy(folder, name), ask)
        except PolicyError as error:
            # Its author has to know what is wrong with it; whoever asks only that it is closed.
            raise RefusedError(f"Der Datensatz „{dataset}“ ist gesperrt. {ask}") from error

    return guarded
