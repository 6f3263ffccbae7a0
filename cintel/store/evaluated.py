"""Evaluations by the thousand, each with reviewers' latest answers: what reports are made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from cintel.conversation import Answer, Evaluation, Evidence
from cintel.store.repository import Store
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow, OverrideRow
from cintel.store.selection import NEWEST, SCORED, Filters

_EVERYTHING = Filters()
_EVALUATED = SCORED.join(EvaluationRow, EvaluationRow.conversation_id == ConversationRow.id)
_AT_ONCE = 500  # ids in one query: databases bound the number of parameters
Ground = tuple[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Override:
    """A reviewer's answer; ``points`` is None where the reviewer's program did not know them."""

    answer: str | float | None
    points: float | None
    reviewer: str
    comment: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The machine's evaluation of a conversation, and the latest override a question.

    Reasons and evidence of the answers are left out; :func:`grounds` has them.
    """

    conversation: str
    day: date | None
    agent: str | None
    queue: str | None
    evaluation: Evaluation
    overrides: dict[str, Override]


def evaluated(store: Store, filters: Filters = _EVERYTHING) -> list[Evaluated]:
    """Each conversation's newest evaluation on a scorecard, by day and id."""
    table, judged, answer = ConversationRow, EvaluationRow, AnswerRow
    query = (
        select(
            judged.id.label("key"), judged.conversation_id, table.day, table.agent_id, table.queue,
            judged.scorecard, judged.version, judged.score, judged.passed, judged.auto_failed,
            judged.reason, answer.question, answer.answer, answer.points, answer.possible,
            answer.confidence, answer.source, answer.unsure,
        )
        .select_from(_EVALUATED.outerjoin(answer, answer.evaluation_id == judged.id))
        .where(*filters.clauses(), NEWEST)
        .order_by(table.day.nulls_last(), table.id, judged.position, answer.position)
    )  # fmt: skip
    with store.database.read() as connection:
        said = _overrides(connection, filters)
        found = connection.execute(query).all()
    return [_read(list(group), said) for _, group in groupby(found, lambda row: row.key)]


def state(store: Store) -> tuple[Any, ...]:
    """A value that changes when evaluations or answers of people do: what a cache may go by."""
    judged = EvaluationRow
    with store.database.read() as connection:
        made = select(func.count(), func.max(judged.id), func.sum(judged.score)).select_from(judged)
        return (
            *connection.execute(made).one(),
            connection.scalar(select(func.max(ConversationRow.created_at))),
            connection.scalar(select(func.max(OverrideRow.id))),
        )


def grounds(
    store: Store, conversations: Collection[str], questions: Collection[str]
) -> dict[tuple[str, str, str, str], Ground]:
    """The machine's reason and evidence by conversation, scorecard, version and question."""
    judged, answer, wanted = EvaluationRow, AnswerRow, sorted(set(conversations))
    query = (
        select(
            judged.conversation_id, judged.scorecard, judged.version, answer.question,
            answer.reason, answer.evidence,
        )
        .join(answer, answer.evaluation_id == judged.id)
        .where(answer.question.in_(sorted(set(questions))))
    )  # fmt: skip
    found = {}
    with store.database.read() as connection:
        for first in range(0, len(wanted), _AT_ONCE):
            some = judged.conversation_id.in_(wanted[first : first + _AT_ONCE])
            for *key, reason, evidence in connection.execute(query.where(some)):
                found[tuple(key)] = (reason, tuple(Evidence(**item) for item in evidence))
    return found


def _overrides(connection: Any, filters: Filters) -> dict[tuple[str, ...], dict[str, Override]]:
    """The latest override a question, by conversation, scorecard and version."""
    table = OverrideRow
    query = (
        select(
            table.conversation_id, table.scorecard, table.version, table.question, table.answer,
            table.points, table.reviewer, table.comment,
        )
        .select_from(SCORED.join(table, table.conversation_id == ConversationRow.id))
        .where(*filters.clauses())
        .order_by(table.id)
    )  # fmt: skip
    found: dict[tuple[str, ...], dict[str, Override]] = {}
    for conversation, scorecard, version, question, *said in connection.execute(query):
        key = (conversation, scorecard, version)
        found.setdefault(key, {})[question] = Override(*said)
    return found


def _read(group: list[Any], said: dict[tuple[str, ...], dict[str, Override]]) -> Evaluated:
    first = group[0]
    answers = tuple(
        Answer(
            row.question, row.answer, row.points, row.possible, row.confidence, "", (),
            row.source, row.unsure,
        )
        for row in group
        if row.question is not None
    )  # fmt: skip
    evaluation = Evaluation(
        first.scorecard, first.version, first.score, first.passed, first.auto_failed, answers,
        first.reason,
    )  # fmt: skip
    overrides = said.get((first.conversation_id, first.scorecard, first.version), {})
    return Evaluated(
        first.conversation_id, first.day, first.agent_id, first.queue, evaluation, overrides
    )
