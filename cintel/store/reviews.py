"""Reviewers' answers beside the machine's: nothing here erases either.

The final answer to a question is the latest override where there is one, else the machine's.
An answer *passes* when it earns all its points; not applicable, unsure, and questions without
points, neither pass nor fail. An override passes by the points its reviewer's answer was given,
or, when it confirms the machine's answer, by the machine's; without either it counts as reviewed
only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    null,
    select,
)

from cintel.errors import StoreError, UsageError
from cintel.store import rows
from cintel.store.repository import Store
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow, OverrideRow
from cintel.store.selection import SCORED, Filters, Query, fetch, mean

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_LATEST = select(func.max(OverrideRow.id)).group_by(
    OverrideRow.conversation_id, OverrideRow.scorecard, OverrideRow.version, OverrideRow.question
)
_HUMAN = select(OverrideRow).where(OverrideRow.id.in_(_LATEST)).subquery("human")
_ANSWERED = (
    SCORED.join(EvaluationRow, EvaluationRow.conversation_id == ConversationRow.id)
    .join(AnswerRow, AnswerRow.evaluation_id == EvaluationRow.id)
    .outerjoin(
        _HUMAN,
        and_(
            _HUMAN.c.conversation_id == EvaluationRow.conversation_id,
            _HUMAN.c.scorecard == EvaluationRow.scorecard,
            _HUMAN.c.version == EvaluationRow.version,
            _HUMAN.c.question == AnswerRow.question,
        ),
    )
)
_REVIEWED = _HUMAN.c.id.is_not(None)
_UNCHANGED = and_(
    _REVIEWED,
    func.coalesce(cast(_HUMAN.c.answer, Text), "null")
    == func.coalesce(cast(AnswerRow.answer, Text), "null"),
)


def override(
    store: Store,
    conversation_id: str,
    scorecard: str,
    version: str,
    question: str,
    *,
    reviewer: str,
    answer: str | float | None,
    points: float | None = None,
    comment: str = "",
) -> None:
    """Put a reviewer's answer beside the machine's; the same answer confirms it.

    Args:
        store: where the evaluation is.
        conversation_id: whole, not abbreviated.
        scorecard: its name.
        version: its version.
        question: the question's name on the scorecard.
        reviewer: who answers.
        answer: None for not applicable.
        points: what the answer earns on the scorecard, None where that is not known.
        comment: why.

    Raises:
        UsageError: no reviewer.
        StoreError: the conversation has no such answer, or the store cannot be written.
    """
    if not reviewer.strip():
        raise UsageError("reviewer", "is empty", "Say who answers")
    known = _keyed(conversation_id, AnswerRow.question).where(
        EvaluationRow.scorecard == scorecard,
        EvaluationRow.version == version,
        AnswerRow.question == question,
    )
    row = {
        "conversation_id": conversation_id,
        "scorecard": scorecard,
        "version": version,
        "question": question,
        "reviewer": reviewer.strip(),
        "answer": float(answer) if isinstance(answer, int) else answer,
        "points": points,
        "comment": comment,
        "created_at": rows.now(),
    }
    with store.database.write() as connection:
        if connection.scalar(known) is None:
            raise StoreError(
                store.where,
                f"conversation {conversation_id!r} has no answer to {question!r} "
                f"on {scorecard} version {version}",
                "Load the conversation anew; it may have been analysed again",
            )
        connection.execute(insert(OverrideRow).values(row))


def overrides(store: Store, conversation_id: str) -> DataFrame:
    """Every override of a conversation, oldest first, also those of earlier scorecard versions.

    Columns: ``scorecard``, ``version``, ``question``, ``reviewer``, ``answer``, ``points``,
    ``comment``, ``created_at`` (ISO 8601, UTC).
    """
    table = OverrideRow
    query = (
        select(
            table.scorecard,
            table.version,
            table.question,
            table.reviewer,
            table.answer,
            table.points,
            table.comment,
            table.created_at,
        )
        .where(table.conversation_id == conversation_id)
        .order_by(table.id)
    )
    return fetch(store, query)


def answers(store: Store, conversation_id: str) -> DataFrame:
    """Every answer of a conversation in scorecard order, the reviewer's beside the machine's.

    Columns: ``scorecard``, ``version``, ``question``, ``ai_answer``, ``ai_points``, ``possible``,
    ``confidence``, ``reason``, ``evidence`` (a list), ``source``, ``unsure``, ``suggested`` (what
    an unsure answer would have been), ``reviewed``, ``human_answer``, ``human_points``,
    ``reviewer``, ``comment``, ``reviewed_at``, ``final_answer``.
    """
    query = _keyed(
        conversation_id,
        EvaluationRow.scorecard,
        EvaluationRow.version,
        AnswerRow.question,
        AnswerRow.answer.label("ai_answer"),
        AnswerRow.points.label("ai_points"),
        AnswerRow.possible,
        AnswerRow.confidence,
        AnswerRow.reason,
        AnswerRow.evidence,
        AnswerRow.source,
        AnswerRow.unsure,
        AnswerRow.suggested,
        _REVIEWED.label("reviewed"),
        _HUMAN.c.answer.label("human_answer"),
        _HUMAN.c.points.label("human_points"),
        _HUMAN.c.reviewer,
        _HUMAN.c.comment,
        _HUMAN.c.created_at.label("reviewed_at"),
    ).order_by(EvaluationRow.position, AnswerRow.position)
    frame = fetch(store, query)
    frame["final_answer"] = frame["human_answer"].where(frame["reviewed"], frame["ai_answer"])
    return frame


def review_queue(
    store: Store, filters: Filters = _EVERYTHING, *, limit: int = 50, offset: int = 0
) -> tuple[DataFrame, int]:
    """One page of the answers nobody reviewed yet, and how many there are.

    Unsure ones come first, then the least confident. Columns: ``conversation_id``,
    ``started_at``, ``agent_id``, ``scorecard``, ``version``, ``question``, ``ai_answer``,
    ``confidence``, ``reason``, ``unsure``, ``suggested``.
    """
    query = _select(
        filters,
        EvaluationRow.conversation_id,
        ConversationRow.started_at,
        ConversationRow.agent_id,
        EvaluationRow.scorecard,
        EvaluationRow.version,
        AnswerRow.question,
        AnswerRow.answer.label("ai_answer"),
        AnswerRow.confidence,
        AnswerRow.reason,
        AnswerRow.unsure,
        AnswerRow.suggested,
    ).where(~_REVIEWED)
    order = (
        AnswerRow.unsure.desc(), AnswerRow.confidence,
        ConversationRow.id, EvaluationRow.position, AnswerRow.position,
    )  # fmt: skip
    with store.database.read() as connection:
        total = connection.scalar(_select(filters, func.count()).where(~_REVIEWED))
    return fetch(store, query.order_by(*order).limit(limit).offset(offset)), total or 0


def agreement(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a reviewed question: ``scorecard``, ``question``, ``reviewed``, ``unchanged``.

    ``unchanged`` counts the answers whose latest override confirms the machine's; where it was
    unsure it gave none to confirm.
    """
    by = (EvaluationRow.scorecard, AnswerRow.question)
    query = _select(filters, *by, _count(_REVIEWED, "reviewed"), _count(_UNCHANGED, "unchanged"))
    given = query.where(_REVIEWED, ~AnswerRow.unsure)
    return fetch(store, given.group_by(*by).order_by(*by))


def question_pass_rates(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a question: ``scorecard``, ``question``, ``answered``, ``reviewed``, the rates.

    ``position`` is the question's place on its scorecard, from 0.

    ``answered`` counts the machine's answers that pass or fail, ``ai_rate`` is the share of
    them that pass, ``final_rate`` the same over the final answers, both 0…1.
    """
    return _rates(store, filters, EvaluationRow.scorecard, AnswerRow.question)


def agent_pass_rates(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """As :func:`question_pass_rates`, one row an agent and question; ``agent_id`` leads."""
    agent = ConversationRow.agent_id
    return _rates(store, filters, agent, EvaluationRow.scorecard, AnswerRow.question)


def _rates(store: Store, filters: Filters, *by: Any) -> DataFrame:
    machine = case(
        (AnswerRow.answer.is_(null()), null()),
        (AnswerRow.possible <= 0, null()),
        (AnswerRow.points >= AnswerRow.possible, 1.0),
        else_=0.0,
    )
    final = case(
        (_HUMAN.c.id.is_(None), machine),
        (_HUMAN.c.answer.is_(null()), null()),
        (AnswerRow.possible <= 0, null()),
        (_HUMAN.c.points >= AnswerRow.possible, 1.0),
        (_HUMAN.c.points < AnswerRow.possible, 0.0),
        (_UNCHANGED, machine),
        else_=null(),
    )
    query = _select(
        filters,
        *by,
        func.count(machine).label("answered"),
        _count(_REVIEWED, "reviewed"),
        func.min(AnswerRow.position).label("position"),
        mean(cast(machine, Double), "ai_rate"),
        mean(cast(final, Double), "final_rate"),
    ).where(*(column.is_not(None) for column in by))
    return fetch(store, query.group_by(*by).order_by(*by))


def _select(filters: Filters, *columns: Any) -> Query:
    return select(*columns).select_from(_ANSWERED).where(*filters.clauses())


def _keyed(conversation_id: str, *columns: Any) -> Query:
    return _select(_EVERYTHING, *columns).where(ConversationRow.id == conversation_id)


def _count(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer()).label(name)
