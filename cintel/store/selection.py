"""Which conversations a page is about, and how a query becomes a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Double,
    Integer,
    Join,
    Select,
    Subquery,
    case,
    exists,
    func,
    or_,
    outerjoin,
    select,
)

from cintel.store.repository import Store
from cintel.store.schema import ConversationRow, EvaluationRow, TurnRow

if TYPE_CHECKING:
    from pandas import DataFrame

Query = Select[*tuple[Any, ...]]
Outcome = Literal["passed", "failed", "auto_failed", "unscored"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is left empty lets everything through; hashable, so pages may cache by it.

    Attributes:
        since: first day, inclusive; conversations without a date fall outside any bound.
        until: last day, inclusive.
        text: words found, whatever their case, in a turn, the id or the source.
        min_frustration: 0…1; conversations without a score fall outside.
        outcome: what the scorecards said. ``passed`` means passed on all of them, ``failed``
            and ``auto_failed`` on at least one, ``unscored`` that none gave a score.
    """

    since: date | None = None
    until: date | None = None
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    text: str = ""
    min_frustration: float | None = None
    outcome: Outcome | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """The conditions on :data:`SCORED`."""
        table = ConversationRow
        among = (
            (table.agent_id, self.agents),
            (table.queue, self.queues),
            (table.channel, self.channels),
            (table.intent, self.intents),
        )
        found: list[ColumnElement[bool]] = [column.in_(names) for column, names in among if names]
        if self.since is not None:
            found.append(table.day >= self.since)
        if self.until is not None:
            found.append(table.day <= self.until)
        if self.min_frustration is not None:
            found.append(table.frustration >= self.min_frustration)
        if self.text:
            found.append(_mentions(self.text))
        if self.outcome is not None:
            found.append(_OUTCOMES[self.outcome])
        return found


def mean(column: Any, name: str) -> ColumnElement[float]:
    """The mean of the values that are there, as a named column of floats."""
    return func.avg(column, type_=Double()).label(name)


_PASSED = case((EvaluationRow.passed.is_(True), 1), (EvaluationRow.passed.is_(False), 0))
_AUTO_FAILED = case((EvaluationRow.auto_failed, 1), (EvaluationRow.score.is_not(None), 0))
NEWEST: ColumnElement[bool] = EvaluationRow.id.in_(
    select(func.max(EvaluationRow.id)).group_by(
        EvaluationRow.conversation_id, EvaluationRow.scorecard
    )
)
"""Of each conversation's evaluations on a scorecard the latest, so that it counts once."""


def qa(name: str, scorecard: str | None = None) -> Subquery:
    """What a conversation's scorecards, or one of them, said: mean score, all passed, a fail."""
    query = select(
        EvaluationRow.conversation_id,
        mean(EvaluationRow.score, "score"),
        func.min(_PASSED, type_=Integer()).label("passed"),
        func.max(_AUTO_FAILED, type_=Integer()).label("auto_failed"),
    ).where(NEWEST)
    if scorecard is not None:
        query = query.where(EvaluationRow.scorecard == scorecard)
    return query.group_by(EvaluationRow.conversation_id).subquery(name)


QA = qa("qa")
"""Of all scorecards together."""

SCORED: Join = outerjoin(ConversationRow, QA, ConversationRow.id == QA.c.conversation_id)
"""Conversations, each beside its :data:`QA` where it has one."""

_OUTCOMES: dict[Outcome, ColumnElement[bool]] = {
    "passed": QA.c.passed == 1,
    "failed": QA.c.passed == 0,
    "auto_failed": QA.c.auto_failed == 1,
    "unscored": QA.c.score.is_(None),
}


def fetch(store: Store, query: Query) -> DataFrame:
    """The rows of a query, with column types that do not depend on what was found."""
    from pandas import DataFrame

    with store.database.read() as connection:
        result = connection.execute(query)
        frame = DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    kinds = ((Double, "float64"), (Boolean, "boolean"), (Date, "datetime64[s]"))
    return frame.astype(
        {
            column.key: kind
            for column in query.selected_columns
            for sql_type, kind in kinds
            if isinstance(column.type, sql_type)
        }
    )


def _mentions(text: str) -> ColumnElement[bool]:
    said = exists().where(
        TurnRow.conversation_id == ConversationRow.id,
        TurnRow.text.icontains(text, autoescape=True),
    )
    return or_(
        said,
        ConversationRow.id.icontains(text, autoescape=True),
        ConversationRow.source.icontains(text, autoescape=True),
    )
