"""What is known of each conversation when somebody chooses which ones people should see."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Double, Integer, Subquery, case, cast, func, select

from cintel.store.repository import Store
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow, OverrideRow
from cintel.store.selection import NEWEST, SCORED, Filters, fetch, qa

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_SEEN = (
    select(OverrideRow.conversation_id, func.min(OverrideRow.created_at).label("reviewed_at"))
    .group_by(OverrideRow.conversation_id)
    .subquery("seen")
)
_BEGAN = (
    select(ConversationRow.agent_id, func.min(ConversationRow.day).label("first"))
    .where(ConversationRow.agent_id.is_not(None))
    .group_by(ConversationRow.agent_id)
    .subquery("began")
)


def candidates(
    store: Store, filters: Filters = _EVERYTHING, scorecard: str | None = None
) -> DataFrame:
    """One row a conversation that has a score, on one scorecard or on any, by id.

    Columns: ``id``, ``agent_id``, ``queue``, ``intent``, ``channel``, ``day``, ``started_at``,
    ``duration`` (seconds), ``frustration`` (0…1), ``score`` (0…100), ``auto_failed`` (1 or 0),
    ``unsure`` (answers that were handed to a person), ``agent_days`` (whole days since the
    agent's first conversation; missing where the store begins no earlier than the agent), and
    ``reviewed_at`` (when a person first answered a question of it; ISO 8601, UTC).
    """
    from pandas import Timestamp

    table, doubt, scores = ConversationRow, _doubt(scorecard), qa("scores", scorecard)
    joined = (
        SCORED.join(scores, scores.c.conversation_id == table.id)
        .outerjoin(doubt, doubt.c.conversation_id == table.id)
        .outerjoin(_SEEN, _SEEN.c.conversation_id == table.id)
        .outerjoin(_BEGAN, _BEGAN.c.agent_id == table.agent_id)
    )
    query = (
        select(
            table.id, table.agent_id, table.queue, table.intent, table.channel, table.day,
            table.started_at, table.duration, table.frustration,
            cast(scores.c.score, Double).label("score"), scores.c.auto_failed,
            func.coalesce(doubt.c.unsure, 0).label("unsure"), _BEGAN.c.first.label("first"),
            _SEEN.c.reviewed_at,
        )
        .select_from(joined)
        .where(*filters.clauses(), scores.c.score.is_not(None))
        .order_by(table.id)
    )  # fmt: skip
    found = fetch(store, query)
    with store.database.read() as connection:
        beginning = connection.scalar(select(func.min(table.day)))
    known = found["first"].where(found["first"] > Timestamp(beginning or date.max))
    return found.assign(agent_days=(found["day"] - known).dt.days).drop(columns="first")


def _doubt(scorecard: str | None) -> Subquery:
    """How many answers of a conversation were handed to a person."""
    low = func.sum(case((AnswerRow.unsure, 1), else_=0), type_=Integer())
    query = (
        select(EvaluationRow.conversation_id, low.label("unsure"))
        .join(AnswerRow, AnswerRow.evaluation_id == EvaluationRow.id)
        .where(NEWEST)
    )
    if scorecard is not None:
        query = query.where(EvaluationRow.scorecard == scorecard)
    return query.group_by(EvaluationRow.conversation_id).subquery("doubt")
