"""The final score of a review: a scorecard's arithmetic over the machine's answers and people's.

The steps themselves are ``cintel.store.workflow``'s; here are those that need the scorecard: an
answer earns its points by it, and a score is shared or decided by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from cintel.conversation import Answer, Evaluation
from cintel.errors import StoreError, UsageError
from cintel.quality.reading import loads
from cintel.quality.scorecard import Question, Scorecard
from cintel.quality.scoring import points_for, tally
from cintel.store import Store, reviews, workflow
from cintel.store.workflow_steps import Key

AnswerValue = str | float | None


def scorecard(store: Store, name: str, version: str) -> Scorecard | None:
    """The scorecard version an evaluation was made with, None where its text was not kept."""
    text = store.scorecard(name, version)
    return None if text is None else _read(text, f"{name} {version}")


@lru_cache(maxsize=32)
def _read(text: str, where: str) -> Scorecard:
    return loads(text, where=where)


def final(card: Scorecard, machine: Evaluation, human: Mapping[str, AnswerValue]) -> Evaluation:
    """The evaluation with people's answers in the place of the machine's.

    Args:
        card: what it was made with.
        machine: the machine's evaluation.
        human: the latest answer of a person by question; None is not applicable.

    Raises:
        UsageError: the scorecard has no such answer.
    """
    return tally(
        card,
        [
            _told(card.question(item.question), item, human[item.question])
            if item.question in human
            else item
            for item in machine.answers
        ],
    )


def earned(question: Question, answer: AnswerValue) -> float:
    """The points of a person's answer; not applicable earns none.

    Raises:
        UsageError: the question has no such answer.
    """
    if answer is None:
        return 0.0
    try:
        return points_for(question, answer)
    except ValueError as error:
        raise UsageError(
            question.id, f"has no answer {answer!r}", f"Use {_choices(question)}"
        ) from error


def stands(store: Store, key: Key) -> Evaluation:
    """An evaluation in the store with the answers that people have given so far.

    Raises:
        StoreError: there is no such evaluation, or the text of its scorecard was not kept.
    """
    card = _card(store, key)
    found = store.load(key.conversation_id).evaluations
    machine = [e for e in found if (e.scorecard, e.version) == (key.scorecard, key.version)]
    if not machine:
        raise StoreError(
            f"{key}", f"has no answers of version {key.version} any more",
            "The conversation was analysed again; assign its newer evaluation",
        )  # fmt: skip
    given = reviews.overrides(store, key.conversation_id)
    same = given[(given["scorecard"] == key.scorecard) & (given["version"] == key.version)]
    human = dict(zip(same["question"], map(_plain, same["answer"]), strict=True))
    return final(card, machine[0], human)


def answer(
    store: Store, key: Key, revision: int, who: str, question: str, said: AnswerValue,
    comment: str = "",
) -> int:  # fmt: skip
    """Answer one question of a review with the points it earns; the new revision.

    Raises:
        UsageError: no such question or answer, or somebody else's review.
        StoreError: see ``cintel.store.reviews.override``.
    """
    card = _card(store, key)
    if question not in {known.id for known in card.questions}:
        raise UsageError(question, f"is not on {key.scorecard} version {key.version}")
    made = reviews.override(
        store, key.conversation_id, key.scorecard, key.version, question, reviewer=who,
        answer=said, points=earned(card.question(question), said), comment=comment,
        revision=revision,
    )  # fmt: skip
    assert made is not None
    return made


def share(store: Store, key: Key, revision: int, who: str, *, deadline: date | None = None) -> int:
    """``workflow.share`` with the score as it stands."""
    return workflow.share(store, key, revision, who, stands(store, key), deadline=deadline)


def decide(store: Store, key: Key, revision: int, who: str, *, granted: bool, reason: str) -> int:
    """``workflow.decide`` with the score as it stands."""
    made = stands(store, key)
    return workflow.decide(store, key, revision, who, made, granted=granted, reason=reason)


def _card(store: Store, key: Key) -> Scorecard:
    card = scorecard(store, key.scorecard, key.version)
    if card is None:
        raise StoreError(
            f"{key}", f"cannot be scored: the text of version {key.version} was not kept",
            "Evaluate the conversation again with `cintel evaluate --scorecard FILE`",
        )  # fmt: skip
    return card


def _told(question: Question, machine: Answer, said: AnswerValue) -> Answer:
    """A person's answer; its question counts from then on, whatever the machine made of it."""
    confirmed = said is not None and said == machine.answer
    points = machine.points if confirmed else earned(question, said)
    return by_person(machine, said, points, question.possible)


def by_person(machine: Answer, said: AnswerValue, points: float, possible: float) -> Answer:
    """A person's answer in the place of the machine's, with the points it earns."""
    return replace(
        machine, answer=said, points=points, possible=possible,
        confidence=1.0, source="human", unsure=False, suggested=None,
    )  # fmt: skip


def _plain(value: object) -> AnswerValue:
    """What pandas holds as the plain answer: NaN is not applicable, SQLite gives 2.0 as 2."""
    if isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) and value == value else None


def _choices(question: Question) -> str:
    return ", ".join(question.answers) or "a number"
