"""Answer a question as the policy of the data set allows, and write down what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from stadtlabor.catalogue.policy import (
    Denial,
    Person,
    Plan,
    Rule,
    coarser,
    decide,
    open_to_real_runs,
)
from stadtlabor.dataservice.journal import Journal
from stadtlabor.dataservice.limited import PEOPLE, gathered, limited, span
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
from stadtlabor.observations import COLUMNS, Datastream
from stadtlabor.store import AGGREGATE_COLUMNS, Citation, Store, StoreError
from stadtlabor.store.frames import empty
from stadtlabor.store.labels import label

__all__ = ["Answer", "Desk", "Guarded"]

_WORDS = {"hour": "Stundenwerte", "day": "Tageswerte", "week": "Wochenwerte",
          "month": "Monatswerte"}  # fmt: skip
_PLACES = {"area": "gemeinsame Werte je Ortsteil", "city": "gemeinsame Werte der ganzen Stadt"}


class Guarded(NamedTuple):
    """What the desk needs to know of a data set.

    Attributes
    ----------
    plan
        Its compiled policy.
    ask
        German sentence: whom to ask for more.
    """

    plan: Plan
    ask: str


@dataclass(frozen=True)
class Answer:
    """A table and what must be told with it.

    Attributes
    ----------
    table
        Columns of ``COLUMNS`` or ``AGGREGATE_COLUMNS``; names dictionary-encoded.
    label
        What a chart must say, see :func:`stadtlabor.store.labels.label`; ``withheld`` counts
        periods that are kept back.
    citation
        The version that was read.
    plan
        The policy that was applied.
    """

    table: pa.Table
    label: dict[str, Any]
    citation: Citation
    plan: Plan


class Desk:
    """Answers questions about observations.

    Parameters
    ----------
    store
        Where the values lie.
    guarded
        Name of a data set to its policy; raises :class:`RefusedError` where there is none.
    journal
        Where each decision is written down.
    secret
        Key of the noise.
    zone
        IANA name of the city's time zone.
    clock
        Tells the time, UTC.
    """

    def __init__(
        self,
        store: Store,
        guarded: Callable[[str], Guarded],
        journal: Journal,
        secret: bytes,
        zone: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self._guarded, self._journal, self._secret = guarded, journal, secret
        self._zone, self._clock = zone, clock

    def answer(self, question: Question, person: Person) -> Answer:
        """Answer a question.

        Raises
        ------
        RefusedError
            If the policy does not allow it; in German, with whom to ask.
        UnanswerableError
            If the question names something that does not exist.
        """
        now = self._clock()
        try:
            guarded = self._guarded(question.dataset)
            rule = self._rule(guarded, question, person, now)
            self._journal.check(person, question, rule, guarded.plan)
            found = self._read(question, rule, guarded.plan, now)
        except (RefusedError, UnanswerableError) as error:
            self._journal.write(now, person, question, refused=str(error))
            raise
        self._journal.write(now, person, question, answer=found, rule=rule)
        return found

    def visible(self, dataset: str, person: Person, purpose: str) -> list[Rule]:
        """Return the rules under which a data set is readable, none where it is not."""
        found = decide(self._guarded(dataset).plan, person, f"sl:{purpose}", self._clock())
        reached = person.datasets is None or dataset in person.datasets
        return [] if isinstance(found, Denial) or not reached else found

    def _rule(self, guarded: Guarded, question: Question, person: Person, now: datetime) -> Rule:
        if person.datasets is not None and question.dataset not in person.datasets:
            raise RefusedError(
                f"Ihr Zugang reicht nicht bis zum Datensatz „{question.dataset}“. {guarded.ask}"
            )
        found = decide(guarded.plan, person, f"sl:{question.purpose}", now)
        if isinstance(found, Denial):
            raise RefusedError(f"{found.reason}{_other_way(guarded, question, now)} {guarded.ask}")
        fitting = [r for r in found if _fits(r, question)]
        if not fitting:
            told = f"{_narrower(found[0], question)}{_other_way(guarded, question, now)}"
            raise RefusedError(f"{told} {guarded.ask}")
        return fitting[0]

    def _read(self, question: Question, rule: Rule, plan: Plan, now: datetime) -> Answer:
        series = self._series(question)
        try:
            citation = self.store.version(question.dataset, question.at_version)
            pinned = None if citation.version < 0 else citation.version
            if rule.whole:
                start, end = _pair(question, rule, now)
                table = self._whole(question, [d.id for d in series], start, end, pinned)
                withheld, shown = 0, list(series)
            else:
                table, withheld, shown = self._limited(question, series, rule, now)
        except StoreError as error:
            raise UnanswerableError(str(error)) from error
        frame = _light(table)
        told = {**label(frame, shown, citation), "withheld": withheld, "policy": plan.name}
        return Answer(table, told, citation, plan)

    def _series(self, question: Question) -> list[Datastream]:
        known = {d.id: d for d in self.store.datastreams(question.dataset)}
        if question.datastreams is None:
            return list(known.values())
        for name in question.datastreams:
            if name not in known:
                raise UnanswerableError(
                    f"Im Datensatz „{question.dataset}“ gibt es keine Datenreihe „{name}“."
                )
        return [known[name] for name in dict.fromkeys(question.datastreams)]

    def _whole(
        self, question: Question, ids: list[str], start: pd.Timestamp | None,
        end: pd.Timestamp | None, version: int | None,
    ) -> pa.Table:  # fmt: skip
        types = COLUMNS if question.grain is None else AGGREGATE_COLUMNS
        if not ids or version is None:
            return _encoded(empty(types))
        if question.latest:
            return _encoded(self.store.latest(ids, version))
        if question.grain is None:
            found = self.store.table(ids, start, end, version)
            return _encoded(empty(types)) if found is None else found
        return _encoded(self.store.aggregate(ids, start, end, question.grain, version))

    def _limited(
        self, question: Question, series: list[Datastream], rule: Rule, now: datetime
    ) -> tuple[pa.Table, int, list[Datastream]]:
        grain = question.grain or str(rule.grain)  # _fits has seen to it that there is one
        when = span(question.start, question.end, grain, rule, now, self._zone)
        if rule.persons:
            series = [d for d in series if d.unit == PEOPLE]
        if not series or (when[0] is not None and when[0] >= when[1]):
            return _encoded(empty(AGGREGATE_COLUMNS)), 0, series
        cells, withheld = limited(self.store, series, rule, when, self._zone, self._secret)
        if grain != rule.grain:
            cells = gathered(cells, grain, self._zone)
        return _encoded(cells.astype(AGGREGATE_COLUMNS)), withheld, series


def _fits(rule: Rule, question: Question) -> bool:
    """Tell whether a rule allows the detail that is asked for."""
    if rule.whole:
        return question.place == "sensor" and not (question.latest and rule.oldest is not None)
    return (
        question.grain is not None
        and not question.latest
        and question.at_version is None  # two versions differ by what came in between
        and question.place == rule.place
        and (question.datastreams is None or rule.place == "sensor")
        and coarser(question.grain, rule.grain)
    )


def _other_way(guarded: Guarded, question: Question, now: datetime) -> str:
    """Say in German how research can ask questions of values that it must not see."""
    if question.purpose != "research" or not open_to_real_runs(guarded.plan, now):
        return ""
    return (
        f" Zum Schreiben des Notebooks gibt es einen Zwilling, data.twin(„{question.dataset}“); "
        "mit den echten Werten rechnet ein echter Lauf, realrun.button()."
    )


def _narrower(rule: Rule, question: Question) -> str:
    """Say in German what detail would have been allowed."""
    if rule.whole:
        return "Gemeinsame Werte gibt es hier nicht; bitte die Datenreihen einzeln lesen."
    grain = str(rule.grain)
    said = f"Für diesen Zweck gibt es hier nur {_WORDS[grain]} oder gröbere"
    if rule.place != "sensor":
        said = f"{said}, und nur {_PLACES[rule.place]}, ohne Auswahl einzelner Datenreihen"
    if question.at_version is not None:
        said = f"{said}, und nur der neuesten Version"
    place = f", place=„{rule.place}“" if rule.place != "sensor" else ""
    return f"{said}: data.aggregate(„{question.dataset}“, „{grain}“{place})."


def _pair(
    question: Question, rule: Rule, now: datetime
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Return the span of single values; a rule may bound how far back it reaches."""
    start, end = question.start, question.end
    if rule.oldest is not None:
        oldest = now - rule.oldest
        start = oldest if start is None else max(start, oldest)
        end = end if end is None else max(end, start)
    return _stamp(start), _stamp(end)


def _stamp(instant: datetime | None) -> pd.Timestamp | None:
    return None if instant is None else pd.Timestamp(instant).as_unit("us")


def _encoded(frame: pd.DataFrame) -> pa.Table:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    names = table.column(0).cast(pa.string()).combine_chunks().dictionary_encode()
    return table.set_column(0, "datastream", names).replace_schema_metadata(None)


def _light(table: pa.Table) -> pd.DataFrame:
    """Return the columns that a label is made of, without the rest."""
    wanted: Sequence[str] = (
        ["quality"] if "quality" in table.column_names
        else ["simulated", "filled", "suspect", "count"]
    )  # fmt: skip
    frame: pd.DataFrame = table.select(wanted).to_pandas()
    return frame
