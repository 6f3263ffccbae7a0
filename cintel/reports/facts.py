"""The facts that reports add up: one row an evaluation, section, question and automatic fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cintel.conversation import Answer
from cintel.quality import Question, Scorecard
from cintel.quality.review import scorecard
from cintel.quality.scoring import answer_text
from cintel.reports.final import Final, settle
from cintel.store import Store
from cintel.store.evaluated import Evaluated, Ground, evaluated, grounds
from cintel.store.selection import Filters

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_WHO = ("conversation", "day", "agent", "team", "scorecard", "version")
_EVALUATIONS = (
    *_WHO, "score", "machine_score", "passed", "auto_failed", "answers", "reviewed", "unsure",
)  # fmt: skip
_SECTIONS = (*_WHO, "section", "title", "order", "score")
_QUESTIONS = (*_WHO, "question", "title", "order", "points", "possible")
_AUTO_FAILS = (
    *_WHO, "question", "title", "answer", "reason", "quote", "at", "reviewer",
)  # fmt: skip
_KINDS = {"day": "datetime64[s]", "score": "float64", "machine_score": "float64", "at": "float64"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What reports are made of; answers are final ones, ``team`` is the queue.

    Every table leads with ``conversation``, ``day``, ``agent``, ``team``, ``scorecard`` and
    ``version``.

    Attributes:
        evaluations: ``score`` (0…100) and ``machine_score``, ``passed``, ``auto_failed``, and how
            many ``answers`` there are, how many a person gave (``reviewed``) and how many wait for
            one (``unsure``).
        sections: ``section``, its ``title``, its place (``order``) and its ``score``, points
            earned of points possible in percent; bonus points may take it above 100.
        questions: ``question``, its words (``title``), its place, ``points`` and ``possible``;
            answers that are not applicable or unsure, and comments, are left out.
        auto_fails: one row a failed critical ``question`` with its ``answer``, the ``reason``, the
            first ``quote`` and the second it is ``at``, and the ``reviewer`` who said so, if any.
            Where the scorecard's text was not kept, one row an evaluation without a question.
    """

    evaluations: DataFrame
    sections: DataFrame
    questions: DataFrame
    auto_fails: DataFrame


def collect(store: Store, filters: Filters = _EVERYTHING) -> Facts:
    """The facts of the conversations that pass the filters, by day."""
    rows: dict[str, list[dict[str, Any]]] = {
        "evaluations": [], "sections": [], "questions": [], "auto_fails": [],
    }  # fmt: skip
    cards: dict[tuple[str, str], Scorecard | None] = {}
    for found in evaluated(store, filters):
        key = (found.evaluation.scorecard, found.evaluation.version)
        if key not in cards:
            cards[key] = scorecard(store, *key)
        final, who = settle(found.evaluation, found.overrides, cards[key]), _who(found)
        rows["evaluations"].append(who | _evaluation(found, final))
        rows["sections"] += [who | row for row in _sections(final, cards[key])]
        rows["questions"] += [who | row for row in _questions(final, cards[key])]
        rows["auto_fails"] += [who | row for row in _fails(found, final, cards[key])]
    _ground(store, rows["auto_fails"])
    return Facts(
        _frame(rows["evaluations"], _EVALUATIONS),
        _frame(rows["sections"], _SECTIONS),
        _frame(rows["questions"], _QUESTIONS),
        _frame(rows["auto_fails"], _AUTO_FAILS),
    )


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> DataFrame:
    from pandas import DataFrame

    frame = DataFrame(rows, columns=list(columns))
    return frame.astype({name: kind for name, kind in _KINDS.items() if name in columns})


def _who(found: Evaluated) -> dict[str, Any]:
    made = found.evaluation
    values = (
        found.conversation, found.day, found.agent, found.queue, made.scorecard, made.version,
    )  # fmt: skip
    return dict(zip(_WHO, values, strict=True))


def _evaluation(found: Evaluated, final: Final) -> dict[str, Any]:
    stands, answers = final.evaluation, final.evaluation.answers
    return {
        "score": stands.score,
        "machine_score": found.evaluation.score,
        "passed": stands.passed,
        "auto_failed": stands.auto_failed,
        "answers": len(answers),
        "reviewed": sum(answer.source == "human" for answer in answers),
        "unsure": sum(answer.unsure for answer in answers),
    }


def _sections(final: Final, card: Scorecard | None) -> list[dict[str, Any]]:
    return [
        {"section": section.name, "title": section.title, "order": order,
         "score": 100 * final.parts[section.name]}
        for order, section in enumerate(card.sections if card else ())
        if section.name in final.parts
    ]  # fmt: skip


def _questions(final: Final, card: Scorecard | None) -> list[dict[str, Any]]:
    known = _known(card)
    return [
        {"question": answer.question, "title": _words(answer, known), "order": order,
         "points": answer.points, "possible": answer.possible}
        for order, answer in enumerate(final.evaluation.answers)
        if answer.answer is not None and answer.possible > 0
    ]  # fmt: skip


def _fails(found: Evaluated, final: Final, card: Scorecard | None) -> list[dict[str, Any]]:
    """One row a question that failed the form; reason and quote are found later."""
    if not final.evaluation.auto_failed:
        return []
    known = _known(card)
    failed = [
        answer
        for answer in final.evaluation.answers
        if answer.question in known and known[answer.question].critical == "form"
        and answer.answer is not None and answer.points == 0
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for answer in failed:
        said = found.overrides.get(answer.question)
        rows.append(
            {"question": answer.question, "title": _words(answer, known),
             "answer": answer_text(answer.answer), "reason": said.comment if said else None,
             "reviewer": said.reviewer if said else None}
        )  # fmt: skip
    return rows or [{}]


def _known(card: Scorecard | None) -> dict[str, Question]:
    return {question.id: question for question in card.questions} if card else {}


def _words(answer: Answer, known: dict[str, Question]) -> str:
    question = known.get(answer.question)
    return question.text if question else answer.question


def _ground(store: Store, fails: list[dict[str, Any]]) -> None:
    """Put the machine's reason, where no reviewer gave one, and its first quote to each fail."""
    asked = [row for row in fails if "question" in row]
    found = grounds(
        store, {row["conversation"] for row in asked}, {row["question"] for row in asked}
    )
    nothing: Ground = ("", ())
    for row in asked:
        key = (row["conversation"], row["scorecard"], row["version"], row["question"])
        reason, evidence = found.get(key, nothing)
        row["reason"] = row["reason"] or ("" if row["reviewer"] else reason)
        if evidence:
            row |= {"quote": evidence[0].quote, "at": evidence[0].start}
