"""What thirty reviewed answers teach a question that was made bad on purpose.

python benchmarks/learning.py [--draws N]

Each question of the general-service card named here loses its patterns and is spoilt in three
ways in turn: a threshold of 0.95; one example line, about something else; a threshold of 0.20.
Thirty conversations drawn from the dev half of the truth stand for thirty reviews. Printed are
the cross-validated F1 of those thirty before and after the refit, and the F1 on the other
conversations, which had no part in it; means over the draws, and the worst draw of each.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from quality import Case, read_cases

from cintel.conversation import Evaluation
from cintel.quality import Scorecard, dumps, evaluate, load_scorecard, loads
from cintel.quality.examples import NEITHER, NO, YES, Example, Remembering
from cintel.quality.learning import Lesson, figures, learn
from cintel.quality.rewriting import rewritten
from cintel.quality.rules import Phrases, walk
from cintel.quality.verdicts import TextEncoder

TRUTH = Path(__file__).parent / "quality_truth" / "dev.yaml"
QUESTIONS = ("greeting", "further_help", "closing")
REVIEWS = 30
CODES = {"yes": YES, "no": NO}


@dataclass(frozen=True, slots=True)
class Draw:
    """F1 of one draw: cross-validated on the reviews, and on the other conversations."""

    before: float
    after: float
    others_before: float
    others_after: float
    moved: int


def spoilt(card: Scorecard, name: str) -> dict[str, Scorecard]:
    """The card with the question's judge made bad, by how."""
    rule = next(part for part in walk(card.question(name).judge) if isinstance(part, Phrases))
    unrelated = ("your parcel was left with a neighbour",)
    return {
        how: _with(card, name, bad)
        for how, bad in (
            ("threshold 0.95", replace(rule, threshold=0.95)),
            ("one wrong line", replace(rule, phrases=unrelated, not_like=())),
            ("threshold 0.20", replace(rule, threshold=0.2, not_like=())),
        )
    }


def drawn(
    card: Scorecard, name: str, cases: Sequence[Case], seed: int, encoder: TextEncoder
) -> tuple[Draw, Lesson]:
    """Review thirty conversations, refit, and answer the others on both versions."""
    known = [case for case in cases if case.truth[name] in CODES]
    order = np.random.default_rng(seed).permutation(len(known))
    reviews = [known[row] for row in order[:REVIEWS]]
    others = [known[row] for row in order[REVIEWS:]]
    examples = [
        Example(case.conversation, case.labels, case.metrics, case.truth[name] == "yes")
        for case in reviews
    ]
    lesson = learn(card.question(name), examples, encoder)
    assert lesson.before is not None
    assert lesson.after is not None
    taught = card
    if lesson.given is not None and lesson.fitted is not None:
        taught = loads(rewritten(dumps(card), "card", name, lesson.given, lesson.fitted))
    before = [_evaluated(card, case, encoder) for case in others]
    after = [_evaluated(taught, case, encoder) for case in others]
    after_f1 = lesson.after.f1 if lesson.fitted else lesson.before.f1
    found = Draw(
        lesson.before.f1, after_f1, _f1(name, others, before), _f1(name, others, after),
        sum(map(lambda old, new: _moved(name, old, new), before, after)),
    )  # fmt: skip
    return found, lesson


def _with(card: Scorecard, name: str, judge: Phrases) -> Scorecard:
    return replace(
        card,
        sections=tuple(
            replace(
                section,
                questions=tuple(
                    replace(question, judge=judge) if question.id == name else question
                    for question in section.questions
                ),
            )
            for section in card.sections
        ),
    )


def _evaluated(card: Scorecard, case: Case, encoder: TextEncoder) -> Evaluation:
    return evaluate(card, case.conversation, case.labels, case.metrics, encoder)


def _f1(name: str, cases: Sequence[Case], given: Sequence[Evaluation]) -> float:
    """Over yes and no; an unsure answer counts as what it suggests."""
    answers = [
        str(answer.likeliest)
        for evaluation in given
        for answer in evaluation.answers
        if answer.question == name
    ]
    codes = np.array([CODES.get(answer, NEITHER) for answer in answers])
    return figures(np.array([CODES[case.truth[name]] for case in cases]), codes).f1


def _moved(name: str, old: Evaluation, new: Evaluation) -> int:
    """Answers to other questions that are not the same to the last digit."""
    pairs = zip(old.answers, new.answers, strict=True)
    return sum(one != two for one, two in pairs if one.question != name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5, help="samples of thirty a question")
    options = parser.parse_args()
    from cintel.language.encoder import Encoder
    from cintel.models import resolve
    from cintel.runtime import prepare

    prepare()
    encoder = Remembering(Encoder(resolve("minilm")))
    cases, card = read_cases(TRUTH), load_scorecard("general-service")
    print(f"{'question':<13} {'spoilt by':<15}   cv F1         worst rise   others' F1     moved")
    for name in QUESTIONS:
        for how, bad in spoilt(card, name).items():
            told = [drawn(bad, name, cases, seed, encoder) for seed in range(options.draws)]
            draws = [draw for draw, _ in told]
            mean = [
                float(np.mean([getattr(draw, part) for draw in draws]))
                for part in ("before", "after", "others_before", "others_after")
            ]
            worst = min(draw.after - draw.before for draw in draws)
            print(
                f"{name:<13} {how:<15} {mean[0]:.2f} -> {mean[1]:.2f} ({mean[1] - mean[0]:+.2f})"
                f"  {worst:+.2f}   {mean[2]:.2f} -> {mean[3]:.2f}   {sum(d.moved for d in draws)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
