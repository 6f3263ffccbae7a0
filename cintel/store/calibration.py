"""Calibration sessions: several people score one conversation blind, then see each other.

Until everybody has scored, a scorer sees their own answers only, and nobody the machine's. The
session ends by itself with the last answer; ending it early leaves out those who have not scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from cintel.errors import StoreError, UsageError
from cintel.store import rows
from cintel.store.calibration_tables import (
    CalibrationAnswerRow,
    CalibrationRow,
    CalibrationScorerRow,
)
from cintel.store.repository import Store
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow
from cintel.store.selection import fetch

if TYPE_CHECKING:
    from pandas import DataFrame

AnswerValue = str | float | None
MACHINE = "AI"
"""Stands where a scorer does, for the machine's own answers."""
_SESSION, _SCORER, _ANSWER = CalibrationRow, CalibrationScorerRow, CalibrationAnswerRow


def begin(
    store: Store,
    conversation_id: str,
    scorecard: str,
    version: str,
    *,
    created_by: str,
    scorers: Sequence[str],
) -> int:
    """Ask people to score a conversation blind; the session's number.

    Raises:
        UsageError: fewer than two different scorers, or nobody asks.
        StoreError: the conversation has no answers on this scorecard, or cannot be written.
    """
    people = _people(scorers)
    if not created_by.strip():
        raise UsageError("created_by", "is empty", "Say who asks")
    row = {
        "conversation_id": conversation_id,
        "scorecard": scorecard,
        "version": version,
        "created_by": created_by.strip(),
        "created_at": rows.now(),
    }
    with store.database.write() as connection:
        if not _questions(connection, conversation_id, scorecard, version):
            raise StoreError(
                store.where,
                f"conversation {conversation_id!r} has no answers on {scorecard} version {version}",
                "Choose one that was evaluated on this scorecard",
            )
        made: int | None = connection.scalar(insert(_SESSION).values(row).returning(_SESSION.id))
        assert made is not None
        connection.execute(insert(_SCORER), [{"session": made, "scorer": name} for name in people])
    return made


def score(
    store: Store,
    session: int,
    scorer: str,
    answers: Mapping[str, AnswerValue],
    comments: Mapping[str, str] | None = None,
) -> None:
    """Keep somebody's answers, all at once and for good; None is not applicable.

    Raises:
        UsageError: they were not asked, or questions are missing or unknown.
        StoreError: no such session, it has ended, or they have scored already.
    """
    said, at = comments or {}, rows.now()
    with store.database.write() as connection:
        found = _session(store, connection, session)
        if found["ended_at"] is not None:
            raise StoreError(store.where, f"session {session} has ended", "Start another one")
        asked = _questions(
            connection, found["conversation_id"], found["scorecard"], found["version"]
        )
        _check(asked, answers)
        mine = and_(_SCORER.session == session, _SCORER.scorer == scorer)
        _may_score(store, connection.scalars(select(_SCORER.done_at).where(mine)).all(), scorer)
        given = [
            {"session": session, "scorer": scorer, "question": name, "created_at": at,
             "answer": float(answer) if isinstance(answer, int) else answer,
             "comment": said.get(name, "")}
            for name, answer in answers.items()
        ]  # fmt: skip
        connection.execute(insert(_ANSWER), given)
        connection.execute(update(_SCORER).where(mine).values(done_at=at))
        waiting = and_(_SCORER.session == session, _SCORER.done_at.is_(None))
        if not connection.scalar(select(func.count()).select_from(_SCORER).where(waiting)):
            _end(connection, session, at)


def end(store: Store, session: int, who: str) -> None:
    """End a session early; those who have not scored are left out.

    Raises:
        UsageError: somebody else started it.
        StoreError: no such session, it has ended, or fewer than two people have scored.
    """
    with store.database.write() as connection:
        found = _session(store, connection, session)
        if found["created_by"] != who:
            raise UsageError(who, f"did not start session {session}", "Ask who started it")
        if found["ended_at"] is not None:
            raise StoreError(store.where, f"session {session} has ended")
        scored = and_(_SCORER.session == session, _SCORER.done_at.is_not(None))
        if (connection.scalar(select(func.count()).select_from(_SCORER).where(scored)) or 0) < 2:
            raise StoreError(
                store.where, f"fewer than two people have scored session {session}", "Wait for them"
            )
        late = and_(_SCORER.session == session, _SCORER.done_at.is_(None))
        connection.execute(delete(_SCORER).where(late))
        _end(connection, session, rows.now())


def sessions(store: Store) -> DataFrame:
    """Every session, newest first.

    Columns: ``session``, ``conversation_id``, ``agent_id``, ``scorecard``, ``version``,
    ``created_by``, ``created_at``, ``ended_at``, ``scorers`` and ``scored`` (how many).
    """
    query = (
        select(
            _SESSION.id.label("session"), _SESSION.conversation_id, ConversationRow.agent_id,
            _SESSION.scorecard, _SESSION.version, _SESSION.created_by, _SESSION.created_at,
            _SESSION.ended_at, func.count().label("scorers"),
            func.count(_SCORER.done_at).label("scored"),
        )
        .join(_SCORER, _SCORER.session == _SESSION.id)
        .join(ConversationRow, ConversationRow.id == _SESSION.conversation_id)
        .group_by(_SESSION.id, ConversationRow.id)
        .order_by(_SESSION.id.desc())
    )  # fmt: skip
    return fetch(store, query)


def scorers(store: Store, session: int) -> dict[str, str | None]:
    """Who was asked, and when each of them scored; None where they have not."""
    query = select(_SCORER.scorer, _SCORER.done_at).where(_SCORER.session == session)
    with store.database.read() as connection:
        found = connection.execute(query.order_by(_SCORER.scorer))
        return {row.scorer: row.done_at for row in found}


def questions(store: Store, session: int) -> list[str]:
    """What a session asks, in the order of the scorecard."""
    with store.database.read() as connection:
        found = _session(store, connection, session)
        key = (found["conversation_id"], found["scorecard"], found["version"])
        return list(_questions(connection, *key))


def answers(store: Store, session: int, viewer: str) -> list[rows.Row]:
    """What a person may see: all answers once the session has ended, before that their own.

    Each has ``question``, ``scorer``, ``answer`` and ``comment``, in the order of the scorecard;
    the machine's answers are there with the scorer ``AI``, first, after the end only.
    """
    with store.database.read() as connection:
        found = _session(store, connection, session)
        machine = _questions(
            connection, found["conversation_id"], found["scorecard"], found["version"]
        )
        columns = (_ANSWER.question, _ANSWER.scorer, _ANSWER.answer, _ANSWER.comment)
        query = select(*columns).where(_ANSWER.session == session).order_by(_ANSWER.scorer)
        told: list[rows.Row] = []
        if found["ended_at"] is None:
            query = query.where(_ANSWER.scorer == viewer)
        else:
            told = [
                {"question": name, "scorer": MACHINE, "answer": answer, "comment": ""}
                for name, answer in machine.items()
            ]
        told += [dict(row) for row in connection.execute(query).mappings()]
    order = {name: place for place, name in enumerate(machine)}
    return sorted(told, key=lambda row: order.get(row["question"], len(order)))


def _people(scorers: Sequence[str]) -> list[str]:
    people = sorted({name.strip() for name in scorers if name.strip()})
    if len(people) < 2:
        raise UsageError("scorers", "are fewer than two", "Name at least two different people")
    return people


def _may_score(store: Store, done: Sequence[str | None], scorer: str) -> None:
    if not done:
        raise UsageError(scorer, "was not asked to this session", "Ask who started it")
    if done[0] is not None:
        raise StoreError(store.where, f"{scorer} has scored this session already")


def _check(asked: Mapping[str, AnswerValue], answers: Mapping[str, AnswerValue]) -> None:
    for fault, names in (
        ("are not answered", asked.keys() - answers.keys()),
        ("are not on the scorecard", answers.keys() - asked.keys()),
    ):
        if names:
            raise UsageError(", ".join(sorted(names)), fault, "Answer each question once")


def _end(connection: Connection, session: int, at: str) -> None:
    connection.execute(update(_SESSION).where(_SESSION.id == session).values(ended_at=at))


def _session(store: Store, connection: Connection, session: int) -> rows.Row:
    """A session; a writer has it for itself until its transaction ends, so that none is lost."""
    query = select(_SESSION).where(_SESSION.id == session)
    if connection.get_execution_options().get("cintel_write"):
        query = query.with_for_update()
    found = connection.execute(query).mappings().first()
    if found is None:
        raise StoreError(store.where, f"holds no calibration session {session}")
    return dict(found)


def _questions(
    connection: Connection, conversation_id: str, scorecard: str, version: str
) -> dict[str, AnswerValue]:
    """The machine's answers in scorecard order."""
    query = (
        select(AnswerRow.question, AnswerRow.answer)
        .join(EvaluationRow, EvaluationRow.id == AnswerRow.evaluation_id)
        .where(
            EvaluationRow.conversation_id == conversation_id,
            EvaluationRow.scorecard == scorecard,
            EvaluationRow.version == version,
        )
        .order_by(AnswerRow.position)
    )
    return {row.question: row.answer for row in connection.execute(query)}
