"""The register of units: every step is an event, and the database lets none be changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from stadtlabor.innenstadt.vacancy.errors import MoveError, UnknownUnitError
from stadtlabor.innenstadt.vacancy.event import Actor, moment
from stadtlabor.innenstadt.vacancy.machine import Standing
from stadtlabor.innenstadt.vacancy.pages import Pages
from stadtlabor.innenstadt.vacancy.tables import EVENTS
from stadtlabor.innenstadt.vacancy.unit import Unit
from stadtlabor.innenstadt.vacancy.words import said

if TYPE_CHECKING:
    from stadtlabor.innenstadt.vacancy.public import Public

__all__ = ["Register"]


class Register(Pages):
    """Units, how they stand and what happened to them.

    Parameters
    ----------
    folder
        Where the register lies if no SQL server is named; default ``home()/"vacancy"``.
    url
        SQLAlchemy URL of a server (SQLite or PostgreSQL), default ``$STADTLABOR_REGISTERS``.
    """

    def report(
        self,
        facts: Unit,
        actor: Actor,
        reason: str = "",
        *,
        vacant_since: datetime | None = None,
        remark: str = "",
        at: datetime | None = None,
    ) -> Standing:
        """Report a vacancy: of a unit that is new, or of one that was occupied.

        Parameters
        ----------
        facts
            For a unit that the register knows only the id counts.
        actor
            Who reports.
        reason
            German, stays in the history: no names.
        vacant_since
            Since when it stands empty, if known; for the vacancy clock.
        remark
            Free words of the reporter, kept apart and erasable.
        at
            Default now.

        Raises
        ------
        MoveError, RightsError, PersonalDataError
            If it cannot be taken.
        """
        data: dict[str, Any] = {"facts": facts.model_dump(mode="json", exclude_defaults=True)}
        if vacant_since is not None:
            data["vacant_since"] = moment(vacant_since).isoformat()
        with self.writing() as connection:
            return self.write(connection, facts.id, actor, "report", reason, data, at, remark)

    def enrol(
        self, facts: Unit, actor: Actor, reason: str = "", *, at: datetime | None = None
    ) -> Standing:
        """Take an occupied unit into the stock, so that a rate has a denominator."""
        data = {"facts": facts.model_dump(mode="json", exclude_defaults=True)}
        with self.writing() as connection:
            return self.write(connection, facts.id, actor, "enrol", reason, data, at)

    def act(
        self,
        unit: str,
        what: str,
        actor: Actor,
        reason: str = "",
        *,
        at: datetime | None = None,
        remark: str = "",
        **data: Any,
    ) -> Standing:
        """Make one move with a unit.

        Parameters
        ----------
        unit
            Identifier.
        what
            Name of the move (``rules.toml``), for example ``check``, ``market``, ``release``.
        actor
            Who.
        reason
            German, stays in the history: no names.
        at
            Default now; never before the unit's last event.
        remark
            Free words, kept apart and erasable.
        data
            What the move needs: ``kind``, ``facts``, ``agent``, ``into``, ``text``.

        Returns
        -------
        Standing
            Afterwards.

        Raises
        ------
        UnknownUnitError, MoveError, RightsError, ConflictError, PersonalDataError
            If it cannot be done; nothing is changed then.
        """
        with self.writing() as connection:
            return self.write(connection, unit, actor, what, reason, data, at, remark)

    def edit(
        self, unit: str, facts: dict[str, Any], actor: Actor, reason: str = "", **rest: Any
    ) -> Standing:
        """Change facts of a unit; the public sees them after the next release."""
        return self.act(unit, "edit", actor, reason, facts=facts, **rest)

    def merge(self, unit: str, into: str, actor: Actor, reason: str = "", **rest: Any) -> Standing:
        """File a unit away as a duplicate of another; its history stays, ``restore`` undoes it."""
        if self.unit(into).state == "archived":
            raise MoveError(said("faults", "into_archived", unit=into))
        return self.act(unit, "merge", actor, reason, into=into, **rest)

    def undo(
        self, operation: str, actor: Actor, reason: str, *, at: datetime | None = None
    ) -> tuple[list[str], list[str]]:
        """Take an operation (an import) back, by one event per unit.

        Returns
        -------
        tuple
            Units that stand again as before, and units that somebody has changed since: these stay
            as they are.
        """
        touched = select(EVENTS.c.unit).where(EVENTS.c.operation == operation).distinct()
        done, kept = [], []
        with self.writing() as connection:
            units = [row.unit for row in connection.execute(touched.order_by(EVENTS.c.unit))]
            if not units:
                raise UnknownUnitError(said("faults", "operation", operation=operation))
            for unit in units:
                events = self._history(connection, unit)
                before = min(e.version for e in events if e.operation == operation) - 1
                data = {"operation": operation, "before": before}
                try:
                    self.write(connection, unit, actor, "undo", reason, data, at)
                    done.append(unit)
                except MoveError:
                    kept.append(unit)
        return done, kept

    def public(self, at: datetime | None = None, only: Iterable[str] | None = None) -> Public:
        """Return what everybody may see (see :class:`Public`).

        Parameters
        ----------
        at
            Default now.
        only
            Units to look at, default all.
        """
        from stadtlabor.innenstadt.vacancy.public import Public  # it reads the register

        return Public.of(self, moment(at), only)
