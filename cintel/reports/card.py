"""One evaluation as its reader holds it: both answers to each question, reasons and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cintel.conversation import Analysis, Evaluation, Evidence
from cintel.errors import UsageError
from cintel.quality import Question, Scorecard
from cintel.quality.review import scorecard
from cintel.quality.scoring import answer_text
from cintel.reports.final import Final, settle
from cintel.store import Store, reviews
from cintel.store.evaluated import Override

Mark = Literal["full", "part", "none", "uncounted"]


@dataclass(frozen=True, slots=True)
class Told:
    """A person's answer at some time, ISO 8601 in UTC, with a comment that may be empty."""

    question: str
    reviewer: str
    answer: str
    comment: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One question answered.

    Attributes:
        text: the question's words.
        machine: the machine's answer in words, ``unsure, perhaps yes`` among them.
        confidence: the machine's, 0…1.
        reason: the machine's, one sentence.
        quotes: what the machine's answer rests on.
        told: the latest answer of a person, if any.
        points: what the final answer earns; None where it counts nowhere or nobody can know.
        possible: what the best answer would earn.
        rule: ``auto-fail``, ``fails its section`` or ``bonus`` where the question is one.
    """

    text: str
    machine: str
    confidence: float
    reason: str
    quotes: tuple[Evidence, ...]
    told: Told | None
    points: float | None
    possible: float
    rule: str

    @property
    def mark(self) -> Mark:
        """Whether it earns all its points, some, none, or does not count."""
        if self.points is None or self.possible <= 0:
            return "uncounted"
        if self.points >= self.possible:
            return "full"
        return "part" if self.points > 0 else "none"


@dataclass(frozen=True, slots=True)
class Part:
    """A section; ``score`` is in percent, None where it does not apply; ``weight`` likewise."""

    title: str
    weight: float | None
    score: float | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An evaluation; scores are 0…100, ``machine_score`` the one before people answered.

    ``history`` holds every answer that people gave, oldest first.
    """

    title: str
    version: str
    conversation: str
    source: str
    channel: str
    started_at: str | None
    duration: float
    agent: str | None
    team: str | None
    score: float | None
    machine_score: float | None
    pass_mark: float | None
    passed: bool | None
    auto_failed: bool
    reason: str | None
    parts: tuple[Part, ...]
    history: tuple[Told, ...]


def cards(store: Store, key: str, name: str | None = None) -> tuple[Card, ...]:
    """Every evaluation of a conversation, or that on one scorecard.

    Args:
        store: where it is.
        key: the conversation's id, or the first characters of it.
        name: of the scorecard.

    Raises:
        StoreError: there is no such conversation.
        UsageError: it has no such evaluation.
    """
    analysis = store.load(key)
    made = [item for item in analysis.evaluations if name in (None, item.scorecard)]
    if not made:
        on = f" on scorecard {name!r}" if name else ""
        known = ", ".join(dict.fromkeys(item.scorecard for item in analysis.evaluations))
        remedy = f"Take one of {known}" if known else "Score it with: cintel evaluate"
        raise UsageError(analysis.id, f"has no evaluation{on}", remedy)
    history = reviews.overrides(store, analysis.id).to_dict("records")
    return tuple(
        _card(
            analysis, item, scorecard(store, item.scorecard, item.version),
            [row for row in history
             if (row["scorecard"], row["version"]) == (item.scorecard, item.version)],
        )
        for item in made
    )  # fmt: skip


def _card(
    analysis: Analysis, made: Evaluation, card: Scorecard | None, history: list[dict[Any, Any]]
) -> Card:
    said = {row["question"]: _override(row) for row in history}
    final, talk = settle(made, said, card), analysis.conversation
    words = {question.id: question.text for question in card.questions} if card else {}
    told = tuple(
        Told(words.get(row["question"], row["question"]), row["reviewer"],
             answer_text(_override(row).answer), row["comment"], row["created_at"])
        for row in history
    )  # fmt: skip
    latest = {row["question"]: item for row, item in zip(history, told, strict=True)}
    return Card(
        card.title if card else made.scorecard, made.version, talk.id, talk.source, talk.channel,
        talk.started_at, talk.duration, talk.agent_id, talk.queue,
        final.evaluation.score, made.score, card.pass_mark if card else None,
        final.evaluation.passed, final.evaluation.auto_failed, final.evaluation.reason,
        _parts(made, final, card, latest), told,
    )  # fmt: skip


def _override(row: dict[Any, Any]) -> Override:
    # A column of answers and gaps comes back with NaN in the gaps.
    answer, points = row["answer"], row["points"]
    return Override(
        None if answer != answer else answer,
        None if points != points else points,
        row["reviewer"],
        row["comment"],
    )


def _parts(
    made: Evaluation, final: Final, card: Scorecard | None, latest: dict[str, Told]
) -> tuple[Part, ...]:
    entries = _entries(made, final, card, latest)
    if card is None:
        return (Part("", None, None, tuple(entries.values())),)
    return tuple(
        Part(
            section.title, section.weight,
            100 * final.parts[section.name] if section.name in final.parts else None,
            tuple(entries[question.id] for question in section.asked if question.id in entries),
        )
        for section in card.sections
    )  # fmt: skip


def _entries(
    made: Evaluation, final: Final, card: Scorecard | None, latest: dict[str, Told]
) -> dict[str, Entry]:
    questions = {question.id: question for question in card.questions} if card else {}
    stands = {answer.question: answer for answer in final.evaluation.answers}
    found = {}
    for given in made.answers:
        question, settled = questions.get(given.question), stands.get(given.question)
        counts = settled is not None and settled.answer is not None
        machine = answer_text(given.answer)
        if given.unsure:
            perhaps = "" if given.suggested is None else f", perhaps {answer_text(given.suggested)}"
            machine = f"unsure{perhaps}"
        found[given.question] = Entry(
            question.text if question else given.question, machine, given.confidence, given.reason,
            given.evidence, latest.get(given.question),
            settled.points if settled and counts else None, given.possible, _rule(question),
        )  # fmt: skip
    return found


def _rule(question: Question | None) -> str:
    if question is None:
        return ""
    named = {"form": "auto-fail", "section": "fails its section", None: ""}[question.critical]
    return "bonus" if question.bonus else named
