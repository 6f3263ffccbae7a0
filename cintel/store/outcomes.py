"""How often each agent passes each question, and the answers that say so.

Counted are final answers, a conversation once: those of its latest evaluation on a scorecard.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Integer, Text, case, cast, func, select

from cintel.store import rows
from cintel.store.repository import Store
from cintel.store.reviews import ANSWERED, HUMAN, PASSED, REVIEWED
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow
from cintel.store.selection import NEWEST, Filters, Query

BEFORE_DAYS = 90
"""Days before a note whose calls the ones since are compared with."""
_EVERYTHING = Filters()
_COUNTS = (
    func.count(PASSED).label("answered"),
    func.sum(cast(PASSED, Integer), type_=Integer()).label("passed"),
)
_AGREED = cast(HUMAN.c.answer, Text) == func.coalesce(
    cast(AnswerRow.answer, Text), cast(AnswerRow.suggested, Text)
)


def tallies(store: Store, filters: Filters = _EVERYTHING) -> list[rows.Row]:
    """``agent``, ``scorecard``, ``question``, ``answered`` and ``passed``, in order of the names.

    Conversations without an agent are left out, and answers that neither pass nor fail.
    """
    by = (ConversationRow.agent_id, EvaluationRow.scorecard, AnswerRow.question)
    query = (
        select(by[0].label("agent"), *by[1:], *_COUNTS)
        .select_from(ANSWERED)
        .where(*filters.clauses(), NEWEST, PASSED.is_not(None), by[0].is_not(None))
        .group_by(*by)
        .order_by(*by)
    )
    return _fetch(store, query)


def answers(
    store: Store,
    scorecard: str,
    question: str,
    *,
    passed: bool,
    filters: Filters = _EVERYTHING,
    limit: int = 50,
) -> list[rows.Row]:
    """The final answers to a question that pass, or those that fail, the least doubtful ones.

    Those that a person gave come first, then the most confident, of equals the latest. Each has
    ``conversation``, ``version``, ``started_at``, ``confidence``, ``evidence`` (a list),
    ``reviewed`` and ``agreed`` (a person answered as the machine did, or would have).
    """
    table = ConversationRow
    query = (
        select(
            table.id.label("conversation"), EvaluationRow.version, table.started_at,
            AnswerRow.confidence, AnswerRow.evidence, REVIEWED.label("reviewed"),
            case((_AGREED, True), else_=False).label("agreed"),
        )
        .select_from(ANSWERED)
        .where(
            *filters.clauses(), NEWEST, EvaluationRow.scorecard == scorecard,
            AnswerRow.question == question, cast(PASSED, Integer) == int(passed),
        )
        .order_by(
            REVIEWED.desc(), AnswerRow.confidence.desc(), table.started_at.desc().nulls_last(),
            table.id,
        )
        .limit(limit)
    )  # fmt: skip
    return _fetch(store, query)


def around(store: Store, agent: str, scorecard: str, question: str, day: date) -> list[rows.Row]:
    """The answers to a question in the 90 days before a day and since, of an agent and others.

    Each has ``own`` and ``since`` (1 or 0), ``version``, ``answered`` and ``passed``. The day
    itself counts on neither side, nor do conversations without a date or an agent.
    """
    own = case((ConversationRow.agent_id == agent, 1), else_=0).label("own")
    since = case((ConversationRow.day > day, 1), else_=0).label("since")
    query = (
        select(own, since, EvaluationRow.version, *_COUNTS)
        .select_from(ANSWERED)
        .where(
            NEWEST, EvaluationRow.scorecard == scorecard, AnswerRow.question == question,
            PASSED.is_not(None), ConversationRow.agent_id.is_not(None),
            ConversationRow.day >= day - timedelta(days=BEFORE_DAYS), ConversationRow.day != day,
        )
        .group_by("own", "since", EvaluationRow.version)
        .order_by("own", "since", EvaluationRow.version)
    )  # fmt: skip
    return _fetch(store, query)


def _fetch(store: Store, query: Query) -> list[rows.Row]:
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
