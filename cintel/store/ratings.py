"""Every answer that a person gave, beside the machine's: what agreement is computed from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select

from cintel.store import rows
from cintel.store.calibration_tables import CalibrationAnswerRow, CalibrationRow
from cintel.store.repository import Store
from cintel.store.schema import (
    AnswerRow,
    ConversationRow,
    EvaluationRow,
    OverrideRow,
)
from cintel.store.selection import SCORED, Filters

_EVERYTHING = Filters()
_MACHINE = SCORED.join(EvaluationRow, EvaluationRow.conversation_id == ConversationRow.id).join(
    AnswerRow, AnswerRow.evaluation_id == EvaluationRow.id
)


def reviewed(store: Store, filters: Filters = _EVERYTHING) -> list[rows.Row]:
    """Each reviewer's latest answer to each question, given with the machine's in view.

    Each has ``conversation``, ``scorecard``, ``version``, ``question``, ``reviewer``, ``ai``,
    ``human`` (None is not applicable), ``at`` (ISO 8601, UTC). The machine's answer is the one
    that stands now, which a later analysis may have replaced.
    """
    table = OverrideRow
    latest = select(func.max(table.id)).group_by(
        table.conversation_id, table.scorecard, table.version, table.question, table.reviewer
    )
    joined = _MACHINE.join(
        table,
        and_(
            table.conversation_id == EvaluationRow.conversation_id,
            table.scorecard == EvaluationRow.scorecard,
            table.version == EvaluationRow.version,
            table.question == AnswerRow.question,
        ),
    )
    columns = (table.reviewer, table.answer, table.created_at)
    return _fetch(store, filters, joined, columns, table.id, table.id.in_(latest))


def calibrated(store: Store, filters: Filters = _EVERYTHING) -> list[rows.Row]:
    """As :func:`reviewed`, the blind answers of calibration sessions that have ended."""
    table, session = CalibrationAnswerRow, CalibrationRow
    joined = _MACHINE.join(
        session,
        and_(
            session.conversation_id == EvaluationRow.conversation_id,
            session.scorecard == EvaluationRow.scorecard,
            session.version == EvaluationRow.version,
        ),
    ).join(table, and_(table.session == session.id, table.question == AnswerRow.question))
    columns = (table.scorer, table.answer, table.created_at)
    ended = session.ended_at.is_not(None)
    return _fetch(store, filters, joined, columns, table.session, ended)


def _fetch(
    store: Store, filters: Filters, joined: Any, given: tuple[Any, ...], order: Any, where: Any
) -> list[rows.Row]:
    person, answer, at = given
    query = (
        select(
            ConversationRow.id.label("conversation"),
            EvaluationRow.scorecard,
            EvaluationRow.version,
            AnswerRow.question,
            person.label("reviewer"),
            AnswerRow.answer.label("ai"),
            answer.label("human"),
            at.label("at"),
        )
        .select_from(joined)
        .where(*filters.clauses(), where)
        .order_by(EvaluationRow.position, AnswerRow.position, at, order, person)
    )
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
