"""The review of one evaluation, from the person it is assigned to, to the final score.

    draft ── share ──▶ shared ── acknowledge ──▶ acknowledged ── finalise ──▶ final
                          └─────── appeal ─────▶ appealed ───── decide ─────▶ final

A shared review may be made final without the agent once its deadline is over. An acknowledged or
final one may still be appealed, but there is one appeal only. Answers change, by
``reviews.override``, in a draft and while an appeal is open, never else. Every step names the
revision that was looked at and leaves an event; nothing is erased or overwritten.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from cintel.conversation import Evaluation
from cintel.errors import StoreError, UsageError
from cintel.store import rows
from cintel.store.repository import Store
from cintel.store.schema import AnswerRow, ConversationRow, EvaluationRow, OverrideRow, TurnRow
from cintel.store.workflow_steps import Key, Step, find, hold, person, record, same, step
from cintel.store.workflow_tables import ReviewRow


def assign(store: Store, key: Key, *, by: str, reviewer: str, deadline: date | None = None) -> int:
    """Ask somebody to review an evaluation; the first revision of the draft.

    Raises:
        UsageError: nobody asks or is asked, or the agent would review themself.
        StoreError: there is no such evaluation, or it is under review already.
    """
    asker, asked = person(by, "by"), person(reviewer, "reviewer")
    with store.database.write() as connection:
        hold(store, connection, key.conversation_id)
        if (there := find(connection, key)) is not None:
            raise StoreError(f"{key}", f"was assigned to {there.reviewer} already", there.next)
        _not_the_agent(connection, key, asked)
        _evaluated(connection, key)
        row = {
            "conversation_id": key.conversation_id, "scorecard": key.scorecard,
            "version": key.version, "reviewer": asked, "state": "draft", "revision": 1,
            "deadline": deadline, "created_at": rows.now(),
        }  # fmt: skip
        connection.execute(insert(ReviewRow).values(row))
        record(connection, key, 1, "assigned", "draft", asker, detail=_task(asked, deadline))
    return 1


def may_ask(store: Store, key: Key, *, by: str, reviewer: str) -> None:
    """Refuse what :func:`assign` would refuse, before a conversation is scored for it.

    Raises:
        UsageError: nobody asks or is asked, or the agent would review themself.
    """
    person(by, "by")
    with store.database.read() as connection:
        _not_the_agent(connection, key, person(reviewer, "reviewer"))


def reassign(
    store: Store, key: Key, revision: int, who: str, *, reviewer: str, deadline: date | None
) -> int:
    """Give a draft to somebody else; what was answered stays. The new revision."""
    asked = person(reviewer, "reviewer")
    with step(store, key, revision, who, "reassigned") as taken:
        taken.never(taken.review.agent)
        _not_the_agent(taken.connection, key, asked)
        detail = _task(asked, deadline)
        return taken.take(reviewer=asked, deadline=deadline, detail=detail)


def reschedule(store: Store, key: Key, revision: int, who: str, *, deadline: date | None) -> int:
    """Move the deadline of what comes next; the new revision."""
    with step(store, key, revision, who, "rescheduled") as taken:
        taken.never(taken.review.agent)
        detail = _task(taken.review.reviewer, deadline)
        return taken.take(deadline=deadline, detail=detail)


def comment(
    store: Store, key: Key, revision: int, who: str, text: str, *,
    moment: float | None = None, turn: int | None = None,
) -> int:  # fmt: skip
    """Say something about a moment (seconds) or a turn; the new revision.

    Raises:
        UsageError: it is empty, or about no moment or turn of the conversation.
        StoreError: see :func:`workflow_steps.step`; also for every function below.
    """
    if not text.strip():
        raise UsageError("comment", "is empty", "Write what there is to say")
    with step(store, key, revision, who, "commented on") as taken:
        _placed(taken.connection, key.conversation_id, moment, turn)
        return taken.take(text=text, moment=moment, turn=turn)


def share(
    store: Store, key: Key, revision: int, who: str, made: Evaluation, *,
    deadline: date | None = None,
) -> int:  # fmt: skip
    """Show the score to the agent, who has until the deadline; the new revision.

    Args:
        store: where the review is.
        key: which review.
        revision: the one that was looked at.
        who: its reviewer.
        made: the evaluation with the reviewer's answers, see ``cintel.quality.review``.
        deadline: last day to acknowledge or appeal.

    Raises:
        UsageError: somebody else's review.
        StoreError: an answer is still left to a person.
    """
    with step(store, key, revision, who, "shared") as taken:
        taken.only(taken.review.reviewer, "its reviewer")
        _all_answered(taken)
        return taken.take("shared", deadline=deadline, **_scored(made))


def acknowledge(store: Store, key: Key, revision: int, who: str) -> int:
    """The agent accepts the score; the new revision."""
    with step(store, key, revision, who, "acknowledged") as taken:
        _by_the_agent(taken)
        return taken.take("acknowledged", deadline=None)


def appeal(store: Store, key: Key, revision: int, who: str, reason: str) -> int:
    """The agent disputes the score, once; the new revision.

    Raises:
        UsageError: no reason, or not the agent.
        StoreError: an appeal was decided already.
    """
    if not reason.strip():
        raise UsageError("reason", "is empty", "Say what is wrong with the score")
    with step(store, key, revision, who, "appealed") as taken:
        _by_the_agent(taken)
        if taken.review.decided:
            raise StoreError(f"{key}", "was appealed and decided already", taken.review.next)
        return taken.take("appealed", text=reason, appealed_by=taken.who, deadline=None)


def decide(
    store: Store, key: Key, revision: int, who: str, made: Evaluation, *,
    granted: bool, reason: str,
) -> int:  # fmt: skip
    """Somebody other than the reviewer and the agent ends an appeal; the new revision.

    ``made`` is the evaluation with the answers as they stand: whoever decides may change them
    before. The score is final then.

    Raises:
        UsageError: no reason, or the matter is their own.
    """
    if not reason.strip():
        raise UsageError("reason", "is empty", "Say why, for the agent and for the reviewer")
    with step(store, key, revision, who, "decided") as taken:
        taken.never(taken.review.reviewer, taken.review.agent, taken.review.appealed_by)
        _all_answered(taken)
        told = _scored(made)
        told["detail"] |= {"granted": granted}
        return taken.take("final", text=reason, deadline=None, **told)


def finalise(store: Store, key: Key, revision: int, who: str, *, today: date) -> int:
    """Close the review with the score that was shared; the new revision.

    Raises:
        UsageError: the agent tries to.
        StoreError: the agent has not answered and has time to.
    """
    with step(store, key, revision, who, "made final") as taken:
        review = taken.review
        taken.never(review.agent)
        if review.state == "shared" and (review.deadline is None or today <= review.deadline):
            until = f"until {review.deadline}" if review.deadline else "without a deadline"
            raise StoreError(
                f"{key}", f"was shared with {review.agent or 'the agent'} {until}",
                "Wait for the answer, or set a deadline",
            )  # fmt: skip
        told = {name: getattr(review, name) for name in ("score", "passed", "auto_failed")}
        return taken.take("final", deadline=None, detail=told)


def _task(reviewer: str, deadline: date | None) -> dict[str, Any]:
    return {"reviewer": reviewer, "deadline": deadline and deadline.isoformat()}


def _scored(made: Evaluation) -> dict[str, Any]:
    """What a step changes that shows or ends a score, and its record of every answer."""
    told = {"score": made.score, "passed": made.passed, "auto_failed": made.auto_failed}
    answers = [
        {"question": item.question, "answer": item.answer, "points": item.points,
         "possible": item.possible, "source": item.source}
        for item in made.answers
    ]  # fmt: skip
    return {**told, "detail": {**told, "answers": answers}}


def _by_the_agent(taken: Step) -> None:
    taken.only(taken.review.agent, "the agent")
    taken.never(taken.review.reviewer)


def _not_the_agent(connection: Connection, key: Key, reviewer: str) -> None:
    agent = select(ConversationRow.agent_id).where(ConversationRow.id == key.conversation_id)
    name = connection.scalar(agent)
    if name is not None and same(name, reviewer):
        raise UsageError("reviewer", f"{reviewer} is the agent", "Ask somebody else")


def _answers(key: Key) -> Any:
    return and_(
        EvaluationRow.conversation_id == key.conversation_id,
        EvaluationRow.scorecard == key.scorecard,
        EvaluationRow.version == key.version,
    )


def _evaluated(connection: Connection, key: Key) -> None:
    joined = select(func.count()).select_from(AnswerRow).join(
        EvaluationRow, EvaluationRow.id == AnswerRow.evaluation_id
    )  # fmt: skip
    if not connection.scalar(joined.where(_answers(key))):
        raise StoreError(
            f"{key}", f"has no answers of version {key.version}",
            "Choose a conversation that was evaluated on this scorecard",
        )  # fmt: skip


def _all_answered(taken: Step) -> None:
    """Refuse a score in which an answer that counts is left to a person."""
    key = taken.review.key
    given = select(OverrideRow.question).where(
        OverrideRow.conversation_id == key.conversation_id,
        OverrideRow.scorecard == key.scorecard,
        OverrideRow.version == key.version,
    )
    query = (
        select(AnswerRow.question)
        .join(EvaluationRow, EvaluationRow.id == AnswerRow.evaluation_id)
        .where(_answers(key), AnswerRow.unsure, AnswerRow.possible > 0)
        .where(AnswerRow.question.not_in(given))
        .order_by(AnswerRow.position)
    )
    if left := taken.connection.scalars(query).all():
        raise StoreError(
            f"{key}", f"has answers left to a person: {', '.join(left)}", "Answer them first"
        )


def _placed(
    connection: Connection, conversation_id: str, moment: float | None, turn: int | None
) -> None:
    if moment is None and turn is None:
        raise UsageError("comment", "is about no moment", "Name a time or a turn")
    talk = ConversationRow
    length = connection.scalar(select(talk.duration).where(talk.id == conversation_id)) or 0.0
    if moment is not None and not 0 <= moment <= length:
        raise UsageError("moment", f"{moment:g} s is outside the conversation", "Name a time in it")
    turns = select(TurnRow.index).where(
        TurnRow.conversation_id == conversation_id, TurnRow.index == turn
    )
    if turn is not None and connection.scalar(turns) is None:
        raise UsageError("turn", f"there is no turn {turn}", "Name one of the conversation")
