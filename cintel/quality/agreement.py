"""How far people agree with the machine, and with each other, from the answers that a store keeps.

Two sources are kept apart. In a *review* a person saw the machine's answer before giving their
own, which pulls towards it; in a *calibration* session everybody answers blind. What is said of
one holds for the other only after comparing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cintel.quality.alpha import Level
from cintel.quality.coefficients import Agreement, measure, sheet
from cintel.quality.scorecard import Scorecard

Levels = Mapping[tuple[str, str], Level]
_LEVELS: dict[str, Level] = {"scale": "ordinal", "number": "interval"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A person's answer beside the machine's; None is "not applicable".

    Attributes:
        conversation: its id.
        scorecard: its name.
        version: of the scorecard.
        question: its id.
        reviewer: who answered.
        ai: the machine's answer.
        human: the person's.
        at: when, ISO 8601 in UTC.
    """

    conversation: str
    scorecard: str
    version: str
    question: str
    reviewer: str
    ai: str | float | None
    human: str | float | None
    at: str


@dataclass(frozen=True, slots=True)
class Line:
    """The agreement on a question, of a scorer, in a month: what ``name`` says."""

    scorecard: str
    name: str
    agreement: Agreement


def levels(cards: Iterable[Scorecard]) -> dict[tuple[str, str], Level]:
    """The level of each question by scorecard and question; the last version that has it counts."""
    return {
        (card.name, question.id): _LEVELS.get(question.type, "nominal")
        for card in cards
        for question in card.questions
    }


def final(pairs: Sequence[Pair]) -> list[Pair]:
    """The latest answer of any reviewer to each question: what reviews came to."""
    return _last(pairs, _key)


def by_question(pairs: Sequence[Pair], known: Levels) -> list[Line]:
    """The machine against people a question, in the order of ``pairs``."""
    return _lines(pairs, known, lambda pair: pair.question)


def by_scorecard(pairs: Sequence[Pair], known: Levels) -> list[Line]:
    """The machine against people over all questions of a scorecard but numbers."""
    return _lines(_categories(pairs, known), {}, lambda pair: "")


def by_scorer(pairs: Sequence[Pair], known: Levels) -> list[Line]:
    """The machine against each person; numbers left out."""
    own = sorted(pairs, key=lambda pair: pair.reviewer)
    return _lines(_categories(own, known), {}, lambda pair: pair.reviewer)


def by_month(pairs: Sequence[Pair], known: Levels) -> list[Line]:
    """The machine against people by the month in which people answered; numbers left out.

    ``name`` is ``2026-03``.
    """
    found = sorted(pairs, key=lambda pair: pair.at)
    return _lines(_categories(found, known), {}, lambda pair: pair.at[:7])


def between_people(pairs: Sequence[Pair], known: Levels) -> list[Line]:
    """People against each other a question; answers that one person gave say nothing here."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in _last(pairs, lambda pair: (*_key(pair), pair.reviewer)):
        groups.setdefault((pair.scorecard, pair.question), []).append(pair)
    lines = [
        Line(card, question, _among(found, _level(found, known)))
        for (card, question), found in groups.items()
    ]
    return [line for line in lines if line.agreement.answers]


def _among(pairs: Sequence[Pair], level: Level) -> Agreement:
    people = sorted({pair.reviewer for pair in pairs})
    units: dict[tuple[str, ...], dict[str, Pair]] = {}
    for pair in pairs:
        units.setdefault(_key(pair), {})[pair.reviewer] = pair
    rows = [
        (
            unit[0],
            [found[name].human if name in found else None for name in people],
            [name in found for name in people],
        )
        for unit, found in units.items()
    ]
    return measure(sheet(rows, level))


def _lines(pairs: Iterable[Pair], known: Levels, name: Callable[[Pair], str]) -> list[Line]:
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.scorecard, name(pair)), []).append(pair)
    return [Line(*key, _against(found, known)) for key, found in groups.items()]


def _against(pairs: Sequence[Pair], known: Levels) -> Agreement:
    """The machine in the first seat, people in the second."""
    rows = [(pair.conversation, (pair.ai, pair.human), (True, True)) for pair in pairs]
    return measure(sheet(rows, _level(pairs, known)))


def _level(pairs: Sequence[Pair], known: Levels) -> Level:
    """The level of the one question that pairs are of; several have only categories in common."""
    return known.get((pairs[0].scorecard, pairs[0].question), "nominal")


def _categories(pairs: Iterable[Pair], known: Levels) -> list[Pair]:
    return [pair for pair in pairs if known.get((pair.scorecard, pair.question)) != "interval"]


def _last(pairs: Sequence[Pair], key: Callable[[Pair], tuple[str, ...]]) -> list[Pair]:
    """The latest of each key, in the order in which keys first come."""
    found: dict[tuple[str, ...], Pair] = {}
    for pair in pairs:
        before = found.get(key(pair))
        found[key(pair)] = pair if before is None or pair.at >= before.at else before
    return list(found.values())


def _key(pair: Pair) -> tuple[str, ...]:
    return (pair.conversation, pair.scorecard, pair.version, pair.question)
