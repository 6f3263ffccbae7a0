"""Learning from people's answers: a question's phrases and threshold fitted to them.

Nothing is changed in place. What comes out is a proposal with its figures, before and after, by
stratified cross-validation over conversations; a proposal that does not help is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cintel.quality.examples import NO, YES, Example, told
from cintel.quality.fitting import Fit, Fitted
from cintel.quality.kappas import Codes, kappa, kappa_parts
from cintel.quality.rules import Phrases, Rule, walk
from cintel.quality.scorecard import Question
from cintel.quality.verdicts import TextEncoder

FEWEST = 5
"""Answers of each kind below which nothing is learned."""

LEAST_GAIN = 0.02
"""Rise of the cross-validated F1 below which the question stays as it is."""

_FOLDS = 5
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """How well answers agree with people's.

    F1, precision and recall are means over the answers yes and no, so that always giving the
    commoner one earns little; Cohen's kappa is None where it is not defined.
    """

    f1: float
    precision: float
    recall: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What people's answers to a question teach.

    Attributes:
        question: its id.
        yes: how many answers of people are yes.
        no: how many are no.
        before: figures of the question as it is; None where nothing could be tried.
        after: figures of the refitted question, on answers that had no part in the fit.
        given: the rule as it is.
        fitted: the rule to take its place; None where nothing is proposed.
        refused: why nothing is proposed, in words.
    """

    question: str
    yes: int
    no: int
    before: Figures | None = None
    after: Figures | None = None
    given: Phrases | None = None
    fitted: Phrases | None = None
    refused: str = ""


def learn(question: Question, examples: Sequence[Example], encoder: TextEncoder) -> Lesson:
    """Refit the ``phrases`` of a yes/no question to people's answers.

    The threshold moves; phrases come from what was said where people's answers want the rule to
    find something, counter-examples from where they want it to find nothing; phrases that only
    mislead go. No line with personal data or a digit is taken. Of several ``phrases`` rules in
    the judge the one that gains most is refitted. Equal input gives an equal result.

    Args:
        question: of type ``yes_no``, or an item of a checklist.
        examples: one a conversation.
        encoder: turns the pieces of the conversations into vectors.
    """
    yes = sum(example.yes for example in examples)
    lesson = Lesson(question.id, yes, len(examples) - yes)
    leaves = [rule for rule in walk(question.judge) if isinstance(rule, Phrases)]
    if question.type != "yes_no" or not leaves:
        return replace(lesson, refused="has no judge of kind phrases that answers yes or no")
    if min(lesson.yes, lesson.no) < FEWEST:
        has = f"{lesson.yes} yes and {lesson.no} no"
        return replace(lesson, refused=f"needs {FEWEST} reviewed answers of each kind, has {has}")
    trials = [_Trial(question, leaf, examples, encoder) for leaf in leaves]
    best = max(trials, key=lambda trial: trial.after.f1)
    lesson = replace(lesson, before=best.before, after=best.after)
    if best.after.f1 < best.before.f1 + LEAST_GAIN:
        return replace(lesson, refused="a refit does not answer better than the question as it is")
    return replace(lesson, given=best.leaf, fitted=best.fitted())


def figures(truth: Codes, given: Codes) -> Figures:
    """Of the codes of answers; people's are yes or no, given ones may be neither."""
    shares = np.array([_shares(truth == code, given == code) for code in (YES, NO)])
    parts = kappa_parts(np.stack([truth, given], axis=1))
    found = float(kappa(parts.sum(axis=0, keepdims=True))[0])
    f1, precision, recall = map(float, shares.mean(axis=0))
    return Figures(f1, precision, recall, None if np.isnan(found) else found)


def folds(answers: Codes, rng: np.random.Generator) -> Codes:
    """A fold for each answer, drawn so that every fold has its share of each kind."""
    fold = np.empty_like(answers)
    for code in (YES, NO):
        rows = rng.permutation(np.flatnonzero(answers == code))
        fold[rows] = np.arange(len(rows)) % _FOLDS
    return fold


class _Trial:
    """One ``phrases`` rule of a question refitted, and how it does."""

    def __init__(
        self, question: Question, leaf: Phrases, examples: Sequence[Example], encoder: TextEncoder
    ) -> None:
        judge: Rule = question.judge  # type: ignore[assignment]  # phrases stand in rules only
        self.leaf = leaf
        self.truth = np.array([YES if item.yes else NO for item in examples])
        found = [told(judge, leaf, example, encoder) for example in examples]
        self.outcomes = np.array([outcomes for _, outcomes in found])
        self.matters = self.outcomes[:, 0] != self.outcomes[:, 1]
        self.fit = Fit(leaf, question.text, [bag for bag, _ in found], encoder)
        every = np.arange(len(examples))
        self.before = figures(self.truth, self._answers(self.fit.own, every))
        self.after = self._validated()

    def fitted(self) -> Phrases:
        """The rule fitted to every example."""
        return self.fit.to(np.flatnonzero(self.matters)).rule(self.leaf)

    def _validated(self) -> Figures:
        """Means over repeats, in each of which every example is answered by a fit without it."""
        rng = np.random.default_rng(0)
        found: list[Figures] = []
        for _ in range(_REPEATS):
            fold, given = folds(self.truth, rng), np.empty_like(self.truth)
            for number in range(_FOLDS):
                out = np.flatnonzero(fold == number)
                rows = np.flatnonzero((fold != number) & self.matters)
                given[out] = self._answers(self.fit.to(rows), out)
            found.append(figures(self.truth, given))
        kappas = [item.kappa for item in found if item.kappa is not None]
        return Figures(
            f1=float(np.mean([item.f1 for item in found])),
            precision=float(np.mean([item.precision for item in found])),
            recall=float(np.mean([item.recall for item in found])),
            kappa=float(np.mean(kappas)) if kappas else None,
        )

    def _answers(self, fitted: Fitted, rows: Codes) -> Codes:
        found = [int(fitted.finds(self.fit.bags[row])) for row in rows]
        return np.asarray(self.outcomes[rows, found])


def _shares(truth: NDArray[np.bool_], given: NDArray[np.bool_]) -> tuple[float, float, float]:
    """F1, precision and recall of one answer; 0 where nothing was found."""
    both = float((truth & given).sum())
    precision = both / max(float(given.sum()), 1.0)
    recall = both / max(float(truth.sum()), 1.0)
    return 2 * both / max(float(truth.sum() + given.sum()), 1.0), precision, recall
